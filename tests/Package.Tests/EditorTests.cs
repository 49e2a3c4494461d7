namespace AgentLint.Package.Tests;

/// <summary>What somebody sees who edits the sample with the package, through a real language server.</summary>
[Collection(nameof(EditedSamples))]
public sealed class EditorTests(EditedSamples samples)
{
    private const int Warning = 2;
    private const int Information = 3;
    private const string Tools = "SupportDesk/Tools/OrderTools.cs";

    private const string Blocking = """
            public string GetOrderStatus(string orderId)
            {
                var order = backOffice.GetOrderAsync(orderId).Result;
        """;

    private const string Awaiting = """
            public async Task<string> GetOrderStatus(string orderId)
            {
                var order = await backOffice.GetOrderAsync(orderId);
        """;

    /// <summary>A finding has the place, severity, message and page of a build; it goes when its cause goes, and comes back with it.</summary>
    [Fact]
    public async Task FindingsComeAndGoAsTheFileChanges()
    {
        var opened = await AsOpenedAsync();
        await using var file = await samples.Server.OpenAsync(samples.Copy.At(Tools));
        var line = LineOf(file, ".Result;");

        var blocking = Assert.Single(opened, diagnostic => diagnostic.Line == line);
        Assert.Equal(("AGL0601", Warning), (blocking.Code, blocking.Severity));
        Assert.StartsWith("'OrderTools.GetOrderStatus' blocks its thread with 'Result'", blocking.Message, StringComparison.Ordinal);
        Assert.Equal("https://github.com/AgentLint/AgentLint/blob/main/docs/rules/AGL0601.md", blocking.Link);
        Assert.Equal("Result", file.TextAt(blocking));
        var suggestion = Assert.Single(opened, diagnostic => diagnostic.Line == LineOf(file, "ListOrdersAsync(string customerId)"));
        Assert.Equal(("AGL0302", Information), (suggestion.Code, suggestion.Severity));

        await file.ReplaceAsync(Blocking, Awaiting);
        Assert.Equal(opened.Where(diagnostic => diagnostic != blocking).Select(Said), (await AgentAsync(file)).Where(IsOld).Select(Said));

        await file.ReplaceAsync(Awaiting, Blocking);
        Assert.Equal(opened.Select(Said), (await AgentAsync(file)).Select(Said));

        // A tool that awaits may take a token: that is another finding, of the same method.
        bool IsOld(EditorDiagnostic diagnostic) => !diagnostic.Message.Contains("'OrderTools.GetOrderStatus'", StringComparison.Ordinal);
    }

    /// <summary>What a finding asks for is typed, and the server's own action does the rest: the finding is gone, and the file compiles.</summary>
    [Fact]
    public async Task AnActionOfTheEditorMendsAFinding()
    {
        Assert.Contains(await AsOpenedAsync(), IsMissingToken);
        await using var file = await samples.Server.OpenAsync(samples.Copy.At(Tools));

        await file.ReplaceAsync("ListOrdersAsync(customerId);", "ListOrdersAsync(customerId, cancellation);");
        var unknown = Assert.Single(await file.DiagnosticsAsync(), diagnostic => diagnostic.Code == "CS0103");
        var action = Assert.Single(await file.ActionsAsync(unknown), action => action.Key.EndsWith("Generate parameter 'cancellation'", StringComparison.Ordinal));
        await file.ApplyAsync(action.Value);

        Assert.Contains("ListOrdersAsync(string customerId, CancellationToken cancellation)", file.Text, StringComparison.Ordinal);
        var after = await file.DiagnosticsAsync();
        Assert.DoesNotContain(after, IsMissingToken);
        Assert.DoesNotContain(after, diagnostic => diagnostic.Code.StartsWith("CS", StringComparison.Ordinal) && diagnostic.Severity < Information);

        static bool IsMissingToken(EditorDiagnostic diagnostic) =>
            diagnostic.Code == "AGL0302" && diagnostic.Message.StartsWith("Tool 'OrderTools.ListOrdersAsync'", StringComparison.Ordinal);
    }

    /// <summary>This server offers the fixes of its own assemblies only: docs/editors.md says so, and what takes their place.</summary>
    [Fact]
    public async Task FixesOfPackagesAreNotOfferedByThisServer()
    {
        await using var file = await samples.Server.OpenAsync(samples.Copy.At(Tools));
        var blocking = Assert.Single(await AsOpenedAsync(), diagnostic => diagnostic.Line == LineOf(file, ".Result;"));

        Assert.DoesNotContain((await file.ActionsAsync(blocking)).Keys, title => title.Contains("await", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>No analyzer of the package throws in the server, on any file of the samples.</summary>
    [Fact]
    public async Task NoAnalyzerFails()
    {
        var all = (await samples.DiagnosticsAsync()).Values.SelectMany(diagnostics => diagnostics).ToList();

        Assert.Contains(all, diagnostic => diagnostic.Code == "AGL0101");
        Assert.DoesNotContain(all, diagnostic => diagnostic.Code.StartsWith("AD", StringComparison.Ordinal) || diagnostic.Message.Contains("AD0001", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<EditorDiagnostic>> AsOpenedAsync() => Agent((await samples.DiagnosticsAsync())[samples.Copy.At(Tools)]);

    private static async Task<IReadOnlyList<EditorDiagnostic>> AgentAsync(EditedFile file) => Agent(await file.DiagnosticsAsync());

    private static IReadOnlyList<EditorDiagnostic> Agent(IReadOnlyList<EditorDiagnostic> all) =>
        [.. all.Where(diagnostic => diagnostic.Code.StartsWith("AGL", StringComparison.Ordinal))];

    private static string Said(EditorDiagnostic diagnostic) => $"{diagnostic.Line} {diagnostic.Code} {diagnostic.Severity} {diagnostic.Message}";

    private static int LineOf(EditedFile file, string text) => file.Text[..file.Text.IndexOf(text, StringComparison.Ordinal)].Count(character => character == '\n') + 1;
}

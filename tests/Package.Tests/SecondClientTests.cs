using System.Xml.Linq;

namespace AgentLint.Package.Tests;

/// <summary>Other hosts than the compiler: <c>dotnet format</c> as a check, and a command line that loads our assemblies itself.</summary>
[Collection(nameof(BuiltConsumers))]
public sealed class SecondClientTests(BuiltConsumers consumers, PackedPackage package)
{
    [Fact]
    public async Task FormatVerifiesThatNothingIsLeftToMend()
    {
        using var copy = await consumers.CopyAsync("Faulty", "Faulty");
        string[] check = ["format", "analyzers", "--no-restore", "--verify-no-changes", "--severity", "info", "--diagnostics", "AGL0206", "AGL0601"];

        var before = await copy.DotNetAsync(check);
        Assert.NotEqual(0, before.ExitCode);
        Assert.Contains("AGL0601", before.Output, StringComparison.Ordinal);

        (await copy.DotNetAsync([.. check.Where(argument => argument != "--verify-no-changes")])).Succeeded();
        (await copy.DotNetAsync(check)).Succeeded();
    }

    [Fact]
    public async Task RoslynatorAnalysesAndFixesWithOurAssemblies()
    {
        using var copy = await consumers.CopyAsync("Faulty", "Faulty");
        // A project that knows nothing of AgentLint.
        var project = XDocument.Load(copy.At("Faulty.csproj"));
        project.Descendants("PackageReference").Single(reference => reference.Attribute("Include")!.Value == "AgentLint").Remove();
        project.Save(copy.At("Faulty.csproj"));
        (await copy.DotNetAsync("restore")).Succeeded();
        foreach (var assembly in new[] { "AgentLint.Analyzers.dll", "AgentLint.CodeFixes.dll" })
            await File.WriteAllBytesAsync(Path.Combine(copy.Root, assembly), package.Read("analyzers/dotnet/cs/" + assembly), TestContext.Current.CancellationToken);

        // Ends with 1 where it has found something.
        var analyze = await RunAsync("analyze");
        Assert.Equal(1, analyze.ExitCode);
        Assert.Contains("5 diagnostics found", analyze.Output, StringComparison.Ordinal);
        foreach (var report in Expected.In(Directory.GetFiles(Path.Combine(BuiltConsumers.Templates, "Faulty"), "*.cs")))
            Assert.Matches($@"{report.File}\({report.Line},\d+\): {report.Level} {report.Id}: ", analyze.Output);

        Assert.Contains("5 diagnostics fixed", (await RunAsync("fix")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("await client.GetResponseAsync(\"Summarize: \"", copy.Read("Tools.cs"), StringComparison.Ordinal);
        Assert.Contains("pipeline.ExecuteAsync(", copy.Read("Assistant.cs"), StringComparison.Ordinal);
        (await copy.BuildAsync()).Succeeded();

        Task<CliResult> RunAsync(string command) => copy.DotNetAsync(
            "exec", Repository.Roslynator, command, "Faulty.csproj", "--severity-level", "info", "--verbosity", "normal",
            "--analyzer-assemblies", Path.Combine(copy.Root, "AgentLint.Analyzers.dll"), Path.Combine(copy.Root, "AgentLint.CodeFixes.dll"));
    }
}

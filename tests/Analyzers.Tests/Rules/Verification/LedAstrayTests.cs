using System.Runtime.Loader;
using AgentLint.Fixes.Verification;
using AgentLint.Rules.Verification;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

/// <summary>
/// Programs that are compiled and run with a model that has been led astray: before the mend it gets its way and AGL0801 reports it, after it neither.
/// </summary>
public sealed class LedAstrayTests : IDisposable
{
    private const string Head = """
        using System;
        using System.Data.Common;
        using System.Diagnostics;
        using System.IO;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Dapper;
        using Microsoft.Extensions.AI;

        public class Work(IChatClient client, DbConnection database, HttpClient http, string root)
        {
            private async Task<string> Ask() => (await client.GetResponseAsync("?")).Text;

            public async Task<object?> Run()
            {
                var answer = await Ask();

        """;

    private readonly string root = Directory.CreateTempSubdirectory("led-astray").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Sql()
    {
        const string Before = "        return await database.ExecuteAsync([|$\"delete from notes where name = '{answer}'\"|]);";
        const string After = "        return await database.ExecuteAsync(\"delete from notes where name = @answer\", new { answer });";
        const string Answer = "x'; drop table notes; --";
        await FixedAsync(Before, After);

        var before = await RunAsync(Before, Answer);
        var after = await RunAsync(After, Answer);

        Assert.Contains("drop table", Assert.Single(before.Statements), StringComparison.Ordinal);
        Assert.DoesNotContain("drop table", Assert.Single(after.Statements), StringComparison.Ordinal);
        Assert.Equal([Answer], after.Values);
        Assert.Equal((true, false), (before.IsReported, after.IsReported));
    }

    [Fact]
    public async Task Path()
    {
        const string Before = "        File.WriteAllText([|System.IO.Path.Combine(root, \"notes\", answer)|], \"led\"); return null;";
        const string After = "        File.WriteAllText(System.IO.Path.Combine(root, \"notes\", System.IO.Path.GetFileName(answer)), \"led\"); return null;";
        Directory.CreateDirectory(System.IO.Path.Combine(root, "notes"));
        await FixedAsync(Before, After);

        var before = await RunAsync(Before, "../settings.json");
        Assert.True(File.Exists(System.IO.Path.Combine(root, "settings.json")));
        File.Delete(System.IO.Path.Combine(root, "settings.json"));
        var after = await RunAsync(After, "../settings.json");

        Assert.False(File.Exists(System.IO.Path.Combine(root, "settings.json")));
        Assert.Equal((true, false), (before.IsReported, after.IsReported));
    }

    [Fact]
    public async Task Shell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no /bin/sh");
        const string Start = "        using var process = Process.Start({0})!; await process.WaitForExitAsync(); return null;";
        var before = await RunAsync(
            string.Format(null, Start, "new ProcessStartInfo(\"/bin/sh\", [|$\"-c \\\"touch {answer}\\\"\"|]) { WorkingDirectory = root }"), "note; touch stolen");
        Assert.True(File.Exists(System.IO.Path.Combine(root, "stolen")));
        File.Delete(System.IO.Path.Combine(root, "stolen"));

        var after = await RunAsync(
            string.Format(null, Start, "new ProcessStartInfo(\"/usr/bin/env\") { WorkingDirectory = root, ArgumentList = { \"touch\", \"--\", answer } }"), "note; touch stolen");

        Assert.False(File.Exists(System.IO.Path.Combine(root, "stolen")));
        Assert.Equal((true, false), (before.IsReported, after.IsReported));
    }

    [Fact]
    public async Task Address()
    {
        const string Before = "        return await http.GetStringAsync([|answer|]);";
        const string After = "        return new Uri(answer).Host == \"docs.example.com\" ? await http.GetStringAsync(answer) : null;";

        var before = await RunAsync(Before, "http://169.254.169.254/metadata");
        var after = await RunAsync(After, "http://169.254.169.254/metadata");
        var harmless = await RunAsync(After, "https://docs.example.com/page");

        Assert.Equal(["169.254.169.254"], before.Hosts);
        Assert.Empty(after.Hosts);
        Assert.Equal(["docs.example.com"], harmless.Hosts);
        Assert.Equal((true, false), (before.IsReported, after.IsReported));
    }

    private static Task FixedAsync(string before, string after) =>
        new FixTest<AGL0801_UnverifiedOutputToSink, AGL0801Fix_KeepValuesApart>(Head + before + "\n    }\n}\n", Head + after + "\n    }\n}\n").RunAsync(null);

    private async Task<Outcome> RunAsync(string body, string answer)
    {
        var code = Head + body.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal) + "\n    }\n}\n";
        var compilation = CSharpCompilation.Create(
            "Work",
            [CSharpSyntaxTree.ParseText(code, SupportDesk.ParseOptions, "Work.cs", cancellationToken: Cancellation)],
            SupportDesk.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image, cancellationToken: Cancellation).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        var reports = await AllRules.ReportsInAsync(compilation);
        var database = new RecordingConnection();
        var network = new RecordingNetwork();
        var type = new AssemblyLoadContext(null).LoadFromStream(image).GetType("Work")!;
        await (Task)type.GetMethod("Run")!.Invoke(Activator.CreateInstance(type, new ScriptedModel(answer), database, new HttpClient(network), root), [])!;
        return new Outcome(database.Statements, database.Values, network.Hosts, reports.Any(report => report.Id == "AGL0801"));
    }

    private sealed record Outcome(List<string> Statements, List<object?> Values, List<string> Hosts, bool IsReported);

    private sealed class ScriptedModel(string answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer)));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class RecordingNetwork : HttpMessageHandler
    {
        public List<string> Hosts { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Hosts.Add(request.RequestUri!.Host);
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent("") });
        }
    }
}

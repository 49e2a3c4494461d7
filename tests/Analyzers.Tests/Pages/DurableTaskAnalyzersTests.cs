using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Pages;

/// <summary>What the page about other analyzers says of Durable Task's own and of AgentLint, on the same orchestrations, is so.</summary>
public sealed partial class DurableTaskAnalyzersTests
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.Azure.Functions.Worker;
        global using Microsoft.DurableTask;
        global using Microsoft.DurableTask.Client;
        global using Microsoft.Extensions.Logging;
        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> Theirs =
    [
        .. Assembly.LoadFrom(RestoredPackages.All.DownloadedFile("microsoft.durabletask.analyzers/1.28.0/analyzers/dotnet/cs/Microsoft.DurableTask.Analyzers.dll"))
            .GetTypes().Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type))
            .OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    // What an orchestrator function does, by the name that the page gives it.
    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["reads the clock: `DateTime`, `DateTimeOffset`, `TimeProvider`"] = """
            Keep(DateTime.Now);
            Keep(DateTime.UtcNow);
            Keep(DateTime.Today);
            Keep(DateTimeOffset.UtcNow);
            Keep(TimeProvider.System.GetUtcNow());
            """,
        ["reads the clock in a lambda and in a local function that run"] = """
            Func<DateTime> read = () => DateTime.UtcNow;
            Keep(read());
            Keep(Read());
            static DateTime Read() => DateTime.Now;
            """,
        ["reads the clock through three helpers"] = "Keep(Helpers.First());",
        ["reads the clock through a helper that calls itself"] = "Keep(Helpers.Count(3));",
        ["makes an object whose property initializer reads the clock"] = "Keep(new Receipt().At);",
        ["reads the clock only where `IsReplaying` is false"] = "if (!context.IsReplaying) Keep(DateTime.UtcNow);",
        ["measures time with `Stopwatch`"] = "Keep(System.Diagnostics.Stopwatch.StartNew().Elapsed);",
        ["makes an id: `Guid.NewGuid`"] = "Keep(Guid.NewGuid());",
        ["makes an id: `Guid.CreateVersion7`"] = "Keep(Guid.CreateVersion7());",
        ["draws a random number"] = "Keep(new Random().Next());",
        ["waits: `Task.Delay`, `Thread.Sleep`"] = """
            await Task.Delay(5);
            Thread.Sleep(5);
            """,
        ["starts work: `Thread.Start`, `Task.Run`, `StartNew`, `ContinueWith`"] = """
            new Thread(() => { }).Start();
            await Task.Run(() => { });
            await Task.Factory.StartNew(() => { });
            await context.CallActivityAsync("Step", "").ContinueWith(_ => { });
            """,
        ["continues on the engine's thread: `ContinueWith(…, ExecuteSynchronously)`"] =
            "await context.CallActivityAsync(\"Step\", \"\").ContinueWith(_ => { }, TaskContinuationOptions.ExecuteSynchronously);",
        ["leaves the engine's thread: `ConfigureAwait(false)`"] = "await context.CallActivityAsync(\"Step\", \"\").ConfigureAwait(false);",
        ["loops in parallel: `Parallel.ForEach`"] = "Parallel.ForEach(new[] { 1, 2 }, number => Keep(number));",
        ["posts with an `HttpClient`"] = "await new HttpClient().PostAsync(\"https://example.org\", null);",
        ["makes an `HttpClient` and does not use it"] = "Keep(new HttpClient());",
        ["asks a model: `IChatClient`"] = "await Helpers.Model.GetResponseAsync(\"\");",
        ["reads a database: `DbContext`"] = "Keep(await Helpers.Shop.FindAsync<Receipt>(1));",
        ["asks over HTTP behind an interface"] = "Keep(await Helpers.Prices.PriceAsync());",
        ["writes a file"] = "File.WriteAllText(\"order\", \"\");",
        ["reads the environment"] = """
            Keep(Environment.GetEnvironmentVariable("PATH"));
            Keep(Environment.GetEnvironmentVariables());
            Keep(Environment.ExpandEnvironmentVariables("PATH"));
            """,
        ["reads its input by `GetInput`"] = "Keep(context.GetInput<string>());",
        ["logs with a logger that is replay-safe, also through a helper"] = """
            var logger = context.CreateReplaySafeLogger("Run");
            logger.LogInformation("started");
            Helpers.Log(logger);
            """,
        ["logs with the logger of its class"] = "logger.LogInformation(\"started\");",
        ["logs with the logger of its class only where `IsReplaying` is false"] = "if (!context.IsReplaying) logger.LogInformation(\"started\");",
        ["hands the logger of its class to a helper that logs"] = "Helpers.Log(logger);",
        ["changes a static variable"] = "Helpers.Runs++;",
        ["waits for events without an end: `while (true)`"] = """
            while (true)
            {
                var item = await context.WaitForExternalEvent<string>("item");
                await context.CallActivityAsync("Step", item);
            }
            """,
        ["waits for events without an end: `for (;;)`"] = """
            for (;;)
                await context.CallActivityAsync("Step", await context.WaitForExternalEvent<string>("item"));
            """,
        ["waits for events without an end, in a helper"] = """
            while (true)
                await Helpers.NextAsync(context);
            """,
        ["continues as new in its loop"] = """
            while (true)
            {
                await context.CallActivityAsync("Step", "");
                await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                context.ContinueAsNew(null);
                return;
            }
            """,
        ["calls an activity that takes only the `FunctionContext`"] = "Keep(await context.CallActivityAsync<int>(\"Number\"));",
        ["hands a `List<int>` to an activity that takes an `IReadOnlyList<int>`"] = "Keep(await context.CallActivityAsync<int>(\"Sum\", new List<int> { 1 }));",
    };

    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["takes a `CancellationToken`, and stops when it is canceled"] = ", CancellationToken token) { token.ThrowIfCancellationRequested();",
        ["takes a client of the engine, and starts another orchestration"] = ", [DurableClient] DurableTaskClient client) { await client.ScheduleNewOrchestrationInstanceAsync(\"Other\");",
    };

    [Fact]
    public async Task Both_see_what_the_page_says()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "comparison.md"), TestContext.Current.CancellationToken);
        var expected = Section().Match(page.ReplaceLineEndings("\n")).Value;

        var rows = new List<string>();
        foreach (var (name, code) in Bodies.Select(body => (body.Key, Program($") {{ {body.Value}"))).Concat(Parameters.Select(parameter => (parameter.Key, Program(parameter.Value)))))
        {
            var compilation = Compile(code);
            rows.Add($"| {name} | {await SeenAsync(compilation, Theirs, "DURABLE")} | {await SeenAsync(compilation, AllRules.Analyzers, "AGL10")} |");
        }

        var seen = string.Join('\n', rows) + "\n";
        Assert.True(expected == seen, "The table should be:\n" + seen);
    }

    private static async Task<string> SeenAsync(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers, string prefix)
    {
        var reports = await compilation.WithAnalyzers(analyzers, new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(reports, report => report.Id == "AD0001");
        var seen = reports.Where(report => report.Id.StartsWith(prefix, StringComparison.Ordinal)).CountBy(report => report.Id).OrderBy(rule => rule.Key, StringComparer.Ordinal)
            .Select(rule => rule.Value == 1 ? rule.Key : $"{rule.Key} × {rule.Value}");
        return string.Join(", ", seen) is { Length: > 0 } text ? text : "–";
    }

    private static Compilation Compile(string code)
    {
        var compilation = CSharpCompilation.Create(
            "Orders",
            [CSharpSyntaxTree.ParseText(Usings, path: "Usings.cs"), CSharpSyntaxTree.ParseText(code, path: "Orders.cs")],
            [.. Libraries.Framework, .. Libraries.With(Library.Functions, Library.EntityFramework, Library.ExtensionsAI)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(compilation.GetDiagnostics().Where(report => report.Severity == DiagnosticSeverity.Error));
        return compilation;
    }

    private static string Program(string function) => $$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.AI;

        public class Orders(ILogger<Orders> logger)
        {
            public void Started() => logger.LogInformation("started");

            [Function("Run")]
            public async Task Run([OrchestrationTrigger] TaskOrchestrationContext context{{function}}
                await context.CallActivityAsync("Step", "");
            }

            [Function("Step")]
            public static void Step([ActivityTrigger] string input) { }

            [Function("Number")]
            public static int Number([ActivityTrigger] FunctionContext context) => 1;

            [Function("Sum")]
            public static int Sum([ActivityTrigger] IReadOnlyList<int> numbers) => numbers.Sum();

            private static void Keep<T>(T value) { }
        }

        public class Receipt
        {
            public int Id { get; set; }
            public DateTime At { get; } = DateTime.UtcNow;
        }

        public interface IPrices { Task<string> PriceAsync(); }

        public class WebPrices(HttpClient http) : IPrices
        {
            public async Task<string> PriceAsync() => await http.GetStringAsync("https://example.org");
        }

        public static class Helpers
        {
            public static int Runs;
            public static IChatClient Model = null!;
            public static DbContext Shop = null!;
            public static IPrices Prices = null!;

            public static DateTime First() => Second();
            private static DateTime Second() => Third();
            private static DateTime Third() => DateTime.UtcNow;
            public static long Count(int times) => times == 0 ? 0 : DateTime.UtcNow.Ticks + Count(times - 1);
            public static void Log(ILogger logger) => logger.LogInformation("helping");
            public static async Task NextAsync(TaskOrchestrationContext context) => await context.CallActivityAsync("Step", await context.WaitForExternalEvent<string>("item"));
        }
        """;

    [GeneratedRegex(@"(?<=^\| The orchestration \| .*\n\| --- .*\n)(^\|.*\n)+", RegexOptions.Multiline)]
    private static partial Regex Section();
}

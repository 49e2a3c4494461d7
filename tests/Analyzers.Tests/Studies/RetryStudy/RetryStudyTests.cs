using System.Collections.Immutable;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Studies.RetryStudy;

/// <summary>
/// The bugs of a published study of retries, as programs of our own. See <c>docs/studies/retry-study.md</c>. The shapes were written before the rules, from the
/// descriptions of the bugs.
/// </summary>
public sealed class RetryStudyTests
{
    private const string Imports = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Text;
        global using System.Text.Json;
        global using System.Threading;
        global using System.Threading.Channels;
        global using System.Threading.Tasks;
        global using Microsoft.Extensions.AI;
        global using ModelContextProtocol.Client;
        global using MassTransit;
        global using Polly;
        global using Polly.Retry;
        """;

    private static readonly ImmutableArray<RetryShape> Shapes =
    [
        .. CapShapes.All,
        .. DelayShapes.All,
        .. PermanentFailureShapes.All,
        .. CancellationShapes.All,
        .. DisabledShapes.All,
        .. StateShapes.All,
    ];

    // Compilations that add a file to this one share the symbols of its references.
    private static readonly Lazy<CSharpCompilation> Empty = new(() => CSharpCompilation.Create(
        "Shape",
        [Parse(Imports, "Imports.cs")],
        [
            .. Libraries.Framework,
            .. Libraries.All,
        ],
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable,
            specificDiagnosticOptions: [KeyValuePair.Create("OPENAI001", ReportDiagnostic.Suppress)])));

    private static readonly HashSet<string> BuiltRules = [.. AllRules.Analyzers.Cast<RuleAnalyzer>().SelectMany(analyzer => analyzer.Rules).Select(rule => rule.Id)];

    public static TheoryData<string> Names => [.. Shapes.Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Fault_is_reported(string name)
    {
        var shape = Shape(name);

        var ids = await RetryReportsAsync(shape.Fault);

        Assert.Equal(shape.Miss == null, ids.Intersect(shape.Ids).Any());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Twin_without_the_fault_is_silent(string name) => Assert.Empty(await RetryReportsAsync(Shape(name).Twin));

    [Fact]
    public async Task Most_faults_are_reported_and_no_twin_is()
    {
        var found = 0;
        var falseAlarms = new List<string>();
        foreach (var shape in Shapes)
        {
            if ((await RetryReportsAsync(shape.Twin)).Any())
                falseAlarms.Add(shape.Name);
            found += (await RetryReportsAsync(shape.Fault)).Intersect(shape.Ids).Any() ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{found} of {Shapes.Length} faults are reported");
        Assert.Empty(falseAlarms);
        Assert.True(found >= Shapes.Length * 0.85, $"{found} of {Shapes.Length}");
    }

    [Fact]
    public void Shapes_are_many_and_different()
    {
        Assert.InRange(Shapes.Length, 40, int.MaxValue);
        Assert.Equal(Shapes.Length, Shapes.Select(shape => shape.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(Shapes.SelectMany(shape => shape.Ids).Except(BuiltRules));
        Assert.Equal(Enum.GetValues<RetryFault>().Order(), Shapes.Select(shape => shape.Kind).Distinct().Order());
    }

    [Fact]
    public void Page_lists_the_shapes()
    {
        const string Begin = "<!-- shapes:begin -->";
        const string End = "<!-- shapes:end -->";
        const string Path = "docs/studies/retry-study.md";
        var page = File.ReadAllText(System.IO.Path.Combine(Checkout.Root, Path)).ReplaceLineEndings("\n");
        var table = Shapes.Select(shape => $"| {shape.Name} | {Words(shape.Kind)} | {string.Join(" or ", shape.Ids)} | {shape.After} | {shape.Miss} |");

        GeneratedFile.AssertCurrent(
            Path,
            $"""
            {page[..page.IndexOf(Begin, StringComparison.Ordinal)]}{Begin}

            | shape | what is wrong | rule | after | missed because |
            | --- | --- | --- | --- | --- |
            {string.Join('\n', table)}

            {page[page.IndexOf(End, StringComparison.Ordinal)..]}
            """);
    }

    private static RetryShape Shape(string name) => Shapes.Single(shape => shape.Name == name);

    private static string Words(RetryFault kind) => kind switch
    {
        RetryFault.MissingCap => "cap",
        RetryFault.MissingDelay => "delay",
        RetryFault.PermanentFailure => "permanent failure",
        RetryFault.CanceledTask => "canceled task",
        RetryFault.DisabledMechanism => "disabled",
        RetryFault.StateReset => "state reset",
        _ => "job tracking",
    };

    /// <summary>The rules about retries and loops that report a program, and any other that a shape waits for. The program has to compile.</summary>
    private static async Task<IReadOnlyList<string>> RetryReportsAsync(string code)
    {
        var compilation = Empty.Value.AddSyntaxTrees(Parse(code, "Shape.cs"));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        var reports = await AllRules.ReportsInAsync(compilation);
        return
        [
            .. reports.Select(report => report.Id)
                .Where(id => id.StartsWith("AGL02", StringComparison.Ordinal) || id.StartsWith("AGL09", StringComparison.Ordinal) || id is "AGL0102" or "AGL0103" or "AD0001")
                .Distinct(),
        ];
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest), path);
}

using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Diagnostics.Telemetry;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>A project that references no agent, tool, workflow or resilience library pays for one look at its references.</summary>
public sealed class SilentProjectTests
{
    private const string Source = """
        using System.Threading.Tasks;
        class Desk
        {
            readonly System.Net.Http.HttpClient http = new();
            public async Task<string> Ask() { System.Threading.Thread.Sleep(100); return http.GetStringAsync("/").Result + await http.GetStringAsync("/"); }
        }
        """;

    public static TheoryData<Type> Analyzers =>
        [.. typeof(AgentAnalyzer).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(AgentAnalyzer).IsAssignableFrom(type))];

    /// <summary>Analyzers all of whose rules answer a question that the build asks by a property.</summary>
    public static TheoryData<Type> Answers => [.. Analyzers.Select(row => row.Data).Where(type => PropertiesOf(type).Count > 0)];

    private static MetadataReference[] KnownLibrary => [Empty("Microsoft.Extensions.AI.Abstractions").ToMetadataReference(), Empty("Microsoft.DurableTask.Abstractions").ToMetadataReference()];

    [Theory]
    [MemberData(nameof(Analyzers))]
    public async Task Analyzer_registers_nothing_without_a_known_library(Type analyzer) =>
        Assert.Equal(0, Registered(await Telemetry(analyzer, PropertiesOf(analyzer))));

    [Theory]
    [MemberData(nameof(Analyzers))]
    public async Task Analyzer_registers_something_beside_a_known_library(Type analyzer) =>
        Assert.InRange(Registered(await Telemetry(analyzer, PropertiesOf(analyzer), KnownLibrary)), 1, int.MaxValue);

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_registers_nothing_where_nobody_asks(Type analyzer) =>
        Assert.Equal(0, Registered(await Telemetry(analyzer, [], KnownLibrary)));

    [Fact]
    public void Framework_alone_is_no_known_library() =>
        Assert.False(ApiCatalogue.BuiltIn.Activation.IsGivenBy(CSharpCompilation.Create("Program", references: Compiled.Framework).ReferencedAssemblyNames.Select(name => name.Name)));

    // The properties without which an analyzer has nothing to say.
    private static IReadOnlyList<string> PropertiesOf(Type type)
    {
        var rules = ((RuleAnalyzer)Activator.CreateInstance(type)!).Rules;
        return rules.All(rule => rule.Property != null) ? [.. rules.Select(rule => rule.Property!)] : [];
    }

    private static async Task<AnalyzerTelemetryInfo> Telemetry(Type type, IReadOnlyList<string> properties, params MetadataReference[] references)
    {
        var analyzer = (DiagnosticAnalyzer)Activator.CreateInstance(type)!;
        // A rule that is off by default is looked at as well.
        var on = analyzer.SupportedDiagnostics.Where(rule => !rule.IsEnabledByDefault).Select(rule => KeyValuePair.Create(rule.Id, ReportDiagnostic.Warn));
        var empty = Empty("Program");
        var compilation = empty.WithOptions(empty.Options.WithSpecificDiagnosticOptions(on)).AddReferences(references).AddSyntaxTrees(CSharpSyntaxTree.ParseText(Source));
        var run = compilation.WithAnalyzers([analyzer], new CompilationWithAnalyzersOptions(new AnalyzerOptions([], new BuildProperties(properties)), (e, _, _) => throw e, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        await run.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        var telemetry = await run.GetAnalyzerTelemetryInfoAsync(analyzer, TestContext.Current.CancellationToken);
        Assert.Equal(1, telemetry.CompilationStartActionsCount);
        return telemetry;
    }

    // All that an analyzer can register, but for the look itself.
    private static int Registered(AnalyzerTelemetryInfo telemetry) =>
        typeof(AnalyzerTelemetryInfo).GetProperties()
            .Where(property => property.PropertyType == typeof(int) && property.Name != nameof(AnalyzerTelemetryInfo.CompilationStartActionsCount))
            .Sum(property => (int)property.GetValue(telemetry)!);

    private static CSharpCompilation Empty(string name) =>
        CSharpCompilation.Create(name, references: Compiled.Framework, options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
}

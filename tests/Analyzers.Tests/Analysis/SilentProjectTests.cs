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

    [Theory]
    [MemberData(nameof(Analyzers))]
    public async Task Analyzer_registers_nothing_without_a_known_library(Type analyzer) =>
        Assert.Equal(0, Registered(await Telemetry(analyzer)));

    [Theory]
    [MemberData(nameof(Analyzers))]
    public async Task Analyzer_registers_something_beside_a_known_library(Type analyzer) =>
        Assert.InRange(Registered(await Telemetry(analyzer, Compiled.Framework.Add(Empty("Microsoft.Extensions.AI.Abstractions").ToMetadataReference()).ToArray())), 1, int.MaxValue);

    [Fact]
    public void Framework_alone_is_no_known_library() =>
        Assert.Empty(ApiCatalogue.BuiltIn.ActivatingAssemblies.Intersect(CSharpCompilation.Create("Program", references: Compiled.Framework).ReferencedAssemblyNames.Select(name => name.Name)));

    private static async Task<AnalyzerTelemetryInfo> Telemetry(Type type, params MetadataReference[] references)
    {
        var analyzer = (DiagnosticAnalyzer)Activator.CreateInstance(type)!;
        var compilation = Empty("Program").AddReferences(references.Except(Compiled.Framework)).AddSyntaxTrees(CSharpSyntaxTree.ParseText(Source));
        var run = compilation.WithAnalyzers([analyzer], new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (e, _, _) => throw e, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
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

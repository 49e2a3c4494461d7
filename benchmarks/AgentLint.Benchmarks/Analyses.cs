using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Benchmarks;

/// <summary>The analyzers that are measured, and how they are run.</summary>
internal static class Analyses
{
    /// <summary>Does nothing, in every file: what it costs is the driver's.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Empty { get; } = [new EmptyAnalyzer()];

    public static ImmutableArray<DiagnosticAnalyzer> AgentLint { get; } = Of(typeof(AgentAnalyzer).Assembly);

    /// <summary>AgentLint and others that users build with, each with the rules that are on by default.</summary>
    public static IReadOnlyDictionary<string, Lazy<ImmutableArray<DiagnosticAnalyzer>>> Peers { get; } = new Dictionary<string, Lazy<ImmutableArray<DiagnosticAnalyzer>>>
    {
        ["empty"] = new(() => Empty),
        ["AgentLint"] = new(() => AgentLint),
        ["AsyncFixer 2.1.0"] = new(() => Load("asyncfixer/2.1.0/analyzers/dotnet/cs", "AsyncFixer")),
        ["VSTHRD 18.12.1"] = new(() => Load("microsoft.visualstudio.threading.analyzers/18.12.1/analyzers/cs", "Microsoft.VisualStudio.Threading.Analyzers", "Microsoft.VisualStudio.Threading.Analyzers.CSharp")),
        ["Meziantou 3.0.300"] = new(() => Load("meziantou.analyzer/3.0.300/analyzers/dotnet/roslyn5.9/cs", "Meziantou.Analyzer")),
        ["NetAnalyzers of the SDK"] = new(() => Load(Settings.NetAnalyzers, "Microsoft.CodeAnalysis.NetAnalyzers", "Microsoft.CodeAnalysis.CSharp.NetAnalyzers")),
    };

    public static DiagnosticAnalyzer Rule(string id) => AgentLint.Single(analyzer => analyzer.GetType().Name.StartsWith(id, StringComparison.Ordinal));

    public static ImmutableArray<DiagnosticAnalyzer> Sdk => Peers["NetAnalyzers of the SDK"].Value;

    /// <summary>What the analyzers say of a fresh copy of a program, as a compiler would ask them.</summary>
    public static ImmutableArray<Diagnostic> Run(Compilation program, ImmutableArray<DiagnosticAnalyzer> analyzers) =>
        With(program.Clone(), analyzers).GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>What the analyzers say of one file, as an editor would ask them.</summary>
    public static ImmutableArray<Diagnostic> RunOn(SyntaxTree file, Compilation program, ImmutableArray<DiagnosticAnalyzer> analyzers) =>
        With(program, analyzers).GetAnalyzerSemanticDiagnosticsAsync(program.GetSemanticModel(file), null, CancellationToken.None).GetAwaiter().GetResult();

    private static CompilationWithAnalyzers With(Compilation program, ImmutableArray<DiagnosticAnalyzer> analyzers) =>
        program.WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            onAnalyzerException: (exception, analyzer, _) => throw new InvalidOperationException($"{analyzer} failed", exception),
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: false));

    private static ImmutableArray<DiagnosticAnalyzer> Load(string folder, params string[] assemblies)
    {
        folder = Path.Combine(Settings.NuGetPackageRoot, folder);
        AppDomain.CurrentDomain.AssemblyResolve += (_, missing) =>
            Path.Combine(folder, new AssemblyName(missing.Name).Name + ".dll") is var file && File.Exists(file) ? Assembly.LoadFrom(file) : null;
        return [.. assemblies.SelectMany(name => Of(Assembly.LoadFrom(Path.Combine(folder, name + ".dll"))))];
    }

    private static ImmutableArray<DiagnosticAnalyzer> Of(Assembly assembly) =>
    [
        .. assembly.GetTypes()
            .Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type) && type.GetCustomAttribute<DiagnosticAnalyzerAttribute>()?.Languages.Contains(LanguageNames.CSharp) == true)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class EmptyAnalyzer : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor Descriptor = new("EMPTY", "Nothing", "Nothing", "Nothing", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterCompilationStartAction(start => start.RegisterSemanticModelAction(_ => { }));
        }
    }
}

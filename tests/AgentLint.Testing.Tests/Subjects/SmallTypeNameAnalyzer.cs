using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing.Tests.Subjects;

/// <summary>The good analyzer: a type name must not start with a small letter. Bad analyzers override one step of it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public class SmallTypeNameAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "T0001";

    public static readonly DiagnosticDescriptor Rule = new(
        Id, "Small type name", "Type '{0}' starts with '{1}'", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    protected virtual GeneratedCodeAnalysisFlags GeneratedCode => GeneratedCodeAnalysisFlags.None;

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCode);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    protected virtual void Report(SymbolAnalysisContext context) =>
        context.ReportDiagnostic(Create(context, context.Symbol.Locations[0]));

    protected static Diagnostic Create(SymbolAnalysisContext context, Location location) =>
        Diagnostic.Create(Rule, location, context.Symbol.Name, context.Symbol.Name[0]);

    void Analyze(SymbolAnalysisContext context)
    {
        if (char.IsLower(context.Symbol.Name[0]))
        {
            Report(context);
        }
    }
}

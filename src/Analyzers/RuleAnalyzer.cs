using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint;

/// <summary>What all analyzers share: their rules, no reports in generated code, and concurrent analysis.</summary>
public abstract class RuleAnalyzer : DiagnosticAnalyzer
{
    private protected RuleAnalyzer(params Rule[] rules)
    {
        Rules = [.. rules];
        SupportedDiagnostics = [.. rules.Select(rule => rule.Descriptor)];
    }

    /// <summary>What this analyzer reports.</summary>
    public ImmutableArray<Rule> Rules { get; }

    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        Start(context);
    }

    /// <summary>Registers what the analyzer looks at.</summary>
    private protected abstract void Start(AnalysisContext context);
}

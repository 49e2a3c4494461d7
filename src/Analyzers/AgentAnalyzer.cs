using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint;

/// <summary>
/// Base of all rules: generated code is left alone, files are analysed concurrently, and a compilation that references no library of the
/// catalogue pays for one look at its references.
/// </summary>
public abstract class AgentAnalyzer : DiagnosticAnalyzer
{
    private protected AgentAnalyzer(params Rule[] rules)
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
        context.RegisterCompilationStartAction(start =>
        {
            if (AgentModel.TryGet(start.Compilation, start.Options, start.CancellationToken) is { } model)
                Register(new RuleContext(start, model));
        });
    }

    /// <summary>Says what the rule looks at. Called once per compilation that has a model.</summary>
    private protected abstract void Register(RuleContext context);
}

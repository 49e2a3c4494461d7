using AgentLint.Analysis;
using AgentLint.Analysis.Cycles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>A call that failed is made again, for as long as it fails.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0201_UnboundedRetry() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0201",
        "UnboundedRetry",
        "A failed call is repeated without a bound",
        "'{0}' repeats {1} for as long as it fails: {2} leads back with no counter that is compared, no deadline and no way out",
        "What fails for good is asked for ever: the caller never hears of it, and every attempt costs time, tokens and the other side's patience.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var cycle in Cycles.Of(context.Model).In(context.Semantics.SyntaxTree, context.Settings.CallDepth, context.Cancellation))
            if (cycle is { Kind: CycleKind.Retry, Unguarded: { } way } && cycle.Culprit is { } call)
                context.Report(
                    Rule,
                    cycle.Head,
                    call.IsProven && !way.Has(PathFacts.Token) ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info,
                    call.Path?.Locations ?? [],
                    Witness.NameOf(CodePlace.Of(cycle.Syntax, context.Semantics, context.Model, context.Cancellation).Member),
                    call.Describe(),
                    way.Describe(cycle));
    }
}

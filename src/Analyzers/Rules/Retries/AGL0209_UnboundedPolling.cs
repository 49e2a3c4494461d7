using AgentLint.Analysis;
using AgentLint.Analysis.Cycles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>Something remote is asked how far it is until it says that it is done, however long that takes.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0209_UnboundedPolling() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0209",
        "UnboundedPolling",
        "Polling has no deadline",
        "'{0}' asks {1} again until it is done: {2} leads back with no deadline, no limit and no token",
        "A run that hangs, or ends in a state that nobody expected, is waited for as long as the process lives.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var cycle in Cycles.Of(context.Model).In(context.Semantics.SyntaxTree, context.Settings.CallDepth, context.Cancellation))
            if (cycle is { Kind: CycleKind.Polling, Unguarded: { } way } && !way.Has(PathFacts.Token) && cycle.Culprit is { IsProven: true } call)
                context.Report(
                    Rule,
                    cycle.Head,
                    cycle.TakesToken(context.Semantics, context.Cancellation) ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning,
                    call.Path!.Locations,
                    Witness.NameOf(CodePlace.Of(cycle.Syntax, context.Semantics, context.Model, context.Cancellation).Member),
                    call.Describe(),
                    way.Describe(cycle));
    }
}

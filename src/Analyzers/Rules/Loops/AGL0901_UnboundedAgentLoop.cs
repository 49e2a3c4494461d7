using AgentLint.Analysis;
using AgentLint.Analysis.Cycles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Loops;

/// <summary>A model decides by its answers how often it is asked.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0901_UnboundedAgentLoop() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0901",
        "UnboundedAgentLoop",
        "Only a model's answer ends the loop",
        "'{0}' asks {1} again for as long as the answer says so: {2} leads back with no counter that is compared and no deadline",
        "A model that asks for the same tool again, or never says the word, keeps the loop going until the money or the caller's patience is spent.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var cycle in Cycles.Of(context.Model).In(context.Semantics.SyntaxTree, context.Settings.CallDepth, context.Cancellation))
            if (cycle is { Kind: CycleKind.AgentLoop, Unguarded: { } way } && cycle.Culprit is { IsProven: true } call)
                context.Report(
                    Rule,
                    cycle.Head,
                    DiagnosticSeverity.Warning,
                    call.Path!.Locations,
                    Witness.NameOf(CodePlace.Of(cycle.Syntax, context.Semantics, context.Model, context.Cancellation).Member),
                    call.Describe(),
                    way.Describe(cycle));
    }
}

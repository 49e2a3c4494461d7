using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Verification;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Verification;

/// <summary>Data from a model's answer is stored as fact without a check.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0802_UnverifiedOutputToSharedState() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0802",
        "UnverifiedOutputToSharedState",
        "Model output is stored as fact without validation",
        "{0} is stored with '{1}'{2} without validation: validate it, or store it as a proposal",
        "Other agents treat stored data as true. A wrong value from a model's answer is then copied from step to step, and its origin is lost.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    // A text that is kept as a text, as the transcript of a chat, claims nothing: what was read out of it does, and what a memory of
    // all agents is given.
    private static void Check(FileContext context)
    {
        foreach (var flow in UnverifiedFlows.Of(context.Model)
            .In(context.Semantics.SyntaxTree, kind => kind == SinkKind.Store, context.Settings.CallDepth, context.Cancellation))
            if (flow.Finding is { Source.Origin: TaintOrigin.Answer, Hit: var hit }
                && ((hit.Facts.Traits & TaintTraits.Parsed) != 0 || hit.Entry.Has("shared")))
                context.ReportOncePerLine(
                    Rule,
                    flow.Finding.Site,
                    DiagnosticSeverity.Info,
                    flow.Places,
                    AGL0801_UnverifiedOutputToSink.SourceOf(flow.Finding),
                    Witness.NameOf(hit.Member),
                    flow.Way);
    }
}

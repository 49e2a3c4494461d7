using AgentLint.Analysis.Checks.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Loops;

/// <summary>A conversation of agents ends only when one of them writes a certain word.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0903_SentinelOnlyTermination() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0903",
        "SentinelOnlyTermination",
        "Only a keyword in a model's answer ends a loop",
        "The loop of '{0}' ends only when a model writes the words that '{1}' searches for: '{2}' is not set",
        "Models write the keyword differently, in the middle of a sentence, or not at all. A limit on the turns ends the loop in every case.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var loop in FrameworkLoops.Of(context.Model).In(context.Semantics, AGL0902_UnlimitedFrameworkLoop.LimitOf(context.Settings), context.Cancellation))
            if (loop.By == UnlimitedBy.Sentinel)
                context.Report(Rule, loop.Site, DiagnosticSeverity.Info, [], loop.Owner, loop.Value ?? "", loop.Limit);
    }
}

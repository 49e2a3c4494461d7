using AgentLint.Analysis.Checks.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Loops;

/// <summary>A framework lets models take turns without a limit.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0902_UnlimitedFrameworkLoop() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0902",
        "UnlimitedFrameworkLoop",
        "An agent framework's loop has no limit",
        "The loop of '{0}' has no limit: '{1}' is {2}",
        "Only the models' answers then end the loop. Two agents that keep thanking each other, or one that never gives a final answer, run until the bill is noticed.",
        DiagnosticSeverity.Warning,
        options: new RuleOption("max_turns", "1000", "The number of turns from which a limit counts as no limit."));

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var loop in FrameworkLoops.Of(context.Model).In(context.Semantics, LimitOf(context.Settings), context.Cancellation).Where(loop => loop.By != UnlimitedBy.Sentinel))
            context.Report(
                Rule,
                loop.Site,
                // Who writes the framework decides for others, who can set a limit still.
                loop.By == UnlimitedBy.Declaration ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning,
                [],
                loop.Owner,
                loop.Limit,
                loop.By switch
                {
                    UnlimitedBy.Default => "left at its default, which is no limit",
                    UnlimitedBy.Declaration => $"'{loop.Value}' unless a caller sets it",
                    _ => $"set to '{loop.Value}'",
                });
    }

    internal static int LimitOf(RuleSettings settings) => Math.Max(2, settings.Number(Rule, "max_turns"));
}

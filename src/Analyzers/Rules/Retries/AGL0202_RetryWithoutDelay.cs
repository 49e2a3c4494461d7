using AgentLint.Analysis.Checks.Retries;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>What has just failed is asked again at once, when it is least able to answer.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0202_RetryWithoutDelay() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0202",
        "RetryWithoutDelay",
        "A remote call is tried again at once",
        "{0} is tried again at once after {1}: nothing waits before the next attempt",
        "What has failed needs time to recover. Attempts that follow each other at once fail for the same reason, and keep a service down that has too much to do.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(Check);
        context.OnUse(entry => entry.Role == CatalogueRole.Retry, CheckPolicy);
    }

    private static void CheckPolicy(UseContext context)
    {
        if (HastyPolicies.Of(context.Use, context.Model, context.Semantics, context.Cancellation) is { } hasty)
            context.Report(Rule, context.Use.Name, context.SeverityOf(context.Use.Name, hasty.TakesAll ? Mitigations.None : Mitigations.Uncertain), [], "The work", hasty.TakesAll ? "any failure" : "a failure");
    }

    private static void Check(FileContext context)
    {
        foreach (var cycle in FailedAttempt.In(context.Semantics, context.Model, context.Settings.CallDepth, context.Cancellation).GroupBy(failed => failed.Cycle))
        {
            // A retry without an end is AGL0201's: its fix waits as well.
            if (cycle.Key.Unguarded != null)
                continue;
            var hasty = new HastyRetries(context.Model, context.Semantics, context.Cancellation);
            if (cycle.Where(hasty.NeedsWait).OrderByDescending(failed => failed.TakesAll).FirstOrDefault() is { } worst)
                context.Report(
                    Rule,
                    worst.Site,
                    context.SeverityOf(cycle.Key.Syntax, hasty.IsAnyFailure(worst) ? Mitigations.None : Mitigations.Uncertain),
                    worst.Call.Path?.Locations ?? [],
                    worst.Call.Describe(),
                    worst.Describe());
        }
    }
}

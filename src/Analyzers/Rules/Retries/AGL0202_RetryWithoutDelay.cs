using AgentLint.Analysis.Checks.Retries;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>A failed call is retried immediately, when the service is least able to answer.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0202_RetryWithoutDelay() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0202",
        "RetryWithoutDelay",
        "A remote call is retried without a delay",
        "{0} is retried immediately after {1}: wait before the next attempt",
        "A service that has just failed needs time to recover. Immediate attempts fail for the same reason and add load to a service that is already overloaded.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(Check);
        context.OnUse(entry => entry.Role == CatalogueRole.Retry, CheckPolicy);
    }

    private static void CheckPolicy(UseContext context)
    {
        if (HastyPolicies.Of(context.Use, context.Model, context.Semantics, context.Cancellation) is { } hasty)
            context.Report(Rule, context.Use.Name, context.SeverityOf(context.Use.Name, hasty.TakesAll ? Mitigations.None : Mitigations.Uncertain), [], "Work under this policy", hasty.TakesAll ? "any failure" : "a failure");
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

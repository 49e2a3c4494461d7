using AgentLint.Analysis.Checks.Retries;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>A failure that another attempt cannot fix is retried: the caller waits longer for the same failure.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0205_RetryOfPermanentFailure() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0205",
        "RetryOfPermanentFailure",
        "A permanent failure is retried",
        "{0} is retried after {1}, which another attempt cannot fix",
        "Another attempt does not fix a wrong argument, a missing permission, unreadable text or a cancelled request. Retrying costs time and quota, and hides the failure.",
        DiagnosticSeverity.Warning,
        options: new RuleOption("any_status", "false", "Whether a retry that does not check which status failed is reported, as a suggestion."));

    private protected override void Register(RuleContext context)
    {
        context.OnFile(file =>
        {
            foreach (var failure in new PermanentFailures(file.Model, file.Semantics, file.Cancellation).In(file.Settings.CallDepth))
                Report(file, failure);
        });
        context.OnUse(entry => entry.Role == CatalogueRole.Sink && entry["kind"] == "parse", use => Report(use, new RepeatedParses(use.Model, use.Semantics, use.Cancellation).At(use.Use)));
        context.OnUse(entry => entry.Role == CatalogueRole.FailurePredicate, use => Report(use, new HandledFailures(use.Model, use.Semantics, use.Cancellation).At(use.Use)));
    }

    private static void Report(FileContext context, PermanentFailure? failure)
    {
        if (failure != null)
        {
            // That a server may refuse is no proof that this one does.
            if (failure.Why == Permanence.AnyStatus && !context.Settings.Flag(Rule, "any_status"))
                return;
            context.Report(Rule, failure.Site, failure.Why == Permanence.AnyStatus ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning, failure.Path, failure.Call, failure.What);
        }
    }
}

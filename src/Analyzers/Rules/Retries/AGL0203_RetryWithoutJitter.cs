using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>Callers that failed together retry together, because their delays have no random part.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0203_RetryWithoutJitter() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0203",
        "RetryWithoutJitter",
        "A retry delay has no jitter",
        "'{0}' retries after {1} that is equal in all callers that failed together: add jitter",
        "A failure under load affects many callers at once. Without a random part in the delay they all return at the same moment, and the service fails again.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context)
    {
        context.OnUse(entry => entry.Role == CatalogueRole.Retry, CheckPolicy);
        context.OnFile(CheckLoops);
    }

    private static void CheckPolicy(UseContext context)
    {
        if (new RetryDelays(context.Model, context.Settings.CallDepth, context.Cancellation).At(context.Use, context.Semantics) is { } delay)
            Report(context, delay);
    }

    private static void CheckLoops(FileContext context)
    {
        foreach (var delay in new RetryDelays(context.Model, context.Settings.CallDepth, context.Cancellation).In(context.Semantics.SyntaxTree))
            Report(context, delay);
    }

    private static void Report(FileContext context, EqualDelay delay)
    {
        // Where one person or one client uses the program, there are no others to come back with.
        if ((SeverityPolicy.StructureOf(context, delay.Site) & (Mitigations.OnePerson | Mitigations.OneClient | Mitigations.Test)) == Mitigations.None)
            context.Report(Rule, delay.Site, DiagnosticSeverity.Info, [], delay.Owner, delay.Backoff switch
            {
                Backoff.Constant => "a constant delay",
                Backoff.Linear => "a linear delay",
                Backoff.Exponential => "an exponential delay",
                _ => "a delay",
            });
    }
}

using AgentLint.Analysis;
using AgentLint.Analysis.Loops;
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
        "'{0}' asks {1} again until it is done: {2}",
        "A run that hangs, or ends in a state that nobody expected, is waited for as long as the process lives.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var found in context.Unbounded(CycleKind.Polling))
            // Whoever passes a token leaves it to the caller how long is long enough; a test is ended by its runner.
            if (found.Call.IsProven && !found.Way.Has(PathFacts.Token)
                && !CodePlace.IsOfTests(CodePlace.Of(found.Cycle.Syntax, context.Semantics, context.Model, context.Cancellation).Member, context.Model, context.Cancellation))
                context.Report(
                    Rule,
                    found,
                    found.Cycle.TakesToken(context.Semantics, context.Cancellation) ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning,
                    "leads back with no deadline, no limit and no token");
    }
}

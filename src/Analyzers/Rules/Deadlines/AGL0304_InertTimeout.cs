using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Deadlines;

/// <summary>A timeout is set that can never take effect.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0304_InertTimeout() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0304",
        "InertTimeout",
        "A timeout has no effect",
        "'{0}' {3} '{1}' {2}",
        "A timeout that no code observes, that never expires, or that a shorter one always precedes looks like protection but ends no call.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnUse(InertTimeouts.Concerns, Check);

    private static void Check(UseContext context)
    {
        if (TestPlaces.Of(context.Model, context.Cancellation).Contains(context.Semantics.SyntaxTree) || new InertTimeouts(context.Model, context.Semantics, context.Settings.CallDepth, context.Cancellation).At(context.Use) is not { } timeout)
            return;
        var place = CodePlace.Of(context.Use.Name, context.Semantics, context.Model, context.Cancellation);
        context.ReportOncePerLine(
            Rule,
            timeout.Site,
            timeout.Because is InertBecause.TooLong or InertBecause.CallerEndsTheWait ? DiagnosticSeverity.Info : context.SeverityOf(timeout.Site, counting: Mitigations.Test),
            timeout.OtherSite is { } other ? [other.GetLocation()] : [],
            Witness.NameOf(place.Member),
            Witness.NameOf(timeout.What),
            timeout.Because switch
            {
                InertBecause.Endless => "that never takes effect: it is infinite, and nothing else in the type ends the calls",
                InertBecause.TooLong => $"that never takes effect: {timeout.Other} is longer than any caller waits for one answer",
                InertBecause.OuterIsShorter => $"that never takes effect: {timeout.Other} ends the calls earlier",
                InertBecause.EndsTheWait or InertBecause.CallerEndsTheWait => "that ends only the wait: what was started goes on; end it where the wait is cancelled",
                _ => $"that never takes effect: it cancels a token, and the delegate that calls {timeout.Other} takes no token",
            },
            timeout.Because == InertBecause.CallerEndsTheWait ? "passes a token to" : "sets a timeout with");
    }
}

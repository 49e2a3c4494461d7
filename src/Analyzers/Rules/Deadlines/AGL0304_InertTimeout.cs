using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Deadlines;

/// <summary>A timeout is set and cannot act.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0304_InertTimeout() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0304",
        "InertTimeout",
        "A timeout cannot act",
        "'{0}' sets a time limit with '{1}' that never acts: {2}",
        "A time limit that nothing listens to, that never comes or that a shorter one always precedes looks like protection, and a call that hangs hangs for ever.",
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
            timeout.Because == InertBecause.TooLong ? DiagnosticSeverity.Info : context.SeverityOf(timeout.Site, counting: Mitigations.Test),
            timeout.OtherSite is { } other ? [other.GetLocation()] : [],
            Witness.NameOf(place.Member),
            Witness.NameOf(timeout.What),
            timeout.Because switch
            {
                InertBecause.Endless => "it has no end, and nothing else in the type ends the calls",
                InertBecause.TooLong => $"{timeout.Other} is longer than anything waits for one answer",
                InertBecause.OuterIsShorter => $"{timeout.Other} ends the calls before",
                _ => $"it signals a token, and the delegate that calls {timeout.Other} takes none",
            });
    }
}

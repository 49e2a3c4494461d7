using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Deadlines;

/// <summary>A handler catches the cancellation that its caller requested, and the work continues; or a timeout, and a service loop ends.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0305_SwallowedCancellation() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0305",
        "SwallowedCancellation",
        "A cancellation is handled like a failure, or a timeout like a cancellation",
        "'{0}' catches {1} the {2} '{3}'{4}, and {5}",
        "A cancelled call ends with an exception so that everything waiting for it ends as well. A handler that treats the exception as a failure keeps working for a caller that is gone, or returns it a result. A timeout ends with the same exception: a service loop that takes every one for its own end stops for good.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var swallowed in new SwallowedCancellations(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var place = CodePlace.Of(swallowed.Handler, file.Semantics, file.Model, file.Cancellation);
            file.Report(
                Rule,
                swallowed.Handler.CatchKeyword.GetLocation(),
                file.SeverityOf(swallowed.Handler, swallowed.By == SwallowedBy.Loop ? Mitigations.None : Mitigations.Uncertain, Mitigations.Uncertain | Mitigations.Test),
                swallowed.Path.Locations.Concat(swallowed.NextName is { } next ? [next.GetLocation()] : []),
                Witness.NameOf(place.Member),
                $"the cancellation of '{swallowed.Token.Text}' at",
                swallowed.Entry.Noun(),
                swallowed.Path.TargetName,
                swallowed.Path.IsIndirect ? $" ({swallowed.Path.Describe(place.Member)})" : "",
                End(swallowed) + ": let the cancellation through");
        }

        foreach (var loop in new TimedOutLoops(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
            file.Report(
                Rule,
                loop.Handler.CatchKeyword.GetLocation(),
                loop.Work.Witness.IsPossible || !loop.GoesOn ? DiagnosticSeverity.Info : file.SeverityOf(loop.Handler, Mitigations.None, Mitigations.Uncertain | Mitigations.Test),
                loop.Work.Witness.Locations,
                Witness.NameOf(loop.Function),
                "a timeout of",
                loop.Work.Entry.Noun(),
                loop.Work.Witness.TargetName,
                loop.Work.Witness.IsIndirect ? $" ({loop.Work.Witness.Describe(loop.Function)})" : "",
                $"ends the loop as if '{loop.Token}' were canceled: catch it only when '{loop.Token}.IsCancellationRequested'");
    });

    private static string End(SwallowedCancellation swallowed) => swallowed.By switch
    {
        SwallowedBy.Loop => "the loop continues with the next item",
        SwallowedBy.NextWork => $"the function continues with '{swallowed.NextName!.Identifier.ValueText}'",
        _ => "the caller receives a result",
    };
}

using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Deadlines;

/// <summary>A function is given a cancellation token and calls something remote without it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0301_DroppedCancellationToken() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0301",
        "DroppedCancellationToken",
        "A remote call does not receive the cancellation token in scope",
        "'{0}' does not pass '{1}' to the {2} '{3}'{4}: the call continues after its caller has cancelled",
        "A caller that gives up, because its user has left or its own time limit has passed, cancels its token. A model call without the token runs to its end, is paid for, and keeps its resources until then.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var dropped in new DroppedTokens(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var culprit = dropped.Culprit;
            var place = CodePlace.Of(culprit.Name, file.Semantics, file.Model, file.Cancellation);
            var others = dropped.Calls.Where(call => call != culprit).Select(call => call.Name.GetLocation());
            file.Report(
                Rule,
                culprit.Name,
                file.SeverityOf(culprit.Name, dropped.IsProven && dropped.IsGivenFromOutside ? Mitigations.None : Mitigations.Uncertain, Mitigations.Uncertain | Mitigations.Test | Mitigations.Startup),
                culprit.Path.Locations.Skip(1).Concat(others).Concat(dropped.IsNeverUsed && (!dropped.IsProven || culprit.Path.IsIndirect || culprit.HasAnother) ? dropped.Token.Variable.Locations : []),
                Witness.NameOf(place.Member),
                dropped.Token.Text,
                culprit.Entry.Noun(),
                culprit.Path.TargetName,
                Beside(dropped, place));
        }
    });

    private static string Beside(DroppedToken dropped, CodePlace place)
    {
        var path = dropped.Culprit.Path.IsIndirect ? $" ({dropped.Culprit.Path.Describe(place.Member)})" : "";
        return path + (dropped.Calls.Length - 1) switch
        {
            0 => "",
            1 => " and to 1 more call",
            var more => $" and to {more} more calls",
        };
    }
}

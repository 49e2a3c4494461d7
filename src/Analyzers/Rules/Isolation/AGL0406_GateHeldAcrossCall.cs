using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Isolation;

/// <summary>A lock that all callers share is held during a model call.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0406_GateHeldAcrossCall() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0406",
        "GateHeldAcrossCall",
        "A lock shared by all callers is held during a model call",
        "'{0}' holds '{1}' during the {2} '{3}'{4}, which is reached {5}: all other callers wait until the call ends",
        "A model answers in seconds. A lock that is held for that long makes every caller wait for all the calls before its own.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var held in new HeldGates(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var place = CodePlace.Of(held.Name, file.Semantics, file.Model, file.Cancellation);
            file.Report(
                Rule,
                held.Name,
                DiagnosticSeverity.Info,
                held.Work.Witness.Locations.Skip(1).Concat(held.Entrance.Locations),
                Witness.NameOf(place.Member),
                Witness.NameOf(held.Gate),
                held.Work.Entry.Noun(),
                held.Work.Witness.TargetName,
                held.Work.Witness.IsIndirect ? $" ({held.Work.Witness.Describe(place.Member)})" : "",
                held.Entrance.Text);
        }
    });
}

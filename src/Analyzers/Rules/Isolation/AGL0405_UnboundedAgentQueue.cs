using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Isolation;

/// <summary>Requests are queued without a limit for a consumer that waits for a model.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0405_UnboundedAgentQueue() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0405",
        "UnboundedAgentQueue",
        "A queue in front of a model has no capacity limit",
        "'{0}' has no capacity limit: it is filled {1} and drained by code that waits for the {2} '{3}'",
        "Requests arrive in milliseconds and a model answers in seconds. The queue grows until the process runs out of memory and loses everything in it.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var found in new UnboundedQueues(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
            file.ReportOncePerLine(
                Rule,
                found.Made.Syntax,
                DiagnosticSeverity.Info,
                found.Work.Witness.Locations.Prepend(found.Fill.GetLocation()),
                Witness.NameOf(found.Queue),
                found.Entrance.Text,
                found.Work.Entry.Noun(),
                found.Work.Witness.TargetName);
    });
}

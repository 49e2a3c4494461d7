using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Deadlines;

/// <summary>A tool waits for remote work and takes no cancellation token.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0302_ToolWithoutCancellationToken() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0302",
        "ToolWithoutCancellationToken",
        "A tool that waits for remote work takes no cancellation token",
        "Tool '{0}' waits for the {1} '{2}'{3} and takes no 'CancellationToken': it goes on when its caller has given up",
        "The frameworks hand every tool the token of the request, in a parameter that models do not see. A tool without one works on for a caller that has gone.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var found in new TokenlessTools(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var work = found.Work;
            file.Report(
                Rule,
                found.Site,
                // Fetching a page ends by the client's own time limit; a model takes as long as it takes.
                work.Entry.AsksModelOrAgent() ? file.SeverityOf(found.Node, counting: Mitigations.OnePerson | Mitigations.Test) : DiagnosticSeverity.Info,
                work.Witness.Locations,
                Witness.NameOf(found.Tool),
                work.Entry.Noun(),
                work.Witness.TargetName,
                work.Witness.IsIndirect ? $" ({work.Witness.Describe(found.Tool)})" : "");
        }
    });
}

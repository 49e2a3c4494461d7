using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Deadlines;

/// <summary>A tool or a request handler waits for remote work and takes no cancellation token.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0302_ToolWithoutCancellationToken() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0302",
        "ToolWithoutCancellationToken",
        "A tool or handler that waits for remote work takes no cancellation token",
        "{4} {0} waits for the {1} '{2}'{3} and takes no 'CancellationToken': it goes on when its caller has given up",
        "The frameworks hand every tool and every request handler the token of the request, in a parameter that models and clients do not see. Without it the work goes on, and is paid for, after the caller has gone.",
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
                // Fetching a page ends by the client's own time limit; a model takes as long as it takes. A server may answer clients that do not wait.
                found.IsTool && work.Entry.AsksModelOrAgent() ? file.SeverityOf(found.Node, counting: Mitigations.OnePerson | Mitigations.Test) : DiagnosticSeverity.Info,
                work.Witness.Locations,
                found.IsTool ? $"'{Witness.NameOf(found.Tool)}'" : EntryPointNames.NameOf(found.Tool, file.Model, file.Cancellation),
                work.Entry.Noun(),
                work.Witness.TargetName,
                work.Witness.IsIndirect ? $" ({work.Witness.Describe(found.Tool)})" : "",
                found.IsTool ? "Tool" : "Handler");
        }
    });
}

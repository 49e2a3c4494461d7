using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Analysis.Core;
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
        "A tool or handler waits for remote work without a cancellation token",
        "{4} {0} waits for the {1} '{2}'{3} and takes no 'CancellationToken': it continues after its caller has cancelled",
        "Frameworks pass the token of the request to a tool or request handler that has a parameter for it, and models and clients do not see that parameter. Without the token the work continues, and is paid for, after the caller is gone.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var found in new TokenlessTools(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            // The person at a console has nothing to cancel a tool with.
            if (found.IsTool && (SeverityPolicy.StructureOf(file, found.Node) & Mitigations.OnePerson) != 0 && !ProgramHost.MakesTokens(file.Model, file.Cancellation))
                continue;
            var work = found.Work;
            file.Report(
                Rule,
                found.Site,
                // Fetching a page ends by the client's own time limit; a model takes as long as it takes. A server may answer clients that do not wait.
                found.IsTool && work.AsksModel && !work.Witness.IsPossible ? file.SeverityOf(found.Node, counting: Mitigations.OnePerson | Mitigations.Test) : DiagnosticSeverity.Info,
                work.Witness.Locations,
                found.IsTool ? $"'{Witness.NameOf(found.Tool)}'" : EntryPointNames.NameOf(found.Tool, file.Model, file.Cancellation),
                work.Noun,
                work.Witness.TargetName,
                work.Witness.IsIndirect ? $" ({work.Witness.Describe(found.Tool)})" : "",
                found.IsTool ? "Tool" : "Handler");
        }
    });
}

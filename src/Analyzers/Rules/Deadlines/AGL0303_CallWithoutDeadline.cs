using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Deadlines;

/// <summary>A remote call that only the other side can end.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0303_CallWithoutDeadline() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0303",
        "CallWithoutDeadline",
        "A remote call has no deadline",
        "'{0}' sets no deadline for the {1} '{2}': the body is read after the headers, where the client's timeout no longer applies",
        "A call without a deadline waits for as long as the other side takes, and so does everything that waits for the call.",
        DiagnosticSeverity.Warning,
        enabled: false);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var endless in new EndlessCalls(file.Model, file.Semantics, file.Cancellation).In())
        {
            var place = CodePlace.Of(endless.Name, file.Semantics, file.Model, file.Cancellation);
            file.Report(
                Rule,
                endless.Name,
                file.SeverityOf(endless.Name, counting: Mitigations.Test),
                [endless.Body.GetLocation()],
                Witness.NameOf(place.Member),
                endless.Noun,
                Witness.NameOf(endless.Method));
        }
    });
}

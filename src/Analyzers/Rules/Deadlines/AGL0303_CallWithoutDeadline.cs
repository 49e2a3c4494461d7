using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Deadlines;

/// <summary>A remote call that nothing ends but the other side.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0303_CallWithoutDeadline() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0303",
        "CallWithoutDeadline",
        "A remote call has no deadline",
        "'{0}' gives the {1} '{2}' no deadline: the body is read after the headers, where the client's timeout does not act",
        "A call without a deadline waits as long as the other side wants, and everything that waits for it waits as long.",
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

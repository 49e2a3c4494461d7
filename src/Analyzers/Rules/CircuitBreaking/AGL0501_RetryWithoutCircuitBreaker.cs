using AgentLint.Analysis;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Checks.CircuitBreaking;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.CircuitBreaking;

/// <summary>A retry around a remote dependency has no circuit breaker inside it: each caller asks a party that is down all over
/// again.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0501_RetryWithoutCircuitBreaker() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0501",
        "RetryWithoutCircuitBreaker",
        "A retry of remote work has no circuit breaker",
        "'{0}' retries the {1} '{2}', reached {3}, with no circuit breaker: while the other side is down, every call spends all of its attempts",
        "Retries multiply the load of a party that cannot bear the load it has. A breaker inside the retry stops asking after some failures and lets it recover.",
        DiagnosticSeverity.Info,
        enabled: false);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var retry in UnbrokenRetries.Of(file.Model).In(file.Semantics.SyntaxTree, file.Settings.CallDepth, file.Cancellation))
        {
            var place = CodePlace.Of(retry.Site, file.Semantics, file.Model, file.Cancellation);
            file.Report(
                Rule,
                retry.Site.Expression is MemberAccessExpressionSyntax { Name: var name } ? name : retry.Site.Expression,
                DiagnosticSeverity.Info,
                retry.Work.Witness.Locations.Concat(retry.Root.Locations),
                Witness.NameOf(place.Member),
                retry.Work.Entry.Noun(),
                retry.Work.Witness.TargetName,
                retry.Root.Text);
        }
    });
}

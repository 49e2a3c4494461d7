using AgentLint.Analysis;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Isolation;

/// <summary>Remote work is started, and no code waits for it: it outlives what it uses, or fails unseen.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0402_AbandonedAgentCall() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0402",
        "AbandonedAgentCall",
        "Remote work is started and left alone",
        "'{0}' does not wait for {1}{2}, {3}",
        "Work that no code waits for goes on after its request: its services have been disposed by then, its failure is lost, and it is lost itself when the process ends.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var call in new AbandonedCalls(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var place = CodePlace.Of(call.Task.Whole, file.Semantics, file.Model, file.Cancellation);
            var site = ((InvocationExpressionSyntax)call.Task.Start.Syntax).Expression;
            file.ReportOncePerLine(
                Rule,
                site,
                file.SeverityOf(site, call.Use == null ? Mitigations.Uncertain : Mitigations.None, CountingFor(call.Use)),
                (call.Use == null ? [] : new[] { call.Use.Use.GetLocation() }).Concat(call.Work?.Witness.Locations ?? []).Distinct(),
                Witness.NameOf(place.Member),
                call.Work is { } work ? $"the {work.Entry.Noun()} '{work.Witness.TargetName}'"
                    : $"'{Witness.NameOf(call.Task.Start.TargetMethod)}'",
                call.Work is { Witness.IsIndirect: true } way ? $" ({way.Witness.Describe(place.Member)})" : "",
                Consequence(call));
        }
    });

    // What is disposed too early fails for one person as well.
    private static Mitigations CountingFor(ScopedUse? use) =>
        use is { Kind: ScopeKind.Using or ScopeKind.Shared } ? Mitigations.Usual & ~(Mitigations.OnePerson | Mitigations.OneClient) : Mitigations.Usual;

    private static string Consequence(AbandonedCall call) => call.Use switch
    {
        { Kind: ScopeKind.Using, Variable: var name } => $"which uses '{name}' after the end of its 'using'",
        { Kind: ScopeKind.Services, Variable: var name } => $"which uses '{name}', a service whose scope may end first",
        { Kind: ScopeKind.Request, Variable: var name } => $"which uses '{name}' of a request that may have been answered",
        { Kind: ScopeKind.Shared, Variable: var name } => $"which uses '{name}' while the code after it does",
        _ when call.IsAcknowledged => "and the message that asked for it is acknowledged first",
        _ => "and its failure is lost",
    };
}

using AgentLint.Analysis.Checks.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>A server says how long to wait before the next attempt, and the retry ignores it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0208_IgnoredRetryAfter() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0208",
        "IgnoredRetryAfter",
        "A retry ignores Retry-After",
        "{0} is retried after {1} without reading 'Retry-After'",
        "A server that limits a caller says how long to wait. An earlier attempt is rejected and counts against the limit; a much later one has waited longer than needed.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        foreach (var unheard in new UnheardServers(file.Model, file.Semantics, file.Cancellation).In(file.Settings.CallDepth))
            file.Report(Rule, unheard.Site, DiagnosticSeverity.Info, unheard.Call.Path?.Locations ?? [], unheard.Call.Describe(), unheard.Status);
    });
}

using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>A service that is made for one request serves all of them, at once.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0704_CaptiveScopedService() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0704",
        "CaptiveScopedService",
        "A singleton holds a service that is made for one request",
        "'{0}' lives as long as the program and holds the scoped '{1}'{2}: all calls share it",
        "A database context or another scoped service is used by several calls at once, which it is not made for, and never sees what others have saved since.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var captive in CaptiveServices.Of(context.Model).In(context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                captive.Site,
                context.SeverityOf(captive.Site, counting: ~Mitigations.OneClient),
                [captive.Singleton.Site.GetLocation(), captive.Scoped.Site.GetLocation()],
                captive.Holder,
                captive.Service.Name,
                captive.Way.IsEmpty ? "" : $" through '{string.Join("' and '", captive.Way.Select(service => service.Name))}'");
    }
}

using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>A service that is created for one request serves all of them concurrently.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0704_CaptiveScopedService() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0704",
        "CaptiveScopedService",
        "A singleton holds a scoped service",
        "'{0}' lives as long as the program and holds the scoped service '{1}'{2}: all calls share one instance",
        "Several calls then use a database context or another scoped service at once, which it does not support, and it does not see what others have saved since.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var captive in CaptiveServices.Of(context.Model).In(context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                captive.Site,
                context.SeverityOf(captive.Site, counting: Mitigations.Usual & ~Mitigations.OneClient),
                [captive.Singleton.Site.GetLocation(), captive.Scoped.Site.GetLocation()],
                captive.Holder,
                captive.Service.Name,
                captive.Way.IsEmpty ? "" : $" through '{string.Join("' and '", captive.Way.Select(service => service.Name))}'");
    }
}

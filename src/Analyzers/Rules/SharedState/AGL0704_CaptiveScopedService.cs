using AgentLint.Analysis;
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
        "A scoped service is held as long as the program runs",
        "'{0}' {1}",
        "A database context serves one unit of work: it does not support several calls at once, it keeps all that it has loaded, and it does not see what others have saved since.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static string WayOf(CaptiveService captive) => captive.Way.IsEmpty ? "" : $" through '{string.Join("' and '", captive.Way.Select(service => service.Name))}'";

    private static void Check(FileContext context)
    {
        foreach (var captive in CaptiveServices.Of(context.Model).In(context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                captive.Site,
                context.SeverityOf(captive.Site, captive.IsHttpClient ? Mitigations.Uncertain : Mitigations.None, Mitigations.Usual & ~Mitigations.OneClient),
                [captive.Singleton.Site.GetLocation(), captive.Scoped.Site.GetLocation()],
                captive.Holder,
                captive.IsHttpClient
                    ? $"lives as long as the program and holds the typed HTTP client '{captive.Service.Name}': the client factory cannot replace its connections"
                    : $"lives as long as the program and holds the scoped service '{captive.Service.Name}'{WayOf(captive)}: all calls share one instance");
        foreach (var scope in LongScopes.Of(context.Model).In(context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                scope.Made,
                context.SeverityOf(scope.Made, counting: Mitigations.Usual & ~Mitigations.OneClient),
                [scope.Use.GetLocation()],
                Witness.NameOf(CodePlace.Of(scope.Made, context.Semantics, context.Model, context.Cancellation).Member),
                $"uses one '{scope.Service.Name}' in all iterations of an endless loop: it keeps everything that it has loaded, and does not see what others have saved since; take one in each iteration");
    }
}

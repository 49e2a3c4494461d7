using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.Retries;

/// <summary>A synchronous policy around an asynchronous delegate has done its work when the task is made: nothing that fails later is retried.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0206_DeadRetry() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0206",
        "DeadRetry",
        "Synchronous resilience around an asynchronous call never acts",
        "'{0}' returns as soon as '{1}' has made its task, so that nothing which fails later is retried{2}; '{3}' awaits it",
        "A synchronous policy or pipeline covers its delegate until that returns. An asynchronous delegate returns a task at once; what fails afterwards is outside.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) =>
        context.OnUse(entry => entry.Role == CatalogueRole.ResilientExecute && entry.Has("blocking"), Check);

    private static void Check(UseContext context)
    {
    }
}

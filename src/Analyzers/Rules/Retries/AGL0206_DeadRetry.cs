using AgentLint.Analysis;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.Retries;

/// <summary>A synchronous policy around an asynchronous delegate ends when the task is created: later failures are not retried.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0206_DeadRetry() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0206",
        "DeadRetry",
        "A synchronous resilience policy does not cover an asynchronous call",
        "'{0}' returns as soon as its delegate returns a task: a failure after the first await{1} is never retried{2}",
        "A synchronous policy or pipeline covers its delegate until the delegate returns. An asynchronous delegate returns a task immediately, so later failures are outside the policy.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) =>
        context.OnUse(entry => entry.Role == CatalogueRole.ResilientExecute && entry.Has("blocking"), Check);

    private static void Check(UseContext context)
    {
        if (context.Semantics.OperationOf(context.Use.Name, context.Cancellation) is not IInvocationOperation execute
            || execute.Arguments.FirstOrDefault(a => IsCallback(a.Parameter) && IsAsynchronous(a.Value)) is not { } work)
            return;
        var remote = EffectSummaries.Of(context.Model).Of(work.Value, context.Settings.CallDepth, context.Cancellation).First(entry => entry.IsRemoteCall());
        context.Report(
            Rule,
            context.Use.Name,
            DiagnosticSeverity.Warning,
            remote?.Witness.Locations ?? [],
            Witness.NameOf(context.Use.Symbol),
            remote == null ? "" : $" ({remote.Witness.Describe()})",
            context.Use.Entry["async"] is { } variant ? $"; '{variant}' awaits it" : "");
    }

    // State that is handed through to the callback may be a delegate as well.
    private static bool IsCallback(IParameterSymbol? parameter) => parameter?.OriginalDefinition.Type.TypeKind == TypeKind.Delegate;

    /// <summary>Whether a delegate gives back a task, or is an async function that nobody can wait for.</summary>
    private static bool IsAsynchronous(IOperation value) =>
        value.Type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke }
        && (invoke.ReturnType.IsTask()
            || (invoke.ReturnsVoid && value.Unwrap() is IAnonymousFunctionOperation { Symbol.IsAsync: true } or IMethodReferenceOperation { Method.IsAsync: true }));
}

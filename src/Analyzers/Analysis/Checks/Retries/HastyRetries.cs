using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>Tells retries that follow a failure at once, and should not, from those that may.</summary>
internal sealed class HastyRetries(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private static readonly Situation Refused = new(401);
    private static readonly Situation Overloaded = new(503);
    private static readonly Situation[] Conflicts = [new(409), new(412)];

    /// <summary>Whether another attempt follows at once, although only time can make it end otherwise.</summary>
    public bool NeedsWait(FailedAttempt failed) =>
        AttemptWaits.IsHasty(failed, model, cancellation)
        && (failed.Handler != null ? !IsMended(failed) : IsStatus(failed))
        && !IsOther(failed);

    /// <summary>Whether there is no failure after which there is no other attempt.</summary>
    public bool IsAnyFailure(FailedAttempt failed) =>
        failed.Handler != null ? failed.TakesAll : !Asked(failed.Decision!, Overloaded).Compares;

    // A model's answer that could not be read is another one the next time; fresh data mends a conflict, a new token a refusal.
    private bool IsMended(FailedAttempt failed) =>
        failed.Is("parse", model)
        || failed.Is("conflict", model)
        || (failed.Handler is { Filter.FilterExpression: { } filter } && IsForOthersThan(filter, Overloaded))
        || (!failed.TakesAll && Works(failed.Handler!, failed.Cycle));

    private bool IsForOthersThan(ExpressionSyntax condition, Situation situation)
    {
        var asked = Asked(condition, situation);
        return asked is { Compares: true, Holds: false } && Conflicts.Append(Refused).Any(other => Asked(condition, other).Holds != false);
    }

    // What came back has a status that says that it failed.
    private bool IsStatus(FailedAttempt failed) =>
        failed.Decision is ExpressionSyntax decision
        && decision.DescendantNodesAndSelf().Any(node => node is SimpleNameSyntax && model.Find(semantics.GetSymbolInfo(node, cancellation).Symbol, CatalogueRole.StatusCode) != null)
        && !IsForOthersThan(decision, Overloaded);

    private (bool? Holds, bool Compares) Asked(SyntaxNode condition, Situation situation)
    {
        var conditions = new Conditions(model, semantics, situation, cancellation);
        var holds = conditions.Holds(semantics.GetOperation(condition, cancellation));
        return (holds, conditions.ComparesStatus);
    }

    // A handler that does more than to note the failure: it asks for a token, or has something opened again.
    private bool Works(CatchClauseSyntax handler, Cycle cycle) => handler.Block.DescendantNodes().Any(node =>
        node is AwaitExpressionSyntax awaited
        && !awaited.Span.Contains(cycle.Syntax.Span)
        && !(semantics.GetOperation(awaited, cancellation) is IAwaitOperation { Operation: var task } && task.UnwrapAwaitable() is IInvocationOperation { TargetMethod: var method } && IsPause(method)));

    private bool IsPause(IMethodSymbol method) => Waits.IsWait(method, model) || (method.Name == "Yield" && method.ContainingType.IsTask());

    // The next attempt goes elsewhere: to the next of several addresses.
    private bool IsOther(FailedAttempt failed)
    {
        foreach (var variable in failed.Cycle.Guards.Select(guard => guard.Variable).OfType<ISymbol>())
            foreach (var part in failed.Call.Call.Arguments.SelectMany(argument => argument.DescendantsAndSelf()).Concat(failed.Call.Call.Instance?.DescendantsAndSelf() ?? []))
                if (IsMadeOf(part, variable, failed.Cycle))
                    return true;
        return false;
    }

    private bool IsMadeOf(IOperation part, ISymbol variable, Cycle cycle) => part switch
    {
        IParameterReferenceOperation parameter => SymbolEqualityComparer.Default.Equals(parameter.Parameter, variable),
        ILocalReferenceOperation { Local: var local } => SymbolEqualityComparer.Default.Equals(local, variable)
            || (local.DeclaringSyntaxReferences.Any(declaration => cycle.Syntax.Span.Contains(declaration.Span))
                && local.InitializerOf(semantics, cancellation)?.DescendantsAndSelf().Any(p =>
                    p is ILocalReferenceOperation inner && SymbolEqualityComparer.Default.Equals(inner.Local, variable)
                    || p is IParameterReferenceOperation outer && SymbolEqualityComparer.Default.Equals(outer.Parameter, variable)) == true),
        _ => false,
    };
}

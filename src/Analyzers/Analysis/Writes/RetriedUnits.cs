using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>Code that something else runs again when it fails.</summary>
/// <param name="Runner">What runs it again, as messages name it.</param>
/// <param name="Repeated">The delegate or the loop that is run again; null where it is a function with a role.</param>
/// <param name="Start">Where the first attempt begins: the call that the delegate is given to, or the loop; null where there is none.</param>
internal sealed record RetriedUnit(string Runner, SyntaxNode? Repeated, SyntaxNode? Start);

/// <summary>Finds the unit that is run again around a place.</summary>
internal sealed class RetriedUnits(AgentModel model)
{
    private const MethodRoles RunAgain = MethodRoles.Tool | MethodRoles.Activity | MethodRoles.Consumer;

    // How many callers up a helper's unit is looked for.
    private const int MaxCallers = 4;

    public static RetriedUnits Of(AgentModel model) => model.Shared(m => new RetriedUnits(m));

    /// <summary>The innermost unit around a place, or around those that call its function; null where none is known.</summary>
    /// <param name="place">The place.</param>
    /// <param name="depth">How many calls are followed to what a loop does.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public RetriedUnit? Around(SyntaxNode place, int depth, CancellationToken cancellation)
    {
        var open = new Queue<(SyntaxNode Place, int Distance)>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        open.Enqueue((place, 0));
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (next, distance) = open.Dequeue();
            var semantics = model.SemanticsOf(next.SyntaxTree);
            for (var symbol = semantics.GetEnclosingSymbol(next.SpanStart, cancellation); symbol is IMethodSymbol or IPropertySymbol; symbol = symbol.ContainingSymbol)
            {
                if (symbol is not IMethodSymbol function)
                    break;
                if (CycleAround(next, function, depth, cancellation) is { } loop)
                    return loop;
                if (function.MethodKind == MethodKind.AnonymousFunction && ExecutedBy(function, semantics, depth, cancellation) is { } unit)
                    return unit;
                if ((model.RolesOf(function, cancellation) & RunAgain) is var roles && roles != MethodRoles.None)
                    return new RetriedUnit(NameOf(roles), null, null);
                if (function.MethodKind is not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) && distance < MaxCallers && seen.Add(function))
                    foreach (var caller in CallerIndex.Of(model, cancellation).NamesOf(function, cancellation))
                        open.Enqueue((caller, distance + 1));
            }
        }

        return null;
    }

    // The innermost cycle of a function that does its work again because it failed.
    private RetriedUnit? CycleAround(SyntaxNode place, IMethodSymbol function, int depth, CancellationToken cancellation)
    {
        if (function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration)
            return null;
        return Cycles.Of(model).In(place.SyntaxTree, depth, cancellation)
            .LastOrDefault(cycle => cycle.Shape == CycleShape.Loop && RetryRegions.IsRetry(cycle) && cycle.Syntax != place && cycle.Syntax.Span.Contains(place.Span) && declaration.Span.Contains(cycle.Syntax.Span)) is { } retry
            ? new RetriedUnit($"the loop in line {retry.Head.GetLineSpan().StartLinePosition.Line + 1}", retry.Syntax, retry.Syntax)
            : null;
    }

    // A policy that is shown, and retries nothing, runs its delegate once. One that is not shown may retry.
    private RetriedUnit? ExecutedBy(IMethodSymbol lambda, SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        if (lambda.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not AnonymousFunctionExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } } syntax
            || semantics.GetOperation(call, cancellation) is not IInvocationOperation execute
            || model.Find(execute.TargetMethod, CatalogueRole.ResilientExecute) == null)
            return null;
        var policies = RetryRegions.Of(model, depth, cancellation).Policies;
        return policies.Of(execute.Receiver()).Count > 0 || !policies.IsShown(execute.Receiver())
            ? new RetriedUnit($"'{Witness.NameOf(execute.TargetMethod)}'", syntax, call)
            : null;
    }

    private static string NameOf(MethodRoles roles) =>
        (roles & MethodRoles.Tool) != 0 ? "the model or the host that calls the tool"
        : (roles & MethodRoles.Activity) != 0 ? "the workflow that runs the activity"
        : "the broker that delivers the message";
}

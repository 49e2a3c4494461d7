using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A write whose result says whether it was done, and that nothing looks at.</summary>
/// <param name="Name">The call.</param>
/// <param name="Method">The method that it calls.</param>
/// <param name="Function">The function that it stands in.</param>
/// <param name="Member">The member of the result that tells; null where the result itself does.</param>
/// <param name="Caller">The caller that drops the result, where the function gives it back.</param>
/// <param name="IsLogged">Whether the result is written down for people.</param>
internal sealed record DroppedOutcome(SimpleNameSyntax Name, IMethodSymbol Method, IMethodSymbol Function, string? Member, SimpleNameSyntax? Caller, bool IsLogged);

/// <summary>
/// Finds writes that tell of a failure by their result alone, and not by an exception, whose result is dropped: in the function that makes the call, or in one
/// that is given the result back.
/// </summary>
internal sealed class DroppedOutcomes(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    // A helper of a helper.
    private const int MaxHops = 2;

    public IEnumerable<DroppedOutcome> In()
    {
        if (TestPlaces.Of(model, cancellation).Contains(semantics.SyntaxTree))
            yield break;
        foreach (var use in model.Query(entry => entry.Role == CatalogueRole.Outcome).In(semantics.SyntaxTree, cancellation))
            if (use.Symbol is IMethodSymbol method
                && semantics.OperationOf(use.Name, cancellation) is IInvocationOperation call
                && !IsSetToThrow(use.Entry)
                && semantics.GetEnclosingSymbol(use.Name.SpanStart, cancellation) is IMethodSymbol function)
                switch (new ResultFates(model, semantics, cancellation).Of(call))
                {
                    case ResultFate.Dropped:
                        yield return new DroppedOutcome(use.Name, method, function, use.Entry["look"], null, false);
                        break;
                    // Its caller learns nothing, neither by a value nor by an exception.
                    case ResultFate.OnlyLogged when GivesNothing(function):
                        yield return new DroppedOutcome(use.Name, method, function, use.Entry["look"], null, true);
                        break;
                    case ResultFate.Returned when CallerThatDrops(function, MaxHops) is { } caller:
                        yield return new DroppedOutcome(use.Name, method, function, use.Entry["look"], caller, false);
                        break;
                }
    }

    /// <summary>A caller that drops what a function gives back.</summary>
    /// <param name="function">The function.</param>
    /// <param name="hops">How many functions may give the result back in turn.</param>
    /// <param name="model">The program.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    /// <param name="ofTried">Whether a caller counts as well that only logs the result, and gives none to an engine that would run it again after a failure.</param>
    public static SimpleNameSyntax? CallerThatDrops(IMethodSymbol function, int hops, AgentModel model, CancellationToken cancellation, bool ofTried = false)
    {
        if (function.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation))
            return null;
        foreach (var name in CallerIndex.Of(model, cancellation).NamesOf(function.Implementation(), cancellation))
        {
            if (TestPlaces.Of(model, cancellation).Contains(name.SyntaxTree))
                continue;
            var around = model.SemanticsOf(name.SyntaxTree);
            if (around.OperationOf(name, cancellation) is not IInvocationOperation call)
                continue;
            switch (new ResultFates(model, around, cancellation).Of(call))
            {
                case ResultFate.Dropped:
                case ResultFate.OnlyLogged when ofTried && around.GetEnclosingSymbol(name.SpanStart, cancellation) is IMethodSymbol tried && tried.GivesNothing()
                    && (model.RolesOf(tried, cancellation) & (MethodRoles.Activity | MethodRoles.Consumer)) != 0:
                    return name;
                case ResultFate.Returned when hops > 1 && around.GetEnclosingSymbol(name.SpanStart, cancellation) is IMethodSymbol outer
                    && CallerThatDrops(outer, hops - 1, model, cancellation) is { } further:
                    return further;
            }
        }

        return null;
    }

    // Nothing, or the same in any case.
    private bool GivesNothing(IMethodSymbol function) => function.GivesNothing() || MethodBodies.Of(function, model, cancellation)
        .SelectMany(ValueSources.ReturnedIn).ToList() is { Count: > 0 } given && given.All(value => value.ConstantValue.HasValue);

    private SimpleNameSyntax? CallerThatDrops(IMethodSymbol function, int hops) => CallerThatDrops(function, hops, model, cancellation);

    // A setting of the client by which it throws, anywhere in the program.
    private bool IsSetToThrow(CatalogueEntry entry)
    {
        if (entry["unless"] is not { } setting)
            return false;
        foreach (var tree in model.Compilation.SyntaxTrees)
            if (NameIndex.Of(tree, cancellation).Mentions(setting))
                return true;
        return false;
    }
}

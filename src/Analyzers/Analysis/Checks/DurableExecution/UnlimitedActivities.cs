using System.Collections.Immutable;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>An activity that its engine repeats for as long as it fails.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Effect">What each attempt does that costs; null where only a refusal is known.</param>
/// <param name="Refusal">What the activity throws where it refuses its input: the next attempt refuses it as well.</param>
/// <param name="Options">Where the options that set no limit are made; null where the call is given none that are seen.</param>
internal sealed record UnlimitedActivity(IMethodSymbol Activity, Effect? Effect, Refusal? Refusal, SyntaxNode? Options);

/// <summary>An exception that the program's own code throws.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Site">Where it is thrown.</param>
/// <param name="Path">The calls that lead there; empty where the activity throws it itself.</param>
internal sealed record Refusal(INamedTypeSymbol Type, SyntaxNode Site, ImmutableArray<Call> Path);

/// <summary>Finds scheduled activities without a bound on their attempts whose attempts cost something, or end alike each time.</summary>
internal sealed class UnlimitedActivities(AgentModel model, int depth, CancellationToken cancellation)
{
    private const int MaxMethods = 100;

    private readonly HostedRetries retries = new(model, new RetryPolicies(model, cancellation), cancellation);

    /// <summary>The activity that a call schedules without a bound; null where it has one, or where an attempt costs nothing.</summary>
    public UnlimitedActivity? At(IInvocationOperation call, CatalogueEntry entry) =>
        retries.LayerOf(call, entry) is { Tries: RetryLayer.Unlimited }
        && !HasTotalTimeout(call)
        && ActivityCalls.Of(model).TargetOf(call, cancellation) is { } activity
        && (CostOf(activity), NamesFailures(call) ? null : RefusalOf(activity)) is var (effect, refusal) && (effect != null || refusal != null)
            ? new UnlimitedActivity(activity, effect, refusal, OptionsOf(call).FirstOrDefault()?.Syntax)
            : null;

    // throw new InvalidOperationException("Not enough in stock."): thrown on a condition, by code of the program, and caught nowhere on the way.
    private Refusal? RefusalOf(IMethodSymbol activity)
    {
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { activity };
        var open = new Queue<(IMethodSymbol Method, ImmutableArray<Call> Path)>();
        open.Enqueue((activity, []));
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (method, path) = open.Dequeue();
            foreach (var body in MethodBodies.Of(method, model, cancellation))
                foreach (var operation in body.DescendantsAndSelf())
                    if (operation is IThrowOperation { Exception: { } thrown } && thrown.Unwrap() is IObjectCreationOperation { Type: INamedTypeSymbol type }
                        && IsLasting(type) && !IsOfLocalFunction(operation.Syntax, body.Syntax) && IsDecided(operation) && !IsHandled(operation.Syntax))
                        return new Refusal(type, operation.Syntax, path);
            if (path.Length >= depth)
                continue;
            foreach (var call in CallGraph.Of(model).CallsOf(method, cancellation))
                if (call.Target is { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } target && entered.Count < MaxMethods && !IsHandled(call.Site) && entered.Add(target))
                    open.Enqueue((target, path.Add(call)));
        }

        return null;
    }

    // Nothing outside of the program decides about it: the same input is refused again.
    private bool IsLasting(INamedTypeSymbol type) =>
        ExceptionTypes.IsException(type) && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] is "permanent" or "refusal");

    // It is looked into where it is called.
    private static bool IsOfLocalFunction(SyntaxNode place, SyntaxNode body) =>
        place.Ancestors().TakeWhile(node => node != body).Any(node => node is LocalFunctionStatementSyntax);

    // On what the function has found out: a check of its parameters alone is one for the caller's mistakes.
    private static bool IsDecided(IOperation thrown)
    {
        for (var (child, parent) = (thrown, thrown.Parent); parent != null; (child, parent) = (parent, parent.Parent))
            if (parent is IConditionalOperation { Syntax: IfStatementSyntax, Condition: var condition } && condition != child)
                return condition.DescendantsAndSelf().Any(part => part is ILocalReferenceOperation or IAwaitOperation);
        return false;
    }

    private static bool IsHandled(SyntaxNode place)
    {
        for (var node = place; node.Parent is { } parent and not MemberDeclarationSyntax; node = parent)
            if (parent is CatchClauseSyntax or AnonymousFunctionExpressionSyntax || (parent is TryStatementSyntax attempt && attempt.Block == node && attempt.Catches.Count > 0))
                return true;
        return false;
    }

    // new ActivityOptions { … }, at the call or in a field.
    private IEnumerable<IObjectCreationOperation> OptionsOf(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
            if (argument.ArgumentKind != ArgumentKind.DefaultValue)
                foreach (var source in new ValueSources(model, cancellation).Of(argument.Value))
                    if (source is IObjectCreationOperation { Initializer: not null } made)
                        yield return made;
    }

    // A policy that says which failures are final.
    private bool NamesFailures(IInvocationOperation call) =>
        OptionsOf(call).Any(options => options.Descendants().OfType<IPropertyReferenceOperation>().Any(property => model.Find(property.Property, CatalogueRole.RetrySetting)?.Has("final") == true));

    // A deadline over all attempts ends them as well as a number does.
    private bool HasTotalTimeout(IInvocationOperation call) =>
        OptionsOf(call).Any(options => options.Initializer!.Initializers.OfType<ISimpleAssignmentOperation>().Any(setter =>
            setter.Target is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.Timeout)?.Has("total") == true));

    private Effect? CostOf(IMethodSymbol activity) =>
        EffectSummaries.Of(model).Of(activity, depth, cancellation).First(entry => entry.AsksModelOrAgent())
        ?? UnkeyedWrites.Of(model).In(activity, depth, cancellation).FirstOrDefault()?.Effect;
}

using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>A call that asks a model or an agent, itself or through others, and is awaited for its answer.</summary>
/// <param name="Await">The whole expression.</param>
/// <param name="Call">What is awaited.</param>
/// <param name="Path">From the call to what asks.</param>
internal sealed record AwaitedCall(IAwaitOperation Await, IInvocationOperation Call, Witness Path)
{
    public AwaitExpressionSyntax Syntax => (AwaitExpressionSyntax)Await.Syntax;

    /// <summary>Whether the call itself is the one that the catalogue knows.</summary>
    public bool IsDirect => IsDirectCall(Call, Path);

    /// <summary>The call in a message, with the way from it to the model.</summary>
    public string Describe() => Describe(Call, Path);

    public static string Describe(IInvocationOperation call, Witness path) =>
        $"'{Witness.NameOf(call.TargetMethod)}'" + (IsDirectCall(call, path) ? "" : $" ({path.Describe()})");

    // A wrapper leads to the model through the lambda that it is given.
    private static bool IsDirectCall(IInvocationOperation call, Witness path) => !path.IsIndirect && path.Steps[0].Site == call.Syntax;
}

/// <summary>Finds awaited calls that ask a model or an agent.</summary>
internal sealed class AwaitedCalls(AgentModel model)
{
    public static AwaitedCalls Of(AgentModel model) => model.Shared(m => new AwaitedCalls(m));

    /// <summary>All awaits of one file, in the order of the text.</summary>
    public static IEnumerable<AwaitExpressionSyntax> In(SyntaxTree tree, CancellationToken cancellation)
    {
        var root = tree.GetRoot(cancellation);
        foreach (var position in NameIndex.Of(tree, cancellation).PositionsOf("await"))
            if (root.FindToken(position) is { Parent: AwaitExpressionSyntax await } token && token.SpanStart == position)
                yield return await;
    }

    /// <summary>The awaits of one file that may wait for a model, in the order of the text.</summary>
    public ImmutableArray<AwaitExpressionSyntax> CandidatesIn(SyntaxTree tree, CancellationToken cancellation) =>
    [
        .. RemoteWork.Of(model, cancellation).NamesIn(tree, cancellation)
            .SelectMany(name => name.Ancestors().TakeWhile(node => node is not MemberDeclarationSyntax or GlobalStatementSyntax).OfType<AwaitExpressionSyntax>())
            .Distinct()
            .OrderBy(await => await.SpanStart),
    ];

    /// <summary>The call that an await waits for; null where it asks nobody, or nobody uses the answer.</summary>
    public AwaitedCall? At(AwaitExpressionSyntax syntax, SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        if (semantics.GetOperation(syntax, cancellation) is not IAwaitOperation { Type.SpecialType: not SpecialType.System_Void } await
            || await.Operation.UnwrapAwaitable() is not IInvocationOperation call
            || IsUnused(await)
            || AwaitsWithin(call))
            return null;
        return WayOf(call, depth, cancellation) is { } path ? new AwaitedCall(await, call, path) : null;
    }

    /// <summary>The path from a call to a model or an agent; null where there is none.</summary>
    public Witness? WayOf(IInvocationOperation call, int depth, CancellationToken cancellation)
    {
        var entries = model.EntriesOf(call.TargetMethod);
        if (entries.Any(e => (e.AsksModelOrAgent() && !e.Has("streams")) || (e.Role == CatalogueRole.HttpCall && ModelRequests.Of(model).IsPrompt(call.TargetMethod, call.Syntax))))
            return new Witness([new Call(call.TargetMethod, null, call.Syntax)]);
        // A workflow's step counts where it is known to ask, and does nothing whose order could matter.
        if (entries.Any(e => e.Role == CatalogueRole.ActivityCall))
            return ActivityOf(call, cancellation) is { } activity
                && EffectSummaries.Of(model).Of(activity, depth, cancellation) is { IsCut: false } summary
                && summary.Effects.FirstOrDefault(ModelRequests.Of(model).Asks) is { } asks
                && !summary.Effects.Any(Footprints.Of(model).ChangesTheWorld)
                    ? asks.Witness.After(new Call(activity, activity, call.Syntax))
                    : null;
        return entries.Any(e => e.IsRemoteCall()) ? null : EffectSummaries.Of(model).Of(call, depth, cancellation).Effects.FirstOrDefault(ModelRequests.Of(model).Asks)?.Witness;
    }

    /// <summary>The method that a workflow schedules: named by <c>nameof</c>, or called in the lambda that stands for it.</summary>
    private IMethodSymbol? ActivityOf(IInvocationOperation call, CancellationToken cancellation)
    {
        foreach (var argument in call.Arguments.OrderBy(a => a.Parameter?.Ordinal))
            foreach (var part in argument.Value.DescendantsAndSelf())
                if (part is INameOfOperation name && name.SemanticModel is { } semantics)
                    return semantics.GetSymbolInfo(name.Argument.Syntax, cancellation) switch
                    {
                        { Symbol: IMethodSymbol method } => method,
                        { Symbol: INamedTypeSymbol type } => ActivityIn(type, cancellation),
                        { CandidateSymbols: { Length: 1 } candidates } => candidates[0] as IMethodSymbol,
                        _ => null,
                    };
                else if (part is IInvocationOperation { TargetMethod: var method } && part.Syntax != call.Syntax && (model.RolesOf(method, cancellation) & MethodRoles.Activity) != 0)
                    return method;
        return null;
    }

    private IMethodSymbol? ActivityIn(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(m => (model.RolesOf(m, cancellation) & MethodRoles.Activity) != 0);

    /// <summary>Whether the answer is thrown away.</summary>
    public static bool IsUnused(IAwaitOperation await)
    {
        IOperation? parent = await.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation };
    }

    // await A(await B()): A cannot start before B has ended.
    private static bool AwaitsWithin(IInvocationOperation call) =>
        call.Syntax.DescendantNodes(n => n is not AnonymousFunctionExpressionSyntax).Any(n => n.IsKind(SyntaxKind.AwaitExpression));
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Where an await may stand, and means what the wait before it meant.</summary>
/// <remarks>
/// Much of this the compiler finds only when it emits code, so that compiling the fixed file for its diagnostics would not show it.
/// </remarks>
internal sealed class AwaitPlaces(FixContext context)
{
    private readonly SemanticModel semantics = context.Semantics;
    private readonly CancellationToken cancellation = context.Cancellation;
    private readonly Dictionary<SyntaxNode, Facts> known = [];

    /// <summary>Whether an expression may be replaced by an await, were the function around it asynchronous.</summary>
    public bool Allow(ExpressionSyntax place, SyntaxNode function)
    {
        if (IsInForbiddenCode(place, function) || FactsOf(function).HoldsThread || SpillsReference(place, function))
            return false;
        foreach (var ancestor in place.AncestorsAndSelf())
            if (ancestor.ChildTokens().Any(t => t.IsKind(SyntaxKind.UnsafeKeyword))
                || (ancestor is AnonymousFunctionExpressionSyntax lambda && IsExpressionTree(lambda)))
                return false;
        return true;
    }

    /// <summary>Whether an exception that the wait wraps is expected in its wrapping: an await would throw it as it is.</summary>
    public static bool ExpectsAggregate(SyntaxNode place, SyntaxNode function)
    {
        for (var node = place; node != function && node.Parent is { } parent; node = parent)
            if (parent is TryStatementSyntax guarded && guarded.Block == node
                && guarded.Catches.Any(c => c.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n =>
                    n.Identifier.ValueText is "AggregateException" or "InnerException" or "InnerExceptions" or "Flatten")))
                return true;
        return false;
    }

    private bool IsInForbiddenCode(SyntaxNode place, SyntaxNode function)
    {
        for (var node = place; node != function && node.Parent is { } parent; node = parent)
            switch (parent)
            {
                case LockStatementSyntax held when held.Statement == node:
                case CatchFilterClauseSyntax or AttributeSyntax or FixedStatementSyntax or ConstructorInitializerSyntax or ParameterSyntax:
                case QueryClauseSyntax or SelectOrGroupClauseSyntax or OrderingSyntax when !MayAwaitInQuery(parent, node):
                case CommonForEachStatementSyntax loop when loop.Statement == node && semantics.GetForEachStatementInfo(loop).GetEnumeratorMethod?.ReturnType.IsRefLikeType == true:
                case UsingStatementSyntax { Expression: { } resource } usage when usage.Statement == node && semantics.GetTypeInfo(resource, cancellation).Type is { IsRefLikeType: true }:
                    return true;
            }

        return false;
    }

    private static bool MayAwaitInQuery(SyntaxNode clause, SyntaxNode part) => clause switch
    {
        FromClauseSyntax { Parent: QueryExpressionSyntax } from => from.Expression == part,
        JoinClauseSyntax join => join.InExpression == part,
        _ => false,
    };

    private bool IsExpressionTree(AnonymousFunctionExpressionSyntax lambda) =>
        semantics.GetTypeInfo(lambda, cancellation).ConvertedType is INamedTypeSymbol { Name: "Expression", Arity: 1, TypeKind: TypeKind.Class };

    private Facts FactsOf(SyntaxNode function)
    {
        if (!known.TryGetValue(function, out var facts))
        {
            var nodes = Functions.OwnNodes(Functions.BodyOf(function) ?? function).ToList();
            known.Add(function, facts = new Facts(nodes.Any(EntersMonitor), [.. nodes.Select(ReferenceDeclaredBy).OfType<ILocalSymbol>()]));
        }

        return facts;
    }

    // A monitor belongs to the thread that entered it, and behind an await may be another.
    private bool EntersMonitor(SyntaxNode node) =>
        node is InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax
            {
                Name.Identifier.ValueText: "Enter" or "TryEnter" or "WaitOne" or "EnterReadLock" or "EnterWriteLock" or "EnterUpgradeableReadLock" or "AcquireReaderLock" or "AcquireWriterLock",
                Expression: var held,
            },
        }
        && semantics.GetTypeInfo(held, cancellation).Type is
        {
            Name: "Monitor" or "Lock" or "Mutex" or "SpinLock" or "ReaderWriterLock" or "ReaderWriterLockSlim",
            ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" },
        };

    private ILocalSymbol? ReferenceDeclaredBy(SyntaxNode node) =>
        node is VariableDeclaratorSyntax or SingleVariableDesignationSyntax
        && semantics.GetDeclaredSymbol(node, cancellation) is ILocalSymbol local and ({ IsRef: true } or { Type.IsRefLikeType: true })
            ? local
            : null;

    /// <summary>Whether a reference or a span would have to live on across the await.</summary>
    private bool SpillsReference(ExpressionSyntax place, SyntaxNode function)
    {
        SyntaxNode top = place;
        while (top.Parent is ExpressionSyntax or ArgumentSyntax or BaseArgumentListSyntax or InterpolationSyntax)
            top = top.Parent;
        foreach (var earlier in Functions.OwnNodes(top).OfType<ExpressionSyntax>())
            if (earlier.Span.End <= place.SpanStart && IsReference(earlier))
                return true;
        return FactsOf(function).References.Any(local => IsNeededAfter(local, place, function));
    }

    private bool IsReference(ExpressionSyntax expression)
    {
        var type = semantics.GetTypeInfo(expression, cancellation);
        return type.Type is { IsRefLikeType: true } || type.ConvertedType is { IsRefLikeType: true }
            || semantics.GetSymbolInfo(expression, cancellation).Symbol is IMethodSymbol { ReturnsByRef: true } or IPropertySymbol { ReturnsByRef: true };
    }

    // Declared before the place in a scope around it, and read behind it, or in the next turn of a loop.
    private bool IsNeededAfter(ILocalSymbol local, SyntaxNode place, SyntaxNode function)
    {
        var declaration = local.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
        if (declaration.Span.End > place.SpanStart || declaration.FirstAncestorOrSelf<StatementSyntax>()?.Parent?.Span.Contains(place.Span) != true)
            return false;
        if (local.IsUsing)
            return true;
        var loop = place.Ancestors().TakeWhile(n => n != function)
            .LastOrDefault(n => n.SpanStart > declaration.Span.End && n is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax);
        return function.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name =>
            name.Identifier.ValueText == local.Name && (name.SpanStart >= place.Span.End || loop?.Span.Contains(name.Span) == true));
    }

    /// <summary>What a function's own code does that an await cannot interrupt.</summary>
    private sealed record Facts(bool HoldsThread, ImmutableArray<ILocalSymbol> References);
}

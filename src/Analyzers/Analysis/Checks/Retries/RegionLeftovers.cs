using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>
/// State that an attempt leaves to the next one where a policy or a helper runs it: <c>policy.ExecuteAsync(() => service.ChatAsync(text))</c>, and
/// <c>ChatAsync</c> adds the text to its conversation before it asks.
/// </summary>
internal sealed class RegionLeftovers(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly RemoteCalls calls = new(model, depth, cancellation);

    /// <summary>The leftovers of the delegates in a file, in the order of the text.</summary>
    public IEnumerable<Leftover> In(SyntaxTree tree)
    {
        foreach (var region in RetryRegions.Of(model, depth, cancellation).In(tree))
            if (region is { Cycle: null, Body: AnonymousFunctionExpressionSyntax lambda } && region.Work.Unwrap() is IAnonymousFunctionOperation { Body: var body }
                && region.Layers.Any(layer => layer.Tries is null or > 1) && Find(body, lambda) is { } leftover)
                yield return leftover;
    }

    private Leftover? Find(IOperation body, SyntaxNode lambda)
    {
        if (ChangedIn(body, root => IsOutside(root, lambda)) is var (own, change, asked))
            return Made(own, asked, change.Syntax);
        // What the delegate calls, and gives what is shared.
        foreach (var call in body.Descendants().OfType<IInvocationOperation>())
            if (call.TargetMethod.MethodKind != MethodKind.DelegateInvoke && CallGraph.Of(model).Resolve(call.TargetMethod) is { } target)
                foreach (var code in MethodBodies.Of(target, model, cancellation))
                    if (ChangedIn(code, root => IsShared(root, call, lambda)) is var (kept, _, through))
                        return Made(kept, through, call.Syntax);
        return null;
    }

    private static Leftover Made(ISymbol variable, CycleCall asked, SyntaxNode site) =>
        new(variable, $"still holds what the failed attempt added when {asked.Describe()} is retried", site, null, CanRestore: false);

    // Something is added to a conversation or list, always, and what follows is sent it.
    private (ISymbol Root, IInvocationOperation Change, CycleCall Asked)? ChangedIn(IOperation body, Func<ISymbol, bool> isKept)
    {
        var made = body.Descendants().OfType<IInvocationOperation>().Where(call => call.Syntax.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>()?.Span.Contains(body.Syntax.Span) != false).ToList();
        foreach (var change in made)
            if (GrowsBy(change) is { } root && isKept(root) && !IsConditional(change.Syntax, body.Syntax) && !IsUndone(root, change, body.Syntax)
                && made.FirstOrDefault(call => call.Syntax.SpanStart > change.Syntax.Span.End && calls.Of(call) is { IsProven: true } && IsGiven(call, root)) is { } asked
                && calls.Of(asked) is { } remote)
                return (root, change, remote);
        return null;
    }

    // history.Add(message); memory.Add(message), which adds it to a list of its own.
    private ISymbol? GrowsBy(IInvocationOperation call)
    {
        if (call.Receiver() is not { } receiver || AccessPath.Of(receiver) is not { Root: var root } || root is ITypeSymbol || call.Syntax.Parent is not (ExpressionStatementSyntax or ArrowExpressionClauseSyntax))
            return null;
        if (IsAddition(call))
            return root;
        return CallGraph.Of(model).Resolve(call.TargetMethod) is { } target
            && MethodBodies.Of(target, model, cancellation).Any(code => code.Descendants().OfType<IInvocationOperation>()
                .Any(inner => IsAddition(inner) && inner.Receiver() is { } list && AccessPath.Of(list) is { Root: IFieldSymbol or IPropertySymbol } && !IsConditional(inner.Syntax, code.Syntax)))
            ? root
            : null;
    }

    // A row that is added is written by each attempt: that is another rule's.
    private bool IsAddition(IInvocationOperation call) =>
        model.Find(call.TargetMethod, CatalogueRole.Effect) == null
        && Mutability.IsCollection(call.Receiver()?.Type) && Leftovers.Adds.Any(verb => call.TargetMethod.Name.StartsWith(verb, StringComparison.Ordinal))
        && (call.TargetMethod.ReturnsVoid || call.Syntax.Parent is ExpressionStatementSyntax);

    private static bool IsGiven(IInvocationOperation call, ISymbol root) => call.DescendantsAndSelf().Any(part => AccessPath.Of(part) is { } path && SymbolEqualityComparer.Default.Equals(path.Root, root));

    private static bool IsConditional(SyntaxNode node, SyntaxNode body) =>
        node.Ancestors().TakeWhile(around => around != body).Any(around => around is IfStatementSyntax or SwitchStatementSyntax or ConditionalExpressionSyntax or CatchClauseSyntax or CommonForEachStatementSyntax);

    // A body that takes back what it added, or makes it anew, sees to it.
    private static bool IsUndone(ISymbol root, IInvocationOperation change, SyntaxNode body) => body.DescendantNodes().Any(node =>
        node is IdentifierNameSyntax name && name.Identifier.ValueText == root.Name && !change.Syntax.Span.Contains(name.Span)
        && (node.Ancestors().TakeWhile(around => around != body).Any(around => around is CatchClauseSyntax)
            || (node.Parent is AssignmentExpressionSyntax assignment && assignment.Left == node)
            || (node.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var verb } && Leftovers.Resets.Any(reset => verb.StartsWith(reset, StringComparison.Ordinal)))));

    // Declared outside of what is run again.
    private static bool IsOutside(ISymbol root, SyntaxNode lambda) =>
        root is IFieldSymbol or IPropertySymbol || !root.DeclaringSyntaxReferences.Any(declaration => declaration.SyntaxTree == lambda.SyntaxTree && lambda.Span.Contains(declaration.Span));

    // A member of an object that is called, or a parameter that is given something from outside. A local of the method is its own.
    private static bool IsShared(ISymbol root, IInvocationOperation call, SyntaxNode lambda) => root switch
    {
        IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } or IFieldSymbol or IPropertySymbol => AccessPath.Of(call.Receiver()) is not { } path || IsOutside(path.Root, lambda),
        IParameterSymbol parameter => call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal)?.Value is { } given && AccessPath.Of(given) is { } path && IsOutside(path.Root, lambda),
        _ => false,
    };
}

using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>A call that a handler makes once more, as it was: <c>try { await Send(order); } catch (HttpRequestException) { await Send(order); }</c>.</summary>
internal static class RepeatedCalls
{
    /// <summary>The regions of a file, in the order of the text.</summary>
    public static IEnumerable<RetryRegion> In(SyntaxTree tree, AgentModel model, int depth, CancellationToken cancellation)
    {
        if (!NameIndex.Of(tree, cancellation).Mentions("catch"))
            yield break;
        foreach (var attempt in tree.GetRoot(cancellation).DescendantNodes().OfType<TryStatementSyntax>())
            if (RepeatedIn(attempt) is { } pair && IsRemote(pair.First, pair.Second, model, depth, cancellation)
                && model.SemanticsOf(tree).GetOperation(attempt.Block, cancellation) is { } work)
                yield return new RetryRegion(pair.Handler.CatchKeyword.GetLocation(), attempt.Block, work, [new RetryLayer("second call in the 'catch'", 2, pair.Second)]);
    }

    // By the text: nothing is bound where no handler repeats what its block says.
    private static (InvocationExpressionSyntax First, InvocationExpressionSyntax Second, CatchClauseSyntax Handler)? RepeatedIn(TryStatementSyntax attempt)
    {
        List<InvocationExpressionSyntax>? calls = null;
        foreach (var handler in attempt.Catches)
            foreach (var second in CallsIn(handler.Block))
            {
                calls ??= [.. CallsIn(attempt.Block)];
                if (calls.FirstOrDefault(first => SyntaxFactory.AreEquivalent(first, second)) is { } repeated)
                    return (repeated, second, handler);
            }

        return null;
    }

    private static IEnumerable<InvocationExpressionSyntax> CallsIn(BlockSyntax block) =>
        block.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .OfType<AwaitExpressionSyntax>()
            .Select(awaited => awaited.Expression)
            .OfType<InvocationExpressionSyntax>();

    private static bool IsRemote(InvocationExpressionSyntax first, InvocationExpressionSyntax second, AgentModel model, int depth, CancellationToken cancellation)
    {
        var semantics = model.SemanticsOf(first.SyntaxTree);
        // What is saved, or asked without saying what for, is not the same the second time.
        return semantics.GetOperation(first, cancellation) is IInvocationOperation { TargetMethod: var method } call
            && call.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit && !CancellationTokens.IsToken(argument.Value.Type))
            && model.Find(method, CatalogueRole.Effect)?["kind"] != "save"
            && SymbolEqualityComparer.Default.Equals(method, (semantics.GetOperation(second, cancellation) as IInvocationOperation)?.TargetMethod)
            && new RemoteCalls(model, depth, cancellation).Of(call) is { IsProven: true }
            // What the handler changes before makes another call of it.
            && !IsChanged(first, second);
    }

    private static bool IsChanged(InvocationExpressionSyntax first, InvocationExpressionSyntax second)
    {
        var names = new HashSet<string>(first.ArgumentList.DescendantNodes().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.ValueText), StringComparer.Ordinal);
        return second.FirstAncestorOrSelf<CatchClauseSyntax>()!.Block.DescendantNodes()
            .Any(node => node is AssignmentExpressionSyntax { Left: var target } && target.DescendantNodesAndSelf().Any(part => part is IdentifierNameSyntax name && names.Contains(name.Identifier.ValueText)));
    }
}

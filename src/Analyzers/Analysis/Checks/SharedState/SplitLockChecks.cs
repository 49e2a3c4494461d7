using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>
/// Finds shared collections that are looked at under a lock and changed under the same lock in a second block: between the two, after an await, others have had
/// their turn.
/// </summary>
internal sealed class SplitLockChecks(AgentModel model)
{
    public static SplitLockChecks Of(AgentModel model) => model.Shared(m => new SplitLockChecks(m));

    /// <summary>The changes in one file, in the order of the text.</summary>
    public IEnumerable<CheckThenAct> In(SemanticModel semantics, CancellationToken cancellation)
    {
        var index = NameIndex.Of(semantics.SyntaxTree, cancellation);
        if (!index.Mentions("lock") || !index.Mentions("await"))
            yield break;
        var blocks = semantics.SyntaxTree.GetRoot(cancellation).DescendantNodes().OfType<LockStatementSyntax>()
            .GroupBy(block => (Function: FlowGraphs.FunctionAround(block), Gate: block.Expression.ToString())).Where(same => same.Key.Function != null && same.Count() > 1);
        foreach (var same in blocks)
        {
            var (function, all) = (same.Key.Function!, same.OrderBy(block => block.SpanStart).ToList());
            for (var i = 1; i < all.Count; i++)
                if (ChangeIn(all[i], semantics, cancellation) is var (change, variable)
                    && all.Take(i).Where(first => WaitsBetween(first, all[i], function)).SelectMany(first => LooksIn(first, variable, semantics, cancellation)).FirstOrDefault() is { } look
                    && SharedEntries.ReachedFrom(change, variable.IsStatic, model, cancellation) is { } entrance)
                    yield return new CheckThenAct($"'{Witness.NameOf(variable)}'", look, change, entrance, "check again under the lock that the change holds");
        }
    }

    private (SyntaxNode Change, ISymbol Variable)? ChangeIn(LockStatementSyntax block, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var syntax in block.Statement.DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (syntax.Expression is MemberAccessExpressionSyntax && FlowGraphs.FunctionAround(syntax) == FlowGraphs.FunctionAround(block)
                && semantics.GetOperation(syntax, cancellation) is IInvocationOperation { TargetMethod: var method } call && Collections.IsChange(method) && method.Name.StartsWith("Add", StringComparison.Ordinal)
                && SharedEntries.SharedVariable(call.Instance, model, cancellation) is { } variable
                // What is looked at again under this lock is looked at in time.
                && !LooksIn(block, variable, semantics, cancellation).Any())
                return (syntax, variable);
        return null;
    }

    // if (list.Any(…)) return; the condition of a statement that leaves the function.
    private static IEnumerable<SyntaxNode> LooksIn(LockStatementSyntax block, ISymbol variable, SemanticModel semantics, CancellationToken cancellation) =>
        block.Statement.DescendantNodesAndSelf().OfType<StatementSyntax>().Select(SharedEntries.Leaves).OfType<ExpressionSyntax>()
            .Where(condition => condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name =>
                name.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, variable)));

    private static bool WaitsBetween(SyntaxNode first, SyntaxNode second, SyntaxNode function) =>
        function.DescendantNodes().OfType<AwaitExpressionSyntax>().Any(wait => wait.SpanStart > first.Span.End && wait.SpanStart < second.SpanStart && FlowGraphs.FunctionAround(wait) == function);
}

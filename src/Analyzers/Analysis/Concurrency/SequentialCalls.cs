using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Concurrency;

/// <summary>Calls that are awaited one after the other although none needs what another gives or does.</summary>
/// <param name="Calls">At least two, in order.</param>
internal sealed record CallSequence(ImmutableArray<AwaitedCall> Calls);

/// <summary>Finds calls that could run at the same time. What cannot be shown to be independent is taken to depend.</summary>
internal sealed class SequentialCalls(AgentModel model)
{
    // Each call is compared with all before it in its sequence, and with all code between them: a longer one is told in parts, so that time stays linear.
    private const int MostCalls = 16;

    private readonly Footprints footprints = Footprints.Of(model);
    private readonly CallInputReader inputs = new(model);

    public static SequentialCalls Of(AgentModel model) => model.Shared(m => new SequentialCalls(m));

    /// <summary>The sequences in one file, in the order of the text.</summary>
    public IEnumerable<CallSequence> In(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        // Asked of the text first: who leads to a model is a question about the whole program.
        if (!HasListOfAwaits(semantics.SyntaxTree, cancellation))
            yield break;
        var candidates = AwaitedCalls.Of(model).CandidatesIn(semantics.SyntaxTree, cancellation)
            .Select(await => (Await: await, Path: StatementPath.Of(await)))
            .Where(candidate => !candidate.Path.IsEmpty)
            .ToList();
        // Bound only where another one stands in the same list of statements.
        var placed = candidates
            .Where(c => candidates.Any(other => other.Await != c.Await && CommonList(c.Path, other.Path) != null))
            .Select(c => AwaitedCalls.Of(model).At(c.Await, semantics, depth, cancellation) is { } call ? new Placed(call, c.Path) : default)
            .Where(c => c.Call != null)
            .ToList();
        var calls = new HashSet<SyntaxNode>(placed.Select(c => c.Call.Call.Syntax));
        var sequence = new List<Placed>();
        foreach (var next in placed)
        {
            if (sequence.Count == MostCalls || !sequence.All(earlier => AreIndependent(earlier, next, calls, semantics, depth, cancellation)))
            {
                if (sequence.Count > 1)
                    yield return new CallSequence([.. sequence.Select(s => s.Call)]);
                sequence.Clear();
            }

            sequence.Add(next);
        }

        if (sequence.Count > 1)
            yield return new CallSequence([.. sequence.Select(s => s.Call)]);
    }

    private static bool HasListOfAwaits(SyntaxTree tree, CancellationToken cancellation)
    {
        var lists = new HashSet<SyntaxNode>();
        foreach (var await in AwaitedCalls.In(tree, cancellation))
            foreach (var listed in StatementPath.Of(await))
                if (!lists.Add(listed.List))
                    return true;
        return false;
    }

    private static ListedStatement? CommonList(ImmutableArray<ListedStatement> first, ImmutableArray<ListedStatement> second)
    {
        foreach (var listed in first)
            if (second.Any(other => other.List == listed.List))
                return listed;
        return null;
    }

    private bool AreIndependent(Placed first, Placed second, HashSet<SyntaxNode> calls, SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        if (CommonList(first.Path, second.Path) is not { } common)
            return false;
        var given = inputs.Of(first.Call, cancellation);
        var wanted = inputs.Of(second.Call, cancellation);
        if (!given.IsQuiet || !wanted.IsQuiet || given.SharesWith(wanted))
            return false;

        var reach = new Reach(footprints, first.Call, given);
        foreach (var code in Between(first, second, common, semantics, cancellation))
            if (!reach.Pass(code, cancellation) || OrderMatters(code.Operation, calls, depth, cancellation))
                return false;
        return !wanted.Reads.Any(reach.Holds)
            && !wanted.Objects.Any(o => reach.Holds(o.Path))
            && wanted.Footprint?.ReadMembers.Any(reach.HoldsMember) != true;
    }

    // What the calls in question do is asked of themselves.
    private bool OrderMatters(IOperation code, HashSet<SyntaxNode> calls, int depth, CancellationToken cancellation)
    {
        var summary = EffectSummaries.Of(model).Of(code, depth, cancellation);
        return summary.IsCut
            || summary.Effects.Any(effect => effect.Entry.Role != CatalogueRole.DatabaseCall && footprints.ChangesTheWorld(effect) && !calls.Contains(effect.Witness.Steps[0].Site));
    }

    // The rest of the first call's statement, the statements after it, and what stands before the second call.
    private static IEnumerable<CodeBetween> Between(Placed first, Placed second, ListedStatement common, SemanticModel semantics, CancellationToken cancellation)
    {
        var last = second.Path.First(s => s.List == common.List).Statement;
        if (first.Path[0].Statement != second.Path[0].Statement)
            yield return Code(first.Path[0].Statement);
        foreach (var listed in first.Path.TakeWhile(s => s.List != common.List))
            foreach (var statement in After(listed))
                yield return Code(statement);
        if (common.Statement != last)
            foreach (var statement in After(common).TakeWhile(s => s != last))
                yield return Code(statement);
        // The conditions under which the second call is made, and what stands before it there, from the outside in.
        foreach (var code in Before(second.Call.Syntax.FirstAncestorOrSelf<StatementSyntax>()!, last).Reverse())
            yield return code;

        IEnumerable<CodeBetween> Before(StatementSyntax inner, StatementSyntax outer)
        {
            for (SyntaxNode node = inner; node != outer; node = node.Parent!)
                if (node.Parent is IfStatementSyntax condition)
                    yield return Code(condition.Condition, isCondition: true);
                else if (node.Parent is BlockSyntax block)
                    foreach (var statement in block.Statements.TakeWhile(s => s != node).Where(s => s is not LocalFunctionStatementSyntax).Reverse())
                        yield return Code(statement);
        }

        CodeBetween Code(SyntaxNode node, bool isCondition = false) => new(semantics.GetOperation(node, cancellation)!, isCondition);

        // A local function does nothing where it is declared.
        static IEnumerable<StatementSyntax> After(ListedStatement listed) =>
            listed.Statements.SkipWhile(s => s != listed.Statement).Skip(1).Where(s => s is not LocalFunctionStatementSyntax);
    }

    private readonly record struct Placed(AwaitedCall Call, ImmutableArray<ListedStatement> Path);
}

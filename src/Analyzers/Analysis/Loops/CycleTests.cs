using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>The conditions of a cycle that decide on another turn, and the values that they look at.</summary>
internal sealed class CycleTests
{
    private const int MaxGuards = 60;

    private readonly CycleBody body;
    private readonly ExitTests tests;
    private readonly HashSet<int> returning;
    private readonly Lazy<HashSet<int>> ending;
    private readonly List<(CycleGuard Guard, AccessPath Path, bool? Switch)> guards = [];
    private readonly Dictionary<(int Node, bool Outcome), (ExitTest Test, ulong Guards)> exits = [];

    public CycleTests(CycleBody body, Deadlines deadlines)
    {
        this.body = body;
        tests = new ExitTests(body.Context.Model, body.Context.Origins, body.Context.Calls, deadlines, StateReads.Of(body.Context.Model), body.Context.Cancellation);
        returning = Returning();
        ending = new Lazy<HashSet<int>>(Ending);
        Read();
    }

    /// <summary>The values that are looked at; a set of them has a bit for each.</summary>
    public IReadOnlyList<(CycleGuard Guard, AccessPath Path, bool? Switch)> Guards => guards;

    /// <summary>What a condition asks where it came out one way.</summary>
    public bool TryGet(int node, bool outcome, out (ExitTest Test, ulong Guards) exit) => exits.TryGetValue((node, outcome), out exit);

    // The nodes from which a turn that nothing disturbs comes back. What fails later on is another turn for another reason.
    private HashSet<int> Returning()
    {
        var before = new Dictionary<int, List<int>>();
        var found = new HashSet<int>();
        var way = new Queue<int>();
        foreach (var node in body.Nodes)
        {
            if (body.Recursion == null ? body.Graph.Nodes[node].Next.Any(edge => edge.Target == body.Head) : body.Graph.Nodes[node].Statements.Any(statement => body.CallAgain(statement) != null))
                if (found.Add(node))
                    way.Enqueue(node);
            foreach (var edge in body.Graph.Nodes[node].Next)
                if (edge.Target >= 0 && body.Nodes.Contains(edge.Target) && (edge.Target != body.Head || body.Recursion != null))
                {
                    if (!before.TryGetValue(edge.Target, out var list))
                        before.Add(edge.Target, list = []);
                    list.Add(node);
                }
        }

        while (way.Count > 0)
            foreach (var node in before.TryGetValue(way.Dequeue(), out var list) ? list : [])
                if (found.Add(node))
                    way.Enqueue(node);
        return found;
    }

    private bool IsWithin(PathEdge edge) => edge.Target >= 0 && body.Nodes.Contains(edge.Target);

    private bool Returns(PathEdge edge) => edge.Target >= 0 && ((edge.Target == body.Head && body.Recursion == null) || (IsWithin(edge) && returning.Contains(edge.Target)));

    // On which outcomes a condition lets the cycle go on while it ends on the other.
    private List<PathEdge> Stays(PathNode node)
    {
        var stays = node.Next.Where(Returns).ToList();
        if (stays.Count == 0)
            // while (…) { try { return …; } catch { … } }: only what fails comes back.
            stays = [.. node.Next.Where(IsWithin)];
        return stays.Count == 1 ? stays : [];
    }

    // Whether what follows may leave the cycle before the turn is over, other than by an exception.
    private bool MayEnd(PathEdge edge) => (edge.Target != body.Head || body.Recursion != null) && ending.Value.Contains(edge.Target);

    // The nodes that leave the cycle, and those that lead to one of them within the turn.
    private HashSet<int> Ending()
    {
        var before = new Dictionary<int, List<int>>();
        var found = new HashSet<int>();
        var way = new Queue<int>();
        foreach (var number in body.Nodes)
        {
            var node = body.Graph.Nodes[number];
            if (Leaves(node) && found.Add(number))
                way.Enqueue(number);
            foreach (var edge in node.Next)
                if (IsWithin(edge) && (edge.Target != body.Head || body.Recursion != null))
                {
                    if (!before.TryGetValue(edge.Target, out var list))
                        before.Add(edge.Target, list = []);
                    list.Add(number);
                }
        }

        while (way.Count > 0)
            foreach (var node in before.TryGetValue(way.Dequeue(), out var list) ? list : [])
                if (found.Add(node))
                    way.Enqueue(node);
        return found;
    }

    private bool Leaves(PathNode node) =>
        (!node.Throws && node.Next.Any(edge => !IsWithin(edge) && !(edge.Target >= 0 && body.Graph.Nodes[edge.Target].Throws)))
        || node.Statements.SelectMany(body.Context.Origins.Parts).OfType<IInvocationOperation>().Any(call => CycleSteps.ThrowsFailure(call, body.Context.Model));

    private void Read()
    {
        var conditions = body.Nodes.OrderBy(n => n).Select(n => body.Graph.Nodes[n])
            .Where(node => node.Block.ConditionalSuccessor != null && node.Block.BranchValue is { ConstantValue.HasValue: false } && !node.Statements.Any(statement => body.CallAgain(statement) != null))
            .ToList();
        // a || b is left where both are false: then a decides as well, where it is true.
        var leaving = new HashSet<SyntaxNode>(conditions.Where(node => Stays(node).Count == 1).Select(node => WholeCondition(node.Block.BranchValue!.Syntax)));
        foreach (var node in conditions)
        {
            var condition = node.Block.BranchValue!;
            var stays = Stays(node);
            if (stays.Count == 0 && leaving.Contains(WholeCondition(condition.Syntax)))
                stays = [.. node.Next.Where(edge => Returns(edge) && !IsSameCondition(body.Graph.Nodes[edge.Target], condition.Syntax))];
            // Both outcomes come back, but only one of them may end the cycle before: the other decides for another turn.
            if (stays.Count == 0 && node.Next.Count == 2 && node.Next.All(Returns) && node.Next.Where(edge => !MayEnd(edge)).ToList() is { Count: 1 } certain)
                stays = certain;
            foreach (var edge in node.Next)
            {
                if (edge.Outcome is not { } outcome || !IsWithin(edge) && edge.Target != body.Head)
                    continue;
                var test = tests.Read(condition, outcome, body.Region);
                var mask = 0UL;
                foreach (var (latch, value) in test.Latches)
                    if (IsLatch(latch, value))
                        mask |= Bit(GuardKind.Latch, latch, value, condition.Syntax);
                foreach (var empty in test.Empty)
                    if (IsFilled(empty))
                        mask |= Bit(GuardKind.Latch, empty, null, condition.Syntax);
                if (stays.Contains(edge))
                    foreach (var counter in test.Counters)
                        mask |= Bit(GuardKind.Counter, counter, null, condition.Syntax);
                else
                    test = new ExitTest { Facts = test.Facts & PathFacts.Token };
                exits[(node.Number, outcome)] = (test, mask);
            }
        }
    }

    private static SyntaxNode WholeCondition(SyntaxNode part)
    {
        while (part.Parent is ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression })
            part = part.Parent;
        return part;
    }

    private static bool IsSameCondition(PathNode node, SyntaxNode part) =>
        node.Block.BranchValue is { } other && other.Syntax != part && WholeCondition(other.Syntax) == WholeCondition(part) && other.Syntax.SpanStart > part.SpanStart;

    private ulong Bit(GuardKind kind, AccessPath path, bool? value, SyntaxNode test)
    {
        for (var i = 0; i < guards.Count; i++)
            if (guards[i].Path.Equals(path) && guards[i].Switch == value && (kind == GuardKind.Latch) == (guards[i].Guard.Kind == GuardKind.Latch))
                return 1UL << i;
        if (guards.Count >= MaxGuards)
            return 0;
        // What a function within this one counts is counted somewhere.
        if (kind == GuardKind.Counter && body.Context.Nested.Writes(path.Root, body.Context.Function))
            kind = GuardKind.Unknown;
        guards.Add((new CycleGuard(kind, path.Member ?? path.Root, test), path, value));
        return 1UL << (guards.Count - 1);
    }

    // A switch that the cycle only ever sets the other way: the way on which it is looked at and set is taken once.
    private bool IsLatch(AccessPath path, bool value)
    {
        if (path.Root is ILocalSymbol && body.Region.Declares(path.Root))
            return false;
        var given = body.Context.Origins.DefinitionsOf(path.Root).Where(definition => body.Region.Contains(definition) && definition.Parent is IAssignmentOperation).ToList();
        return given.Count > 0 && given.All(definition => definition.Unwrap().ConstantValue is { HasValue: true, Value: bool set } && set != value);
    }

    // while (response == null) response = await …: what is given to it is there.
    private bool IsFilled(AccessPath path)
    {
        if (path.Root is ILocalSymbol && body.Region.Declares(path.Root))
            return false;
        var given = body.Context.Origins.DefinitionsOf(path.Root).Where(definition => body.Region.Contains(definition) && definition.Parent is IAssignmentOperation).ToList();
        return given.Count > 0 && given.All(IsThere);
    }

    private bool IsThere(IOperation value)
    {
        value = value.Unwrap();
        if (value is IObjectCreationOperation or { Type.IsValueType: true, Type.OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T })
            return true;
        var isAwaited = value is IAwaitOperation;
        if ((value is IAwaitOperation { Operation: var task } ? task.UnwrapAwaitable() : value) is not IInvocationOperation { TargetMethod: { ReturnType: var type } method })
            return false;
        // What is read of an answer that came is there, whatever its type allows.
        if (body.Context.Model.Find(method, CatalogueRole.Sink)?["kind"] == "parse")
            return true;
        if (isAwaited)
            type = type is INamedTypeSymbol { TypeArguments: { Length: 1 } of } ? of[0] : type;
        return type.NullableAnnotation != NullableAnnotation.Annotated && !method.Name.EndsWith("OrDefault", StringComparison.Ordinal) && !method.Name.EndsWith("OrDefaultAsync", StringComparison.Ordinal);
    }
}

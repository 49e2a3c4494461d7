using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// Every cycle around awaited remote work: why it is taken, and what bounds it on each way back to its head. Found from loops, jumps and calls
/// of a function by itself; names prove nothing.
/// </summary>
internal sealed class Cycles(AgentModel model)
{
    // A loop around so many others repeats the work of none of them because it failed.
    private const int MaxHeight = 6;

    // All nodes of all cycles of a function.
    private const int MaxWork = 100_000;

    private readonly ConcurrentDictionary<(SyntaxTree Tree, int Depth), Slot> files = new();

    public static Cycles Of(AgentModel model) => model.Shared(m => new Cycles(m));

    /// <summary>The cycles of one file, in the order of the text.</summary>
    /// <param name="tree">The file.</param>
    /// <param name="depth">How many calls are followed to what is remote.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public ImmutableArray<Cycle> In(SyntaxTree tree, int depth, CancellationToken cancellation)
    {
        // Several rules come for a file at the same time: one finds its cycles, the others wait.
        var slot = files.GetOrAdd((tree, depth), _ => new Slot());
        lock (slot)
            return slot.Cycles ??= [.. Find(tree, depth, cancellation).OrderBy(cycle => cycle.Syntax.SpanStart).ThenBy(cycle => cycle.Syntax.Span.Length)];
    }

    private IEnumerable<Cycle> Find(SyntaxTree tree, int depth, CancellationToken cancellation)
    {
        var candidates = CycleCandidates.In(tree, cancellation);
        if (candidates.IsEmpty)
            yield break;
        var semantics = model.SemanticsOf(tree);
        var graphs = new ConcurrentDictionary<SyntaxNode, Microsoft.CodeAnalysis.FlowAnalysis.ControlFlowGraph?>();
        var calls = new RemoteCalls(model, depth, cancellation);
        var members = new Dictionary<SyntaxNode, (ValueOrigins Origins, Waits Waits, NestedWrites Nested)?>();
        foreach (var (function, callsItself) in candidates)
        {
            var member = MemberAround(function);
            if (!members.TryGetValue(member, out var facts))
            {
                facts = null;
                if (semantics.GetOperation(member, cancellation) is { } body && body.Descendants().Any(part => part is IInvocationOperation call && calls.Of(call) != null))
                {
                    var origins = new ValueOrigins(model, semantics, body, calls, cancellation);
                    facts = (origins, new Waits(model, origins, depth, cancellation), new NestedWrites(body));
                }

                members.Add(member, facts);
            }

            if (facts is not { } known || FlowGraphs.Of(function, semantics, graphs, cancellation) is not { } graph || PathGraph.Of(graph, cancellation) is not { } paths)
                continue;
            var context = new CycleContext(model, known.Origins, calls, known.Waits, known.Nested, function, cancellation);
            foreach (var cycle in LoopsIn(paths, context))
                yield return cycle;
            if (callsItself && semantics.GetDeclaredSymbol(function, cancellation) is IMethodSymbol method && Recursion(paths, context, method) is { } recursion)
                yield return recursion;
        }
    }

    private static IEnumerable<Cycle> LoopsIn(PathGraph graph, CycleContext context)
    {
        var texts = new LoopTexts(graph, context.Function);
        var done = new HashSet<SyntaxNode>();
        var work = 0;
        foreach (var nodes in LoopNests.Of(graph, context.Cancellation).ToList())
            if (nodes.Height <= MaxHeight && (work += nodes.Nodes.Count) < MaxWork && texts.Of(nodes) is { } statement && done.Add(statement) && Make(graph, context, nodes.Nodes, nodes.Head, statement, null) is { } cycle)
                yield return cycle;
    }

    private static Cycle? Recursion(PathGraph graph, CycleContext context, IMethodSymbol method)
    {
        var again = new SelfCalls(context.Model, method.OriginalDefinition, context.Cancellation);
        var before = new Dictionary<int, List<int>>();
        foreach (var node in graph.Nodes)
            foreach (var next in LoopNests.Successors(node))
            {
                if (!before.TryGetValue(next, out var list))
                    before.Add(next, list = []);
                list.Add(node.Number);
            }

        var sites = graph.Nodes
            .SelectMany(node => node.Statements.SelectMany(context.Origins.Parts).OfType<IInvocationOperation>()
                .Where(again.IsOne)
                .Select(call => (node.Number, call.Syntax)))
            .ToList();
        if (sites.Count == 0)
            return null;
        var nodes = new HashSet<int>(sites.Select(site => site.Number));
        var open = new Queue<int>(nodes);
        while (open.Count > 0)
            foreach (var node in before.TryGetValue(open.Dequeue(), out var list) ? list : [])
                if (nodes.Add(node))
                    open.Enqueue(node);
        return nodes.Contains(0) ? Make(graph, context, nodes, 0, sites.OrderBy(site => site.Syntax.SpanStart).First().Syntax, again) : null;
    }

    private static Cycle? Make(PathGraph graph, CycleContext context, HashSet<int> nodes, int head, SyntaxNode syntax, SelfCalls? recursion)
    {
        var region = CycleText.Of(syntax, context.Function, nodes.SelectMany(node => graph.Nodes[node].Statements));
        var body = new CycleBody(context, graph, nodes, head, region, recursion);
        var calls = body.CallsIn();
        if (calls.IsEmpty || CycleSearch.Run(body, calls) is not { } paths)
            return null;
        var (kind, unguarded) = CycleKinds.Of(paths, calls);
        var shape = recursion != null ? CycleShape.Recursion : syntax is CommonForEachStatementSyntax ? CycleShape.ForEach : syntax is GotoStatementSyntax ? CycleShape.Jump : CycleShape.Loop;
        return new Cycle(shape, syntax, HeadOf(syntax), context.Function, kind, calls, paths, unguarded, unguarded == null ? AttemptsOf(shape, syntax, paths, context) : null);
    }

    private static int? AttemptsOf(CycleShape shape, SyntaxNode syntax, ImmutableArray<BackPath> paths, CycleContext context)
    {
        if (shape == CycleShape.ForEach)
            return context.Model.SemanticsOf(syntax.SyntaxTree).GetOperation(syntax, context.Cancellation) is IForEachLoopOperation { Collection: var items } && items.Unwrap() is IArrayCreationOperation or ICollectionExpressionOperation
                && items.Elements().ToList() is { Count: > 0 } elements && !elements.Any(element => element.Parent is ISpreadOperation)
                ? elements.Count
                : null;
        var failed = paths.Where(path => path.Has(PathFacts.Failed | PathFacts.FailedResult)).ToList();
        return failed.Count > 0 && failed.All(path => path.Attempts != null) ? failed.Max(path => path.Attempts) : null;
    }

    private static Location HeadOf(SyntaxNode syntax) => syntax switch
    {
        WhileStatementSyntax loop => Between(loop.WhileKeyword, loop.CloseParenToken),
        ForStatementSyntax loop => Between(loop.ForKeyword, loop.CloseParenToken),
        DoStatementSyntax loop => loop.DoKeyword.GetLocation(),
        CommonForEachStatementSyntax loop => Between(loop.ForEachKeyword, loop.CloseParenToken),
        _ => syntax.GetLocation(),
    };

    private static Location Between(SyntaxToken first, SyntaxToken last) => Location.Create(first.SyntaxTree!, TextSpan.FromBounds(first.SpanStart, last.Span.End));

    // What a nested function uses is made in the functions around it.
    private static SyntaxNode MemberAround(SyntaxNode function)
    {
        while (FlowGraphs.FunctionAround(function) is { } outer)
            function = outer;
        return function;
    }

    private sealed class Slot
    {
        public ImmutableArray<Cycle>? Cycles { get; set; }
    }
}

using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>Whether a call is made again when it ended with a status: by an answer or an exception that tells of it.</summary>
internal sealed class StatusPaths(PathGraph graph, SyntaxNode call, AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private readonly Dictionary<int, SyntaxNode?> known = [];

    /// <summary>The ways of a cycle; null where it never looks at a status, as most.</summary>
    public static StatusPaths? Of(Cycle cycle, CycleCall call, AgentModel model, SemanticModel semantics, CancellationToken cancellation) =>
        StatusesIn(RegionOf(cycle), model, semantics, cancellation).Any()
        && FlowGraphs.Of(cycle.Function, semantics, cancellation) is { } graph && PathGraph.Of(graph, cancellation) is { } paths
            ? new StatusPaths(paths, call.Call.Syntax, model, semantics, cancellation)
            : null;

    /// <summary>What is run again.</summary>
    public static SyntaxNode RegionOf(Cycle cycle) => cycle.Shape == CycleShape.Loop ? cycle.Syntax : cycle.Function;

    /// <summary>Where code looks at a status, and what the catalogue says of that.</summary>
    public static IEnumerable<(SimpleNameSyntax Name, CatalogueEntry Entry)> StatusesIn(SyntaxNode region, AgentModel model, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var node in region.DescendantNodes())
            if (node is SimpleNameSyntax name && name.Identifier.ValueText.Contains("Status") && model.Find(semantics.GetSymbolInfo(name, cancellation).Symbol, CatalogueRole.StatusCode) is { } entry && !entry.Has("throws"))
                yield return (name, entry);
    }

    /// <summary>Whether the call is made again, on a way where the status is looked at.</summary>
    public bool IsTriedAgain(int status) => TestBefore(status) != null;

    /// <summary>Whether the call is made again after it came back with a status, looked at or not, unless something fails then.</summary>
    public bool GoesOn(int status) => Search(status, isAnyWay: true) != null;

    /// <summary>The condition that last looks at the status on a way from the call back to it; null where there is no such way.</summary>
    public SyntaxNode? TestBefore(int status)
    {
        if (!known.TryGetValue(status, out var test))
            known.Add(status, test = Search(status, isAnyWay: false));
        return test;
    }

    private SyntaxNode? Search(int status, bool isAnyWay)
    {
        var seen = new HashSet<(int Node, SyntaxNode? Test)>();
        var open = new Queue<(int Node, SyntaxNode? Test)>();
        foreach (var node in graph.Nodes)
            if (node.Statements.Any(Calls))
                Follow(node, null);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (number, test) = open.Dequeue();
            var node = graph.Nodes[number];
            if (node.Statements.Any(Calls))
            {
                if (test != null || isAnyWay)
                    return test ?? call;
                continue;
            }

            Follow(node, test);
        }

        return null;

        void Follow(PathNode node, SyntaxNode? test)
        {
            foreach (var edge in node.Next)
            {
                if (edge.Target < 0 || Throws(node, status))
                    continue;
                var seenTest = test;
                if (edge.Outcome is { } outcome)
                {
                    var conditions = new Conditions(model, semantics, new Situation(status), cancellation);
                    if (conditions.Holds(node.Block.BranchValue) is { } holds && holds != outcome)
                        continue;
                    if (conditions.ComparesStatus)
                        seenTest = node.Block.BranchValue!.Syntax;
                }

                Add(edge.Target, seenTest);
            }

            // What an answer said before is not what an exception is about.
            foreach (var handler in node.Handlers)
                if (!isAnyWay)
                    Add(handler, null);
        }

        void Add(int number, SyntaxNode? test)
        {
            if (seen.Add((number, test)))
                open.Enqueue((number, test));
        }
    }

    // Nothing follows in the block of 'response.EnsureSuccessStatusCode()' when the answer is a failure. What stands before the call itself is about an earlier answer.
    private bool Throws(PathNode node, int status)
    {
        var isAfter = !node.Statements.Any(Calls);
        foreach (var statement in node.Statements)
        {
            if (isAfter && status >= 400 && statement.Syntax.DescendantNodesAndSelf().Any(IsCheckThatThrows))
                return true;
            isAfter |= Calls(statement);
        }

        return false;
    }

    private bool IsCheckThatThrows(SyntaxNode node) =>
        node is SimpleNameSyntax name && name.Identifier.ValueText.Contains("Status")
        && model.Find(semantics.GetSymbolInfo(name, cancellation).Symbol, CatalogueRole.StatusCode) is { } entry && entry.Has("throws");

    private bool Calls(IOperation statement) => statement.Syntax.Span.Contains(call.Span) && statement.DescendantsAndSelf().Any(part => part.Syntax == call);
}

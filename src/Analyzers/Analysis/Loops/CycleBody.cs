using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>What is known of the text around a cycle, and asked by its search.</summary>
internal sealed record CycleContext(AgentModel Model, ValueOrigins Origins, RemoteCalls Calls, Waits Waits, NestedWrites Nested, SyntaxNode Function, CancellationToken Cancellation);

/// <summary>What is run again.</summary>
/// <param name="Context">The function.</param>
/// <param name="Graph">The paths of the function.</param>
/// <param name="Nodes">The nodes of the cycle; for a function that calls itself, all from which it does.</param>
/// <param name="Head">Where a turn begins.</param>
/// <param name="Region">The text that is run again.</param>
/// <param name="Recursion">The calls of the function by itself, where they make the cycle.</param>
internal sealed record CycleBody(CycleContext Context, PathGraph Graph, HashSet<int> Nodes, int Head, CycleText Region, SelfCalls? Recursion)
{
    /// <summary>The call in a statement that begins the next turn.</summary>
    public IInvocationOperation? CallAgain(IOperation statement) =>
        Recursion == null ? null : Context.Origins.Parts(statement).OfType<IInvocationOperation>().FirstOrDefault(IsAgain);

    public bool IsAgain(IInvocationOperation call) => Recursion?.IsOne(call) == true;

    /// <summary>The remote work in it, in the order of the text.</summary>
    public ImmutableArray<CycleCall> CallsIn()
    {
        var calls = new Dictionary<SyntaxNode, CycleCall>();
        foreach (var node in Nodes)
            foreach (var statement in Graph.Nodes[node].Statements)
                foreach (var part in Context.Origins.Parts(statement))
                    if (part is IInvocationOperation call && Context.Calls.Of(call) is { } remote && !IsAgain(call))
                        calls[call.Syntax] = remote;
        return [.. calls.Values.OrderBy(call => call.Call.Syntax.SpanStart)];
    }
}

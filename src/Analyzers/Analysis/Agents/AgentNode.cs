using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Agents;

/// <summary>
/// Something that agents reach each other through: a function from which calls lead to a model, or a variable that holds an agent which
/// a factory has made.
/// </summary>
/// <param name="symbol">The function, or the local, field, property or method that holds the agent.</param>
/// <param name="index">Its place in the graph, which is the order of the text.</param>
internal sealed class AgentNode(ISymbol symbol, int index)
{
    public ISymbol Symbol { get; } = symbol;

    public int Index { get; } = index;

    /// <summary>The function; null for an agent in a variable.</summary>
    public IMethodSymbol? Function => IsValue ? null : (IMethodSymbol)Symbol;

    /// <summary>Whether this is an agent that was made by a factory.</summary>
    public bool IsValue { get; init; }

    /// <summary>What messages call it: an agent of the container by its key.</summary>
    public string Name { get; init; } = Witness.NameOf(symbol);

    /// <summary>Whether the function itself asks an agent, and not only a model.</summary>
    public bool AsksAgent { get; set; }

    public MethodRoles Roles { get; init; }

    /// <summary>Where programs are put together and tested: what stands there is no agent, whatever it calls.</summary>
    public bool IsComposition { get; init; }

    /// <summary>The calls of models and foreign agents that the function makes itself and waits for.</summary>
    public List<SyntaxNode> Answers { get; } = [];

    /// <summary>The functions that its model may call, whether or not they lead to a model in turn.</summary>
    public List<IMethodSymbol> Tools { get; } = [];

    /// <summary>What it leads to, in the order of the text.</summary>
    public List<AgentEdge> Edges { get; } = [];

    /// <summary>
    /// Whether every answer is the model's to words that the caller has given, or of a model that the caller has given: a way to a model
    /// that agents share, which is part of whoever uses it.
    /// </summary>
    public bool IsForwarder { get; set; }

    public override string ToString() => Symbol.ToDisplayString();
}

internal enum AgentEdgeKind
{
    Call,

    /// <summary>The model may call it while it answers.</summary>
    Tool,
}

/// <summary>One way from a node to another.</summary>
/// <param name="From">Who calls, or gives its model a tool.</param>
/// <param name="To">What is called.</param>
/// <param name="Site">The expression.</param>
/// <param name="Kind">Whether code or a model makes the call.</param>
/// <param name="Wait">Whether the answer is waited for.</param>
/// <param name="IsOwn">Whether both are one agent: members of one object, or a helper that has no say of its own.</param>
/// <param name="IsStructural">Whether the call goes to another object of the same type that existed before: a decorator's inner one, a node's child.</param>
/// <param name="Callee">The agent as messages name it.</param>
internal sealed record AgentEdge(AgentNode From, AgentNode To, SyntaxNode Site, AgentEdgeKind Kind, Wait Wait, bool IsOwn, bool IsStructural, string Callee)
{
    /// <summary>Request and response.</summary>
    public bool IsAwaited => Wait != Wait.HandsOver;
}

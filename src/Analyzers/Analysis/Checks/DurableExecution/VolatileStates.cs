using AgentLint.Analysis.Calls;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>
/// Finds the state of long-running work that is kept in memory although a broker keeps the messages that drive it. In a program without such a broker
/// the messages are lost together with the state, and nothing is left half done.
/// </summary>
internal sealed class VolatileStates(AgentModel model)
{
    private readonly CatalogueQuery transports = model.Query(entry => entry.Role == CatalogueRole.DurableTransport);
    private object? hasBroker;

    public static VolatileStates Of(AgentModel model) => model.Shared(m => new VolatileStates(m));

    /// <summary>Whether a use sets up such state in a program that has such a broker.</summary>
    public bool IsBesideBroker(CatalogueUse use, SemanticModel semantics, CancellationToken cancellation) =>
        HasBroker(cancellation)
        && !TestPlaces.Of(model, cancellation).Contains(semantics.SyntaxTree)
        && semantics.OperationOf(use.Name, cancellation) is IInvocationOperation or IObjectCreationOperation;

    private bool HasBroker(CancellationToken cancellation)
    {
        if (Volatile.Read(ref hasBroker) is not bool known)
            Volatile.Write(ref hasBroker, known = model.Compilation.SyntaxTrees.Any(tree => transports.In(tree, cancellation).Any()));
        return known;
    }
}

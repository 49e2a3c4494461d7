using AgentLint.Analysis.Sharing;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>A client that every call makes for itself.</summary>
/// <param name="Made">The creation.</param>
/// <param name="Entry">What the catalogue says of it.</param>
/// <param name="IsDisposed">Whether the function ends it.</param>
/// <param name="Entrance">From where the function is reached.</param>
internal sealed record ClientPerCall(IOperation Made, CatalogueEntry Entry, bool IsDisposed, Entrance Entrance);

/// <summary>
/// Finds clients that hold sockets, a connection or a process, and that a function makes each time it runs, uses and forgets. A client that is kept, handed on,
/// given back or made once for a program is not reported.
/// </summary>
internal sealed class ClientsPerCall(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    /// <summary>The clients of the file that are made for one call, neither kept nor made once.</summary>
    public IEnumerable<ClientPerCall> In()
    {
        var made = new Creations(model, Makes).In(semantics, cancellation).Select(found => (Operation: (IOperation)found.Creation, found.Entry)).ToList();
        foreach (var use in model.Query(Makes).In(semantics.SyntaxTree, cancellation))
            if (semantics.OperationOf(use.Name, cancellation) is IInvocationOperation call)
                made.Add((call, use.Entry));
        foreach (var (operation, entry) in made.OrderBy(found => found.Operation.Syntax.SpanStart))
            if (At(operation, entry) is { } client)
                yield return client;
    }

    private static bool Makes(CatalogueEntry entry) => entry.Role == CatalogueRole.CostlyClient;

    private ClientPerCall? At(IOperation operation, CatalogueEntry entry) =>
        !IsShared(operation, entry) && new MadePerCall(model, semantics, cancellation).At(operation) is { } use ? new ClientPerCall(operation, entry, use.IsDisposed, use.Entrance) : null;

    // new HttpClient(handler): a handler that is kept elsewhere has the sockets.
    private static bool IsShared(IOperation made, CatalogueEntry entry) =>
        entry["shared"] is { } parameter
        && (made as IObjectCreationOperation)?.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value.Unwrap() is { } handler
        && handler is not IObjectCreationOperation;
}

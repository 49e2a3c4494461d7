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
/// <param name="IsDisposed">Whether the function, or the object that keeps it, ends it.</param>
/// <param name="Entrance">From where the function is reached; null where an object keeps the client that is itself made anew.</param>
internal sealed record ClientPerCall(IOperation Made, CatalogueEntry Entry, bool IsDisposed, Entrance? Entrance)
{
    /// <summary>The type of the objects that are made anew and keep a client each; null where a function makes it.</summary>
    public INamedTypeSymbol? Holder { get; init; }
}

/// <summary>
/// Finds clients that hold sockets, a connection or a process, and that a function makes each time it runs, uses and forgets. A client that is kept, handed on,
/// given back or made once for a program is not reported; one that is kept by an object which the container makes anew for each request is.
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
        IsShared(operation, entry) ? null
        : new MadePerCall(model, semantics, cancellation).At(operation) is { } use ? entry.IsOfBaseLibrary && NeverSends(operation, use) ? null : new ClientPerCall(operation, entry, use.IsDisposed, use.Entrance)
        : HolderOf(operation) is { } holder && Entrances.Of(model).RunsSeveral(cancellation) && Lifetimes.Of(model).AreMadeAnew(holder, cancellation)
            ? new ClientPerCall(operation, entry, holder.AllInterfaces.Any(one => one.Name is "IDisposable" or "IAsyncDisposable"), null) { Holder = holder }
        : null;

    // An HTTP client opens its first connection when it sends.
    private bool NeverSends(IOperation made, UsePerCall use) =>
        use is { IsDisposed: true, Local: { } local }
        && !made.Top().Descendants().OfType<IInvocationOperation>().Any(call =>
            call.Receiver()?.Unwrap() is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local)
            && (call.Type.IsTask() || model.EntriesOf(call.TargetMethod).Any(RoleQuestions.IsRemoteCall)));

    // A constructor, or the member's initializer, puts it into an object of its own type.
    private static INamedTypeSymbol? HolderOf(IOperation made)
    {
        var (value, parent) = (made, made.Parent);
        while (parent is IConversionOperation or IParenthesizedOperation or IAwaitOperation)
            (value, parent) = (parent, parent.Parent);
        return parent switch
        {
            IFieldInitializerOperation { InitializedFields: { Length: 1 } fields } when !fields[0].IsStatic => fields[0].ContainingType,
            IPropertyInitializerOperation { InitializedProperties: { Length: 1 } properties } when !properties[0].IsStatic => properties[0].ContainingType,
            ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member: { } member } } assignment
                when assignment.Value == value && assignment.Top() is IConstructorBodyOperation => member.ContainingType,
            _ => null,
        };
    }

    // new HttpClient(handler): a handler that is kept elsewhere has the sockets.
    private static bool IsShared(IOperation made, CatalogueEntry entry) =>
        entry["shared"] is { } parameter
        && (made as IObjectCreationOperation)?.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value.Unwrap() is { } handler
        && handler is not IObjectCreationOperation;
}

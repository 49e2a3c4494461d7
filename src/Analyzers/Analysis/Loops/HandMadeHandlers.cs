using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// Handlers that a program puts around an HTTP client with its own hands: <c>new HttpClient(new Again(new HttpClientHandler()))</c>, also below the client of an SDK.
/// </summary>
internal sealed class HandMadeHandlers(AgentModel model, CancellationToken cancellation)
{
    private const int MaxNesting = 8;

    /// <summary>The classes of handlers below a client that the program makes, the outermost first.</summary>
    public IReadOnlyList<INamedTypeSymbol> Below(IOperation? client)
    {
        var found = new List<INamedTypeSymbol>();
        Collect(client, found, [], 0);
        return found;
    }

    private void Collect(IOperation? value, List<INamedTypeSymbol> found, HashSet<SyntaxNode> seen, int nesting)
    {
        if (value == null || nesting > MaxNesting)
            return;
        foreach (var source in new ValueSources(model, cancellation).Of(value))
            switch (source)
            {
                case IObjectCreationOperation { Type: INamedTypeSymbol type } creation when seen.Add(creation.Syntax):
                    if (IsHandler(type) && model.Declares(type) && !found.Contains(type.OriginalDefinition, SymbolEqualityComparer.Default))
                        found.Add(type.OriginalDefinition);
                    // The handler within a handler, a client's handler, an option's transport.
                    foreach (var part in creation.Arguments.Select(argument => argument.Value).Concat(creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>().Select(set => set.Value) ?? []))
                        if (MayHold(part.Unwrap().Type))
                            Collect(part, found, seen, nesting + 1);
                    break;
                // client.GetChatClient("m"), client.AsIChatClient()
                case IInvocationOperation made when seen.Add(made.Syntax) && made.Receiver() is { } from:
                    Collect(from, found, seen, nesting + 1);
                    break;
            }
    }

    private bool MayHold(ITypeSymbol? type) =>
        type is INamedTypeSymbol named
        && (IsHandler(named) || IsNamed(named, "HttpClient") || IsNamed(named, "HttpMessageInvoker") || model.Is(named, CatalogueRole.SdkRetry) || model.Is(named, CatalogueRole.ModelClient)
            || IsOfTransport(named) || HasTransport(named));

    private bool IsOfTransport(INamedTypeSymbol type) =>
        type.InstanceConstructors.Any(constructor => model.Find(constructor, CatalogueRole.RetryTransport) != null) || IsNamed(type, "PipelineTransport") || IsNamed(type, "HttpPipelineTransport");

    // The options of a client: what they are called differs, that they hold a transport does not.
    private static bool HasTransport(INamedTypeSymbol type)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            if (!t.GetMembers("Transport").IsEmpty)
                return true;
        return false;
    }

    private static bool IsHandler(INamedTypeSymbol type)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            if (IsNamed(t, "HttpMessageHandler"))
                return true;
        return false;
    }

    private static bool IsNamed(INamedTypeSymbol type, string name) => type.Name == name && type.ContainingNamespace is { Name: "Http" or "Primitives" or "Pipeline" };
}

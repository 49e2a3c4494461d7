using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Calls;

/// <summary>
/// Mediators and in-process buses: which handler runs for what is sent, by the type of the message, and who sends what a handler takes. A message whose
/// type the source does not show goes nowhere.
/// </summary>
internal sealed class Dispatch(AgentModel model)
{
    private static readonly ImmutableArray<IMethodSymbol> None = [];

    private readonly ConcurrentDictionary<(INamedTypeSymbol Message, CatalogueEntry Entry), ImmutableArray<IMethodSymbol>> handlers = new(new KeyComparer());
    private readonly Once<IReadOnlyList<(SimpleNameSyntax Name, ImmutableArray<IMethodSymbol> Handlers)>> sends = new();
    private readonly bool isUsed = model.Catalogue.Of(CatalogueRole.Dispatch).Any(model.IsPresent);

    public static Dispatch Of(AgentModel model) => model.Shared(m => new Dispatch(m));

    /// <summary>The handlers that a call hands its argument to.</summary>
    public ImmutableArray<IMethodSymbol> HandlersOf(IInvocationOperation call) =>
        isUsed && model.Find(call.TargetMethod, CatalogueRole.Dispatch) is { } entry && MessageOf(call, entry) is { } message
            ? handlers.GetOrAdd((message, entry), key => Find(key.Message, key.Entry))
            : None;

    /// <summary>The names of the calls that hand something to a handler.</summary>
    public IEnumerable<SimpleNameSyntax> SendersOf(IMethodSymbol handler, CancellationToken cancellation) =>
        isUsed
            ? sends.Get(() => ReadSends(cancellation)).Where(send => send.Handlers.Contains(handler, SymbolEqualityComparer.Default)).Select(send => send.Name)
            : [];

    private static INamedTypeSymbol? MessageOf(IInvocationOperation call, CatalogueEntry entry) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture) == entry["argument"])?.Value.Unwrap().Type
            is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, SpecialType: SpecialType.None } message
            ? message
            : null;

    private ImmutableArray<IMethodSymbol> Find(INamedTypeSymbol message, CatalogueEntry entry)
    {
        var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
        if (entry.Has("convention"))
            found.AddRange(ByName(message));
        foreach (var name in entry.List("handlers"))
            foreach (var type in model.Compilation.GetTypesByMetadataName(name))
                found.AddRange(ByInterface(message, type));
        // One of several handlers runs; which one is not said here.
        return entry.Has("all") || found.Count <= 1 ? found.ToImmutable() : None;
    }

    // class Pay : IRequestHandler<PayOrder, Receipt>
    private IEnumerable<IMethodSymbol> ByInterface(INamedTypeSymbol message, INamedTypeSymbol handler)
    {
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var (name, declaration) in TypeTexts.Of(tree, CancellationToken.None).Derived)
                if (name == handler.Name && model.SemanticsOf(tree).GetDeclaredSymbol(declaration) is INamedTypeSymbol { IsAbstract: false } type)
                    foreach (var implemented in type.AllInterfaces)
                        if (SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, handler)
                            && SymbolEqualityComparer.Default.Equals(implemented.TypeArguments.FirstOrDefault(), message))
                            foreach (var member in implemented.GetMembers().OfType<IMethodSymbol>())
                                if (type.FindImplementationForInterfaceMember(member) is IMethodSymbol { IsAbstract: false } method && MethodBodies.HasSource(method, model))
                                    yield return method.Implementation();
        foreach (var type in ForeignFacts.Of(model).TypesBehind(handler, CancellationToken.None))
            foreach (var implemented in type.AllInterfaces)
                if (SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, handler) && SymbolEqualityComparer.Default.Equals(implemented.TypeArguments.FirstOrDefault(), message))
                    foreach (var member in implemented.GetMembers().OfType<IMethodSymbol>())
                        if (type.FindImplementationForInterfaceMember(member) is IMethodSymbol { IsAbstract: false } method && ForeignFacts.Of(model).Tell(method, CancellationToken.None))
                            yield return method.OriginalDefinition;
    }

    private IEnumerable<IMethodSymbol> ByName(INamedTypeSymbol message)
    {
        foreach (var tree in model.Compilation.SyntaxTrees)
            if (NameIndex.Of(tree, CancellationToken.None).Mentions(message.Name))
                foreach (var node in tree.GetRoot().Declarations())
                    if (node is MethodDeclarationSyntax { ParameterList.Parameters: { Count: > 0 } parameters } declaration
                        && parameters[0].Type?.SimpleName() == message.Name
                        && model.SemanticsOf(tree).GetDeclaredSymbol((SyntaxNode)declaration) is IMethodSymbol method
                        && MethodRoleReader.IsFoundByName(model, method)
                        && SymbolEqualityComparer.Default.Equals(method.Parameters[0].Type, message))
                        yield return method.Implementation();
    }

    private List<(SimpleNameSyntax Name, ImmutableArray<IMethodSymbol> Handlers)> ReadSends(CancellationToken cancellation)
    {
        var found = new List<(SimpleNameSyntax, ImmutableArray<IMethodSymbol>)>();
        var query = model.Query(entry => entry.Role == CatalogueRole.Dispatch);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation call && HandlersOf(call) is { IsEmpty: false } all)
                    found.Add((use.Name, all));
        return found;
    }

    private sealed class KeyComparer : IEqualityComparer<(INamedTypeSymbol Message, CatalogueEntry Entry)>
    {
        public bool Equals((INamedTypeSymbol Message, CatalogueEntry Entry) x, (INamedTypeSymbol Message, CatalogueEntry Entry) y) =>
            x.Entry == y.Entry && SymbolEqualityComparer.Default.Equals(x.Message, y.Message);

        public int GetHashCode((INamedTypeSymbol Message, CatalogueEntry Entry) key) =>
            SymbolEqualityComparer.Default.GetHashCode(key.Message) * 31 + key.Entry.GetHashCode();
    }
}

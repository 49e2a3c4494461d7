using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>Requests without a key that are sent through HTTP clients around which a program puts a retry for all verbs.</summary>
internal sealed class ClientWrites
{
    private readonly List<(HttpHandler Handler, Write Write, IMethodSymbol Method)> all = [];

    private ClientWrites(AgentModel model, int depth, CancellationToken cancellation)
    {
        var scopes = RetryRegions.Of(model, depth, cancellation);
        if (scopes.Handlers.IsEmpty)
            return;
        var seen = new HashSet<(SimpleNameSyntax, SyntaxNode)>();
        foreach (var handler in scopes.Handlers.All)
        {
            if (handler.Removes || !Repeats(handler, scopes) || !IsInForce(handler, scopes) || LooksAtVerb(handler, scopes, cancellation))
                continue;
            foreach (var method in MethodsOf(handler, model, cancellation))
                foreach (var write in UnkeyedWrites.Of(model).In(method, depth, cancellation))
                    if (write.Effect is { Entry: var entry, Witness.Beyond: null } && entry["kind"] == "http" && IsSentThrough(handler, write, scopes, model, cancellation) && !AddsKey(handler, scopes, model, cancellation) && seen.Add((handler.Name, write.Effect.Witness.Steps[0].Site)))
                        all.Add((handler, write, method));
        }

        Handlers = [.. all.Select(found => found.Handler).GroupBy(handler => handler.Name).Select(same => same.First())];
    }

    /// <summary>The retries around such requests.</summary>
    public IReadOnlyList<HttpHandler> Handlers { get; } = [];

    public static ClientWrites Of(AgentModel model, int depth, CancellationToken cancellation) =>
        model.Shared(_ => new Slots()).ByDepth.GetOrAdd(depth, _ => new Once<ClientWrites>()).Get(() => new ClientWrites(model, depth, cancellation));

    /// <summary>The requests that a retry sends again.</summary>
    public IEnumerable<(Write Write, IMethodSymbol Method)> Of(HttpHandler handler) =>
        all.Where(found => found.Handler.Name == handler.Name).Select(found => (found.Write, found.Method));

    private static bool Repeats(HttpHandler handler, RetryRegions scopes) =>
        handler.Layers.Any(layer => !layer.ReadsOnly) || (handler.Handler is { } own && scopes.In(own).Any(scope => scope.Layers.Any(layer => !layer.ReadsOnly)));

    private static bool IsInForce(HttpHandler handler, RetryRegions scopes) =>
        (handler.Client is { } client ? scopes.Handlers.Around(client) : [.. scopes.Handlers.OfAllClients(handler.Function)]).Contains(handler);

    // DisableForUnsafeHttpMethods(), or a condition of one's own on the verb. What a statement says of another handler is not said of this one.
    private static bool LooksAtVerb(HttpHandler handler, RetryRegions scopes, CancellationToken cancellation)
    {
        var statement = handler.Name.FirstAncestorOrSelf<StatementSyntax>();
        var others = scopes.Handlers.All.Select(other => other.Name.FirstAncestorOrSelf<StatementSyntax>()).Where(other => other != statement).ToImmutableHashSet<SyntaxNode?>();
        return handler.Layers.Select(layer => (SyntaxNode?)layer.Site?.FirstAncestorOrSelf<MemberDeclarationSyntax>()).Append(statement)
            .Concat(handler.Handler?.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)) ?? [])
            .OfType<SyntaxNode>().Distinct()
            .Any(code => scopes.Handlers.LooksAtVerb(code, node => !others.Contains(node)));
    }

    private static IEnumerable<IMethodSymbol> MethodsOf(HttpHandler handler, AgentModel model, CancellationToken cancellation)
    {
        switch (handler.Client)
        {
            // What a library implements is called by others.
            case INamedTypeSymbol { TypeKind: TypeKind.Interface } type:
                return (from method in type.GetMembers().OfType<IMethodSymbol>()
                        where model.EntriesOf(method).Any(UnkeyedWrites.MayBe)
                        from use in CallerIndex.Of(model, cancellation).UsesOf(method, cancellation)
                        from caller in Enumerable.Repeat(FunctionAround(use.Syntax, model, cancellation), 1).OfType<IMethodSymbol>()
                        select caller).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default);
            case INamedTypeSymbol type:
                return MethodsOf(type, model);
            case string name:
                return UsersOfMade(given => given == name, model, cancellation);
            default:
                var typed = model.Query(entry => entry.Role == CatalogueRole.HttpClient && !entry.Has("creates") && !entry.Has("defaults"));
                return (from tree in model.Compilation.SyntaxTrees
                        from use in typed.In(tree, cancellation)
                        let client = (use.Symbol as IMethodSymbol)?.TypeArguments.LastOrDefault() as INamedTypeSymbol
                        where client != null
                        from method in MethodsOf(client, model)
                        select method).Concat(UsersOfMade(given => given != null, model, cancellation)).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default);
        }
    }

    // The methods of the types that have a factory make a client of some name.
    private static IEnumerable<IMethodSymbol> UsersOfMade(Func<string?, bool> isMeant, AgentModel model, CancellationToken cancellation)
    {
        var query = model.Query(entry => entry.Role == CatalogueRole.HttpClient && entry.Has("creates"));
        return (from tree in model.Compilation.SyntaxTrees
                from use in query.In(tree, cancellation)
                where model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation made && isMeant(HttpHandlers.NameOfMade(made))
                from type in Enumerable.Repeat(model.SemanticsOf(tree).GetEnclosingSymbol(use.Name.SpanStart, cancellation)?.ContainingType, 1).OfType<INamedTypeSymbol>()
                from method in MethodsOf(type, model)
                select method).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default);
    }

    private static IMethodSymbol? FunctionAround(SyntaxNode place, AgentModel model, CancellationToken cancellation)
    {
        var symbol = model.SemanticsOf(place.SyntaxTree).GetEnclosingSymbol(place.SpanStart, cancellation);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
            symbol = symbol.ContainingSymbol;
        return symbol as IMethodSymbol;
    }

    // What others call; what these call is reached from them.
    private static IEnumerable<IMethodSymbol> MethodsOf(INamedTypeSymbol type, AgentModel model) =>
        model.Declares(type)
            ? type.GetMembers().OfType<IMethodSymbol>().Where(method => method is { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation, IsAbstract: false, IsImplicitlyDeclared: false } && (method.DeclaredAccessibility is not Accessibility.Private || !method.ExplicitInterfaceImplementations.IsEmpty))
            : [];

    // A type's own client may come from its base; a handler of all clients is around each that the container makes.
    private static bool IsSentThrough(HttpHandler handler, Write write, RetryRegions scopes, AgentModel model, CancellationToken cancellation)
    {
        var last = write.Effect.Witness.Steps[write.Effect.Witness.Steps.Length - 1].Site;
        if (model.SemanticsOf(last.SyntaxTree).GetOperation(last, cancellation) is not IInvocationOperation call || scopes.Handlers.ClientBehind(call) is not { } client)
            return false;
        if (handler.Client is not INamedTypeSymbol type)
            return handler.Client == null ? scopes.Handlers.Around(client).Contains(handler) : Equals(handler.Client, client);
        for (var t = type; t != null; t = t.BaseType)
            if (SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, client as ISymbol))
                return true;
        return false;
    }

    // A handler of the program's own that gives each request its key stands outside the retries.
    private static bool AddsKey(HttpHandler handler, RetryRegions scopes, AgentModel model, CancellationToken cancellation) =>
        handler.Client is { } client
        && scopes.Handlers.Around(client).Any(other => other.Handler is { } own && own.DeclaringSyntaxReferences.Any(reference => OperationKeys.Of(model).SetsHeader(reference.GetSyntax(cancellation), ofClient: false, cancellation)));

    private sealed class Slots
    {
        public ConcurrentDictionary<int, Once<ClientWrites>> ByDepth { get; } = new();
    }
}

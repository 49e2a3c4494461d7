using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>A handler that a program puts around an HTTP client.</summary>
/// <param name="Client">The type or name of the client; null for all clients of the container.</param>
/// <param name="Layers">What it retries, the outermost first.</param>
/// <param name="Handler">The class of a handler of the program's own.</param>
/// <param name="Name">The name of the call.</param>
/// <param name="Removes">Whether the call takes away what was there before.</param>
/// <param name="Function">The member that the call stands in: another one may set up another container.</param>
internal sealed record HttpHandler(object? Client, IReadOnlyList<RetryLayer> Layers, INamedTypeSymbol? Handler, SimpleNameSyntax Name, bool Removes, SyntaxNode Function);

/// <summary>What is configured around the HTTP clients of a program: typed, named, and all of them.</summary>
internal sealed class HttpHandlers(AgentModel model, RetryPolicies policies, CancellationToken cancellation)
{
    private readonly Found found = model.Shared(m => new Found(m));

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<HttpHandler> All => found.Handlers.Get(() => [.. model.Compilation.SyntaxTrees.SelectMany(Read)]);

    public bool IsEmpty => All.Count == 0;

    /// <summary>Those that a file puts around clients, in the order of the text. A file that mentions none costs nothing.</summary>
    public IEnumerable<HttpHandler> In(SyntaxTree tree) =>
        found.Candidates.IsMentionedIn(tree, cancellation) ? All.Where(handler => handler.Name.SyntaxTree == tree) : [];

    /// <summary>The handlers around a client, the outermost first: those of all clients, then its own.</summary>
    public IReadOnlyList<HttpHandler> Around(object client)
    {
        var own = All.Where(handler => handler.Client != null && IsSame(handler.Client, client)).ToList();
        // Two places that configure the same client are two programs, or one of them replaces the other.
        if (own.Select(handler => handler.Function).Distinct().Skip(1).Any())
            return [];
        var around = OfAllClients(own.FirstOrDefault()?.Function).ToList();
        foreach (var handler in own)
            if (handler.Removes)
                around.Clear();
            else
                around.Add(handler);
        around.RemoveAll(handler => handler.Removes);
        return around;
    }

    /// <summary>The handlers around all clients of the container that a member sets up; of the only one, where the member sets up none.</summary>
    public IEnumerable<HttpHandler> OfAllClients(SyntaxNode? function)
    {
        var all = All.Where(handler => handler.Client == null).ToList();
        return all.Select(handler => handler.Function).Distinct().Skip(1).Any() ? all.Where(handler => handler.Function == function) : all;
    }

    /// <summary>The client that an HTTP call goes through: the type that it is written for, or the name that it is made by.</summary>
    public object? ClientBehind(IInvocationOperation call)
    {
        // What a library implements from its declaration is its own client.
        if (call.TargetMethod is { IsAbstract: true, ContainingType: { TypeKind: TypeKind.Interface } declared } && model.Find(call.TargetMethod, CatalogueRole.HttpCall) != null)
            return declared.OriginalDefinition;
        foreach (var source in new ValueSources(model, cancellation).Of(call.Receiver()))
            switch (source)
            {
                case IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: { } type } }:
                    return type.OriginalDefinition;
                case IInvocationOperation made when model.Find(made.TargetMethod, CatalogueRole.HttpClient)?.Has("creates") == true:
                    return NameOfMade(made);
            }

        return null;
    }

    /// <summary>The name of the client that a factory makes; null where it is not known. A client without a name has the name of the default options.</summary>
    public static string? NameOfMade(IInvocationOperation made) =>
        made.Arguments.All(argument => argument.Value == made.Receiver()) ? "" : NameIn(made) as string;

    /// <summary>Whether code looks at the verb of a request, or switches a retry off for some.</summary>
    public bool LooksAtVerb(SyntaxNode code, Func<SyntaxNode, bool>? enters = null) =>
        code.DescendantNodes(enters).OfType<IdentifierNameSyntax>().Any(IsAboutVerb);

    private bool IsAboutVerb(IdentifierNameSyntax name) =>
        model.Catalogue.MembersNamed(name.Identifier.ValueText).Any(IsAboutVerb)
        && model.SemanticsOf(name.SyntaxTree).GetSymbolInfo(name, cancellation).Symbol is { } symbol
        && model.EntriesOf(symbol).Any(IsAboutVerb);

    private static bool IsAboutVerb(CatalogueEntry entry) =>
        entry.Role == CatalogueRole.RequestVerb || (entry.Role == CatalogueRole.RetryOff && entry["verbs"] == "unsafe");

    private IEnumerable<HttpHandler> Read(SyntaxTree tree)
    {
        foreach (var use in found.Candidates.In(tree, cancellation))
            if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation call && ClientsOf(call) is { } clients)
                foreach (var client in clients)
                    yield return new HttpHandler(client, LayersOf(call, use.Entry), HandlerOf(call, use.Entry), use.Name, use.Entry.Role == CatalogueRole.RetryOff, FunctionAround(use.Name));
    }

    private static SyntaxNode FunctionAround(SyntaxNode node) =>
        node.AncestorsAndSelf().FirstOrDefault(n => n is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? node.SyntaxTree.GetRoot();

    private static bool IsSame(object one, object other) =>
        one is ISymbol symbol ? SymbolEqualityComparer.Default.Equals(symbol, other as ISymbol) : Equals(one, other);

    // The clients that a chain of calls configures; null where it is a helper's builder, which may be any client's.
    private IReadOnlyList<object?>? ClientsOf(IInvocationOperation call)
    {
        var receiver = call.Receiver();
        for (var steps = 0; receiver != null && steps < 64; steps++)
            switch (receiver.Unwrap())
            {
                case IInvocationOperation link when model.Find(link.TargetMethod, CatalogueRole.HttpClient) is { } entry:
                    return entry.Has("defaults") ? [null] : [.. Keys(link)];
                case IInvocationOperation link:
                    receiver = link.Receiver();
                    break;
                case ILocalReferenceOperation { Local: var local } reference when reference.SemanticModel is { } semantics:
                    receiver = local.InitializerOf(semantics, cancellation);
                    break;
                case IParameterReferenceOperation { Parameter: var parameter } reference when CallAround(parameter, reference) is { } around && model.Find(around.TargetMethod, CatalogueRole.HttpClient)?.Has("defaults") == true:
                    return [null];
                default:
                    return null;
            }

        return null;
    }

    // AddHttpClient<IClient, Client>("name")
    private static IEnumerable<object?> Keys(IInvocationOperation add)
    {
        switch (add.TargetMethod.TypeArguments.LastOrDefault())
        {
            case INamedTypeSymbol typed:
                yield return typed.OriginalDefinition;
                break;
            case ITypeParameterSymbol parameter:
                foreach (var typed in GivenFor(parameter, add))
                    yield return typed;
                break;
        }

        if (NameIn(add) is { } name)
            yield return name;
    }

    // What the calls in the same member give a helper's type parameter: void Add<T>() => services.AddHttpClient<T>();
    private static IEnumerable<INamedTypeSymbol> GivenFor(ITypeParameterSymbol parameter, IOperation place)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol helper || place.SemanticModel is not { } semantics)
            return [];
        var code = helper.MethodKind == MethodKind.LocalFunction ? FunctionAround(place.Syntax) : place.Syntax.FirstAncestorOrSelf<TypeDeclarationSyntax>();
        return (code?.DescendantNodes().OfType<GenericNameSyntax>() ?? [])
            .Where(name => name.Identifier.ValueText == helper.Name)
            .Select(name => semantics.GetSymbolInfo(name).Symbol)
            .OfType<IMethodSymbol>()
            .Where(called => SymbolEqualityComparer.Default.Equals((called.ReducedFrom ?? called).OriginalDefinition, helper.OriginalDefinition))
            .Select(called => called.TypeArguments.ElementAtOrDefault(parameter.Ordinal))
            .OfType<INamedTypeSymbol>()
            .Select(type => type.OriginalDefinition)
            .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default);
    }

    private static object? NameIn(IInvocationOperation call) =>
        call.Arguments.Select(a => a.Value.ConstantValue).FirstOrDefault(constant => constant is { HasValue: true, Value: string }).Value;

    private static IInvocationOperation? CallAround(IParameterSymbol parameter, IOperation reference)
    {
        for (var around = reference.Parent; around != null; around = around.Parent)
            if (around is IAnonymousFunctionOperation lambda && SymbolEqualityComparer.Default.Equals(lambda.Symbol, parameter.ContainingSymbol))
            {
                IOperation? argument = lambda.Parent;
                while (argument is IConversionOperation or IDelegateCreationOperation)
                    argument = argument.Parent;
                return (argument as IArgumentOperation)?.Parent as IInvocationOperation;
            }

        return null;
    }

    private IReadOnlyList<RetryLayer> LayersOf(IInvocationOperation call, CatalogueEntry entry)
    {
        if (entry.Role == CatalogueRole.RetryOff)
            return [];
        if (entry.Has("attempts"))
        {
            var settings = RetrySettings.Of(call, entry, model, cancellation);
            var readsOnly = LooksAtVerb(call.Syntax.FirstAncestorOrSelf<StatementSyntax>() ?? call.Syntax);
            return settings.Retries == 0 ? [] : [new RetryLayer(entry["layer"] ?? Witness.NameOf(call.TargetMethod), settings.Tries, call.Syntax, readsOnly)];
        }

        var layers = new List<RetryLayer>();
        foreach (var argument in call.Arguments)
        {
            if (argument.Value == call.Receiver())
                continue;
            var value = argument.Value.Unwrap();
            if (value is not IAnonymousFunctionOperation configuration)
            {
                layers.AddRange(policies.Of(value));
                continue;
            }

            policies.CollectAdded(configuration, layers);
            foreach (var returned in ValueSources.ReturnedIn(configuration.Body))
                foreach (var layer in policies.Of(returned))
                    if (layers.All(known => known.Site != layer.Site))
                        layers.Add(layer);
        }

        return layers;
    }

    // AddHttpMessageHandler<Handler>(), AddHttpMessageHandler(() => new Handler())
    private INamedTypeSymbol? HandlerOf(IInvocationOperation call, CatalogueEntry entry)
    {
        if (entry.Role == CatalogueRole.RetryOff)
            return null;
        if (call.TargetMethod.TypeArguments.FirstOrDefault() is INamedTypeSymbol handler && model.Declares(handler))
            return handler.OriginalDefinition;
        foreach (var lambda in call.Arguments.Select(a => a.Value.Unwrap()).OfType<IAnonymousFunctionOperation>())
            foreach (var made in ValueSources.ReturnedIn(lambda.Body))
                if (made.Unwrap().Type is INamedTypeSymbol type && model.Declares(type))
                    return type.OriginalDefinition;
        return null;
    }

    private sealed class Found(AgentModel model)
    {
        public CatalogueQuery Candidates { get; } =
            model.Query(entry => (entry.Role == CatalogueRole.Retry && entry.Has("handler")) || entry is { Role: CatalogueRole.RetryOff } && entry["verbs"] == "all");

        public Once<IReadOnlyList<HttpHandler>> Handlers { get; } = new();
    }
}

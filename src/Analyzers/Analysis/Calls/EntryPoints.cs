using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Calls;

/// <summary>A function that something else than the program's own calls runs.</summary>
/// <param name="Function">The method, local function or lambda.</param>
/// <param name="Roles">What it is to the model, engine, broker or host that runs it.</param>
internal readonly record struct EntryPoint(IMethodSymbol Function, MethodRoles Roles);

/// <summary>
/// The functions of a program that models, engines, brokers, schedules and hosts run, and which of the request handlers are webhooks: a service that
/// sends an event sends it again until it is answered, so that a webhook runs at least once, as a consumer does.
/// </summary>
internal sealed class EntryPoints(AgentModel model)
{
    private readonly ConcurrentDictionary<IMethodSymbol, bool> webhooks = new(SymbolEqualityComparer.Default);
    private readonly ImmutableHashSet<string> words = model.Catalogue.Of(CatalogueRole.WebhookWord)
        .Select(entry => entry.Type).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);

    private readonly NameSet parameterTypes = new(model.Catalogue.Of(CatalogueRole.ConsumerParameter).Where(model.IsPresent).Select(entry => entry.SimpleTypeName));

    public static EntryPoints Of(AgentModel model) => model.Shared(m => new EntryPoints(m));

    /// <summary>Those of a file, in the order of the text.</summary>
    public IReadOnlyList<EntryPoint> In(SemanticModel semantics, CancellationToken cancellation)
    {
        var found = new Dictionary<IMethodSymbol, MethodRoles>(SymbolEqualityComparer.Default);
        var registered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var registration in model.RoleRegistrations(cancellation))
            if (registration.Method is { } method)
            {
                registered.Add(method.Name);
                if (!method.IsAbstract && StandsIn(method, semantics.SyntaxTree))
                    found[method] = (found.TryGetValue(method, out var roles) ? roles : MethodRoles.None) | registration.Role;
            }

        var takesMessages = NameIndex.Of(semantics.SyntaxTree, cancellation).MentionsAny(parameterTypes);
        foreach (var node in semantics.SyntaxTree.GetRoot(cancellation).Declarations())
            if (node is MethodDeclarationSyntax { Parent: TypeDeclarationSyntax type } declaration
                && (takesMessages || MayHaveRole(declaration, type) || registered.Contains(declaration.Identifier.ValueText))
                && semantics.GetDeclaredSymbol(declaration, cancellation) is IMethodSymbol { IsAbstract: false } method
                && (model.RolesOf(method, cancellation) & MethodRoles.Root) is var roles and not MethodRoles.None)
                found[method] = roles;
        return [.. found.Select(one => new EntryPoint(one.Key, one.Value)).OrderBy(entry => entry.Function.DeclaringSyntaxReferences[0].Span.Start)];
    }

    /// <summary>
    /// Whether a request handler is a webhook: it checks the sender's signature, takes an event of a service that is known to send such, or its route
    /// says so. One that answers GET is not a webhook: the service asks it for the address before it sends anything there.
    /// </summary>
    public bool IsWebhook(IMethodSymbol handler, int depth, CancellationToken cancellation) =>
        webhooks.TryGetValue(handler, out var known) ? known : webhooks.GetOrAdd(handler, ReadWebhook(handler, depth, cancellation));

    private bool ReadWebhook(IMethodSymbol handler, int depth, CancellationToken cancellation)
    {
        if (IsAsked(handler, cancellation))
            return false;
        if (handler.Parameters.Any(parameter => model.Is(parameter.Type, CatalogueRole.WebhookType))
            || (IsRoutedAsWebhook(handler, cancellation) && !IsOfManagedResource(handler, cancellation)))
            return true;
        var checks = EffectSummaries.Of(model).Of(handler, depth, cancellation).Effects.Where(effect => effect.Entry.Role == CatalogueRole.WebhookCheck).ToList();
        // A code is also made to sign a request; that it is compared shows that one is checked.
        return checks.Any(check => check.Entry["part"] == null)
            || (checks.Any(check => check.Entry["part"] == "code") && checks.Any(check => check.Entry["part"] == "comparison"));
    }

    private bool IsRoutedAsWebhook(IMethodSymbol handler, CancellationToken cancellation) =>
        RoutesOf(handler, cancellation).Any(route => WordsOf(route).Any(words.Contains));

    // POST api/webhooks beside DELETE api/webhooks/{id}: users of the program register webhooks there, and no service sends events to it.
    private bool IsOfManagedResource(IMethodSymbol handler, CancellationToken cancellation) =>
        handler is { MethodKind: MethodKind.Ordinary, ContainingType: { } type }
        && type.GetMembers().OfType<IMethodSymbol>().Any(other =>
            AttributesOf(other).Any(entry => entry.Attribute == CatalogueRole.HandlerAttribute && entry.Verb is "PUT" or "DELETE")
            && IsRoutedAsWebhook(other, cancellation));

    private bool IsAsked(IMethodSymbol handler, CancellationToken cancellation) =>
        AttributesOf(handler).Any(entry => entry.Attribute == CatalogueRole.HandlerAttribute && entry.Verb == "GET")
        || (MappedBy(handler, cancellation) is { } call && VerbOf(call) == "GET");

    private IEnumerable<(CatalogueRole Attribute, string? Verb)> AttributesOf(IMethodSymbol handler) =>
        from attribute in handler.GetAttributes()
        where attribute.AttributeClass != null
        from entry in model.EntriesOf(attribute.AttributeClass!)
        select (entry.Role, entry["verb"]);

    private string? VerbOf(IInvocationOperation call) => model.Find(call.TargetMethod, CatalogueRole.HandlerFactory)?["verb"];

    // The call that maps a route to the handler.
    private IInvocationOperation? MappedBy(IMethodSymbol handler, CancellationToken cancellation)
    {
        foreach (var registration in model.RoleRegistrations(cancellation))
            if (registration.Role == MethodRoles.Handler && SymbolEqualityComparer.Default.Equals(registration.Method, handler)
                && model.SemanticsOf(registration.Site.SyntaxTree).GetOperation(registration.Site, cancellation) is IInvocationOperation call)
                return call;
        return null;
    }

    private IEnumerable<string> RoutesOf(IMethodSymbol handler, CancellationToken cancellation)
    {
        if (MappedBy(handler, cancellation) is { } call)
            foreach (var route in RoutesOf(call, cancellation))
                yield return route;
        var attributes = handler.GetAttributes().Concat(handler.Parameters.SelectMany(parameter => parameter.GetAttributes()));
        if (handler.ContainingType is { } type)
            attributes = attributes.Concat(type.GetAttributes());
        foreach (var attribute in attributes)
            if (attribute.AttributeClass is { } kind && model.EntriesOf(kind).Any(entry => entry.Role is CatalogueRole.HandlerAttribute or CatalogueRole.RouteAttribute))
                foreach (var text in attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(named => named.Value)).Select(argument => argument.Kind == TypedConstantKind.Primitive ? argument.Value : null).OfType<string>())
                    // The name of the type stands in for [controller], that of the method for [action].
                    yield return text.Replace("[controller]", handler.ContainingType?.Name ?? "").Replace("[action]", handler.Name);
    }

    // MapGroup("/webhooks").MapPost("/mail", …): the nearest part first.
    private static IEnumerable<string> RoutesOf(IInvocationOperation call, CancellationToken cancellation)
    {
        for (IInvocationOperation? part = call; part != null; part = MadeBy(part.Receiver(), cancellation))
            foreach (var argument in part.Arguments)
                if (argument.Value.ConstantValue is { HasValue: true, Value: string { Length: > 0 } route })
                {
                    yield return route;
                    break;
                }
    }

    private static IInvocationOperation? MadeBy(IOperation? group, CancellationToken cancellation) => group?.Unwrap() switch
    {
        IInvocationOperation call => call,
        ILocalReferenceOperation { SemanticModel: { } semantics, Local: var local } => local.InitializerOf(semantics, cancellation)?.Unwrap() as IInvocationOperation,
        _ => null,
    };

    private bool MayHaveRole(MethodDeclarationSyntax method, TypeDeclarationSyntax type) =>
        method.AttributeLists.Count > 0 || type.AttributeLists.Count > 0 || type.BaseList != null
        || method.ParameterList.Parameters.Any(parameter => parameter.AttributeLists.Count > 0)
        || model.Conventions.Any(entry => type.Identifier.ValueText.EndsWith(entry.Type, StringComparison.Ordinal));

    private static bool StandsIn(IMethodSymbol method, SyntaxTree tree) => method.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree == tree;

    // api/stripe-webhooks, StripeWebhook
    private static IEnumerable<string> WordsOf(string route)
    {
        var start = 0;
        for (var at = 0; at <= route.Length; at++)
        {
            if (at < route.Length && char.IsLetter(route[at]) && !(at > start && char.IsUpper(route[at]) && char.IsLower(route[at - 1])))
                continue;
            if (at > start)
                yield return route.Substring(start, at - start);
            start = at < route.Length && char.IsLetter(route[at]) ? at : at + 1;
        }
    }
}

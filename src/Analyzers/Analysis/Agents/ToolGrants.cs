using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>Something that a program lets models call.</summary>
/// <param name="Methods">The methods and lambdas behind it.</param>
/// <param name="Agent">The agent behind it, where an agent is handed over as a tool: the value that the program names.</param>
/// <param name="Site">Where it is handed over.</param>
internal sealed record ToolGrant(ImmutableArray<IMethodSymbol> Methods, IOperation? Agent, SyntaxNode Site);

/// <summary>
/// Which tools are kept where: in the variable, property or method result that they are made for, and in what is made of that in turn.
/// Who names the keeper in code that asks a model gives the model these tools.
/// </summary>
internal sealed class ToolGrants
{
    private static readonly List<ToolGrant> None = [];

    private readonly AgentModel model;
    private readonly Dictionary<ISymbol, List<ToolGrant>> kept = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<SyntaxNode, ToolGrant> loose = [];
    private readonly Once<HashSet<string>> keeperNames = new();

    private ToolGrants(AgentModel model, CancellationToken cancellation)
    {
        this.model = model;
        var index = CallerIndex.Of(model, cancellation);
        foreach (var (grant, value) in Read(cancellation))
        {
            All.Add(grant);
            // From keeper to keeper: a list that becomes part of options that become part of an agent.
            var open = new Queue<IOperation>();
            open.Enqueue(value);
            while (open.Count > 0)
                if (KeeperOf(open.Dequeue()) is not { } keeper)
                    loose[grant.Site] = grant;
                else if (Keep(keeper, grant))
                    foreach (var use in UsesOf(keeper, value, index, cancellation))
                        open.Enqueue(use);
        }
    }

    public static ToolGrants Of(AgentModel model, CancellationToken cancellation) => model.Shared(_ => new Once<ToolGrants>()).Get(() => new ToolGrants(model, cancellation));

    public List<ToolGrant> All { get; } = [];

    public bool IsEmpty => All.Count == 0;

    public IReadOnlyList<ToolGrant> KeptBy(ISymbol keeper) => kept.TryGetValue(keeper, out var grants) ? grants : None;

    public IEnumerable<ISymbol> Keepers => kept.Keys;

    /// <summary>The tool that is handed over at a place and kept by nobody: part of the call that it stands in.</summary>
    public ToolGrant? HandedOverAt(SyntaxNode site) => loose.TryGetValue(site, out var grant) ? grant : null;

    /// <summary>Whether code may name a keeper of tools, or hand tools over on the spot: a look at its words, before it is bound.</summary>
    public bool MayBeUsedIn(SyntaxNode code)
    {
        var names = keeperNames.Get(() => [.. kept.Keys.Select(keeper => keeper.Name.Substring(keeper.Name.LastIndexOf('.') + 1))]);
        return loose.Keys.Any(site => site.SyntaxTree == code.SyntaxTree && code.Span.Contains(site.Span))
            || kept.Keys.Any(keeper => keeper is IPropertySymbol { IsIndexer: true })
            || code.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && names.Contains(token.ValueText));
    }

    /// <summary>What a value that holds an agent goes by: the variable, or the method that makes it.</summary>
    public static ISymbol? NameOf(IOperation? agent, SemanticModel? semantics, AgentModel model, CancellationToken cancellation)
    {
        switch (agent?.Unwrap())
        {
            case IAwaitOperation awaited:
                return NameOf(awaited.Operation.UnwrapAwaitable(), semantics, model, cancellation);
            case IInvocationOperation { TargetMethod: var factory } call:
                return model.Declares(factory) ? factory.OriginalDefinition : FactoryOf(call, model, cancellation);
            case ILocalReferenceOperation { Local: var local }:
                return semantics != null && NameOf(local.InitializerOf(semantics, cancellation), null, model, cancellation) is IMethodSymbol made ? made : local;
            case { } other:
                return EndedTasks.RootOf(other);
            default:
                return null;
        }
    }

    // provider.GetRequiredKeyedService<AIAgent>("desk"): what makes the agent of that key.
    private static IMethodSymbol? FactoryOf(IInvocationOperation call, AgentModel model, CancellationToken cancellation)
    {
        if (model.Find(call.TargetMethod, CatalogueRole.ServiceLookup) == null || call.TargetMethod.TypeArguments.FirstOrDefault() is not INamedTypeSymbol service || !model.Is(service, CatalogueRole.Agent))
            return null;
        var key = call.Arguments.Select(argument => argument.Value.Unwrap().ConstantValue).FirstOrDefault(constant => constant is { HasValue: true, Value: string }).Value as string;
        var made = model.ServiceRegistrations(cancellation)
            .Where(registered => SymbolEqualityComparer.Default.Equals(registered.Service, service) && KeyOf(registered.Site, model, cancellation) == key).ToList();
        // Of several, which one is given is not known.
        return made.Count == 1 ? made[0].Factory : null;
    }

    /// <summary>The constant key that a service is registered under; null where it has none.</summary>
    public static string? KeyOf(InvocationExpressionSyntax site, AgentModel model, CancellationToken cancellation) =>
        site.ArgumentList.Arguments.Select(argument => model.SemanticsOf(site.SyntaxTree).GetConstantValue(argument.Expression, cancellation)).FirstOrDefault(constant => constant is { HasValue: true, Value: string }).Value as string;

    /// <summary>What a factory of the container makes goes by: the key, or the type that it is registered under; null where it is no such factory.</summary>
    public static string? NameOfMade(IMethodSymbol factory, AgentModel model, CancellationToken cancellation) =>
        model.ServiceRegistrations(cancellation).FirstOrDefault(service => SymbolEqualityComparer.Default.Equals(service.Factory, factory)) is { } service
            ? KeyOf(service.Site, model, cancellation) ?? service.Service?.Name
            : null;

    private bool Keep(ISymbol keeper, ToolGrant grant)
    {
        if (!kept.TryGetValue(keeper, out var grants))
            kept.Add(keeper, grants = []);
        if (grants.Contains(grant))
            return false;
        grants.Add(grant);
        return true;
    }

    private IEnumerable<(ToolGrant Grant, IOperation Value)> Read(CancellationToken cancellation)
    {
        foreach (var registration in model.RoleRegistrations(cancellation))
            if ((registration.Role & MethodRoles.Tool) != 0 && model.SemanticsOf(registration.Site.SyntaxTree).GetOperation(registration.Site, cancellation) is { } call)
                yield return (new ToolGrant(MethodsOf(registration, cancellation), null, registration.Site), call);

        var query = model.Query(entry => entry.Role == CatalogueRole.AgentAsTool);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation call
                    && (call.Receiver() ?? call.Arguments.FirstOrDefault()?.Value) is { } agent)
                    yield return (new ToolGrant([], agent, call.Syntax), call);
    }

    private ImmutableArray<IMethodSymbol> MethodsOf(RoleRegistration registration, CancellationToken cancellation) =>
        registration.Method is { } method
            ? [CallGraph.Of(model).Resolve(method) ?? method]
            : [.. registration.Type?.GetMembers().OfType<IMethodSymbol>().Where(m => (model.RolesOf(m, cancellation) & MethodRoles.Tool) != 0) ?? []];

    /// <summary>Where a value stays; null where it is used on the spot.</summary>
    public ISymbol? KeeperOf(IOperation value)
    {
        for (var part = value; ; part = part.Parent!)
            switch (part.Parent)
            {
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                    return declarator.Symbol;
                case IFieldInitializerOperation field:
                    return field.InitializedFields.FirstOrDefault();
                case IPropertyInitializerOperation property:
                    return property.InitializedProperties.FirstOrDefault();
                case IAssignmentOperation { Parent: not IObjectOrCollectionInitializerOperation } assignment:
                    if (EndedTasks.RootOf(assignment.Target) is not IParameterSymbol || LambdaAround(part) is not { } configures)
                        return EndedTasks.RootOf(assignment.Target);
                    part = configures;
                    break;
                case IArgumentOperation { Parent: IInvocationOperation call } when model.EntriesOf(call.TargetMethod).Any(entry => entry.Answers()) || IsText(call.Type):
                    return null;
                // tools.Add(tool), kernel.Plugins.AddFromObject(plugin)
                case IExpressionStatementOperation when part is IInvocationOperation call:
                    return EndedTasks.RootOf(call.Receiver());
                case IReturnOperation or null:
                    if (LambdaAround(part) is not { } returns)
                        return MakerAround(part);
                    // The container keeps what a factory makes.
                    if (returns is IAnonymousFunctionOperation { Symbol: var factory } && model.IsServiceFactory(factory, CancellationToken.None))
                        return factory;
                    part = returns;
                    break;
                case IBlockOperation or IExpressionStatementOperation:
                    return null;
            }
    }

    // What comes back from a call that is given tools and answers in words is no tool.
    private static bool IsText(ITypeSymbol? type) =>
        type is { SpecialType: SpecialType.System_String }
        || (type.IsTask() && type is INamedTypeSymbol { TypeArguments: var result } && (result.IsEmpty || result[0].SpecialType != SpecialType.None));

    // A lambda that sets options, or makes a part, stands for what it is given to.
    private static IOperation? LambdaAround(IOperation part)
    {
        var around = part.Parent;
        while (around is not (null or ILocalFunctionOperation or IAnonymousFunctionOperation))
            around = around.Parent;
        return around as IAnonymousFunctionOperation;
    }

    // What a function returns stays under the function's name.
    private static ISymbol? MakerAround(IOperation part) =>
        part.SemanticModel?.GetEnclosingSymbol(part.Syntax.SpanStart) is IMethodSymbol { MethodKind: not MethodKind.AnonymousFunction } function
            ? function.AssociatedSymbol ?? function.OriginalDefinition
            : null;

    private IEnumerable<IOperation> UsesOf(ISymbol keeper, IOperation value, CallerIndex index, CancellationToken cancellation)
    {
        // An agent keeps its tools to itself.
        if (model.Is(TypeOf(keeper), CatalogueRole.Agent))
            return [];
        if (keeper is not (ILocalSymbol or IParameterSymbol))
            return index.UsesOf(keeper, cancellation);
        return value.Top().Descendants().Where(o => o is ILocalReferenceOperation { Local: var local } && SymbolEqualityComparer.Default.Equals(local, keeper));
    }

    public static ITypeSymbol? TypeOf(ISymbol? keeper) => keeper switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IMethodSymbol { ReturnType: INamedTypeSymbol { TypeArguments.Length: 1 } task } when task.IsTask() => task.TypeArguments[0],
        IMethodSymbol method => method.ReturnType,
        _ => null,
    };
}

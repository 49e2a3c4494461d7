using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>Code that a workflow engine runs again from its history, and how it asks the engine.</summary>
/// <param name="Function">The workflow's method, handler or lambda, or the constructor that runs before it.</param>
/// <param name="Api">The engine; null where the function has no context that the catalogue knows.</param>
/// <param name="Context">The engine's API as the function spells it: a parameter's name or a static class.</param>
internal sealed record WorkflowFunction(IMethodSymbol Function, WorkflowApi? Api, string? Context)
{
    /// <summary>Whether the program declares the function deterministic, so that a workflow may call it.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>Whether the engine's API is an object that the function is given, and not a static class.</summary>
    public bool IsGivenContext => Function.Parameters.Any(parameter => parameter.Name == Context);

    /// <summary>How a message names it. A constructor is named by its type.</summary>
    public string Name => Function.MethodKind == MethodKind.AnonymousFunction ? "the orchestrator lambda" : Witness.NameOf(Function);
}

/// <summary>Finds workflow code. Does nothing where no workflow library is referenced.</summary>
internal sealed class WorkflowFunctions(AgentModel model)
{
    private readonly Lazy<bool> isPresent =
        new(() => model.Catalogue.Entries.Any(entry => IsWorkflowRole(entry.Role) && model.IsPresent(entry)));

    private readonly Lazy<ImmutableArray<CatalogueEntry>> contexts =
        new(() => [.. model.Catalogue.Of(CatalogueRole.WorkflowContext).Where(entry => model.IsPresent(entry))]);

    public static WorkflowFunctions Of(AgentModel model) => model.Shared(m => new WorkflowFunctions(m));

    /// <summary>Whether the compilation references a library whose code is replayed.</summary>
    public bool ArePossible => isPresent.Value;

    /// <summary>The workflow functions of a file, in the order of the text.</summary>
    public ImmutableArray<WorkflowFunction> In(SemanticModel semantics, CancellationToken cancellation) =>
        !ArePossible
            ? []
            : [.. FunctionsIn(semantics, MethodRoles.Workflow, cancellation)
                .SelectMany(function => WithConstructors(function, cancellation)).Select(Describe)];

    /// <summary>The activities of a file, in the order of the text.</summary>
    public IEnumerable<IMethodSymbol> ActivitiesIn(SemanticModel semantics, CancellationToken cancellation) =>
        ArePossible ? FunctionsIn(semantics, MethodRoles.Activity, cancellation) : [];

    /// <summary>The functions of a file that the program declares deterministic, in the order of the text. No engine need be referenced.</summary>
    public IEnumerable<WorkflowFunction> DeclaredIn(SemanticModel semantics, CancellationToken cancellation) =>
        from function in Promises.Of(model).MembersIn(semantics.SyntaxTree, CatalogueRole.Deterministic)
        where (model.RolesOf(function, cancellation) & MethodRoles.Workflow) == 0
        select new WorkflowFunction(function, null, null) { IsDeclared = true };

    /// <summary>The token of its host that a workflow function is given and asks; null where it has none. What the engine records has no token.</summary>
    public IParameterSymbol? HostTokenOf(WorkflowFunction workflow, CancellationToken cancellation) =>
        workflow.Function.Parameters.Any(parameter => parameter.GetAttributes().Any(attribute => model.Is(attribute.AttributeClass, CatalogueRole.WorkflowParameterAttribute)))
        && workflow.Function.Parameters.FirstOrDefault(parameter => CancellationTokens.IsToken(parameter.Type)) is { } token
        && MethodBodies.Of(workflow.Function, model, cancellation).SelectMany(body => body.Descendants())
            .Any(operation => operation is IParameterReferenceOperation { Parameter: var used } && SymbolEqualityComparer.Default.Equals(used, token))
            ? token
            : null;

    private IEnumerable<IMethodSymbol> FunctionsIn(SemanticModel semantics, MethodRoles role, CancellationToken cancellation) =>
        from entry in EntryPoints.Of(model).In(semantics, cancellation)
        where (entry.Roles & role) != 0 && !AnswersQueries(entry.Function)
        select entry.Function;

    // The answer to a query is not recorded, and decides nothing.
    private bool AnswersQueries(IMethodSymbol method) => HasWorkflowAttribute(method, entry => entry.Has("query"));

    // An object that is made for one workflow runs its constructor and initializers at each replay. A class of functions is made for
    // other functions as well.
    private IEnumerable<IMethodSymbol> WithConstructors(IMethodSymbol function, CancellationToken cancellation)
    {
        yield return function;
        if (function is { IsStatic: false, MethodKind: MethodKind.Ordinary, ContainingType: { } type }
            && (model.EntriesOf(function).Any(entry => entry.Role == CatalogueRole.WorkflowMember) || HasWorkflowAttribute(type, _ => true))
            && type.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(member => IsRunMember(member, cancellation)) is { } run
            && SymbolEqualityComparer.Default.Equals(run, function))
            foreach (var constructor in type.InstanceConstructors)
                yield return constructor;
    }

    // One function of a type stands for it, so that its constructor is looked at once.
    private bool IsRunMember(IMethodSymbol method, CancellationToken cancellation) =>
        method.MethodKind == MethodKind.Ordinary
        && (model.RolesOf(method, cancellation) & MethodRoles.Workflow) != 0
        && !AnswersQueries(method);

    private bool HasWorkflowAttribute(ISymbol symbol, Func<CatalogueEntry, bool> wanted) =>
        symbol.GetAttributes().Any(attribute => attribute.AttributeClass is { } type
            && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.WorkflowAttribute && wanted(entry)));

    private WorkflowFunction Describe(IMethodSymbol function)
    {
        foreach (var parameter in function.Parameters)
            if (parameter.Type is INamedTypeSymbol type
                && model.EntriesOf(type).Select(WorkflowApi.Of).FirstOrDefault(api => api != null) is { } given)
                return new WorkflowFunction(function, given, parameter.Name);
        // An engine without a context object is asked through a static class.
        foreach (var entry in contexts.Value)
            if (model.TypesOf(entry).FirstOrDefault() is { IsStatic: true } type)
                return new WorkflowFunction(function, WorkflowApi.Of(entry), type.Name);
        return new WorkflowFunction(function, null, null);
    }

    private static bool IsWorkflowRole(CatalogueRole role) =>
        role is CatalogueRole.WorkflowAttribute or CatalogueRole.WorkflowMember
            or CatalogueRole.WorkflowParameterAttribute or CatalogueRole.WorkflowFactory;
}

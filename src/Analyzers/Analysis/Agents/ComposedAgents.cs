using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>
/// Agents that a program makes with a library, or has its container make. No class of the program stands for them; they go by their key in the container, or
/// by the variable or member that keeps them.
/// </summary>
internal sealed class ComposedAgents
{
    private readonly AgentModel model;
    private readonly CancellationToken cancellation;
    private readonly Dictionary<ISymbol, string> kept = new(SymbolEqualityComparer.Default);
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);

    public ComposedAgents(AgentModel model, CancellationToken cancellation)
    {
        (this.model, this.cancellation) = (model, cancellation);
        var tests = TestPlaces.Of(model, cancellation);
        foreach (var made in model.Compilation.SyntaxTrees.Where(tree => !tests.Contains(tree)).SelectMany(In))
            if (made is IInvocationOperation { Syntax: InvocationExpressionSyntax site } call && model.Find(call.TargetMethod, CatalogueRole.ServiceRegistration) != null)
            {
                if (ToolGrants.KeyOf(site, model, cancellation) is { } key)
                    keys.Add(key);
            }
            else if (ToolGrants.Of(model, cancellation).KeeperOf(made) is { } keeper && model.Is(ToolGrants.TypeOf(keeper), CatalogueRole.Agent) && NameOf(keeper) is { } name)
                kept[keeper] = name;
        Names = [.. kept.Values.Concat(keys).Distinct(StringComparer.Ordinal)];
    }

    public ImmutableArray<string> Names { get; }

    /// <summary>The name of the agent that a call asks; null where none of these is known to be it.</summary>
    public string? AskedBy(IInvocationOperation call)
    {
        if (call.Receiver() is not { } agent)
            return null;
        return ToolGrants.NameOf(agent, call.SemanticModel, model, cancellation) is { } keeper && kept.TryGetValue(keeper, out var name) ? name
            : KeyAskedFor(agent) is { } key && Names.Contains(key) ? key
            : Names.Length == 1 ? Names[0]
            : null;
    }

    // services.GetRequiredKeyedService<AIAgent>("writer"), or a parameter that an attribute gives the key.
    private string? KeyAskedFor(IOperation agent) => agent.Unwrap() switch
    {
        IInvocationOperation { Syntax: InvocationExpressionSyntax site } lookup when model.Find(lookup.TargetMethod, CatalogueRole.ServiceLookup) != null =>
            ToolGrants.KeyOf(site, model, cancellation),
        IParameterReferenceOperation { Parameter: var parameter } =>
            parameter.GetAttributes().FirstOrDefault(attribute => model.Find(attribute.AttributeConstructor, CatalogueRole.ServiceLookup) != null)?.ConstructorArguments.FirstOrDefault().Value as string,
        _ => null,
    };

    private IEnumerable<IOperation> In(SyntaxTree tree)
    {
        var semantics = model.SemanticsOf(tree);
        foreach (var use in model.Query(Composes).In(tree, cancellation))
            if (semantics.OperationOf(use.Name, cancellation) is IInvocationOperation call)
                yield return call;
        foreach (var (creation, _) in new Creations(model, Composes).In(semantics, cancellation))
            yield return creation;
    }

    private static bool Composes(CatalogueEntry entry) => entry.Role == CatalogueRole.Composition && entry["kind"] == "agent";

    // The same as the graph's values go by.
    private string? NameOf(ISymbol keeper) =>
        keeper is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } factory ? ToolGrants.NameOfMade(factory, model, cancellation) : keeper.Name;
}

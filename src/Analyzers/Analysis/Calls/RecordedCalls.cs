using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Calls;

/// <summary>
/// Tells the calls of workflow code that the engine records: calls of what its context hands out, and of objects that schedule an activity for what
/// they are asked.
/// </summary>
internal sealed class RecordedCalls(AgentModel model)
{
    private readonly CallGraph graph = CallGraph.Of(model);

    private readonly HashSet<string> engines = new(
        model.Catalogue.Of(CatalogueRole.ActivityCall).SelectMany(entry => entry.Library?.List("assemblies") ?? []), StringComparer.Ordinal);

    public static RecordedCalls Of(AgentModel model) => model.Shared(m => new RecordedCalls(m));

    /// <summary>Whether a call goes through the engine: <c>context.GetAgent(…).RunAsync(…)</c>, <c>context.CreateActivityProxy&lt;T&gt;().DoAsync()</c>.</summary>
    public bool Contains(SyntaxNode site, CancellationToken cancellation)
    {
        if (!model.Compilation.ContainsSyntaxTree(site.SyntaxTree)
            || model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is not IInvocationOperation { TargetMethod: var method } call
            || call.Receiver()?.Unwrap() is not { } receiver)
            return false;
        if (receiver is ILocalReferenceOperation { Local: var local } && receiver.SemanticModel is { } semantics)
            receiver = local.InitializerOf(semantics, cancellation)?.Unwrap() is { } value ? (value as IAwaitOperation)?.Operation.Unwrap() ?? value : receiver;
        // An extension of the program's own is code like any other.
        if (method.IsExtensionMethod && model.Is(receiver.Type, CatalogueRole.WorkflowContext) && MethodBodies.HasSource(method.ReducedFrom ?? method, model))
            return false;
        return model.Is(receiver.Type, CatalogueRole.WorkflowContext)
            || (receiver is IInvocationOperation handedOut && handedOut.Receiver()?.Unwrap() is { } giver && model.Is(giver.Type, CatalogueRole.WorkflowContext))
            || model.Is(method.ContainingType, CatalogueRole.WorkflowContext)
            || IsAdapted(receiver.Type, method, cancellation)
            || IsHandedOutByAdapter(receiver);
    }

    // class DurableAgent : DelegatingAIAgent: what it is asked, it asks through an activity. What is compiled against the engine may well do so.
    private bool IsAdapted(ITypeSymbol? type, IMethodSymbol method, CancellationToken cancellation)
    {
        var declaring = Root(method).ContainingType.OriginalDefinition;
        for (var t = type as INamedTypeSymbol; t != null && !SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, declaring); t = t.BaseType)
            if (!model.Declares(t)
                ? KnowsEngine(t)
                : t.GetMembers().OfType<IMethodSymbol>().Any(member => graph.CallsOf(member, cancellation).Any(call => model.Find(call.Member, CatalogueRole.ActivityCall) != null)))
                return true;
        return false;
    }

    // tool.AsDurable(): what an extension of another project that is compiled against the engine makes of an object.
    private bool IsHandedOutByAdapter(IOperation receiver) =>
        receiver is IInvocationOperation { TargetMethod: { IsExtensionMethod: true, ContainingType: { } maker } }
        && !model.Declares(maker)
        && KnowsEngine(maker);

    private bool KnowsEngine(INamedTypeSymbol type) =>
        type.ContainingAssembly?.Modules.Any(module => module.ReferencedAssemblies.Any(reference => engines.Contains(reference.Name))) == true;

    // The method that all overrides go back to.
    private static IMethodSymbol Root(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } overridden)
            method = overridden;
        return method;
    }
}

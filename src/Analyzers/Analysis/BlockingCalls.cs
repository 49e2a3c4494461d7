using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis;

/// <summary>Code that holds its thread until something else has ended.</summary>
/// <param name="Use">The member that blocks: <c>Result</c>, <c>Wait</c>, <c>GetResult</c>, <c>Sleep</c>, or the synchronous variant of a call.</param>
/// <param name="Operation">The call or property access.</param>
/// <param name="Tasks">The tasks that are waited for; empty for a sleep and for a synchronous variant.</param>
internal sealed record BlockingCall(CatalogueUse Use, IOperation Operation, ImmutableArray<IOperation> Tasks)
{
    public bool IsSleep => Use.Entry.Role == CatalogueRole.Sleep;

    public bool IsWait => Use.Entry.Role == CatalogueRole.BlockingWait;

    /// <summary>Whether the sleep only gives way to other threads.</summary>
    public bool IsYield =>
        IsSleep && Operation is IInvocationOperation { Arguments.IsEmpty: false } call && call.Arguments.All(a => a.Value.ConstantValue is { HasValue: true, Value: 0 });
}

/// <summary>Finds blocking calls, and what they wait for.</summary>
internal sealed class BlockingCalls(AgentModel model)
{
    // How deep waits for several tasks are looked into that wait for several tasks.
    private const int MaxNesting = 4;

    public static BlockingCalls Of(AgentModel model) => model.Shared(m => new BlockingCalls(m));

    /// <summary>The entries of everything that blocks.</summary>
    public static bool Blocks(CatalogueEntry entry) =>
        entry.Role is CatalogueRole.BlockingWait or CatalogueRole.Sleep || (entry.Has("blocking") && entry.IsRemoteCall());

    /// <summary>The blocking call that a use of the catalogue makes; null where the use blocks nothing, as on a task that has ended.</summary>
    public BlockingCall? At(CatalogueUse use, SemanticModel semantics, CancellationToken cancellation)
    {
        if (semantics.OperationOf(use.Name, cancellation) is not { } operation)
            return null;
        // A name in nameof, or a method group, runs nothing.
        if (operation is not (IInvocationOperation or IPropertyReferenceOperation) || operation.Parent is INameOfOperation)
            return null;
        var tasks = use.Entry.Role == CatalogueRole.BlockingWait ? TasksOf(operation) : [];
        // Code that does not compile shows nothing.
        if (tasks.Any(task => task.Type is null or IErrorTypeSymbol))
            return null;
        if (use.Entry.Role == CatalogueRole.BlockingWait && tasks.All(task => EndedTasks.Of(model).HasEnded(task, semantics, cancellation)))
            return null;
        if (use.Entry.Role is CatalogueRole.DatabaseCall or CatalogueRole.StorageCall && !CouldAwait(use, semantics, cancellation))
            return null;
        var call = new BlockingCall(use, operation, tasks);
        return call.IsYield ? null : call;
    }

    // Too much correct synchronous code asks a database to call it a fault. In an asynchronous function, and in a step that an engine or a model runs,
    // the asynchronous twin is at hand, unless a provider has it only in name. A test waits for its own small database.
    private bool CouldAwait(CatalogueUse use, SemanticModel semantics, CancellationToken cancellation) =>
        model.EntriesOf(use.Symbol).All(entry => entry.Role != use.Entry.Role || entry.Has("blocking"))
        && semantics.GetEnclosingSymbol(use.Name.SpanStart, cancellation) is IMethodSymbol function
        && !Sharing.Entrances.Of(model).IsOfTests(function, cancellation)
        && (function.IsAsync || (model.RolesOf(function, cancellation) & (MethodRoles.Tool | MethodRoles.Agent | MethodRoles.Activity | MethodRoles.Consumer)) != 0);

    /// <summary>The remote call that is waited for, with the path to it; null where none is known.</summary>
    public Effect? RemoteBehind(BlockingCall call, SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        if (call.Use.Entry["signal"] is { } signal)
            return call.Tasks.Select(waited => Signalled(waited, signal, depth, cancellation)).FirstOrDefault(effect => effect != null);
        var sources = call.IsWait ? call.Tasks.SelectMany(task => OriginsOf(task, semantics, cancellation)) : [call.Operation];
        foreach (var source in sources)
            if (EffectSummaries.Of(model).Of(source, depth, cancellation).First(entry => entry.IsRemoteCall()) is { } effect)
                return effect;
        return null;
    }

    // The remote work of the asynchronous function that gives the signal.
    private Effect? Signalled(IOperation waited, string signal, int depth, CancellationToken cancellation)
    {
        if (waited.Unwrap() is not IMemberReferenceOperation { Member: var gate } || !model.Declares(gate))
            return null;
        var index = CallerIndex.Of(model, cancellation);
        foreach (var use in index.UsesOf(gate, cancellation))
            if (use.Parent is IInvocationOperation given && given.TargetMethod.Name == signal && index.FunctionsAround(use.Syntax, cancellation).FirstOrDefault() is { IsAsync: true } function
                && EffectSummaries.Of(model).Of(function, depth, cancellation).First(entry => entry.IsRemoteCall()) is { } effect)
                return effect;
        return null;
    }

    /// <summary>The methods whose tasks are waited for, where the source shows them. What runs a lambda is looked through.</summary>
    public IEnumerable<IMethodSymbol> StartedBy(BlockingCall call, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var source in call.Tasks.SelectMany(task => OriginsOf(task, semantics, cancellation)).OfType<IInvocationOperation>())
        {
            var started = CallGraph.Of(model).CallsIn(source, cancellation).FirstOrDefault(c => c.Named.ReturnType.IsTask() && model.Find(c.Named, CatalogueRole.RunsDelegate) == null);
            yield return started.Named ?? source.TargetMethod;
        }
    }

    /// <summary>Whether a method's task ends without anything leaving the process, by what the catalogue and the base library say.</summary>
    public bool StaysLocal(IMethodSymbol method) =>
        model.Find(method, CatalogueRole.LocalCall) != null
        || (model.EntriesOf(method).All(e => !e.IsRemoteCall()) && IsOfBaseLibrary(method));

    private static bool IsOfBaseLibrary(IMethodSymbol method)
    {
        var ns = method.ContainingNamespace;
        while (ns is { ContainingNamespace: { IsGlobalNamespace: false } outer })
            ns = outer;
        return ns is { Name: "System" } && !method.Locations.Any(l => l.IsInSource);
    }

    private static ImmutableArray<IOperation> TasksOf(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Instance: { } task } => [Instance(task)],
        IInvocationOperation { Instance: { } awaiter } => [Instance(awaiter)],
        // Task.WaitAll(a, b), Task.WaitAll(tasks), stream.ToBlockingEnumerable()
        IInvocationOperation call => [.. call.Arguments.Where(a => a.Parameter?.Ordinal == 0).SelectMany(a => a.Value.Elements())],
        _ => [],
    };

    private static IOperation Instance(IOperation instance)
    {
        for (var parent = instance.Parent; instance is IConditionalAccessInstanceOperation && parent != null; parent = parent.Parent)
            if (parent is IConditionalAccessOperation access)
                return access.Operation.UnwrapAwaitable();
        return instance.UnwrapAwaitable();
    }

    // Task.WhenAll(a, b) waits for what a and b were started with.
    private IEnumerable<IOperation> OriginsOf(IOperation task, SemanticModel semantics, CancellationToken cancellation, int nesting = 0)
    {
        var origin = EndedTasks.Of(model).OriginOf(task, semantics, cancellation);
        return nesting < MaxNesting && origin is IInvocationOperation call
            && (model.Find(call.TargetMethod, CatalogueRole.AwaitsAll) ?? model.Find(call.TargetMethod, CatalogueRole.AwaitsAny)) != null
            ? call.Arguments.SelectMany(a => a.Value.Elements()).SelectMany(part => OriginsOf(part, semantics, cancellation, nesting + 1))
            : [origin];
    }
}

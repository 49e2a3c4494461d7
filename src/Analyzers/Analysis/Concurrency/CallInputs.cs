using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>What a call is given: all that it reads, and the objects among it that can change.</summary>
/// <param name="Reads">The paths that are read before the call starts.</param>
/// <param name="Objects">Objects that the call holds while it runs, with whether it may change them.</param>
/// <param name="Footprint">What the methods behind the call leave behind; null where the project does not have them.</param>
/// <param name="IsQuiet">Whether the call leaves nothing behind that others could miss, see or be surprised by.</param>
internal sealed record CallInputs(ImmutableArray<AccessPath> Reads, ImmutableArray<(AccessPath Path, bool MayChange)> Objects, Footprint? Footprint, bool IsQuiet)
{
    /// <summary>Whether both calls hold an object that one of them may change.</summary>
    public bool SharesWith(CallInputs other) =>
        Objects.Any(mine => other.Objects.Any(theirs => (mine.MayChange || theirs.MayChange) && mine.Path.Overlaps(theirs.Path)));
}

/// <summary>Reads what calls are given.</summary>
internal sealed class CallInputReader(AgentModel model)
{
    // How many variables an object is followed through to what it was made of.
    private const int MaxHops = 8;

    private readonly Footprints footprints = Footprints.Of(model);

    public CallInputs Of(AwaitedCall awaited, CancellationToken cancellation)
    {
        var call = awaited.Call;
        var target = awaited.IsDirect || model.Find(call.TargetMethod, CatalogueRole.ActivityCall) != null ? null
            : call.TargetMethod.MethodKind == MethodKind.LocalFunction ? call.TargetMethod.OriginalDefinition
            : CallGraph.Of(model).Resolve(call.TargetMethod);
        var footprint = target != null && MethodBodies.HasSource(target, model) ? footprints.Of(target, cancellation) : null;
        var inside = footprints.In(call, null, cancellation);
        if (inside.ChangesState && footprint is not { ChangesState: true })
            footprint = new Footprint(true, footprint?.Changed ?? [], footprint?.ReadMembers ?? ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default));

        var objects = ImmutableArray.CreateBuilder<(AccessPath, bool)>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        if (call.Receiver() is { } receiver && call.Instance != null)
            // What a method does to its own object is in its footprint; of other objects only the catalogue knows.
            Add(receiver, footprint == null, 0);
        foreach (var argument in call.Arguments)
            Add(argument.Value, MayChange(argument, footprint), 0);
        // Lambdas that are handed in set variables of the code around them.
        objects.AddRange(inside.Own.Assigned.Concat(inside.Changes).Select(path => (path, true)));
        var isQuiet = footprint is not { ChangesState: true } && (footprint is null or { IsQuiet: true } || IsOwn(call.Instance, cancellation));
        return new CallInputs([.. inside.Own.Reads], objects.ToImmutable(), footprint, isQuiet);

        void Add(IOperation value, bool mayChange, int hops)
        {
            value = value.Unwrap();
            var isSession = footprints.Mutability.IsSession(value.Type);
            if (!isSession && (value.ConstantValue.HasValue || (value is not IAnonymousFunctionOperation && footprints.Mutability.IsShareable(value.Type))))
                return;
            if (AccessPath.Of(value) is { } path)
            {
                objects.Add((path, isSession || (mayChange && !IsOptions(value.Type))));
                if (path.Root is ILocalSymbol local && seen.Add(local) && hops < MaxHops && value.SemanticModel is { } semantics && local.InitializerOf(semantics, cancellation) is { } initializer)
                    Add(initializer, mayChange, hops + 1);
                return;
            }

            foreach (var child in value.ChildOperations)
                Add(child, mayChange, hops);
        }
    }

    // What an object does to itself is nobody's business while nobody else holds it.
    private static bool IsOwn(IOperation? receiver, CancellationToken cancellation) =>
        receiver?.Unwrap() is ILocalReferenceOperation { Local: var local, SemanticModel: { } semantics } && local.InitializerOf(semantics, cancellation)?.Unwrap() is IObjectCreationOperation;

    private static bool MayChange(IArgumentOperation argument, Footprint? footprint) =>
        argument.Parameter is { } parameter && (footprint == null || footprint.Changed.Contains(parameter.Ordinal));

    // Settings are read by those who are given them.
    private bool IsOptions(ITypeSymbol? type) => model.Is(type, CatalogueRole.SharedOptions);
}

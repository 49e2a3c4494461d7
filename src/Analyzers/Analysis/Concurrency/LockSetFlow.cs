using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>The locks that are held at a point, on all paths that lead there.</summary>
internal sealed class LockSet(ImmutableHashSet<ISymbol> gates) : IEquatable<LockSet>
{
    public static readonly LockSet Empty = new(ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default));

    public ImmutableHashSet<ISymbol> Gates { get; } = gates;

    public LockSet With(ISymbol gate) => new(Gates.Add(gate));

    public LockSet Without(ISymbol gate) => Gates.Contains(gate) ? new(Gates.Remove(gate)) : this;

    public LockSet Meet(LockSet other) => new(Gates.Intersect(other.Gates));

    public bool Equals(LockSet? other) => other != null && Gates.SetEquals(other.Gates);

    public override bool Equals(object? obj) => Equals(obj as LockSet);

    public override int GetHashCode() => Gates.Count;
}

/// <summary>
/// What each statement of a function enters and leaves. A must analysis: where two paths meet, a lock is held that both hold. Operations of a control-flow graph
/// have no semantic model of their own.
/// </summary>
internal sealed class LockSetFlow(AgentModel model, LockNames names, SemanticModel semantics, CancellationToken cancellation) : ForwardFlow<LockSet>
{
    private readonly Dictionary<CaptureId, IOperation> captured = [];
    private readonly Dictionary<CaptureId, ISymbol> scopesOfCaptures = [];
    private readonly Dictionary<ISymbol, ISymbol> scopesOfLocals = new(SymbolEqualityComparer.Default);

    protected override LockSet Initial => LockSet.Empty;

    protected override LockSet Join(LockSet left, LockSet right) => left.Meet(right);

    protected override LockSet Transfer(IOperation operation, LockSet state)
    {
        foreach (var part in InOrder(operation))
            switch (part)
            {
                case IFlowCaptureOperation capture:
                    captured[capture.Id] = capture.Value;
                    if (ScopeIn(capture.Value) is { } ofCapture)
                        scopesOfCaptures[capture.Id] = ofCapture;
                    break;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } assignment:
                    if (ScopeIn(assignment.Value) is { } ofLocal)
                        scopesOfLocals[local] = ofLocal;
                    break;
                case IInvocationOperation call:
                    state = Called(call, state);
                    break;
            }

        return state;
    }

    // if (Monitor.TryEnter(gate)), if (await gate.WaitAsync(0)): a lock that was not to be had is not held.
    protected override LockSet Assume(IOperation condition, bool outcome, LockSet state)
    {
        condition = condition.Unwrap();
        while (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
        {
            condition = not.Operand.Unwrap();
            outcome = !outcome;
        }

        return !outcome && Awaited(condition) is IInvocationOperation call && model.Find(call.TargetMethod, CatalogueRole.Lock) != null && GateOf(call) is { } gate ? state.Without(gate) : state;
    }

    private LockSet Called(IInvocationOperation call, LockSet state)
    {
        if (model.Find(call.TargetMethod, CatalogueRole.Lock) is { } entry)
            return (entry.Has("scope") || entry["release"] != null) && GateOf(call) is { } entered && names.IsExclusive(Operand(call), entry, semantics, cancellation) ? state.With(entered) : state;
        if (names.IsRelease(call.TargetMethod.Name) && GateOf(call) is { } left)
            return state.Without(left);
        if (call.TargetMethod.Name is "Dispose" or "DisposeAsync")
            return call.Instance?.Unwrap() switch
            {
                IFlowCaptureReferenceOperation reference when scopesOfCaptures.TryGetValue(reference.Id, out var gate) => state.Without(gate),
                ILocalReferenceOperation { Local: var local } when scopesOfLocals.TryGetValue(local, out var gate) => state.Without(gate),
                _ => state,
            };
        return state;
    }

    private ISymbol? ScopeIn(IOperation value) =>
        Awaited(value) is IInvocationOperation call && model.Find(call.TargetMethod, CatalogueRole.Lock)?.Has("scope") == true ? GateOf(call) : null;

    private static IOperation Awaited(IOperation value)
    {
        value = value.Unwrap();
        return value is IAwaitOperation awaited ? awaited.Operation.UnwrapAwaitable() : value;
    }

    private ISymbol? GateOf(IInvocationOperation call) => Operand(call) is { } gate ? names.NameOf(gate, semantics, cancellation) : null;

    // Monitor.Enter(gate) names its lock by an argument; the graph keeps the operand of a lock statement without a name.
    private IOperation? Operand(IInvocationOperation call)
    {
        var gate = call.Instance != null ? call.Receiver() : call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value;
        return gate?.Unwrap() is IFlowCaptureReferenceOperation reference && captured.TryGetValue(reference.Id, out var value) ? value : gate;
    }

    // Operands before what is made of them.
    private static IEnumerable<IOperation> InOrder(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
            foreach (var part in InOrder(child))
                yield return part;
        yield return operation;
    }
}

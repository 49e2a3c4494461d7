using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Whether what a condition asks can change although the function itself does not change it.</summary>
internal sealed class StateReads(AgentModel model)
{
    // How many methods are read to see what one of them asks.
    private const int MaxMethods = 24;

    private readonly ConcurrentDictionary<IMethodSymbol, bool> known = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, bool> counts = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, HashSet<ISymbol>> writes = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<ISymbol>> reads = new(SymbolEqualityComparer.Default);

    public static StateReads Of(AgentModel model) => model.Shared(m => new StateReads(m));

    /// <summary>Whether a field or property keeps the value that it has.</summary>
    public bool IsFixed(ISymbol member) => member switch
    {
        IFieldSymbol { IsConst: true } or IFieldSymbol { IsReadOnly: true } => true,
        IPropertySymbol property => model.Declares(property) && property is { SetMethod: null or { IsInitOnly: true }, IsAbstract: false, IsVirtual: false } && IsAuto(property),
        _ => false,
    };

    /// <summary>Whether a call can give another answer although it is asked the same.</summary>
    public bool MayDecide(IInvocationOperation call, CancellationToken cancellation)
    {
        var method = CallGraph.Of(model).Resolve(call.TargetMethod);
        if (method == null)
            return true;
        if (MethodBodies.HasSource(method, model))
            return known.TryGetValue(method, out var decides) ? decides : known.GetOrAdd(method, ReadsState(method, cancellation));
        // What a library computes from what it is given, it computes again.
        return !method.IsStatic || call.Arguments.IsEmpty;
    }

    /// <summary>The fields and properties that a method, and what it calls, gives new values.</summary>
    public HashSet<ISymbol> WritesOf(IMethodSymbol method, CancellationToken cancellation)
    {
        if (writes.TryGetValue(method, out var found))
            return found;
        found = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var body in BodiesFrom(method, cancellation))
            foreach (var operation in body.Descendants())
                if (operation switch
                {
                    IAssignmentOperation assignment => assignment.Target,
                    IIncrementOrDecrementOperation step => step.Target,
                    IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => argument.Value,
                    _ => null,
                } is IMemberReferenceOperation { Member: var member })
                    found.Add(member.OriginalDefinition);
        return writes.GetOrAdd(method, found);
    }

    /// <summary>The fields and properties of the object itself that the code of a method reads, or gives new values; without its own property.</summary>
    public ImmutableArray<ISymbol> ReadsOf(IMethodSymbol method, CancellationToken cancellation)
    {
        if (reads.TryGetValue(method, out var found))
            return found;
        found =
        [
            .. MethodBodies.Of(method, model, cancellation).SelectMany(body => body.Descendants()).OfType<IMemberReferenceOperation>()
                .Where(part => part is { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation })
                .Select(part => part.Member)
                .Where(read => !SymbolEqualityComparer.Default.Equals(read, method.AssociatedSymbol))
                .Distinct<ISymbol>(SymbolEqualityComparer.Default),
        ];
        return reads.GetOrAdd(method, found);
    }

    /// <summary>Whether a method, or what it calls, compares a number that it keeps: it may well count.</summary>
    public bool Counts(IMethodSymbol method, CancellationToken cancellation) =>
        counts.TryGetValue(method, out var known) ? known : counts.GetOrAdd(method, BodiesFrom(method, cancellation).Any(ComparesOwnNumber));

    private bool ComparesOwnNumber(IOperation body) => body.Descendants().Any(part => part switch
    {
        IBinaryOperation { Type.SpecialType: SpecialType.System_Boolean } comparison => IsOwnNumber(comparison.LeftOperand) || IsOwnNumber(comparison.RightOperand),
        IIsPatternOperation match => IsOwnNumber(match.Value),
        _ => false,
    });

    private bool IsOwnNumber(IOperation value) => value.DescendantsAndSelf().Any(part =>
        part is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } member
        && ExitTests.IsNumber(part.Type) && model.Declares(member.Member) && !IsFixed(member.Member));

    private bool ReadsState(IMethodSymbol method, CancellationToken cancellation)
    {
        foreach (var body in BodiesFrom(method, cancellation))
            foreach (var operation in body.Descendants())
                switch (operation)
                {
                    case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } } member
                        when !IsFixed(member.Member) && (member.Member.ContainingType is not { TypeKind: TypeKind.Enum } && model.Declares(member.Member)):
                        return true;
                    case IMemberReferenceOperation member when model.Find(member.Member, CatalogueRole.ReplayUnsafe) != null:
                        return true;
                    case IInvocationOperation call when model.Find(call.TargetMethod, CatalogueRole.ReplayUnsafe) != null
                        || (CallGraph.Of(model).Resolve(call.TargetMethod) == null && call.TargetMethod.MethodKind != MethodKind.DelegateInvoke && model.Declares(call.TargetMethod)):
                        return true;
                }

        return false;
    }

    private IEnumerable<IOperation> BodiesFrom(IMethodSymbol method, CancellationToken cancellation)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { method };
        var open = new Queue<IMethodSymbol>();
        open.Enqueue(method);
        while (open.Count > 0)
        {
            var next = open.Dequeue();
            foreach (var body in MethodBodies.Of(next, model, cancellation))
                yield return body;
            foreach (var call in CallGraph.Of(model).CallsOf(next, cancellation))
                if (call.Target is { } target && seen.Count < MaxMethods && MethodBodies.HasSource(target, model) && seen.Add(target))
                    open.Enqueue(target);
        }
    }

    private static bool IsAuto(IPropertySymbol property) =>
        property.ContainingType.GetMembers().Any(m => m is IFieldSymbol { AssociatedSymbol: { } associated } && SymbolEqualityComparer.Default.Equals(associated, property));
}

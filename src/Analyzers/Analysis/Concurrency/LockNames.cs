using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>What locks go by: the variable that they are kept in, so that two places can be seen to share one; an element may stand for a whole table of locks.</summary>
internal sealed class LockNames(AgentModel model)
{
    // How many expressions a lock is looked for through.
    private const int MaxSteps = 8;

    private readonly ImmutableHashSet<string> releases = [.. model.Catalogue.Of(CatalogueRole.Lock).Select(entry => entry["release"]).OfType<string>()];

    /// <summary>The names of the members that enter or leave a lock: code without one of them holds no more than its caller.</summary>
    public ImmutableArray<string> Members { get; } =
        [.. model.Catalogue.Of(CatalogueRole.Lock).SelectMany(entry => entry.Members).Where(member => !member.EndsWith("*", StringComparison.Ordinal)).Distinct()];

    public bool IsRelease(string member) => releases.Contains(member);

    public ISymbol? NameOf(IOperation? gate, SemanticModel semantics, CancellationToken cancellation) => VariableOf(gate, semantics, cancellation) ?? gate?.Type;

    /// <summary>Whether a lock lets one in at a time. A semaphore with more than one permit is no mutex; an unknown count is treated as one.</summary>
    public bool IsExclusive(IOperation? gate, CatalogueEntry entry, SemanticModel semantics, CancellationToken cancellation)
    {
        if (entry["permits"] is not { } parameter || VariableOf(gate, semantics, cancellation) is not { } variable)
            return true;
        foreach (var reference in variable.DeclaringSyntaxReferences)
            if (reference.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value }
                && model.Compilation.ContainsSyntaxTree(value.SyntaxTree)
                && model.SemanticsOf(value.SyntaxTree).GetOperation(value, cancellation)?.Unwrap() is IObjectCreationOperation creation
                && creation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value.Unwrap().ConstantValue is { HasValue: true, Value: not (1 or 1L) })
                return false;
        return true;
    }

    // A lock that is kept in a collection goes by the collection's name, and so does a local that holds one of them.
    private static ISymbol? VariableOf(IOperation? gate, SemanticModel semantics, CancellationToken cancellation)
    {
        for (var steps = 0; gate != null && steps < MaxSteps; steps++)
        {
            gate = gate.Unwrap();
            switch (gate)
            {
                case ILocalReferenceOperation { Local: var local }:
                    return local.InitializerOf(semantics, cancellation)?.Unwrap() is (IInvocationOperation or IMemberReferenceOperation) and { } origin && AccessPath.Of(RootOf(origin)) is { } path
                        ? path.Member ?? path.Root
                        : local;
                case IInvocationOperation call:
                    gate = call.Receiver() ?? call.Arguments.FirstOrDefault()?.Value;
                    break;
                case IAwaitOperation awaited:
                    gate = awaited.Operation;
                    break;
                default:
                    return AccessPath.Of(gate) is { } found ? found.Member ?? found.Root : null;
            }
        }

        return null;
    }

    private static IOperation? RootOf(IOperation? value)
    {
        while (value?.Unwrap() is IInvocationOperation call)
            value = call.Receiver();
        return value;
    }
}

using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Concurrency;

/// <summary>Some code between two calls.</summary>
/// <param name="Operation">A statement, or a condition.</param>
/// <param name="IsCondition">Whether the second call is made only where it holds.</param>
internal readonly record struct CodeBetween(IOperation Operation, bool IsCondition = false);

/// <summary>Follows the answer of a call through the code after it.</summary>
internal sealed class Reach(Footprints footprints, AwaitedCall call, CallInputs inputs)
{
    private readonly List<AccessPath> held = [];

    /// <summary>Whether a path may hold the answer, or something made of it.</summary>
    public bool Holds(AccessPath path) => held.Any(path.Overlaps);

    /// <summary>Whether the answer was put into a member of this name of any object.</summary>
    public bool HoldsMember(ISymbol member) =>
        held.Any(path => SymbolEqualityComparer.Default.Equals(path.Root, member) || SymbolEqualityComparer.Default.Equals(path.Member, member));

    /// <summary>Goes through the next piece of code.</summary>
    /// <returns>
    /// False where what follows has to wait for the call: the code may leave the path, it does what others can see, or it changes what the
    /// call works with.
    /// </returns>
    public bool Pass(CodeBetween code, CancellationToken cancellation)
    {
        var isAnswer = code.Operation.Syntax.Span.Contains(call.Syntax.Span);
        var (own, changes, changesState) = footprints.In(code.Operation, o => o.Syntax == call.Call.Syntax, cancellation);
        var writes = own.Assigned.Concat(changes).ToList();
        var usesAnswer = isAnswer || own.Reads.Any(Holds);
        if (own.Jumps != Jumps.None || changesState || writes.Any(path => path.Root is ITypeSymbol) || own.Commanded.Any(path => path.Root is not ILocalSymbol))
            return false;
        if (usesAnswer && (code.IsCondition || own.Asserts))
            return false;
        // The call would see the change if it were still running.
        if (!isAnswer && writes.Any(path => inputs.Objects.Any(o => o.Path.Overlaps(path))))
            return false;
        if (usesAnswer)
            held.AddRange(writes);
        return true;
    }
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Flow;

/// <summary>How a handler can be left.</summary>
[Flags]
internal enum HandlerExits
{
    None = 0,

    /// <summary>It throws, on some way.</summary>
    Throws = 1,

    /// <summary>It returns from the function.</summary>
    Returns = 2,

    /// <summary>The function goes on behind the handler's block.</summary>
    GoesOn = 4,

    /// <summary>It leaves for the end or the head of a loop, or for a label.</summary>
    Jumps = 8,
}

/// <summary>What a handler of exceptions does on its ways out.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="Exits">How it can be left.</param>
/// <param name="Returns">Its return statements, in the order of the text.</param>
/// <param name="Logs">The calls that write the failure down, for people to read.</param>
/// <param name="Deeds">
/// What it does besides: calls that are neither a log nor plain text work, changes of state. What stands in a returned value, in a log or in an
/// exception that is thrown is no deed.
/// </param>
internal sealed record HandlerWays(
    CatchClauseSyntax Handler, HandlerExits Exits, ImmutableArray<ReturnStatementSyntax> Returns, ImmutableArray<IOperation> Logs, ImmutableArray<IOperation> Deeds)
{
    /// <summary>Whether all that becomes of the failure is an entry in a log, or nothing.</summary>
    public bool OnlyLogs => (Exits & HandlerExits.Throws) == 0 && Deeds.IsEmpty;

    /// <summary>The variable of the function that the handler gives a value, where it does nothing else but write the failure down, and goes on.</summary>
    public ISimpleAssignmentOperation? Replacement =>
        Exits == HandlerExits.GoesOn && Deeds.Length == 1 && Deeds[0] is ISimpleAssignmentOperation { Target: ILocalReferenceOperation } set ? set : null;

    /// <summary>Whether nothing becomes of the failure.</summary>
    public bool IsSilent => OnlyLogs && Logs.IsEmpty;
}

using System.Collections.Immutable;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Why remote work is done again.</summary>
internal enum CycleKind
{
    /// <summary>For the next item, page, message or input: not for anything that the last turn said.</summary>
    Other,

    /// <summary>Because it failed: by an exception, or by what it gave back.</summary>
    Retry,

    /// <summary>Because of what a model or an agent answered.</summary>
    AgentLoop,

    /// <summary>Because something remote has not come to its end yet.</summary>
    Polling,
}

/// <summary>How code comes back to where it was.</summary>
internal enum CycleShape
{
    /// <summary><c>while</c>, <c>do</c> or <c>for</c>.</summary>
    Loop,

    /// <summary><c>foreach</c> or <c>await foreach</c>: it ends with its sequence.</summary>
    ForEach,

    /// <summary><c>goto</c>.</summary>
    Jump,

    /// <summary>The function calls itself.</summary>
    Recursion,
}

/// <summary>What ends a cycle whatever happens.</summary>
internal enum GuardKind
{
    /// <summary>A value that each turn changes, and that is compared where the cycle is left.</summary>
    Counter,

    /// <summary>A switch that a turn sets, and that keeps it from happening again.</summary>
    Latch,

    /// <summary>A clock that is compared with a limit.</summary>
    Clock,

    /// <summary>A token that a deadline cancels.</summary>
    Deadline,

    /// <summary>A sequence, queue or reader that gives the next item, or none.</summary>
    Sequence,

    /// <summary>Somebody is asked before the next turn.</summary>
    Human,

    /// <summary>The turn waits for something to arrive.</summary>
    Arrival,

    /// <summary>Something that the function does not show decides.</summary>
    Unknown,
}

/// <summary>What one way back to the head of a cycle tells of why it is taken.</summary>
[Flags]
internal enum PathFacts
{
    None = 0,

    /// <summary>An exception was caught.</summary>
    Failed = 1,

    /// <summary>What came back was a failure: no value, or a status that says so.</summary>
    FailedResult = 2,

    /// <summary>A model's answer decided that there is another turn.</summary>
    Answered = 4,

    /// <summary>A remote status, or another result, decided it.</summary>
    Pending = 8,

    /// <summary>Remote work was done.</summary>
    Called = 16,

    /// <summary>A model or an agent was asked.</summary>
    Asked = 32,

    /// <summary>It was waited for a time.</summary>
    Waited = 64,

    /// <summary>A token that somebody may cancel was passed to a call, or looked at.</summary>
    Token = 128,

    /// <summary>What came back is given to the next turn.</summary>
    FedBack = 256,

    /// <summary>Something bounds the way.</summary>
    Guarded = 512,

    /// <summary>What bounds it is that it can be taken once.</summary>
    Latched = 1024,

    /// <summary>What came back says that there is more: another page, another item.</summary>
    More = 2048,
}

/// <summary>Remote work in a cycle.</summary>
/// <param name="Call">The call that stands in the cycle.</param>
/// <param name="Path">From it to what crosses the network; null where that is not known: a delegate, or an interface that is implemented elsewhere.</param>
/// <param name="Entry">What the catalogue says of the last step; null where the path is.</param>
/// <param name="Asks">Whether a model or an agent answers.</param>
internal sealed record CycleCall(IInvocationOperation Call, Witness? Path, CatalogueEntry? Entry, bool Asks)
{
    /// <summary>Whether it is shown that the network is crossed.</summary>
    public bool IsProven => Path != null;

    /// <summary>The call in a message, with the way from it to what is remote.</summary>
    public string Describe() =>
        $"'{Witness.NameOf(Call.TargetMethod)}'" + (Path == null || (!Path.IsIndirect && Path.Steps[0].Site == Call.Syntax) ? "" : $" ({Path.Describe()})");
}

/// <summary>What bounds a cycle, on one of the ways back or on all.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Variable">The value that is compared or set; null where it is none.</param>
/// <param name="Test">Where it is looked at.</param>
internal sealed record CycleGuard(GuardKind Kind, ISymbol? Variable, SyntaxNode Test);

/// <summary>How the time between two turns is chosen.</summary>
internal enum DelayGrowth
{
    Constant,

    /// <summary>It depends on what changes from turn to turn.</summary>
    Growing,

    /// <summary>The other side, or the exception, says how long.</summary>
    Directed,

    /// <summary>The function does not show it.</summary>
    Unknown,
}

/// <summary>A wait on a way back.</summary>
/// <param name="Call">What waits.</param>
/// <param name="Time">How long; null where a helper decides.</param>
/// <param name="Growth">How it changes from turn to turn.</param>
/// <param name="HasJitter">Whether chance has a part in it.</param>
internal sealed record CycleDelay(IInvocationOperation Call, IOperation? Time, DelayGrowth Growth, bool HasJitter);

/// <summary>One way from the head of a cycle back to it.</summary>
/// <param name="Facts">What is known of it.</param>
/// <param name="Guard">What bounds it; null where nothing does.</param>
/// <param name="Handler">The handler that it goes through, the last of them; null where nothing fails on it by an exception.</param>
/// <param name="Decision">The condition that last decided for another turn; null where none did.</param>
/// <param name="Steps">The statements on it, in order.</param>
/// <param name="Delays">The waits on it.</param>
internal sealed record BackPath(PathFacts Facts, CycleGuard? Guard, SyntaxNode? Handler, SyntaxNode? Decision, ImmutableArray<IOperation> Steps, ImmutableArray<CycleDelay> Delays)
{
    public bool IsGuarded => Guard != null;

    /// <summary>How often the work is done at most when this way is taken each time; null where constants do not say it.</summary>
    public int? Attempts { get; init; }

    public bool Has(PathFacts facts) => (Facts & facts) != 0;

    /// <summary>The way in a message: by the handler, the <c>continue</c> or the condition that takes it.</summary>
    public string Describe(Cycle cycle)
    {
        if (Handler != null)
            return $"the 'catch' in line {LineOf(Handler)}";
        var branch = Decision?.FirstAncestorOrSelf<IfStatementSyntax>(condition => condition.Condition.Span.Contains(Decision.Span));
        if (branch?.Statement is { } taken && (taken is BlockSyntax block ? block.Statements.LastOrDefault() : taken) is ContinueStatementSyntax jump)
            return $"the 'continue' in line {LineOf(jump)}";
        if (Decision != null)
            return $"the condition in line {LineOf(Decision)}";
        return cycle.Shape == CycleShape.Recursion ? $"the call in line {LineOf(cycle.Syntax)}" : "every iteration";
    }

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}

/// <summary>A cycle around remote work.</summary>
/// <param name="Shape">How it comes back.</param>
/// <param name="Syntax">The loop, the <c>goto</c>, or the call by which a function calls itself.</param>
/// <param name="Head">What a report marks: the part of a loop that says how long it runs, or the jump.</param>
/// <param name="Function">The function it is in.</param>
/// <param name="Kind">Why it is taken: on the unbounded way back, or, where all are bounded, on any.</param>
/// <param name="Calls">The remote work in it, in the order of the text.</param>
/// <param name="Paths">The ways back, as far as they differ.</param>
/// <param name="Unguarded">The way back of this kind that nothing bounds; null where all are bounded.</param>
/// <param name="Attempts">How often the work is done at most, where constants say it.</param>
internal sealed record Cycle(
    CycleShape Shape,
    SyntaxNode Syntax,
    Location Head,
    SyntaxNode Function,
    CycleKind Kind,
    ImmutableArray<CycleCall> Calls,
    ImmutableArray<BackPath> Paths,
    BackPath? Unguarded,
    int? Attempts)
{
    /// <summary>The ways that are taken when the work failed.</summary>
    public IEnumerable<BackPath> FailurePaths => Paths.Where(path => path.Has(PathFacts.Failed | PathFacts.FailedResult));

    /// <summary>What bounds the ways back.</summary>
    public IEnumerable<CycleGuard> Guards => Paths.Select(path => path.Guard).OfType<CycleGuard>().Distinct();

    public IEnumerable<CycleDelay> Delays => Paths.SelectMany(path => path.Delays).GroupBy(delay => delay.Call.Syntax).Select(same => same.First());

    /// <summary>The call that a report names: the model where one decides, else what is shown to be remote.</summary>
    public CycleCall? Culprit =>
        (Kind == CycleKind.AgentLoop ? Calls.FirstOrDefault(call => call.Asks) : null) ?? Calls.FirstOrDefault(call => call.IsProven) ?? Calls.FirstOrDefault();

    /// <summary>Whether the function, or one around it, is given a token.</summary>
    public bool TakesToken(SemanticModel semantics, CancellationToken cancellation)
    {
        for (var symbol = semantics.GetEnclosingSymbol(Syntax.SpanStart, cancellation); symbol is IMethodSymbol method; symbol = symbol.ContainingSymbol)
            if (method.Parameters.Any(parameter => CancellationTokens.IsToken(parameter.Type)))
                return true;
        return false;
    }
}

using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Sharing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>Small questions that all checks of read-then-write ask.</summary>
internal static class SharedEntries
{
    // How many locals a value is followed through.
    private const int MaxSteps = 16;

    /// <summary>From where a write is reached by several callers at once; null where that is not so, or a lock is held.</summary>
    public static Entrance? EntranceOf(SyntaxNode write, bool isStatic, AgentModel model, CancellationToken cancellation) =>
        LockSets.Of(model).HeldAt(write, cancellation).IsEmpty ? ReachedFrom(write, isStatic, model, cancellation) : null;

    /// <summary>From where a place is reached by several callers at once, whatever locks it holds; null where that is not so.</summary>
    public static Entrance? ReachedFrom(SyntaxNode place, bool isStatic, AgentModel model, CancellationToken cancellation) =>
        Entrances.Of(model).At(place, cancellation, isStatic) is var entrance && (!entrance.Roots.IsEmpty || entrance.IsOpen) ? entrance : null;

    /// <summary>The shared field or property that an expression names; null where each call has its own.</summary>
    public static ISymbol? SharedVariable(IOperation? expression, AgentModel model, CancellationToken cancellation) =>
        expression?.Unwrap() is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } member
        && model.Declares(member.Member) && Lifetimes.Of(model).OwnerOf(member.Member, cancellation) != null
            ? member.Member
            : null;

    /// <summary>Whether a value is made of something, through the locals of its function.</summary>
    /// <param name="value">The value.</param>
    /// <param name="isSource">Whether an operation is what is looked for.</param>
    /// <param name="semantics">The meaning of the value's file.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    /// <param name="isReplaced">Whether a local holds something else by then than it was declared with.</param>
    public static bool IsMadeOf(IOperation value, Func<IOperation, bool> isSource, SemanticModel semantics, CancellationToken cancellation, Func<ILocalSymbol, bool>? isReplaced = null)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>([value]);
        while (open.Count > 0 && seen.Count < MaxSteps)
            foreach (var part in open.Dequeue().DescendantsAndSelf())
                if (isSource(part))
                    return true;
                else if (part is ILocalReferenceOperation { Local: var local } && seen.Add(local) && isReplaced?.Invoke(local) != true && local.InitializerOf(semantics, cancellation) is { } initializer)
                    open.Enqueue(initializer);
        return false;
    }

    /// <summary>The condition before a place that decides whether it is reached: the <c>if</c> around it, or one before it that leaves the function.</summary>
    public static IEnumerable<ExpressionSyntax> ConditionsBefore(SyntaxNode place, SyntaxNode? function)
    {
        foreach (var node in place.Ancestors().TakeWhile(node => node != function))
        {
            if (node is IfStatementSyntax choice && choice.Condition.SpanStart < place.SpanStart && !choice.Condition.Span.Contains(place.Span))
                yield return choice.Condition;
            if (node is ConditionalExpressionSyntax alternative && !alternative.Condition.Span.Contains(place.Span))
                yield return alternative.Condition;
            if (node is BlockSyntax block)
                foreach (var statement in block.Statements)
                    if (statement.Span.End <= place.SpanStart && Leaves(statement) is { } condition)
                        yield return condition;
        }
    }

    /// <summary>The condition of a statement that leaves the function where it holds; null where it is another kind of statement.</summary>
    public static ExpressionSyntax? Leaves(StatementSyntax statement) =>
        statement is IfStatementSyntax { Else: null } choice && choice.Statement.DescendantNodesAndSelf().Any(node => node is ReturnStatementSyntax or ThrowStatementSyntax)
            ? choice.Condition
            : null;

    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}

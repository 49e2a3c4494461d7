using AgentLint.Analysis.Loops;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>Whether time passes between a failure and the next attempt.</summary>
internal static class AttemptWaits
{
    /// <summary>Whether there is a way from a failure to the next attempt on which nothing waits.</summary>
    public static bool IsHasty(FailedAttempt failed, AgentModel model, CancellationToken cancellation) =>
        failed.Paths.Any(path => !path.Delays.Any(delay => Passes(delay, model, cancellation)))
        && !failed.Cycle.Delays.Any(delay => (IsBefore(delay, failed.Call) || IsUnlessLast(delay, failed)) && Passes(delay, model, cancellation));

    // if (attempt < most) await Task.Delay(…); else …: the way on which nothing waits leaves the loop.
    private static bool IsUnlessLast(CycleDelay delay, FailedAttempt failed)
    {
        for (var node = delay.Call.Syntax; node != null && node != failed.Handler; node = node.Parent)
            if (node is IfStatementSyntax choice && failed.Handler?.Span.Contains(choice.Span) == true)
                return choice.Condition.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax name && failed.Cycle.Guards.Any(guard => guard.Variable?.Name == name.Identifier.ValueText));
        return false;
    }

    // if (attempt > 0) await Task.Delay(…); at the head: the way on which nothing waits is the first attempt.
    private static bool IsBefore(CycleDelay delay, CycleCall work) =>
        delay.Call.Syntax.SpanStart < work.Call.Syntax.SpanStart && delay.Call.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>() == work.Call.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>();

    // A wait that somebody waits for, and that is not over at once.
    private static bool Passes(CycleDelay delay, AgentModel model, CancellationToken cancellation) =>
        !IsDropped(delay.Call) && (delay.Time == null || !Delays.IsNothing(delay.Time, model, cancellation));

    // A task that nobody waits for.
    private static bool IsDropped(IInvocationOperation wait) => wait.TargetMethod.ReturnType.IsTask() && wait.Syntax.Parent switch
    {
        ExpressionStatementSyntax => true,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax } => true,
        _ => false,
    };
}

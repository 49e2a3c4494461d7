using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>State that a failed attempt leaves to the next one.</summary>
/// <param name="Variable">The variable that has it.</param>
/// <param name="What">What is wrong with it, in a message.</param>
/// <param name="Site">The change, or the use.</param>
/// <param name="Failed">The failure after which the next attempt begins; null where something else than the code runs it again.</param>
/// <param name="CanRestore">Whether the state may be noted before the attempt, and restored.</param>
internal sealed record Leftover(ISymbol Variable, string What, SyntaxNode Site, FailedAttempt? Failed, bool CanRestore);

/// <summary>
/// Finds what the attempts of a hand-written retry change in variables from outside, before or between the remote work that can fail: the next
/// attempt then starts from what the failed one left. What comes after the work, is reset, or is touched by the handler is left alone.
/// </summary>
internal sealed class Leftovers(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    internal static readonly string[] Adds = ["Add", "Append", "Insert", "Enqueue", "Push"];
    private static readonly string[] Takes = ["Dequeue", "Pop"];
    internal static readonly string[] Resets = ["Clear", "Remove"];

    /// <summary>The leftovers in a file, in the order of the text; one for each variable of an attempt.</summary>
    public IEnumerable<Leftover> In(int depth)
    {
        foreach (var failed in FailedAttempt.In(semantics, model, depth, cancellation))
        {
            if (failed.Cycle.Shape is not (CycleShape.Loop or CycleShape.Recursion))
                continue;
            var attempt = failed.Handler?.Parent as TryStatementSyntax;
            var work = failed.Cycle.Calls.Where(call => call.IsProven && attempt?.Block.Span.Contains(call.Call.Syntax.Span) != false).ToImmutableArray();
            if (work.IsEmpty)
                continue;
            var found = attempt != null ? Changes(failed, attempt, failed.Handler!, work).Concat(Sent(failed, work)).Concat(Outliving(failed, attempt, failed.Handler!)) : Sent(failed, work);
            var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
            foreach (var leftover in found.OrderBy(leftover => leftover.Site.SpanStart))
                if (seen.Add(leftover.Variable))
                    yield return leftover;
        }

        foreach (var leftover in new RegionLeftovers(model, depth, cancellation).In(semantics.SyntaxTree))
            yield return leftover;
    }

    private IEnumerable<Leftover> Changes(FailedAttempt failed, TryStatementSyntax attempt, CatchClauseSyntax handler, ImmutableArray<CycleCall> work)
    {
        foreach (var node in CodeOf(failed, attempt))
        {
            var change = node switch
            {
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax } call when semantics.GetOperation(call, cancellation) is IInvocationOperation invocation => OfCall(invocation, failed, attempt, work),
                AssignmentExpressionSyntax { Left: IdentifierNameSyntax } assignment => OfAssignment(assignment, failed, attempt, work),
                _ => null,
            };
            if (change != null && !IsReset(change.Variable, node, StatusPaths.RegionOf(failed.Cycle)) && !Mentions(handler, change.Variable, failed.Cycle) && !IsOfOneAttempt(node, failed))
                yield return change;
        }
    }

    // The block whose failure is caught, and what each turn does before it.
    private static IEnumerable<SyntaxNode> CodeOf(FailedAttempt failed, TryStatementSyntax attempt)
    {
        var region = StatusPaths.RegionOf(failed.Cycle);
        foreach (var node in region.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or TryStatementSyntax) || n == region))
            if (node.SpanStart < attempt.SpanStart && (region is not ForStatementSyntax loop || loop.Statement.Span.Contains(node.Span)))
                yield return node;
        foreach (var node in attempt.Block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or TryStatementSyntax)))
            yield return node;
    }

    // if (attempt == 0) history.Add(…); if (!isAdded) { history.Add(…); isAdded = true; }
    private static bool IsOfOneAttempt(SyntaxNode change, FailedAttempt failed)
    {
        var region = StatusPaths.RegionOf(failed.Cycle);
        var told = new HashSet<string>(failed.Cycle.Guards.Select(guard => guard.Variable?.Name).OfType<string>(), StringComparer.Ordinal);
        foreach (var assignment in region.DescendantNodes().OfType<AssignmentExpressionSyntax>())
            if (assignment is { Left: IdentifierNameSyntax flag, Right: LiteralExpressionSyntax })
                told.Add(flag.Identifier.ValueText);
        return change.Ancestors().TakeWhile(node => node != region).OfType<IfStatementSyntax>()
            .Any(choice => !choice.Statement.DescendantNodes().Any(node => node is AssignmentExpressionSyntax && node == change)
                && choice.Condition.DescendantNodesAndSelf().Any(node => node is IdentifierNameSyntax name && told.Contains(name.Identifier.ValueText)));
    }

    // What all attempts share: it is not made anew in a turn, or it is handed on as it is.
    private bool IsKept(ISymbol root, FailedAttempt failed)
    {
        if (failed.Cycle.Shape != CycleShape.Recursion)
            return !IsWithin(root, failed.Cycle.Syntax);
        return root is IFieldSymbol or IPropertySymbol or IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } }
            || (root is IParameterSymbol own && semantics.GetOperation(failed.Cycle.Syntax, cancellation) is IInvocationOperation again
                && again.Arguments.Any(argument => argument.Parameter?.Ordinal == own.Ordinal && argument.Value.Unwrap() is IParameterReferenceOperation { Parameter: var handedOn } && SymbolEqualityComparer.Default.Equals(handedOn, own)));
    }

    private Leftover? OfCall(IInvocationOperation call, FailedAttempt failed, TryStatementSyntax attempt, ImmutableArray<CycleCall> work)
    {
        var receiver = call.Receiver();
        if (receiver == null || !Mutability.IsCollection(receiver.Type) || AccessPath.Of(receiver) is not { Root: var root } path || root is ITypeSymbol || !IsKept(root, failed))
            return null;
        var name = call.TargetMethod.Name;
        if (Adds.Any(verb => name.StartsWith(verb, StringComparison.Ordinal)) && (call.Syntax.Parent is ExpressionStatementSyntax || call.TargetMethod.ReturnsVoid))
        {
            // What goes into the next request, or is gathered from several.
            var isSent = work.Any(w => IsAfter(w, call.Syntax, attempt) && Uses(w, path));
            var isGathered = work.Any(w => IsInSameLoop(w, call.Syntax, attempt));
            return isSent || isGathered ? new Leftover(root, $"still holds what the failed attempt added when {failed.Call.Describe()} is retried", call.Syntax, failed, path.Member == null && failed.Cycle.Shape == CycleShape.Loop) : null;
        }

        return Takes.Contains(name) && work.Any(w => w.Call.Syntax.Span.Contains(call.Syntax.Span) || IsAfter(w, call.Syntax, attempt) && FlowsInto(call, w)) && failed.Paths.All(p => p.Guard?.Kind == GuardKind.Counter)
            ? new Leftover(root, $"has lost what the failed attempt removed when {failed.Call.Describe()} is retried", call.Syntax, failed, false)
            : null;
    }

    private Leftover? OfAssignment(AssignmentExpressionSyntax assignment, FailedAttempt failed, TryStatementSyntax attempt, ImmutableArray<CycleCall> work)
    {
        if (semantics.GetSymbolInfo(assignment.Left, cancellation).Symbol is not { } variable || variable is not (ILocalSymbol or IParameterSymbol or IFieldSymbol) || !IsKept(variable, failed))
            return null;
        // sum += await …: several parts make one result.
        if (assignment.IsKind(SyntaxKind.AddAssignmentExpression) && work.Any(w => IsInSameLoop(w, assignment, attempt) && (assignment.Right.Span.Contains(w.Call.Syntax.Span) || w.Call.Syntax.Span.End <= assignment.SpanStart)))
            return new Leftover(variable, $"still holds what the failed attempt added when {failed.Call.Describe()} is retried", assignment, failed, variable is not IFieldSymbol);
        // if (!isOpen) { isOpen = true; await Open(); }
        return assignment is { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Right.RawKind: (int)SyntaxKind.TrueLiteralExpression }
            && assignment.FirstAncestorOrSelf<IfStatementSyntax>() is { Condition: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: IdentifierNameSyntax tested } } choice
            && tested.Identifier.ValueText == variable.Name
            && attempt.Block.Span.Contains(choice.Span)
            && work.Any(w => choice.Statement.Span.Contains(w.Call.Syntax.Span) && w.Call.Syntax.SpanStart > assignment.Span.End)
                ? new Leftover(variable, $"is already marked as done when {work.First(w => choice.Statement.Span.Contains(w.Call.Syntax.Span)).Describe()} fails, so the next attempt skips it", assignment, failed, false)
                : null;
    }

    // A message that may be sent once.
    private IEnumerable<Leftover> Sent(FailedAttempt failed, ImmutableArray<CycleCall> work)
    {
        foreach (var call in work)
            foreach (var argument in call.Call.Arguments)
                if (argument.Value.Unwrap() is ILocalReferenceOperation { Local: var local } sent
                    && model.Is(local.Type, CatalogueRole.SingleUse)
                    && IsKept(local, failed)
                    && !IsReset(local, sent.Syntax, StatusPaths.RegionOf(failed.Cycle)))
                    yield return new Leftover(local, $"was sent by the failed attempt and cannot be sent again when {call.Describe()} is retried", sent.Syntax, failed, false);
    }

    // catch { failed = e; } … if (failed != null) throw: also after an attempt that succeeded.
    private IEnumerable<Leftover> Outliving(FailedAttempt failed, TryStatementSyntax attempt, CatchClauseSyntax handler)
    {
        var loop = failed.Cycle.Syntax;
        if (failed.Cycle.Shape != CycleShape.Loop || loop.Parent is not BlockSyntax around || semantics.AnalyzeControlFlow(attempt.Block) is not { Succeeded: true } flow || !(flow.EndPointIsReachable || flow.ExitPoints.Any(exit => exit is BreakStatementSyntax)))
            yield break;
        foreach (var assignment in handler.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>())
            if (assignment is { Left: IdentifierNameSyntax name, Right: IdentifierNameSyntax caught }
                && caught.Identifier.ValueText == handler.Declaration?.Identifier.ValueText
                && semantics.GetSymbolInfo(name, cancellation).Symbol is ILocalSymbol kept
                && !IsWithin(kept, loop)
                && !loop.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax other } reset && other.Identifier.ValueText == kept.Name && !handler.Span.Contains(reset.Span))
                && around.Statements.SkipWhile(s => s != loop).Skip(1).FirstOrDefault() is IfStatementSyntax { Statement: var consequence } choice
                && IsOnlyTestFor(choice.Condition, kept.Name)
                && consequence.DescendantNodesAndSelf().Any(n => n is ThrowStatementSyntax))
                yield return new Leftover(kept, $"still holds the failure of an earlier attempt after {failed.Call.Describe()} has succeeded", assignment, failed, false);
    }

    private static bool IsOnlyTestFor(ExpressionSyntax condition, string name) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression, Left: IdentifierNameSyntax left, Right.RawKind: (int)SyntaxKind.NullLiteralExpression } => left.Identifier.ValueText == name,
        IsPatternExpressionSyntax { Expression: IdentifierNameSyntax left, Pattern: UnaryPatternSyntax or RecursivePatternSyntax } => left.Identifier.ValueText == name,
        _ => false,
    };

    private static bool IsAfter(CycleCall work, SyntaxNode change, TryStatementSyntax attempt) =>
        work.Call.Syntax.SpanStart > change.Span.End || IsInSameLoop(work, change, attempt);

    // Within the attempt: for each item of several.
    private static bool IsInSameLoop(CycleCall work, SyntaxNode change, TryStatementSyntax attempt) =>
        change.Ancestors().TakeWhile(n => n != attempt.Block).Any(n => n is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax && n.Span.Contains(work.Call.Syntax.Span));

    private static bool Uses(CycleCall work, AccessPath path)
    {
        foreach (var part in work.Call.DescendantsAndSelf())
            if (part is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation
                && AccessPath.Of(part) is { } used
                && SymbolEqualityComparer.Default.Equals(used.Root, path.Root))
                return true;
        return false;
    }

    private bool FlowsInto(IInvocationOperation taken, CycleCall work) =>
        taken.Syntax.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { } declarator
        && work.Call.Syntax.DescendantNodes().Any(n => n is IdentifierNameSyntax name && name.Identifier.ValueText == declarator.Identifier.ValueText && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, semantics.GetDeclaredSymbol(declarator, cancellation)));

    private static bool IsWithin(ISymbol variable, SyntaxNode region) => variable.DeclaringSyntaxReferences.Any(declaration => declaration.SyntaxTree == region.SyntaxTree && region.Span.Contains(declaration.Span));

    // Anywhere in the loop: which statement comes first does not matter to a reader who sees to it at all.
    private static bool IsReset(ISymbol variable, SyntaxNode change, SyntaxNode loop) => loop.DescendantNodes().Any(node =>
        node is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Name && !change.Span.Contains(name.Span) && (name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own : (ExpressionSyntax)name) is var reference && reference.Parent switch
        {
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment => assignment.Left == reference,
            MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax, Name.Identifier.ValueText: var verb } => Resets.Any(reset => verb.StartsWith(reset, StringComparison.Ordinal)),
            MemberAccessExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } member => assignment.Left == member,
            // http.DefaultRequestHeaders.Remove(…)
            MemberAccessExpressionSyntax { Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax, Name.Identifier.ValueText: var verb } } => Resets.Any(reset => verb.StartsWith(reset, StringComparison.Ordinal)),
            _ => false,
        });

    // What a function that calls itself hands on, it only hands on.
    private static bool Mentions(CatchClauseSyntax handler, ISymbol variable, Cycle cycle) =>
        handler.DescendantNodes().Any(node => node is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Name
            && !(cycle.Shape == CycleShape.Recursion && cycle.Syntax.Span.Contains(name.Span)));
}

using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>A number that a loop counts its attempts in already, though nothing compares it.</summary>
/// <param name="Name">The variable.</param>
/// <param name="First">What it is at the handler of the first attempt.</param>
internal sealed record LoopCounter(string Name, int First)
{
    /// <summary>The condition under which a handler lets another attempt follow.</summary>
    public string Before(int attempts) => $"{Name} < {(attempts - 1 + First).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The number of the attempt that failed, counted from one, at the start of the handler.</summary>
    public string Attempt => First switch
    {
        0 => $"({Name} + 1)",
        1 => Name,
        _ => $"({Name} - {(First - 1).ToString(CultureInfo.InvariantCulture)})",
    };

    /// <summary>The counter of a loop; null where none counts each attempt, and nothing else.</summary>
    public static LoopCounter? Of(RetryLoopSyntax retry, FixContext context)
    {
        foreach (var candidate in Declared(retry.Loop))
            if (candidate.Initializer?.Value is LiteralExpressionSyntax { Token.Value: int start and (0 or 1) }
                && context.Semantics.GetDeclaredSymbol(candidate, context.Cancellation) is ILocalSymbol { Type.SpecialType: SpecialType.System_Int32 } local
                && Changes(local, retry.Loop, context).ToList() is { Count: > 0 } changes
                && PlaceOf(changes, retry) is { } isBefore)
                return new LoopCounter(local.Name, isBefore ? start + 1 : start);
        return null;
    }

    // for (var n = 0; …), and what is declared beside the loop, above it.
    private static IEnumerable<VariableDeclaratorSyntax> Declared(StatementSyntax loop)
    {
        if (loop is ForStatementSyntax { Declaration.Variables: var own })
            foreach (var variable in own)
                yield return variable;
        if (loop.Parent is BlockSyntax block)
            foreach (var statement in block.Statements.TakeWhile(statement => statement != loop).OfType<LocalDeclarationStatementSyntax>())
                foreach (var variable in statement.Declaration.Variables)
                    yield return variable;
    }

    // n++, ++n, n += 1: all of the ways in which it changes. Null among them is a change of another kind.
    private static IEnumerable<SyntaxNode?> Changes(ILocalSymbol local, StatementSyntax loop, FixContext context)
    {
        foreach (var name in Functions.Around(loop)?.DescendantNodes().OfType<IdentifierNameSyntax>() ?? [])
            if (name.Identifier.ValueText == local.Name && SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(name, context.Cancellation).Symbol, local))
                switch (name.Parent)
                {
                    case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression }:
                    case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression }:
                    case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression, Right: LiteralExpressionSyntax { Token.Value: 1 } } assignment when assignment.Left == name:
                        yield return name.Parent;
                        break;
                    case AssignmentExpressionSyntax other when other.Left == name:
                    case PostfixUnaryExpressionSyntax or ArgumentSyntax { RefKindKeyword.RawKind: not 0 }:
                        yield return null;
                        break;
                }
    }

    // Whether it has been counted when the handler begins; null where that is not the same for all attempts.
    private static bool? PlaceOf(List<SyntaxNode?> changes, RetryLoopSyntax retry)
    {
        if (changes is [{ } only])
        {
            if (retry.Loop is ForStatementSyntax { Incrementors: var incrementors } && incrementors.Any(step => step == only))
                return false;
            // At the head of each turn, before anything can fail.
            if (only.Parent is ExpressionStatementSyntax statement && retry.Body.Statements.FirstOrDefault() == statement)
                return true;
        }

        // Once in each handler, whatever else that does.
        return changes.Count == retry.Handlers.Length && retry.Handlers.All(handler => changes.Count(change => change?.Parent is ExpressionStatementSyntax step && step.Parent == handler.Block) == 1)
            ? false
            : null;
    }
}

using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>Code that runs while other branches of its group run.</summary>
/// <param name="Code">A lambda, a method that is named, or a call that starts the work.</param>
/// <param name="Round">
/// What is gone through once for each such branch, so that what is declared in it is the branch's own: the lambda, or the loop that starts it.
/// Null where there is one such branch.
/// </param>
/// <param name="IsApart">Whether it has a thread of its own from the start. Otherwise it runs on its starter's thread until it waits.</param>
/// <param name="End">Where its task alone is awaited; null where that is not seen.</param>
internal sealed record Branch(IOperation Code, SyntaxNode? Round, bool IsApart, SyntaxNode? End = null)
{
    /// <summary>Whether both may be running at once: not where the first has been awaited before the second is started, nor where only one of them is.</summary>
    public bool Meets(Branch other) => !IsBefore(this, other) && !IsBefore(other, this) && !IsEitherOr(Code.Syntax, other.Code.Syntax);

    /// <summary>Whether a variable is given something else for each branch.</summary>
    public bool Renews(ISymbol variable) =>
        Round is not (null or AnonymousFunctionExpressionSyntax)
        && Round.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment =>
            assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Name && !Code.Syntax.Span.Contains(assignment.Span));

    private static bool IsBefore(Branch first, Branch second) => first.End is { } end && end.SpanStart < second.Code.Syntax.SpanStart;

    // if (…) task = First(); else task = Second();
    private static bool IsEitherOr(SyntaxNode one, SyntaxNode other)
    {
        for (var node = one; node.Parent is { } parent; node = parent)
            if (parent.Span.Contains(other.Span))
                return parent switch
                {
                    IfStatementSyntax choice => node == choice.Statement ? choice.Else?.Span.Contains(other.Span) == true : node == choice.Else && choice.Statement.Span.Contains(other.Span),
                    ConditionalExpressionSyntax choice => node != choice.Condition && !choice.Condition.Span.Contains(other.Span),
                    SwitchStatementSyntax or SwitchExpressionSyntax => node is SwitchSectionSyntax or SwitchExpressionArmSyntax,
                    _ => false,
                };
        return false;
    }

    /// <summary>Whether a variable is the branch's own: declared in its code, or anew for each branch.</summary>
    public bool Owns(SyntaxReference declaration) =>
        declaration.SyntaxTree == Code.Syntax.SyntaxTree
        && (Code.Syntax.Span.Contains(declaration.Span) || Round?.Span.Contains(declaration.Span) == true);
}

/// <summary>Branches that run at the same time.</summary>
/// <param name="Join">The call that runs them, or that waits for all of them.</param>
/// <param name="Entry">What the catalogue says of that call; null where the last of them is started, and they are awaited by and by.</param>
/// <param name="Branches">At least one; one alone has a round.</param>
internal sealed record BranchGroup(IInvocationOperation Join, CatalogueEntry? Entry, ImmutableArray<Branch> Branches)
{
    /// <summary>How the branches run, for a message: <c>awaited by 'Task.WhenAll'</c>.</summary>
    public string Describe() => Entry == null ? "started together" : $"{(Entry.Role == CatalogueRole.AwaitsAll ? "awaited" : "run")} by '{Witness.NameOf(Join.TargetMethod)}'";

    /// <summary>What a report shows beside its place: the branches, what they do, and the call that runs them.</summary>
    public IEnumerable<Location> LocationsBeside(SyntaxNode place, IEnumerable<SyntaxNode> steps) =>
        Branches.Select(branch => branch.Code.Syntax).Concat(steps).Where(node => node != place).Append(Join.Syntax).Distinct().Select(node => node.GetLocation());
}

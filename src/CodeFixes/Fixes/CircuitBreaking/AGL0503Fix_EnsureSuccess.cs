using System.Collections.Immutable;
using System.Composition;
using AgentLint.Editing;
using AgentLint.Rules.CircuitBreaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.CircuitBreaking;

/// <summary>Has an answer throw that tells of an error.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0503Fix_EnsureSuccess)), Shared]
public sealed class AGL0503Fix_EnsureSuccess() : AgentCodeFix(AGL0503_FailureDisguisedAsResult.Rule, "Throw when the response reports an error")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindToken(diagnostic.Location.SourceSpan.Start).Parent is ReturnStatementSyntax refusal)
            {
                // if (!response.IsSuccessStatusCode) return []; is the check itself. What the branch logs would be lost.
                if ((refusal.Parent is BlockSyntax { Statements.Count: 1 } only ? only.Parent : refusal.Parent) is IfStatementSyntax { Else: null, Parent: BlockSyntax } test
                    && test.Condition is PrefixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsSuccessStatusCode", Expression: IdentifierNameSyntax response } })
                    edits.Add(test, (IfStatementSyntax old) => context.Statement($"{response.Identifier.Text}.EnsureSuccessStatusCode();").WithTriviaFrom(old));
            }
            else if (context.Root.FindToken(diagnostic.Location.SourceSpan.Start).Parent is SimpleNameSyntax name && name.FirstAncestorOrSelf<AwaitExpressionSyntax>() is { } awaited
                && context.Semantics.GetTypeInfo(awaited, context.Cancellation).Type?.GetMembers("EnsureSuccessStatusCode").IsEmpty == false)
                switch (awaited.FirstAncestorOrSelf<StatementSyntax>())
                {
                    case ExpressionStatementSyntax { Expression: var dropped } when dropped == awaited || dropped is AssignmentExpressionSyntax:
                        edits.Add(dropped, (ExpressionSyntax expression) => SyntaxFactory.InvocationExpression(
                            SyntaxFactory.MemberAccessExpression(
                                SyntaxKind.SimpleMemberAccessExpression,
                                SyntaxFactory.ParenthesizedExpression((expression is AssignmentExpressionSyntax assignment ? assignment.Right : expression).WithoutTrivia()),
                                SyntaxFactory.IdentifierName("EnsureSuccessStatusCode"))).WithTriviaFrom(expression));
                        break;
                    case LocalDeclarationStatementSyntax { Parent: BlockSyntax block, Declaration.Variables: [{ Identifier.Text: var local }] } declaration:
                        var check = context.Statement($"{local}.EnsureSuccessStatusCode();").WithLeadingTrivia(FileHabits.IndentationOf(declaration.GetFirstToken())).WithTrailingTrivia(habits.EndOfLine);
                        edits.Add(block, (BlockSyntax body) => body.WithStatements(body.Statements.Insert(block.Statements.IndexOf(declaration) + 1 + (body.Statements.Count - block.Statements.Count), check)));
                        break;
                }

        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}

using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis;
using AgentLint.Analysis.Branches;
using AgentLint.Editing;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.SharedState;

/// <summary>Makes a conversation of its own for each branch: a new session, or a copy of the history.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0702Fix_OwnConversation)), Shared]
public sealed class AGL0702Fix_OwnConversation() : AgentCodeFix(AGL0702_SessionUsedConcurrently.Rule, "Give each branch its own session")
{
    private static readonly SyntaxAnnotation Moved = new();

    private const string Copies = "Give each branch a copy of the conversation, so that none sees what another adds";

    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        var added = new Statements(context, habits, edits);
        var areSessions = true;
        foreach (var found in BranchFindings.Of(context.Model).SessionsIn(context.Semantics, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == found.Uses[0].Value.Syntax.Span)
                && found.Uses[0].Path is { Root: ILocalSymbol variable, Members.IsEmpty: true }
                && variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } made, Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration } })
            {
                var names = BranchFrame.MemberAround(declaration).DescendantNodes().OfType<IdentifierNameSyntax>()
                    .Where(name => name.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(name, context.Cancellation).Symbol, variable)).ToList();
                if (found.Uses[0].Kind == SessionUseKind.Runs)
                    Renew(found, declaration, made, names, edits, context);
                else if (found.Uses[0].Kind != SessionUseKind.Serves)
                    areSessions &= !Copy(found, variable, declaration, names, edits, added, context);
            }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root)), areSessions ? null : Copies));
    }

    // A session that nobody else has used is made where it is used.
    private static void Renew(ConcurrentSession found, LocalDeclarationStatementSyntax declaration, ExpressionSyntax made, List<IdentifierNameSyntax> names, NodeEdits edits, FixContext context)
    {
        var values = found.Uses.Select(use => use.Value.Syntax).ToList();
        var functions = names.Select(name => FunctionOf(name, declaration)).ToList();
        if (names.Any(name => !values.Contains(name) || name.Parent is not ArgumentSyntax)
            // Two turns of one branch are one conversation.
            || functions.Where(function => function != null).Distinct().Count() != functions.Count(function => function != null)
            || names.Select(name => name.Parent!.Parent!.Parent).Distinct().Count() != names.Count
            || !FileHabits.IsFirstOnLine(declaration.GetFirstToken()) || declaration.Parent is not BlockSyntax { Statements.Count: > 1 } block)
            return;
        var waits = made.DescendantNodesAndSelf(node => node is not AnonymousFunctionExpressionSyntax).Any(node => node is AwaitExpressionSyntax);
        foreach (var name in names)
        {
            edits.Add(name, node => made.WithoutTrivia().WithTriviaFrom(node));
            if (waits && FunctionOf(name, declaration) is LambdaExpressionSyntax { ExpressionBody: { } body } lambda && !Functions.IsAsync(lambda))
            {
                edits.Add(body, node => context.Expression("await " + node.WithoutTrivia().ToFullString()).WithTriviaFrom(node));
                edits.AddLast(lambda, node => context.Expression("async " + node.WithoutTrivia().ToFullString()).WithTriviaFrom(node));
            }
        }

        edits.Add(declaration, node => node.WithAdditionalAnnotations(Moved));
        edits.AddLast(block, node => WithoutMoved((BlockSyntax)node));
    }

    // What is said above a declaration that goes stays above what follows it.
    private static BlockSyntax WithoutMoved(BlockSyntax block)
    {
        var statements = block.Statements;
        while (statements.FirstOrDefault(statement => statement.HasAnnotation(Moved)) is { } moved)
        {
            var at = statements.IndexOf(moved);
            statements = statements.RemoveAt(at);
            if (at < statements.Count && moved.GetLeadingTrivia().Any(SyntaxKind.SingleLineCommentTrivia))
                statements = statements.Replace(statements[at], statements[at].WithLeadingTrivia(moved.GetLeadingTrivia()));
        }

        return block.WithStatements(statements);
    }

    // What was said before the branches, each goes on with; what they say, nobody has to know afterwards.
    private static bool Copy(ConcurrentSession found, ILocalSymbol variable, LocalDeclarationStatementSyntax declaration, List<IdentifierNameSyntax> names, NodeEdits edits, Statements added, FixContext context)
    {
        var inside = names.Where(name => FunctionOf(name, declaration) != null).ToList();
        if (names.Except(inside).Any(name => name.SpanStart > found.Group.Join.Syntax.SpanStart)
            || inside.Select(name => FunctionOf(name, declaration)!).Distinct().ToList() is not { Count: > 0 } functions
            || functions.Any(function => Functions.BodyOf(function) is not BlockSyntax { Statements.Count: > 0 })
            || NewNames.Unused(declaration, NewNames.Own(variable.Name), "ownConversation") is not { } own)
            return false;
        var type = variable.Type.TypeKind == TypeKind.Interface && variable.Type is INamedTypeSymbol { TypeArguments: [var message] }
            ? $"List<{message.ToMinimalDisplayString(context.Semantics, declaration.SpanStart)}>"
            : variable.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToMinimalDisplayString(context.Semantics, declaration.SpanStart);
        foreach (var function in functions)
            added.AtHead((BlockSyntax)Functions.BodyOf(function)!, $"var {own} = new {type}({variable.Name});");
        foreach (var name in inside)
            edits.Add(name, node => SyntaxFactory.IdentifierName(own).WithTriviaFrom(node));
        return true;
    }

    // The outermost function within the one that declares the conversation: the branch.
    private static SyntaxNode? FunctionOf(SyntaxNode name, SyntaxNode declaration)
    {
        var around = Functions.Around(declaration);
        SyntaxNode? function = null;
        for (var node = Functions.Around(name); node != around && node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax; node = Functions.Around(node))
            function = node;
        return function;
    }
}

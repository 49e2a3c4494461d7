using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Sharing;
using AgentLint.Editing;
using AgentLint.Model;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>
/// Begins a conversation in each call, where only one method uses it and empties it first: any other conversation would forget what was said before.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0701Fix_OwnConversation)), Shared]
public sealed class AGL0701Fix_OwnConversation()
    : AgentCodeFix(AGL0701_SharedConversation.Rule, "Start a new conversation in each call")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        var added = new Statements(context, FileHabits.Of(context.Root), edits);
        var names = new FreshNames();
        var gone = new List<SyntaxNode>();
        foreach (var (shared, uses) in SharedCode.Reported(context, diagnostics))
            if (SharedCode.DeclarationOf(shared.Variable, context) is { } declaration && SharedCode.TypeOf(declaration) is { } type
                && declaration.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member
                && MadeIn(shared, uses, declaration, out var assignment) is { } made
                && new StateWrites(context.Model, context.Cancellation).BeginsAnew(shared.Variable)
                && uses.Where(use => !SharedCode.IsOfConstruction(use.Syntax)).ToList() is { Count: > 0 } rest
                && rest.Select(use => use.Syntax.FirstAncestorOrSelf<MethodDeclarationSyntax>()).Distinct().ToList() is [{ Body: { Statements: [var first, ..] } body }]
                && FileHabits.IsFirstOnLine(first.GetFirstToken())
                && (IsFree(NewNames.AsLocal(shared.Variable.Name), body.Parent!, rest) ? NewNames.AsLocal(shared.Variable.Name) : names.For(first, "conversation", "ownConversation")) is { } local)
            {
                added.AtHead(body, made is BaseObjectCreationExpressionSyntax and not ImplicitObjectCreationExpressionSyntax && type is not NullableTypeSyntax && type.ToString() == ((ObjectCreationExpressionSyntax)made).Type.ToString()
                    ? $"var {local} = {made.WithoutTrivia()};"
                    : $"{type.WithoutTrivia()} {local} = {made.WithoutTrivia()};");
                foreach (var use in rest)
                    edits.Add(SharedCode.Whole((SimpleNameSyntax)NameOf(use.Syntax)), node => context.Expression(local).WithTriviaFrom(node));
                gone.Add(member);
                if (assignment != null)
                    gone.Add(assignment);
            }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(Apply(context, edits, gone))));
    }

    private static SyntaxNode Apply(FixContext context, NodeEdits edits, List<SyntaxNode> gone)
    {
        var mark = new SyntaxAnnotation();
        foreach (var node in gone)
            edits.Add(node, old => old.WithAdditionalAnnotations(mark));
        foreach (var member in gone.OfType<MemberDeclarationSyntax>())
            // The blank line below the first member has nothing above it any more.
            if (member.Parent is TypeDeclarationSyntax { Members: var members } && members.IndexOf(member) == 0 && members.Count > 1)
                edits.AddLast(members[1], next => next.WithLeadingTrivia(next.GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia))));
        var root = edits.Apply(context.Root);
        return root.RemoveNodes(root.GetAnnotatedNodes(mark), SyntaxRemoveOptions.KeepNoTrivia)!;
    }

    // The value that it is declared with, or that one constructor gives it; made of nothing that only the constructor has.
    private static ExpressionSyntax? MadeIn(SharedVariable shared, ImmutableArray<IOperation> uses, SyntaxNode declaration, out StatementSyntax? assignment)
    {
        assignment = null;
        var sets = uses.Where(use => SharedCode.IsOfConstruction(use.Syntax)).ToList();
        if (SharedCode.InitializerOf(declaration) is { } initializer)
            return sets.Count == 0 && initializer is BaseObjectCreationExpressionSyntax { Initializer: null } or CollectionExpressionSyntax ? initializer : null;
        if (sets is not [{ Parent: ISimpleAssignmentOperation { Syntax.Parent: ExpressionStatementSyntax statement } set }] || set.Value.DescendantsAndSelf().Any(part => part is IParameterReferenceOperation or ILocalReferenceOperation))
            return null;
        assignment = statement;
        return set.Value.Syntax as ExpressionSyntax;
    }

    // The name of the field itself, once the field is gone.
    private static bool IsFree(string name, SyntaxNode method, List<IOperation> uses) =>
        method.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name).All(token => uses.Any(use => use.Syntax.Span.Contains(token.Span)));

    private static SyntaxNode NameOf(SyntaxNode use) => use is MemberAccessExpressionSyntax access ? access.Name : use;
}

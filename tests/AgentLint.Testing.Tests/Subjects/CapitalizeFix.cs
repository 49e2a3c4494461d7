using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Testing.Tests.Subjects;

/// <summary>The good fix of <see cref="SmallTypeNameAnalyzer"/>. Bad fixes override one step of it.</summary>
public class CapitalizeFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [SmallTypeNameAnalyzer.Id];

    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var diagnostic = context.Diagnostics[0];
        context.RegisterCodeFix(
            CodeAction.Create("Capitalize", token => EditAsync(context.Document, diagnostic, token), EquivalenceKey),
            diagnostic);
        return Task.CompletedTask;
    }

    protected virtual string? EquivalenceKey => "capitalize";

    protected virtual async Task<Document> EditAsync(Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var root = (await document.GetSyntaxRootAsync(cancellationToken))!;
        var type = (BaseTypeDeclarationSyntax)root.FindNode(diagnostic.Location.SourceSpan);
        return document.WithSyntaxRoot(root.ReplaceNode(type, Edit(type)));
    }

    protected virtual SyntaxNode Edit(BaseTypeDeclarationSyntax type) => Capitalize(type);

    protected static BaseTypeDeclarationSyntax Capitalize(BaseTypeDeclarationSyntax type)
    {
        var name = type.Identifier.Text;
        var capital = SyntaxFactory.Identifier(char.ToUpperInvariant(name[0]) + name[1..]);
        return type.WithIdentifier(capital.WithTriviaFrom(type.Identifier));
    }
}

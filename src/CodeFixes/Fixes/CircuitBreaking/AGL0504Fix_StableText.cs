using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.CircuitBreaking;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.CircuitBreaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace AgentLint.Fixes.CircuitBreaking;

/// <summary>Tells a text of the program's own instead of what an exception says, which goes to the log. Offered where there is one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0504Fix_StableText)), Shared]
public sealed class AGL0504Fix_StableText() : AgentCodeFix(AGL0504_ExceptionDetailsToModel.Rule, "Return a fixed text and log the exception")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var handlers = new Handlers(context.Model, context.Semantics, context.Cancellation);
        foreach (var told in new ToldExceptions(context.Model, context.Semantics, context.Cancellation).In())
        {
            if (!diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == told.Detail.Span))
                continue;
            var name = told.Handler.Declaration!.Identifier.Text;
            if (handlers.Of(told.Handler)?.Logs.Any(log => Handlers.MentionsException(log.Syntax, told.Handler)) != true)
            {
                if (LoggerAt(context, told.Handler) is not { } logger || handlers.Of(told.Handler) is not { } ways || told.Handler.Block.Statements.FirstOrDefault() is not { } first)
                    continue;
                if (logger.Type.ContainingNamespace is { } space)
                    types.Import(space, told.Handler.SpanStart);
                var entry = context.Statement($"{logger.Name}.LogError({name}, \"{{Function}} failed\", nameof({FunctionName(told.Function)}));");
                edits.Add(told.Handler.Block, (BlockSyntax block) => FileHabits.IsFirstOnLine(first.GetFirstToken())
                    ? block.WithStatements(block.Statements.Insert(0, entry.WithLeadingTrivia(FileHabits.IndentationOf(first.GetFirstToken())).WithTrailingTrivia(habits.EndOfLine)))
                    : block.WithStatements(block.Statements.Insert(0, entry)).WithAdditionalAnnotations(Formatter.Annotation));
            }

            edits.Add(told.Text, (ExpressionSyntax text) => SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal("The call failed.")).WithTriviaFrom(text));
        }

        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }

    private static string FunctionName(IMethodSymbol function)
    {
        ISymbol symbol = function;
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } && symbol.ContainingSymbol is { } outer)
            symbol = outer;
        return symbol is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } ? symbol.Name : symbol.ContainingType.Name;
    }

    // A logger that the handler can use: a parameter, a local, a field or a property.
    private static (string Name, INamedTypeSymbol Type)? LoggerAt(FixContext context, CatchClauseSyntax handler)
    {
        foreach (var symbol in context.Semantics.LookupSymbols(handler.Block.OpenBraceToken.Span.End).OrderBy(symbol => symbol.Name, StringComparer.Ordinal))
            if (symbol switch
            {
                IParameterSymbol parameter => parameter.Type,
                ILocalSymbol local when local.Locations[0].SourceSpan.Start < handler.SpanStart => local.Type,
                IFieldSymbol { IsImplicitlyDeclared: false } field => field.Type,
                IPropertySymbol property => property.Type,
                _ => null,
            } is INamedTypeSymbol type
                && context.Model.EntriesOf(type).Any(entry => entry is { Role: CatalogueRole.Log, SimpleTypeName: "ILogger", Library.Type: "Microsoft.Extensions.Logging" })
                && (symbol.IsStatic || symbol is not (IFieldSymbol or IPropertySymbol) || context.Semantics.GetEnclosingSymbol(handler.SpanStart, context.Cancellation) is { IsStatic: false }))
                return (symbol.Name, type.AllInterfaces.FirstOrDefault(i => i.Name == "ILogger" && i.Arity == 0) ?? type);
        return null;
    }
}

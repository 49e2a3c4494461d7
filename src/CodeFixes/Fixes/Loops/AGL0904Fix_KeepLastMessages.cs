using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Loops;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Loops;

/// <summary>Has the library's reducer shorten a conversation before a model is sent it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0904Fix_KeepLastMessages)), Shared]
public sealed class AGL0904Fix_KeepLastMessages() : AgentCodeFix(AGL0904_UnboundedHistory.Rule, "Keep the last 20 messages")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        var added = new Statements(context, habits, edits);
        var types = new TypeNames(context);
        foreach (var history in Histories.Of(context.Model).In(context.Semantics, context.CallDepth, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == history.Growth.Expression.Span)
                && PlaceOf(history) is { } place
                && Shortened(history.Variable, place, context, types, habits) is { } text)
                added.Before(place, text);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }

    // The statement that asks. A loop within the turn may call tools: their results are not cut off while the model waits for them.
    private static StatementSyntax? PlaceOf(UnboundedHistory history)
    {
        for (var node = history.Asking; node != null && node != history.Around; node = node.Parent)
        {
            if (node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax
                || (node is CommonForEachStatementSyntax loop && loop.Statement.Span.Contains(history.Asking.Span)))
                return null;
            if (node is StatementSyntax statement && Statements.CanInsertBefore(statement))
                return Repeats(statement, history.Around) ? null : statement;
        }

        return null;
    }

    private static bool Repeats(SyntaxNode node, SyntaxNode around)
    {
        for (var outer = node.Parent; outer != null && outer != around; outer = outer.Parent)
            if (outer is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
                return true;
        return false;
    }

    private static string? Shortened(ISymbol variable, StatementSyntax place, FixContext context, TypeNames types, FileHabits habits)
    {
        if (TypeOf(variable) is not { } type || context.Model.EntriesOf(type).FirstOrDefault(entry => entry.Role == CatalogueRole.Session && entry.Has("reducer") && IsOf(type, entry)) is not { } entry
            || context.Semantics.Compilation.GetTypesByMetadataName(entry["reducer"]!) is not [var reducer])
            return null;
        var name = SyntaxFacts.GetKeywordKind(variable.Name) == SyntaxKind.None ? variable.Name : "@" + variable.Name;
        var made = $"new {types.Spell(reducer, place.SpanStart)}(20)";
        var token = TokenInScope.At(place, context)?.ToString() ?? "default";
        var configured = habits.ConfiguresAwait ? ".ConfigureAwait(false)" : "";
        if (entry["reduce"] is { } reduce)
            return $"await {name}.{reduce}({made}, {token}){configured};";
        // Whoever else holds the list would not see what is added to another.
        return variable is IParameterSymbol ? null : $"{name} = [.. await {made}.ReduceAsync({name}, {token}){configured}];";
    }

    private static bool IsOf(INamedTypeSymbol type, CatalogueEntry entry) =>
        entry["of"] is not { } element || type.TypeArguments.Any(argument => argument is INamedTypeSymbol message && element == message.ContainingNamespace.ToDisplayString() + "." + message.Name);

    private static INamedTypeSymbol? TypeOf(ISymbol variable) => (variable switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    }) as INamedTypeSymbol;
}

using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Sharing;
using AgentLint.Editing;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.SharedState;

/// <summary>Gives the call a copy of its own, which it changes and uses.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0705Fix_Clone)), Shared]
public sealed class AGL0705Fix_Clone()
    : AgentCodeFix(AGL0705_MutatedSharedOptions.Rule, "Change a copy")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        var added = new Statements(context, FileHabits.Of(context.Root), edits);
        var names = new FreshNames();
        foreach (var change in SharedOptions.Of(context.Model).In(context.Semantics, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == change.Site.Span)
                && change.Entry["clone"] is { } clone
                && FlowGraphs.FunctionAround(change.Site) is { } function
                && Functions.BodyOf(function) is BlockSyntax { Statements: [var first, ..] } body && FileHabits.IsFirstOnLine(first.GetFirstToken())
                && names.For(first, NewNames.Own(change.Variable.Name), change.Variable.Name + "Copy") is { } copy)
            {
                var uses = body.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.ValueText == change.Variable.Name
                    && SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(name, context.Cancellation).Symbol?.OriginalDefinition, change.Variable)).ToList();
                // What a caller need not give may be null.
                var made = change.Variable is IParameterSymbol { NullableAnnotation: NullableAnnotation.Annotated, Type: var type }
                    ? $"{SharedCode.Whole(uses[0])}?.{clone}() ?? new {type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToMinimalDisplayString(context.Semantics, body.SpanStart)}()"
                    : $"{SharedCode.Whole(uses[0])}.{clone}()";
                added.AtHead(body, $"var {copy} = {made};");
                foreach (var use in uses)
                    edits.Add(SharedCode.Whole(use), node => context.Expression(copy).WithTriviaFrom(node));
            }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}

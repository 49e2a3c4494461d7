using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Analysis.Values;
using AgentLint.Editing;
using AgentLint.Rules.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Deadlines;

/// <summary>Has a handler let a cancellation through that the caller has asked for. A time limit stays a failure.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0305Fix_LetCancellationThrough)), Shared]
public sealed class AGL0305Fix_LetCancellationThrough() : AgentCodeFix(AGL0305_SwallowedCancellation.Rule, "Let the caller's cancellation through")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        foreach (var swallowed in new SwallowedCancellations(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            if (diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == swallowed.Handler.CatchKeyword.Span))
                LetThrough(swallowed.Handler, swallowed.Token);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));

        void LetThrough(CatchClauseSyntax handler, ScopedToken token)
        {
            var asked = $"{TokenPassing.Expression(token)}.IsCancellationRequested";
            if (!CancellationTokens.IsToken(token.Type))
                asked = $"({TokenPassing.Expression(token)}).IsCancellationRequested";
            if (handler.Declaration is { } declared && IsOfCancellation(declared))
            {
                edits.Add(handler, (CatchClauseSyntax c) => CatchFilters.With(c, "!" + asked));
                return;
            }

            var isNamed = handler.Declaration is { Identifier.RawKind: (int)SyntaxKind.IdentifierToken };
            if ((isNamed ? handler.Declaration!.Identifier.Text : NewNames.Unused(handler, "exception", "failure", "caught")) is not { } name
                || TaskTypes.Find(context.Semantics.Compilation, "System.OperationCanceledException") is not { } canceled
                || TaskTypes.Find(context.Semantics.Compilation, "System.Exception") is not { } all)
                return;
            if (!isNamed)
            {
                var type = types.Spell(all, handler.SpanStart);
                edits.Add(handler, (CatchClauseSyntax c) => CatchFilters.Named(c, type, name));
            }

            var condition = $"{name} is not {types.Spell(canceled, handler.SpanStart)} || !{asked}";
            edits.Add(handler, (CatchClauseSyntax c) => CatchFilters.With(c, c.Filter == null ? condition : $"({condition})", isFirst: true));
        }

        bool IsOfCancellation(CatchDeclarationSyntax declared) =>
            context.Semantics.GetTypeInfo(declared.Type, context.Cancellation).Type is { } type && context.Model.EntriesOf((INamedTypeSymbol)type).Any(entry => entry.Role == Catalogue.CatalogueRole.Failure && entry["kind"] == "canceled");
    }
}

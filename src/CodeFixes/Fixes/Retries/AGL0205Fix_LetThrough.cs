using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Retries;
using AgentLint.Editing;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Retries;

/// <summary>Lets a handler pass on the failures that another attempt cannot fix.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0205Fix_LetThrough)), Shared]
public sealed class AGL0205Fix_LetThrough() : AgentCodeFix(AGL0205_RetryOfPermanentFailure.Rule, "Let the failure through to the caller")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        foreach (var failure in new PermanentFailures(context.Model, context.Semantics, context.Cancellation).In(context.CallDepth))
            if (diagnostics.Any(d => d.Location.SourceSpan == failure.Site.SourceSpan)
                && failure.Why is Permanence.Canceled or Permanence.OwnCheck
                && context.Root.FindToken(failure.Site.SourceSpan.Start).Parent is CatchClauseSyntax handler
                && TypeOf(failure, handler, context) is { } type)
                LetThrough(handler, types.Spell(type, handler.SpanStart));
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));

        void LetThrough(CatchClauseSyntax handler, string type)
        {
            var name = handler.Declaration is { Identifier.RawKind: (int)SyntaxKind.IdentifierToken } declared ? declared.Identifier.Text : NewNames.Unused(handler, "exception", "failure", "caught");
            if (name == null)
                return;
            if (handler.Declaration is not { Identifier.RawKind: (int)SyntaxKind.IdentifierToken })
            {
                var all = types.Spell(TaskTypes.Find(context.Semantics.Compilation, "System.Exception")!, handler.SpanStart);
                edits.Add(handler, (CatchClauseSyntax c) => CatchFilters.Named(c, all, name));
            }

            edits.Add(handler, (CatchClauseSyntax c) => CatchFilters.With(c, $"{name} is not {type}", isFirst: true));
        }
    }

    // A handler for the type alone is better taken out: that is for its author to do.
    private static INamedTypeSymbol? TypeOf(PermanentFailure failure, CatchClauseSyntax handler, FixContext context)
    {
        var type = failure.Exception ?? TaskTypes.Find(context.Semantics.Compilation, "System.OperationCanceledException");
        var caught = handler.Declaration == null ? null : context.Semantics.GetTypeInfo(handler.Declaration.Type, context.Cancellation).Type;
        return caught is null or { Name: "Exception" or "SystemException" } ? type : null;
    }
}

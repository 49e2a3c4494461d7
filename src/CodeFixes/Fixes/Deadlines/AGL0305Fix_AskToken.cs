using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Editing;
using AgentLint.Rules.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Deadlines;

/// <summary>Has a handler end a service loop only where the token asks for it. A timeout goes to the handler of all other failures.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0305Fix_AskToken)), Shared]
public sealed class AGL0305Fix_AskToken() : AgentCodeFix(AGL0305_SwallowedCancellation.Rule, "Catch only the cancellation of the token")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        foreach (var loop in new TimedOutLoops(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            // Where no other handler follows, a timeout would end the program.
            if (loop.GoesOn && diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == loop.Handler.CatchKeyword.Span))
                edits.Add(loop.Handler, (CatchClauseSyntax handler) => CatchFilters.With(handler, loop.Token + ".IsCancellationRequested"));
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}

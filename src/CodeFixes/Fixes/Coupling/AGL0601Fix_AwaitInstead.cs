using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis;
using AgentLint.Editing;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Coupling;

/// <summary>Awaits what a thread was held for, and makes the functions on the way asynchronous.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0601Fix_AwaitInstead)), Shared]
public sealed class AGL0601Fix_AwaitInstead() : AgentCodeFix(AGL0601_BlockingAgentCall.Rule, Title)
{
    private const string Title = "Await instead of blocking";

    private protected override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var conversion = new AsyncConversion(context, habits, types);
        var rewrites = new AwaitRewrites(context, habits, types);
        var blocking = BlockingCalls.Of(context.Model);
        var waits = new ReportedWaits(context);
        foreach (var diagnostic in diagnostics)
            foreach (var use in waits.Of(diagnostic.Location.SourceSpan))
            {
                var isMended = blocking.At(use, context.Semantics, context.Cancellation) is { } call
                    && rewrites.Of(call) is { } site
                    && await conversion.TryAddAsync(site).ConfigureAwait(false);
                // Its neighbours are mended with a fault, not instead of it.
                if (!isMended && use.Name.Span == diagnostic.Location.SourceSpan)
                    break;
            }

        if (conversion.Edits.IsEmpty)
            return null;
        var root = types.AddImports(conversion.Edits.Apply(context.Root), habits.EndOfLine);
        return new Edit(context.Document.WithSyntaxRoot(root), conversion.Extend(Title));
    }
}

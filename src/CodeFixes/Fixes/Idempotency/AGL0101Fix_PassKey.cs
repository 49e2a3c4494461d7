using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Writes;
using AgentLint.Editing;
using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Idempotency;

/// <summary>
/// Passes a key to the write: made of what the framework gives the tool, activity or consumer, else of what the tool is asked to do; the same
/// in each attempt, another for the next operation. Functions between hand it on.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0101Fix_PassKey)), Shared]
public sealed class AGL0101Fix_PassKey() : AgentCodeFix(AGL0101_SideEffectWithoutIdempotencyKey.Rule, "Pass a stable idempotency key", acrossDocuments: true)
{
    private protected override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var paths = new KeyPaths(context);
        foreach (var tree in diagnostics.Select(diagnostic => diagnostic.Location.SourceTree).OfType<SyntaxTree>().Distinct())
            foreach (var found in RootWrites.Of(context.Model).In(context.Model.SemanticsOf(tree), context.CallDepth, context.Cancellation).ToList())
                if (diagnostics.Any(diagnostic => diagnostic.Location.SourceTree == tree && diagnostic.Location.SourceSpan == found.Site.Span))
                    await paths.AddAsync(found.Write.Effect.Witness.Steps[found.Write.Effect.Witness.Steps.Length - 1].Site, found.Write.Effect.Entry).ConfigureAwait(false);
        return paths.Apply() is { } document ? new Edit(document) : null;
    }
}

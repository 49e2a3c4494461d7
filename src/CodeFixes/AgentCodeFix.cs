using System.Collections.Immutable;
using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint;

/// <summary>
/// Base of all fixes. One <see cref="EditAsync"/> mends one report or all of a document's. What it makes is compiled before it is offered:
/// an edit that changes nothing, or that leaves an error which was not there, is not.
/// </summary>
public abstract class AgentCodeFix : CodeFixProvider
{
    private readonly string title;
    private readonly FixAllProvider fixAll;

    private protected AgentCodeFix(Rule rule, string title)
    {
        this.title = title;
        FixableDiagnosticIds = [rule.Id];
        fixAll = FixAllProvider.Create(async (context, document, diagnostics) => await FixAllAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false) ?? document);
    }

    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    public sealed override FixAllProvider GetFixAllProvider() => fixAll;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
            if (await TryAsync(context.Document, [diagnostic], context.CancellationToken).ConfigureAwait(false) is { } mended)
                context.RegisterCodeFix(CodeAction.Create(mended.Title ?? title, _ => Task.FromResult(mended.Document), GetType().Name), diagnostic);
    }

    /// <summary>Mends reports of one document, as many of them as it can.</summary>
    /// <returns>The changed document, or null where nothing can be mended.</returns>
    private protected abstract Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics);

    // All at once where that compiles; otherwise one after the other, leaving out what does not.
    private async Task<Document?> FixAllAsync(Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        if (await TryAsync(document, diagnostics, cancellation).ConfigureAwait(false) is { } mended)
            return mended.Document;
        var kept = ImmutableArray<Diagnostic>.Empty;
        Document? last = null;
        foreach (var diagnostic in diagnostics)
            if (await TryAsync(document, kept.Add(diagnostic), cancellation).ConfigureAwait(false) is { } next)
            {
                kept = kept.Add(diagnostic);
                last = next.Document;
            }

        return last;
    }

    private async Task<Edit?> TryAsync(Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        if (await FixContext.CreateAsync(document, cancellation).ConfigureAwait(false) is not { } context
            || await EditAsync(context, diagnostics).ConfigureAwait(false) is not { } edited)
            return null;
        var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        return !text.ContentEquals(await edited.Document.GetTextAsync(cancellation).ConfigureAwait(false))
            && await CompileCheck.LeavesNoNewErrorAsync(document, edited.Document, cancellation).ConfigureAwait(false)
                ? edited
                : null;
    }
}

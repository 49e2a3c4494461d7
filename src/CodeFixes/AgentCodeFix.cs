using System.Collections.Immutable;
using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint;

/// <summary>
/// Base of all fixes. One <see cref="EditAsync"/> fixes one report or all reports of a document. The result is compiled before it is offered:
/// an edit that changes nothing, or that leaves an error which was not there, is not.
/// </summary>
public abstract class AgentCodeFix : CodeFixProvider
{
    private readonly string title;
    private readonly FixAllProvider fixAll;

    /// <param name="rule">The rule.</param>
    /// <param name="title">The edit as a command.</param>
    /// <param name="acrossDocuments">Whether an edit may change several documents of a project; it is then given the reports of all of them at once.</param>
    private protected AgentCodeFix(Rule rule, string title, bool acrossDocuments = false)
    {
        this.title = title;
        FixableDiagnosticIds = [rule.Id];
        fixAll = acrossDocuments ? new ProjectFixAll(this) : FixAllProvider.Create(async (context, document, diagnostics) => await FixAllAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false) ?? document);
    }

    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    public sealed override FixAllProvider GetFixAllProvider() => fixAll;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
            if (await TryAsync(context.Document, [diagnostic], context.CancellationToken).ConfigureAwait(false) is { } mended)
                context.RegisterCodeFix(CodeAction.Create(mended.Title ?? title, _ => Task.FromResult(mended.Solution), GetType().Name), diagnostic);
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
        var isChanged = false;
        foreach (var id in edited.Solution.GetChanges(document.Project.Solution).GetProjectChanges().SelectMany(project => project.GetChangedDocuments()))
        {
            var (before, after) = (document.Project.Solution.GetDocument(id)!, edited.Solution.GetDocument(id)!);
            isChanged |= !(await before.GetTextAsync(cancellation).ConfigureAwait(false)).ContentEquals(await after.GetTextAsync(cancellation).ConfigureAwait(false));
            if (!await CompileCheck.LeavesNoNewErrorAsync(before, after, cancellation).ConfigureAwait(false))
                return null;
        }

        return isChanged ? edited : null;
    }

    /// <summary>Mends the reports of a project together: what one edit adds to a function, another may need.</summary>
    private sealed class ProjectFixAll(AgentCodeFix fix) : FixAllProvider
    {
        public override async Task<CodeAction?> GetFixAsync(FixAllContext context)
        {
            var solution = context.Solution;
            foreach (var project in context.Scope == FixAllScope.Solution ? solution.Projects : [context.Project])
            {
                var diagnostics = context is { Scope: FixAllScope.Document, Document: { } only }
                    ? await context.GetDocumentDiagnosticsAsync(only).ConfigureAwait(false)
                    : await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
                var sites = diagnostics.Where(diagnostic => diagnostic.Location.SourceTree is { } tree && solution.GetDocument(tree) != null).ToImmutableArray();
                if (!sites.IsEmpty
                    && solution.GetDocument(sites[0].Location.SourceTree!) is { } document
                    && await fix.FixAllAsync(document, sites, context.CancellationToken).ConfigureAwait(false) is { } mended)
                    solution = mended.Project.Solution;
            }

            return CodeAction.Create(fix.title, _ => Task.FromResult(solution), fix.GetType().Name);
        }
    }
}

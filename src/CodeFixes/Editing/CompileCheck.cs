using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Editing;

/// <summary>Compiles what a fix has made before anybody sees it.</summary>
internal static class CompileCheck
{
    /// <summary>Whether a changed document has no more errors of any kind than it had.</summary>
    public static async Task<bool> LeavesNoNewErrorAsync(Document before, Document after, CancellationToken cancellation)
    {
        // A token that is missing leaves its neighbours apart in the tree alone: what counts is how the new text is read.
        if (await before.GetSyntaxTreeAsync(cancellation).ConfigureAwait(false) is { } tree && tree.GetDiagnostics(cancellation).Any(d => d.Severity == DiagnosticSeverity.Error))
            after = after.WithText(SourceText.From((await after.GetTextAsync(cancellation).ConfigureAwait(false)).ToString()));
        var had = await ErrorsAsync(before, cancellation).ConfigureAwait(false);
        foreach (var error in await ErrorsAsync(after, cancellation).ConfigureAwait(false))
            if (!had.TryGetValue(error.Key, out var count) || count < error.Value)
                return false;
        // A program that can no longer be started is an error of no file.
        return await EntryPointOfAsync(before, cancellation).ConfigureAwait(false) == null || await EntryPointOfAsync(after, cancellation).ConfigureAwait(false) != null;
    }

    private static async Task<IMethodSymbol?> EntryPointOfAsync(Document document, CancellationToken cancellation) =>
        (await document.Project.GetCompilationAsync(cancellation).ConfigureAwait(false))?.GetEntryPoint(cancellation);

    private static async Task<Dictionary<string, int>> ErrorsAsync(Document document, CancellationToken cancellation)
    {
        var semantics = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        return semantics!.GetDiagnostics(cancellationToken: cancellation)
            .Where(d => d.Severity == DiagnosticSeverity.Error)
            .GroupBy(d => d.Id)
            .ToDictionary(g => g.Key, g => g.Count());
    }
}

using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Demands that reports lie in files of the solution, where they can be shown and suppressed.</summary>
/// <remarks>
/// A report of a foreign tree or outside of its tree's text makes the driver throw. What is left are locations that name a
/// file: they must not name a source file, because suppression does not reach them there, and must lie within the text of an
/// additional file. A file that the solution does not know must be expected by its name.
/// </remarks>
static class LocationCheck
{
    public static async Task VerifyAsync(Solution solution, IEnumerable<Diagnostic> diagnostics, IVerifier verifier, CancellationToken cancellationToken)
    {
        foreach (var diagnostic in diagnostics)
        {
            foreach (var location in diagnostic.AdditionalLocations.Prepend(diagnostic.Location))
            {
                if (location.Kind == LocationKind.ExternalFile)
                {
                    await VerifyAsync(solution, diagnostic, location.GetLineSpan(), verifier, cancellationToken);
                }
            }
        }
    }

    static async Task VerifyAsync(Solution solution, Diagnostic diagnostic, FileLinePositionSpan span, IVerifier verifier, CancellationToken cancellationToken)
    {
        var projects = solution.Projects.ToArray();
        verifier.False(
            projects.SelectMany(p => p.Documents).Any(d => DocumentPaths.Of(d) == span.Path),
            $"{diagnostic.Id} names the source file '{span.Path}' without its syntax tree, so it cannot be suppressed there.");

        var file = projects.SelectMany(p => p.AdditionalDocuments).FirstOrDefault(d => DocumentPaths.Of(d) == span.Path);
        if (file is not null)
        {
            var text = await file.GetTextAsync(cancellationToken);
            verifier.True(
                span.EndLinePosition.Line < text.Lines.Count
                    && span.StartLinePosition.Character <= text.Lines[span.StartLinePosition.Line].Span.Length
                    && span.EndLinePosition.Character <= text.Lines[span.EndLinePosition.Line].Span.Length,
                $"{diagnostic.Id} lies outside the text of the file: {span}.");
        }
    }
}

using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Demands that a solution holds exactly the files of the expected state, verbatim.</summary>
static class FixedFilesCheck
{
    public static async Task VerifyAsync(EvaluatedSolution expected, Solution actual, IVerifier verifier, CancellationToken cancellationToken)
    {
        foreach (var project in expected.Projects)
        {
            var found = actual.Projects.Single(p => p.Name == project.Name);
            await VerifyAsync("source file", project.Sources, found.Documents, verifier, cancellationToken);
            await VerifyAsync("additional file", project.AdditionalFiles, found.AdditionalDocuments, verifier, cancellationToken);
            var configs = found.AnalyzerConfigDocuments.Where(d => d.FilePath != TestCompilationOptions.HostConfigPath);
            await VerifyAsync("configuration file", project.AnalyzerConfigFiles, configs, verifier, cancellationToken);
        }
    }

    static async Task VerifyAsync(string kind, IEnumerable<TestFile> expected, IEnumerable<TextDocument> actual, IVerifier verifier, CancellationToken cancellationToken)
    {
        var rest = actual.ToDictionary(DocumentPaths.Of, StringComparer.Ordinal);
        foreach (var file in expected)
        {
            verifier.True(rest.Remove(file.Path, out var document), $"The fix should leave a {kind} '{file.Path}'; it leaves: {string.Join(", ", actual.Select(DocumentPaths.Of))}");
            var text = await document!.GetTextAsync(cancellationToken);
            verifier.EqualOrDiff(file.Text.ToString(), text.ToString(), $"The fixed {kind} '{file.Path}' is not as expected.");
        }

        verifier.Empty($"{kind}s that the fix should not leave", rest.Keys);
    }
}

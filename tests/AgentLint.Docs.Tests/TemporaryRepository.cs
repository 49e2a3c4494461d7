namespace AgentLint.Docs.Tests;

/// <summary>A copy of the files that the tool reads and writes, which a test may spoil.</summary>
internal sealed class TemporaryRepository : IDisposable
{
    private static readonly string[] Copied =
        ["AgentLint.sln", "README.md", "docs", "src/Package/README.md", "src/Package/buildTransitive/config", "src/Analyzers/AnalyzerReleases.Shipped.md", "src/Analyzers/AnalyzerReleases.Unshipped.md"];

    public TemporaryRepository()
    {
        foreach (var path in Copied)
        {
            var source = Path.Combine(Here.Root, path);
            foreach (var file in File.Exists(source) ? [source] : Directory.GetFiles(source, "*", SearchOption.AllDirectories))
            {
                var target = At(Path.GetRelativePath(Here.Root, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("agentlint-docs-").FullName;

    public string At(string path) => Path.Combine(Root, path);

    public (int Exit, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (CommandLine.Run(arguments, Root, output, error), output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

internal static class Here
{
    /// <summary>The repository that the tests were built from.</summary>
    public static string Root { get; } = RepositoryRoot.Find(AppContext.BaseDirectory);
}

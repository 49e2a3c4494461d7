namespace AgentLint.Package.Tests;

/// <summary>A consumer in a folder of its own, to be changed and built at will.</summary>
internal sealed record ConsumerCopy(string Root, string Folder, string Packages) : IDisposable
{
    public string Project => Path.Combine(Root, Folder);

    public string At(string path) => Path.Combine(Project, Path.Combine(path.Split('/')));

    public string Read(string path) => File.ReadAllText(At(path));

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text.ReplaceLineEndings("\n"));
    }

    public void Replace(string path, string old, string with)
    {
        Assert.Contains(old, Read(path), StringComparison.Ordinal);
        Write(path, Read(path).Replace(old, with, StringComparison.Ordinal));
    }

    public Task<CliResult> BuildAsync(params string[] arguments) =>
        DotNetAsync(["build", "--no-restore", "-p:UseSharedCompilation=false", "-clp:NoSummary", .. arguments]);

    public Task<CliResult> DotNetAsync(params string[] arguments) => Cli.DotNetAsync(Project, Packages, arguments);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

namespace AgentLint.Package.Tests;

public sealed class DeterminismTests
{
    // What the package is made of, and no more: a file that is missing here fails the build of the copy.
    private static readonly string[] Sources = ["src", "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig"];

    [Fact]
    public async Task TheSameSourcesMakeTheSameBytesInEveryFolder()
    {
        var folder = Directory.CreateTempSubdirectory("agentlint-twice-");
        try
        {
            var first = await PackAsync(folder.CreateSubdirectory("first").FullName);
            var second = await PackAsync(folder.CreateSubdirectory("the second one").FullName);

            Assert.True(first.AsSpan().SequenceEqual(second), "Two packages of the same sources differ");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<byte[]> PackAsync(string folder)
    {
        foreach (var source in Sources.Select(path => Path.Combine(Repository.Root, path)))
        {
            foreach (var file in File.Exists(source) ? [source] : Directory.GetFiles(source, "*", SearchOption.AllDirectories))
            {
                var relative = Path.GetRelativePath(Repository.Root, file);
                if (relative.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
                    continue;
                var target = Path.Combine(folder, relative);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        // Analyzers make no output: leaving them out saves half the time.
        var pack = await Cli.DotNetAsync(folder, Repository.MachinePackages, "pack", "src/Package", "-o", "out", "-p:RunAnalyzers=false", "-p:UseSharedCompilation=false");
        pack.Succeeded();
        return await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(folder, "out"))));
    }
}

namespace AgentLint.Package.Tests;

public sealed class DeterminismTests
{
    // What the package is made of, and no more: a file that is missing here fails the build of the copy.
    private static readonly string[] Sources = ["src", "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig"];

    [Fact]
    public Task TheSameSourcesMakeTheSameBytesInEveryFolder() =>
        AssertSameBytesAsync(folder =>
        {
            Copy(folder);
            return Task.CompletedTask;
        });

    // A clone says in its assemblies which commit it is.
    [Fact]
    public async Task TwoClonesOfOneCommitMakeTheSameBytes()
    {
        // In a work tree of git it is a file.
        var git = Path.Combine(Repository.Root, ".git");
        Assert.SkipUnless(Directory.Exists(git) || File.Exists(git), $"There is no repository of git in {Repository.Root}");
        await AssertSameBytesAsync(async folder =>
        {
            (await Cli.GitAsync(Repository.Root, "clone", "--quiet", Repository.Root, folder)).Succeeded();
            // Nothing but the commit.
            Assert.Empty((await Cli.GitAsync(folder, "status", "--porcelain", "--ignored")).Succeeded().Output.Trim());
        });
    }

    private static async Task AssertSameBytesAsync(Func<string, Task> fillAsync)
    {
        var folder = Directory.CreateTempSubdirectory("agentlint-twice-");
        try
        {
            var packages = new List<byte[]>();
            foreach (var name in new[] { "first", "the second one" })
            {
                var sources = folder.CreateSubdirectory(name).FullName;
                await fillAsync(sources);
                packages.Add(await PackAsync(sources));
            }

            Assert.True(packages[0].AsSpan().SequenceEqual(packages[1]), "Two packages of the same sources differ");
        }
        finally
        {
            Delete(folder);
        }
    }

    private static void Copy(string folder)
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
    }

    private static async Task<byte[]> PackAsync(string folder)
    {
        // Analyzers make no output: leaving them out saves half the time.
        var pack = await Cli.DotNetAsync(folder, Repository.MachinePackages, "pack", "src/Package", "-o", "out", "-p:RunAnalyzers=false", "-p:UseSharedCompilation=false");
        pack.Succeeded();
        return await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(folder, "out"))));
    }

    // What git keeps may only be read.
    private static void Delete(DirectoryInfo folder)
    {
        foreach (var file in folder.GetFiles("*", SearchOption.AllDirectories))
            file.Attributes = FileAttributes.Normal;
        folder.Delete(recursive: true);
    }
}

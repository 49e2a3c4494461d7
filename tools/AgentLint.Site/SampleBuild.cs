using System.Diagnostics;
using System.Text.Json;
using AgentLint.Docs;

namespace AgentLint.Site;

/// <summary>A place in a file of the sample; lines and columns begin with 1.</summary>
internal readonly record struct SamplePlace(string File, int Line, int Column, int EndLine, int EndColumn);

/// <summary>What the build of the sample reports.</summary>
internal sealed record SampleReport(string Id, string Level, string Message, SamplePlace Place, IReadOnlyList<SamplePlace> Path);

/// <summary>A real build of the sample, of a copy, so that no other build of it is disturbed.</summary>
internal sealed class SampleBuild
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private SampleBuild(string folder, IReadOnlyList<SampleReport> reports, IReadOnlyList<string> sources, IReadOnlyList<string> references)
    {
        Folder = folder;
        Reports = reports;
        Sources = sources;
        References = references;
    }

    public string Folder { get; }

    /// <summary>AgentLint's reports, from the compiler's log.</summary>
    public IReadOnlyList<SampleReport> Reports { get; }

    /// <summary>All that was compiled, what the build adds included.</summary>
    public IReadOnlyList<string> Sources { get; }

    public IReadOnlyList<string> References { get; }

    /// <summary>The compiler's log of the last build of the sample.</summary>
    public static string LogIn(string root) => Path.Combine(root, "artifacts", "sample", "SupportDesk.sarif");

    public static async Task<SampleBuild> RunAsync(string root)
    {
        var copy = Path.Combine(root, "artifacts", "sample");
        var folder = Path.Combine(copy, "SupportDesk");
        Copy(Path.Combine(root, "samples"), copy);
        var log = LogIn(root);
        File.Delete(log);

        // This tool was built with the analyzers: they are there.
        var json = await DotNetAsync(
            folder, "build", "-restore", "-c", Configuration, "--no-incremental", "-p:BuildProjectReferences=false", "-p:AgentLintSummary=false", "-p:AgentLintGraph=true", $"-p:ErrorLog={log}%2Cversion=2.1",
            "-getItem:ReferencePathWithRefAssemblies", "-getItem:Compile");
        if (!File.Exists(log))
            throw new DocsException($"The build of the sample wrote no log:\n{json}");
        using var items = JsonDocument.Parse(json);
        return new SampleBuild(folder, ReadLog(log, folder), Items("Compile"), Items("ReferencePathWithRefAssemblies"));

        List<string> Items(string name) => [.. items.RootElement.GetProperty("Items").GetProperty(name).EnumerateArray().Select(item => item.GetProperty("FullPath").GetString()!)];
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            foreach (var old in Directory.GetFiles(to, "*.cs", SearchOption.AllDirectories))
                File.Delete(old);
        }

        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(from, file);
            if (path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
                continue;
            var target = Path.Combine(to, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
            // The copy lies one folder deeper.
            if (Path.GetExtension(file) is ".csproj" or ".props" or ".targets")
                File.WriteAllText(target, File.ReadAllText(file).Replace("../src/", "../../src/", StringComparison.Ordinal));
        }
    }

    private static List<SampleReport> ReadLog(string log, string folder)
    {
        using var sarif = JsonDocument.Parse(File.ReadAllText(log));
        return
        [
            .. from result in sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
               let id = result.GetProperty("ruleId").GetString()!
               where id.StartsWith("AGL", StringComparison.Ordinal) && result.TryGetProperty("locations", out _)
               select new SampleReport(
                   id,
                   result.TryGetProperty("level", out var level) ? level.GetString()! : "warning",
                   result.GetProperty("message").GetProperty("text").GetString()!,
                   Place(result.GetProperty("locations")[0]),
                   result.TryGetProperty("relatedLocations", out var related) ? [.. related.EnumerateArray().Select(Place)] : []),
        ];

        SamplePlace Place(JsonElement location)
        {
            var physical = location.GetProperty("physicalLocation");
            var file = new Uri(physical.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath;
            var region = physical.GetProperty("region");
            return new SamplePlace(
                Path.GetRelativePath(folder, file).Replace('\\', '/'),
                region.GetProperty("startLine").GetInt32(),
                region.GetProperty("startColumn").GetInt32(),
                region.GetProperty("endLine").GetInt32(),
                region.GetProperty("endColumn").GetInt32());
        }
    }

    private static async Task<string> DotNetAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What a build around this one has set is not for this one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new DocsException($"The sample does not build:\n{output}{await error}");
    }
}

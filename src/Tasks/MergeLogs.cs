using Microsoft.Build.Framework;

namespace AgentLint.Tasks;

/// <summary>Makes one log of those that a solution's projects left in a folder.</summary>
public sealed class MergeLogs : BuildTask
{
    /// <summary>The folder with the logs.</summary>
    [Required]
    public string LogFolder { get; set; } = "";

    /// <summary>Where the merged log goes.</summary>
    [Required]
    public string Log { get; set; } = "";

    /// <summary>Where the build was started.</summary>
    [Required]
    public string Start { get; set; } = "";

    [Required]
    public string Project { get; set; } = "";

    /// <summary>The folder that paths are said from; empty to look for one.</summary>
    public string Root { get; set; } = "";

    /// <summary>Whether to say how much there is.</summary>
    public bool Summary { get; set; } = true;

    private protected override void Run()
    {
        var folder = Path.GetFullPath(Path.Combine(Start, LogFolder));
        var target = Path.GetFullPath(Path.Combine(Start, Log));
        if (!Directory.Exists(folder))
        {
            Fail($"there is no folder {folder}: build with -p:AgentLintLogs=<folder> first");
            return;
        }

        var merged = new MergedLog();
        var root = SourceRoot.Of(Root, Path.GetDirectoryName(Project)!, Start);
        var logs = Directory.GetFiles(folder, "*.sarif").Where(file => Path.GetFullPath(file) != target).OrderBy(file => file, StringComparer.Ordinal).ToList();
        foreach (var log in logs)
            merged.Add(SarifLog.Read(log), root);
        SharedFiles.WriteIfDifferent(target, merged.ToString());
        if (Summary)
            Say($"AgentLint: {Count.Of(merged.Results)} ({logs.Count} {(logs.Count == 1 ? "log" : "logs")}), all in {target}");
    }
}

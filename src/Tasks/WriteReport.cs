using AgentLint.Tasks.Report;
using Microsoft.Build.Framework;

namespace AgentLint.Tasks;

/// <summary>Makes a page to read of a merged log and the sources that it names, and prints how much there is by rule and by project.</summary>
public sealed class WriteReport : BuildTask
{
    /// <summary>The merged log.</summary>
    [Required]
    public string Log { get; set; } = "";

    /// <summary>Where the page goes.</summary>
    [Required]
    public string Report { get; set; } = "";

    /// <summary>What the page calls the program; empty for the name of its folder.</summary>
    public string Title { get; set; } = "";

    /// <summary>Where the build was started.</summary>
    [Required]
    public string Start { get; set; } = "";

    [Required]
    public string Project { get; set; } = "";

    /// <summary>The folder that paths start from; empty to look for one.</summary>
    public string Root { get; set; } = "";

    private protected override void Run()
    {
        var root = SourceRoot.Of(Root, Path.GetDirectoryName(Project)!, Start);
        var path = Path.GetFullPath(Path.Combine(Start, Log));
        var log = new MergedLog();
        log.Add(SarifLog.Read(path), root);
        var content = ReportContent.Of(Title.Trim().Length > 0 ? Title.Trim() : root.Name, log, new SourceFiles(root));
        var target = Path.GetFullPath(Path.Combine(Start, Report));
        SharedFiles.WriteIfDifferent(target, HtmlReport.Write(content));
        if (content.Agents.Edges.Count > 0)
            SharedFiles.WriteIfDifferent(Path.ChangeExtension(target, ".agents.svg"), AgentPicture.Draw(content.Agents, HtmlReport.PictureStyle));
        foreach (var line in SummaryTable.Lines(content))
            Say(line);
        Say("");
        Say($"AgentLint: the log is {path}");
        Say($"AgentLint: the report is {target}");
        if (content.Agents.Edges.Count > 0)
            Say($"AgentLint: the picture of the agents is {Path.ChangeExtension(target, ".agents.svg")}");
    }
}

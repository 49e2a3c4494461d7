using AgentLint.Baseline;
using AgentLint.Rules.Configuration;
using Microsoft.Build.Framework;

namespace AgentLint.Tasks;

/// <summary>Reads what AgentLint said in the compiler's log, and does with it what the build asks for.</summary>
public sealed class ReadLog : BuildTask
{
    /// <summary>The compiler's log.</summary>
    [Required]
    public string Log { get; set; } = "";

    /// <summary>The project's file.</summary>
    [Required]
    public string Project { get; set; } = "";

    /// <summary>Where the build was started.</summary>
    public string Start { get; set; } = "";

    /// <summary>The folder that paths are said from; empty to look for one.</summary>
    public string Root { get; set; } = "";

    public string Framework { get; set; } = "";

    /// <summary>The frameworks that the project has, where it has several.</summary>
    public string Frameworks { get; set; } = "";

    /// <summary>Where the picture goes; empty for none.</summary>
    public string GraphFile { get; set; } = "";

    /// <summary>The baseline to write; empty for none.</summary>
    public string BaselineFile { get; set; } = "";

    /// <summary>A file that only one build may hold while it writes the baseline.</summary>
    public string LockFile { get; set; } = "";

    /// <summary>The folder of the solution's logs; empty for none.</summary>
    public string LogFolder { get; set; } = "";

    /// <summary>Whether to say how much there is.</summary>
    public bool Summary { get; set; }

    private string ProjectFolder => Path.GetDirectoryName(Project)!;

    private protected override void Run()
    {
        var log = SarifLog.Read(Log);
        if (GraphFile.Length > 0)
            Draw(log);
        if (LogFolder.Length > 0)
            Copy(log);
        if (BaselineFile.Length > 0)
            Write(log);
        if (Summary && Count.Of(log.Results) is { IsNothing: false } count)
            Say($"AgentLint: {count} ({Path.GetFileNameWithoutExtension(Project)}{(Frameworks.Length > 0 ? ", " + Framework : "")})");
    }

    private void Draw(SarifLog log)
    {
        var path = Path.Combine(ProjectFolder, GraphFile);
        var picture = log.Results.Select(result => result.Properties.TryGetValue(LoggedPicture.Property, out var found) ? found : null).FirstOrDefault(found => found != null);
        if (picture == null)
        {
            Say("AgentLint: this project references no agent library, so there is nothing to draw");
            return;
        }

        SharedFiles.WriteIfDifferent(path, LoggedPicture.Lines(picture) + "\n");
        Say("AgentLint: the agent graph is in " + Path.GetFullPath(path));
    }

    private void Copy(SarifLog log)
    {
        var root = SourceRoot.Of(Root, ProjectFolder, Start);
        var merged = new MergedLog();
        merged.Add(log, root, root.Relative(Project));
        // One file a project and framework, however many folders have a project of that name.
        var name = root.Relative(Path.Combine(ProjectFolder, Path.GetFileNameWithoutExtension(Project))).Replace('/', '+').Replace(':', '+');
        SharedFiles.WriteIfDifferent(Path.Combine(Start, LogFolder, name + (Framework.Length > 0 ? "." + Framework : "") + ".sarif"), merged.ToString());
    }

    private void Write(SarifLog log)
    {
        var path = Path.GetFullPath(Path.Combine(ProjectFolder, BaselineFile));
        if (!BaselineLine.IsNameOf(path))
        {
            Fail($"AgentLintBaselineFile '{BaselineFile}' must be named AgentLint.baseline.txt, or AgentLint.<something>.baseline.txt");
            return;
        }

        if (log.HasCompilerErrors)
        {
            Say($"AgentLint: {path} is left unchanged because the code does not compile");
            return;
        }

        var folder = Path.GetDirectoryName(path)!;
        var findings = log.Results
            .Where(result => !result.IsSuppressed && result.Place != null && result.Properties.ContainsKey(BaselineLine.Property))
            .Select(result => BaselineLine.Parse($"{result.RuleId} {result.Properties[BaselineLine.Property]}", out _) is { } line
                ? new Finding(line, $"{SourceRoot.FromTo(folder, SourceRoot.PathOf(result.Place!.Uri))}: {OneLine(result.Message)}")
                : null)
            .OfType<Finding>()
            .ToList();
        string[] frameworks = Frameworks.Length > 0 ? [.. Frameworks.Split(';').Select(f => f.Trim()).Where(f => f.Length > 0)] : [Framework];
        // The frameworks of a project are compiled at the same time, by several processes.
        using (SharedFiles.Hold(Path.GetFullPath(Path.Combine(ProjectFolder, LockFile))))
        {
            // Nothing to write down, and nothing written down: no file.
            if (findings.Count > 0 || File.Exists(path))
                SharedFiles.WriteIfDifferent(path, BaselineText.Renew(File.Exists(path) ? File.ReadAllText(path) : "", findings, Framework, frameworks));
        }

        var count = findings.Select(finding => finding.Line.Key).Distinct(StringComparer.Ordinal).Count();
        Say($"AgentLint: {count} {(count == 1 ? "finding is" : "findings are")} in {path}{(Frameworks.Length > 0 ? $" for {Framework}" : "")}");
    }

    private static string OneLine(string text) => string.Join(" ", text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}

using Microsoft.Build.Framework;

namespace AgentLint.Tasks;

/// <summary>A task of a build. What goes wrong with files is an error of the build, never an exception.</summary>
public abstract class BuildTask : ITask
{
    private bool hasFailed;

    public IBuildEngine BuildEngine { get; set; } = null!;

    public ITaskHost? HostObject { get; set; }

    public bool Execute()
    {
        try
        {
            Run();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException or NotSupportedException or System.Xml.XmlException)
        {
            Fail(e.Message);
        }

        return !hasFailed;
    }

    private protected abstract void Run();

    private protected void Say(string text) => BuildEngine.LogMessageEvent(new BuildMessageEventArgs(text, null, "AgentLint", MessageImportance.High));

    private protected void Fail(string text)
    {
        hasFailed = true;
        BuildEngine.LogErrorEvent(new BuildErrorEventArgs(null, null, BuildEngine.ProjectFileOfTaskNode, 0, 0, 0, 0, "AgentLint: " + text, null, "AgentLint"));
    }
}

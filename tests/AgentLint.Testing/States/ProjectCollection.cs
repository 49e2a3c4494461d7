namespace AgentLint.Testing;

/// <summary>The projects beside the one under test, by name.</summary>
/// <param name="defaultExtension">The extension of unnamed source files, without dot.</param>
public class ProjectCollection(string defaultExtension) : SortedDictionary<string, ProjectState>(StringComparer.Ordinal)
{
    /// <summary>The project of that name, created when it is first asked for.</summary>
    /// <param name="projectName">The project's name.</param>
    public new ProjectState this[string projectName]
    {
        get
        {
            if (!TryGetValue(projectName, out var project))
            {
                project = new(projectName, $"/{projectName}/Test", defaultExtension);
                Add(projectName, project);
            }

            return project;
        }
    }
}

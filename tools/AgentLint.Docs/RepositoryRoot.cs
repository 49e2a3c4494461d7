namespace AgentLint.Docs;

internal static class RepositoryRoot
{
    /// <summary>The folder of the solution, at or above a folder.</summary>
    public static string Find(string folder)
    {
        for (var candidate = new DirectoryInfo(folder); candidate != null; candidate = candidate.Parent)
        {
            if (File.Exists(Path.Combine(candidate.FullName, "AgentLint.sln")))
                return candidate.FullName;
        }

        throw new DocsException($"No AgentLint.sln at or above {folder}");
    }
}

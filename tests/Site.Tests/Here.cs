using AgentLint.Docs;

namespace AgentLint.Site.Tests;

internal static class Here
{
    public static string Root { get; } = RepositoryRoot.Find(AppContext.BaseDirectory);
}

namespace AgentLint;

/// <summary>Where AgentLint lives: <c>AgentLintRepository</c> of <c>Directory.Build.props</c>. A test holds this, the pages and the package to it.</summary>
internal static class RepositoryAddress
{
    public const string Value = "https://github.com/AgentLint/AgentLint";
}

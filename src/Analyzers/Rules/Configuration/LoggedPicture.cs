namespace AgentLint.Rules.Configuration;

/// <summary>How the compiler's log keeps the picture of who asks whom: the analyzer writes it, the package's task reads it.</summary>
internal static class LoggedPicture
{
    /// <summary>The report's property with the picture.</summary>
    public const string Property = "AgentLintTopology";

    /// <summary>The picture in one line: a bar ends each of its own.</summary>
    public static string OneLine(string picture) => picture.Replace('\n', '|');

    /// <summary>The picture from its one line.</summary>
    public static string Lines(string logged) => logged.Replace('|', '\n');
}

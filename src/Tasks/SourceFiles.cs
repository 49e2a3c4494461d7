namespace AgentLint.Tasks;

/// <summary>The lines of the files that a log names. A file that cannot be read has none.</summary>
internal sealed class SourceFiles(SourceRoot root)
{
    private readonly Dictionary<string, string[]?> files = new(StringComparer.Ordinal);

    /// <summary>The text of a line, counted from 1; null where there is none.</summary>
    public string? LineOf(string uri, int line) => LinesOf(uri) is { } lines && line > 0 && line <= lines.Length ? lines[line - 1] : null;

    public string[]? LinesOf(string uri)
    {
        if (!files.TryGetValue(uri, out var lines))
            files.Add(uri, lines = Read(uri));
        return lines;
    }

    private string[]? Read(string uri)
    {
        try
        {
            var path = root.FileOf(uri);
            return File.Exists(path) ? File.ReadAllText(path).Replace("\r\n", "\n").Replace('\r', '\n').Split('\n') : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

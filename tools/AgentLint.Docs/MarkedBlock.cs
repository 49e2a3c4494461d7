namespace AgentLint.Docs;

/// <summary>The part of a hand-written file that is generated: what stands between two HTML comments.</summary>
internal static class MarkedBlock
{
    public static string Begin(string marker) => $"<!-- {marker}:begin -->";

    public static string End(string marker) => $"<!-- {marker}:end -->";

    /// <summary>The text with another block between the markers, or null where they are missing.</summary>
    public static string? Replace(string text, string marker, string block)
    {
        var begin = text.IndexOf(Begin(marker), StringComparison.Ordinal);
        var end = text.IndexOf(End(marker), StringComparison.Ordinal);
        return begin < 0 || end < begin ? null : text[..begin] + Render(marker, block) + text[(end + End(marker).Length)..];
    }

    /// <summary>The text with the block at its top, in the place of a first heading.</summary>
    public static string Insert(string text, string marker, string block)
    {
        var rest = text.TrimStart();
        if (rest.StartsWith("# ", StringComparison.Ordinal))
            rest = rest.IndexOf('\n') is var end and >= 0 ? rest[(end + 1)..].TrimStart() : "";
        return Render(marker, block) + "\n" + (rest.Length == 0 ? "" : "\n" + rest);
    }

    // Renderers differ in whether a comment that touches a table is part of it: keep blank lines between.
    private static string Render(string marker, string block) => $"{Begin(marker)}\n\n{block.Trim('\n')}\n\n{End(marker)}";
}

using System.Text;

namespace AgentLint.Docs;

internal static class Markdown
{
    public static string Table(string[] heads, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        Row(heads);
        Row([.. heads.Select(_ => "---")]);
        foreach (var row in rows)
            Row(row);
        return text.ToString();

        void Row(string[] cells) => text.Append("| ").AppendJoin(" | ", cells.Select(Cell)).Append(" |\n");
    }

    /// <summary>Words of the rules as they stand, where Markdown would read them otherwise.</summary>
    public static string Escape(string text) => text.Replace("<", "&lt;").Replace("*", "\\*").Replace("_", "\\_");

    private static string Cell(string text) => text.Replace("|", "\\|").Replace('\n', ' ');
}

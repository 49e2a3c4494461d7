using System.Collections.Immutable;

namespace AgentLint.Analysis.Writes;

/// <summary>What SQL text does to the database. A text with several statements does what all of them do.</summary>
/// <param name="Changes">It writes.</param>
/// <param name="Repeats">Run again, it writes once more: an insert that nothing prevents, an update relative to what was there.</param>
/// <param name="Destroys">It deletes rows or drops what holds them.</param>
/// <param name="Relative">The column that an update sets relative to what was there; null where there is none.</param>
internal readonly record struct SqlText(bool Changes, bool Repeats, bool Destroys, string? Relative = null)
{
    private static readonly ImmutableHashSet<string> Verbs = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "UPSERT", "REPLACE", "TRUNCATE", "DROP", "ALTER", "CREATE", "EXEC", "EXECUTE", "CALL");

    /// <summary>Whether a statement keeps the rows that it reads from being changed until its transaction ends.</summary>
    public static bool HoldsRows(string text) =>
        text.IndexOf("FOR UPDATE", StringComparison.OrdinalIgnoreCase) >= 0 || text.IndexOf("UPDLOCK", StringComparison.OrdinalIgnoreCase) >= 0;

    /// <summary>Reads statements of any dialect, as far as their first words tell. What calls a procedure is not known and counts as nothing.</summary>
    public static SqlText Of(string text)
    {
        bool changes = false, repeats = false, destroys = false;
        string? relative = null;
        var words = Words(text);
        for (var i = 0; i < words.Count; i++)
        {
            if (!Verbs.Contains(words[i]) || !IsStatement(words, i))
                continue;
            switch (words[i].ToUpperInvariant())
            {
                case "INSERT":
                    changes = true;
                    repeats |= !IsGuarded(words, i);
                    break;
                case "UPDATE":
                    changes = true;
                    relative ??= RelativeColumn(words, i);
                    repeats |= relative != null;
                    break;
                case "DELETE" or "TRUNCATE" or "DROP":
                    changes = destroys = true;
                    break;
                case "MERGE" or "UPSERT" or "REPLACE" or "ALTER" or "CREATE":
                    changes = true;
                    break;
                case "SELECT":
                    changes |= IntoTable(words, i);
                    break;
            }
        }

        return new SqlText(changes, repeats, destroys, relative);
    }

    // ON DELETE CASCADE, FOR UPDATE, WHEN MATCHED THEN UPDATE, REPLACE(x, …), INSERT OR REPLACE begin no statement.
    private static bool IsStatement(List<string> words, int at)
    {
        if (at + 1 < words.Count && words[at + 1] == "(" && !Is(words[at], "SELECT"))
            return false;
        return at == 0 || words[at - 1] is ";" or ")" or "(" || !(Is(words[at - 1], "ON") || Is(words[at - 1], "FOR") || Is(words[at - 1], "THEN") || Is(words[at - 1], "OR") || Is(words[at - 1], "DO") || Is(words[at - 1], "KEY") || Is(words[at - 1], "AFTER") || Is(words[at - 1], "BEFORE") || words[at - 1] == "," || words[at - 1] == "=" || words[at - 1] == ".");
    }

    // INSERT … ON CONFLICT, OR IGNORE, OR REPLACE, ON DUPLICATE KEY, IGNORE INTO, or under NOT EXISTS.
    private static bool IsGuarded(List<string> words, int at)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (i > at && words[i] == ";")
                return false;
            if (i + 1 < words.Count && (Pair(words, i, "ON", "CONFLICT") || Pair(words, i, "ON", "DUPLICATE") || Pair(words, i, "OR", "IGNORE") || Pair(words, i, "OR", "REPLACE") || Pair(words, i, "INSERT", "IGNORE") || Pair(words, i, "NOT", "EXISTS")))
                return true;
        }

        return false;
    }

    // SET x = x + 1, SET x = y.x - @n, SET x += 1: the column stands on both sides.
    private static string? RelativeColumn(List<string> words, int at)
    {
        for (var i = at + 1; i < words.Count && words[i] != ";" && !Is(words[i], "WHERE"); i++)
            if (words[i] == "=" && i + 1 < words.Count)
            {
                if (words[i - 1] is "+" or "-" or "*")
                    return words[i - 2];
                var column = words[i - 1];
                for (var j = i + 1; j < words.Count && words[j] is not ("," or ";") && !Is(words[j], "WHERE") && !Is(words[j], "FROM"); j++)
                    if (Is(words[j], column) && ((j + 1 < words.Count && words[j + 1] is "+" or "-" or "*" or "|") || words[j - 1] is "+" or "-" or "*" or "|"))
                        return column;
            }

        return null;
    }

    private static bool IntoTable(List<string> words, int at)
    {
        for (var i = at + 1; i < words.Count && words[i] != ";" && !Is(words[i], "FROM"); i++)
            if (Is(words[i], "INTO"))
                return true;
        return false;
    }

    private static bool Pair(List<string> words, int at, string first, string second) => Is(words[at], first) && Is(words[at + 1], second);

    private static bool Is(string word, string other) => string.Equals(word, other, StringComparison.OrdinalIgnoreCase);

    // Names, numbers and single marks; strings, quoted names and comments are left out.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsLetter(c) || c is '_' or '@' or '#' or '$' or ':')
            {
                var start = i;
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '@' or '#' or '$' or ':'))
                    i++;
                words.Add(text.Substring(start, i - start));
            }
            else if (c is '\'' or '"' or '`' or '[')
                i = End(text, i + 1, c == '[' ? "]" : c.ToString());
            else if (c == '-' && i + 1 < text.Length && text[i + 1] == '-')
                i = End(text, i + 2, "\n");
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
                i = End(text, i + 2, "*/");
            else
            {
                if (!char.IsWhiteSpace(c))
                    words.Add(c.ToString());
                i++;
            }
        }

        return words;
    }

    private static int End(string text, int from, string mark) =>
        from <= text.Length && text.IndexOf(mark, from, StringComparison.Ordinal) is >= 0 and var end ? end + mark.Length : text.Length;
}

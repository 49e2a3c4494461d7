using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Catalogue;

/// <summary>A line that could not be read, and why. <paramref name="Span"/> is in the file's text.</summary>
internal sealed record CatalogueError(TextSpan Span, string Problem);

/// <summary>What one catalogue file says.</summary>
internal sealed record CatalogueFile(string Name, ImmutableArray<CatalogueEntry> Entries, ImmutableArray<CatalogueError> Errors);

/// <summary>
/// Reads catalogue files, built in or a user's. A line is <c>role symbol fact fact=value …</c>, separated by blanks; a value with blanks
/// stands in double quotes; <c>#</c> at the start of a word begins a comment. Never throws on any text.
/// </summary>
internal static class CatalogueParser
{
    /// <param name="name">What the file is called in <see cref="CatalogueEntry"/> and reports.</param>
    /// <param name="text">The file.</param>
    /// <param name="start">Reads only the lines that start like this; null reads all.</param>
    public static CatalogueFile Parse(string name, SourceText text, string? start = null)
    {
        var entries = ImmutableArray.CreateBuilder<CatalogueEntry>();
        var errors = ImmutableArray.CreateBuilder<CatalogueError>();
        CatalogueEntry? library = null;
        foreach (var line in text.Lines)
        {
            var content = line.ToString();
            if (start != null && !content.StartsWith(start, StringComparison.Ordinal))
                continue;
            var words = Split(content);
            if (words.Count == 0)
                continue;
            if (Read(words, name, line.LineNumber + 1, library, out var entry, out var problem))
            {
                entries.Add(entry!);
                if (entry!.Role == CatalogueRole.Library)
                    library = entry;
            }
            else
                errors.Add(new CatalogueError(TextSpan.FromBounds(line.Start + words[0].Start, line.Start + words[words.Count - 1].End), problem!));
        }

        return new CatalogueFile(name, entries.ToImmutable(), errors.ToImmutable());
    }

    private static bool Read(List<Word> words, string source, int line, CatalogueEntry? library, out CatalogueEntry? entry, out string? problem)
    {
        entry = null;
        if (!CatalogueGrammar.TryGetRole(words[0].Text, out var role))
        {
            problem = $"'{words[0].Text}' is not a role";
            return false;
        }

        if (words.Count < 2 || words[1].Text.Contains('='))
        {
            problem = $"'{words[0].Text}' names no symbol";
            return false;
        }

        var target = CatalogueGrammar.TargetOf(role);
        if (!ReadSymbol(words[1].Text, target, out var type, out var members))
        {
            problem = target == CatalogueTarget.Member
                ? $"'{words[1].Text}' does not have the form Namespace.Type.Member"
                : $"'{words[1].Text}' does not have the form Namespace.Type";
            return false;
        }

        var facts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var word in words.Skip(2))
        {
            var equals = word.Text.IndexOf('=');
            var fact = equals < 0 ? word.Text : word.Text.Substring(0, equals);
            var value = equals < 0 ? "true" : word.Text.Substring(equals + 1);
            if (!CatalogueGrammar.Allows(role, fact))
            {
                problem = $"'{fact}' is not a fact of '{words[0].Text}'";
                return false;
            }

            if (value.Length == 0 || facts.ContainsKey(fact))
            {
                problem = value.Length == 0 ? $"'{fact}' has no value" : $"'{fact}' is given twice";
                return false;
            }

            if (fact is "since" or "until" && !Version.TryParse(value, out _))
            {
                problem = $"'{value}' is not a version";
                return false;
            }

            if (!CatalogueGrammar.AllowsValue(role, fact, value))
            {
                problem = $"'{value}' is not a value of '{fact}', which takes {string.Join(", ", CatalogueGrammar.ValuesOf(role, fact))}";
                return false;
            }

            facts.Add(fact, value);
        }

        problem = null;
        entry = new CatalogueEntry(role, type, members, facts.ToImmutable(), library, source, line);
        return true;
    }

    private static bool ReadSymbol(string symbol, CatalogueTarget target, out string type, out ImmutableArray<string> members)
    {
        type = symbol;
        members = [];
        if (target == CatalogueTarget.Name)
            return true;
        if (target == CatalogueTarget.Member)
        {
            // Ns.Type..ctor is a constructor: its name starts with a dot of its own.
            var dot = symbol.EndsWith("..ctor", StringComparison.Ordinal) ? symbol.Length - ".ctor".Length - 1 : symbol.LastIndexOf('.');
            if (dot <= 0)
                return false;
            type = symbol.Substring(0, dot);
            members = [.. symbol.Substring(dot + 1).Split(',')];
            if (!members.All(m => m == ".ctor" || m == "*" || IsIdentifier(m.EndsWith("*", StringComparison.Ordinal) ? m.Substring(0, m.Length - 1) : m)))
                return false;
        }

        return type.Split('.', '+').All(part => IsIdentifier(part.Split('`')[0]));
    }

    private static bool IsIdentifier(string text) =>
        text.Length > 0 && (char.IsLetter(text[0]) || text[0] == '_') && text.All(c => char.IsLetterOrDigit(c) || c == '_');

    /// <summary>The words of a line, without the quotes around them.</summary>
    public static IReadOnlyList<string> WordsOf(string line) => Split(line).ConvertAll(word => word.Text);

    private readonly record struct Word(string Text, int Start, int End);

    private static List<Word> Split(string line)
    {
        var words = new List<Word>();
        var i = 0;
        while (i < line.Length)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }

            if (line[i] == '#')
                break;
            var start = i;
            var text = new System.Text.StringBuilder();
            var quoted = false;
            for (; i < line.Length && (quoted || !char.IsWhiteSpace(line[i])); i++)
            {
                if (line[i] == '"')
                    quoted = !quoted;
                else
                    text.Append(line[i]);
            }

            words.Add(new Word(text.ToString(), start, i));
        }

        return words;
    }
}

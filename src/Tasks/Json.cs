using System.Globalization;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace AgentLint.Tasks;

/// <summary>Reads JSON with what the framework has: an element for a value, named for its property.</summary>
internal static class Json
{
    public static XElement Read(string path)
    {
        using var stream = File.OpenRead(path);
        using var reader = JsonReaderWriterFactory.CreateJsonReader(stream, Encoding.UTF8, XmlDictionaryReaderQuotas.Max, onClose: null);
        return XElement.Load(reader);
    }

    /// <summary>The value of a property. A name that XML does not allow stands in an attribute.</summary>
    public static XElement? At(this XElement? value, params string[] path)
    {
        foreach (var name in path)
            value = value?.Elements().FirstOrDefault(e => (e.Attribute("item")?.Value ?? e.Name.LocalName) == name);
        return value;
    }

    public static string? TextAt(this XElement? value, params string[] path) => value.At(path)?.Value;

    public static int NumberAt(this XElement? value, params string[] path) => int.TryParse(value.TextAt(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public static IEnumerable<XElement> ItemsAt(this XElement? value, params string[] path) => value.At(path)?.Elements() ?? [];
}

/// <summary>Writes JSON: properties in the order in which they are said, lines ended alike everywhere.</summary>
/// <param name="isInPage">Whether it becomes part of a page: short, and without a character that HTML could take for its own.</param>
internal sealed class JsonText(bool isInPage = false)
{
    private readonly StringBuilder text = new();
    private int depth;
    private bool isFirst = true;

    public override string ToString() => isInPage ? text.ToString() : text + "\n";

    public JsonText Object(string? name, Action content) => Nested(name, '{', '}', content);

    public JsonText ObjectIf(bool isWanted, string? name, Action content) => isWanted ? Object(name, content) : this;

    public JsonText Array(string? name, Action content) => Nested(name, '[', ']', content);

    public JsonText Text(string? name, string? value)
    {
        if (value == null)
            return this;
        Begin(name);
        Quote(value);
        return this;
    }

    public JsonText Number(string? name, int value)
    {
        Begin(name);
        text.Append(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    private JsonText Nested(string? name, char open, char close, Action content)
    {
        Begin(name);
        text.Append(open);
        depth++;
        isFirst = true;
        content();
        depth--;
        if (!isFirst)
            NewLine();
        text.Append(close);
        isFirst = false;
        return this;
    }

    private void Begin(string? name)
    {
        if (!isFirst)
            text.Append(',');
        if (depth > 0)
            NewLine();
        isFirst = false;
        if (name == null)
            return;
        Quote(name);
        text.Append(isInPage ? ":" : ": ");
    }

    private void NewLine()
    {
        if (!isInPage)
            text.Append('\n').Append(' ', 2 * depth);
    }

    private void Quote(string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (c < ' ' || (isInPage && c is '<' or '>' or '&') || c == '\u2028' || c == '\u2029' || char.IsSurrogate(c))
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                text.Append(c);
        }

        text.Append('"');
    }
}

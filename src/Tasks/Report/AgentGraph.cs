using System.Globalization;
using System.Text.RegularExpressions;
using AgentLint.Rules.Configuration;

namespace AgentLint.Tasks.Report;

/// <summary>A box of the picture: a tool, an agent, a model, a service. <paramref name="Lines"/> is its name.</summary>
internal sealed record GraphNode(string Kind, IReadOnlyList<string> Lines)
{
    public string Key => Kind + "\n" + string.Join("\n", Lines);
}

/// <summary>A line of the picture.</summary>
/// <param name="From">The key of the box that asks.</param>
/// <param name="To">The key of the box that is asked.</param>
/// <param name="Wait">How it waits: <c>waits</c>, <c>blocks</c> or <c>hands-over</c>.</param>
/// <param name="Mark"><c>cycle</c>, <c>chain</c>, or empty.</param>
internal sealed record GraphEdge(string From, string To, string Wait, string Mark);

/// <summary>
/// The agents of a whole solution: the graphs of its projects, in which boxes of the same kind and name are one. Read from the pictures in the log, which
/// <c>MermaidPicture</c> has written.
/// </summary>
internal sealed class AgentGraph
{
    private static readonly Regex Node = new("^  (?<id>n\\d+)[^\"]+\"(?<label>[^\"]*)\"[^:]+:::(?<kind>\\w+)$", RegexOptions.CultureInvariant);
    private static readonly Regex Edge = new("^  (?<from>n\\d+) (?<arrow>-->|==>|-\\.->) (?<to>n\\d+)$", RegexOptions.CultureInvariant);
    private static readonly Regex Style = new("^  linkStyle (?<numbers>[\\d,]+) stroke:(?<color>#\\w+)", RegexOptions.CultureInvariant);
    private static readonly Regex Number = new("#(\\d+);", RegexOptions.CultureInvariant);

    private readonly SortedDictionary<string, GraphNode> nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, GraphEdge> edges = new(StringComparer.Ordinal);

    public IReadOnlyList<GraphNode> Nodes => [.. nodes.Values];

    public IReadOnlyList<GraphEdge> Edges => [.. edges.Values];

    public static AgentGraph Of(IEnumerable<LoggedGraph> graphs)
    {
        var all = new AgentGraph();
        foreach (var graph in graphs)
            all.Add(LoggedPicture.Lines(graph.Picture).Split('\n'));
        return all;
    }

    public GraphNode this[string key] => nodes[key];

    private void Add(string[] lines)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var own = new List<GraphEdge>();
        foreach (var line in lines)
        {
            if (Node.Match(line) is { Success: true } node)
            {
                var added = new GraphNode(
                    node.Groups["kind"].Value, [.. node.Groups["label"].Value.Split(["<br/>"], StringSplitOptions.None).Select(Decode)]);
                ids[node.Groups["id"].Value] = added.Key;
                nodes[added.Key] = added;
            }
            else if (Edge.Match(line) is { Success: true } edge && ids.TryGetValue(edge.Groups["from"].Value, out var from) && ids.TryGetValue(edge.Groups["to"].Value, out var to))
                own.Add(new GraphEdge(from, to, edge.Groups["arrow"].Value switch { "==>" => "blocks", "-.->" => "hands-over", _ => "waits" }, ""));
            else if (Style.Match(line) is { Success: true } style && style.Groups["color"].Value switch { "#c5221f" => "cycle", "#e37400" => "chain", _ => "" } is { Length: > 0 } mark)
            {
                foreach (var number in style.Groups["numbers"].Value.Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
                    if (number < own.Count)
                        own[number] = own[number] with { Mark = mark };
            }
        }

        // Two projects may ask in different ways: the one that costs more is shown.
        foreach (var edge in own)
        {
            var key = edge.From + "\n\n" + edge.To;
            edges[key] = edges.TryGetValue(key, out var known) ? One(known, edge) : edge;
        }
    }

    private static GraphEdge One(GraphEdge one, GraphEdge other) => one with
    {
        Wait = new[] { "blocks", "waits", "hands-over" }.First(wait => one.Wait == wait || other.Wait == wait),
        Mark = new[] { "cycle", "chain", "" }.First(mark => one.Mark == mark || other.Mark == mark),
    };

    private static string Decode(string label) =>
        Number.Replace(label, match => int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is > 0 and < 0x110000 and not (>= 0xD800 and <= 0xDFFF)
            ? char.ConvertFromUtf32(code)
            : "?");
}

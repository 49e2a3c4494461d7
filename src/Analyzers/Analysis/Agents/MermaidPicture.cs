using System.Globalization;
using System.Text;

namespace AgentLint.Analysis.Agents;

/// <summary>Draws a topology as a Mermaid flowchart. The same topology is the same text.</summary>
internal static class MermaidPicture
{
    private static readonly (ParticipantKind Kind, string Class, string Open, string Close)[] Shapes =
    [
        (ParticipantKind.Tool, "tool", "([", "])"),
        (ParticipantKind.Handler, "handler", "([", "])"),
        (ParticipantKind.Workflow, "workflow", "[[", "]]"),
        (ParticipantKind.Agent, "agent", "[", "]"),
        (ParticipantKind.Model, "model", "((", "))"),
        (ParticipantKind.Remote, "effect", ">", "]"),
        (ParticipantKind.Store, "effect", "[(", ")]"),
        (ParticipantKind.Queue, "queue", "{{", "}}"),
    ];

    public static string Draw(AgentTopology topology)
    {
        var text = new StringBuilder("flowchart LR\n");
        var ids = new Dictionary<Participant, string>();
        var number = 0;
        foreach (var box in Boxes(topology))
        {
            var id = "n" + (number++).ToString(CultureInfo.InvariantCulture);
            foreach (var participant in box)
                ids.Add(participant, id);
            var (_, look, open, close) = Shapes.First(shape => shape.Kind == box[0].Kind);
            text.Append("  ").Append(id).Append(open).Append('"').Append(LabelOf(box)).Append('"').Append(close).Append(":::").Append(look).Append('\n');
        }

        // Those who share a box share its lines.
        var lines = topology.Edges.GroupBy(edge => (From: ids[edge.From], To: ids[edge.To])).Select(same => (same.Key.From, same.Key.To, Edge: same.First())).ToList();
        foreach (var (from, to, edge) in lines)
            text.Append("  ").Append(from).Append(ArrowOf(edge.Wait)).Append(to).Append('\n');
        Style(edge => edge.IsInCircle, "stroke:#c5221f,stroke-width:3px");
        Style(edge => edge is { IsInChain: true, IsInCircle: false }, "stroke:#e37400,stroke-width:3px");
        Style(edge => edge is { Wait: Wait.Blocks, IsInChain: false, IsInCircle: false }, "stroke:#9334e6,stroke-width:3px");
        text.Append("  classDef agent fill:#e8f0fe,stroke:#1a73e8,color:#202124\n");
        text.Append("  classDef tool fill:#e6f4ea,stroke:#188038,color:#202124\n");
        text.Append("  classDef workflow fill:#fef7e0,stroke:#f9ab00,color:#202124\n");
        text.Append("  classDef handler fill:#f1f3f4,stroke:#5f6368,color:#202124\n");
        text.Append("  classDef model fill:#f3e8fd,stroke:#9334e6,color:#202124\n");
        text.Append("  classDef effect fill:#fce8e6,stroke:#d93025,color:#202124\n");
        text.Append("  classDef queue fill:#e4f7fb,stroke:#129eaf,color:#202124");
        return text.ToString();

        void Style(Func<TopologyEdge, bool> wanted, string style)
        {
            var numbers = lines.Select((line, index) => (line.Edge, index)).Where(line => wanted(line.Edge)).Select(line => line.index.ToString(CultureInfo.InvariantCulture)).ToList();
            if (numbers.Count > 0)
                text.Append("  linkStyle ").Append(string.Join(",", numbers)).Append(' ').Append(style).Append('\n');
        }
    }

    /// <summary>A name as a label shows it: what Mermaid, HTML, the compiler's log or a build could take for something else is written as a number.</summary>
    public static string Escape(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (char.IsLetterOrDigit(c) || IsPartOfWord(c) || c is '.' or ' ')
                text.Append(c);
            else if (char.IsHighSurrogate(c) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
                Number(char.ConvertToUtf32(c, name[++i]));
            else
                // Half of a pair is no character.
                Number(char.IsSurrogate(c) ? 0xFFFD : c);
        }

        return text.ToString();

        void Number(int codePoint) => text.Append('#').Append(codePoint.ToString(CultureInfo.InvariantCulture)).Append(';');
    }

    private static bool IsPartOfWord(char c) => char.GetUnicodeCategory(c) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.LetterNumber;

    // The tools of a class, and its endpoints, that have the same ways stand together: there may be dozens.
    private static IEnumerable<List<Participant>> Boxes(AgentTopology topology)
    {
        var ways = topology.Edges.SelectMany(edge => new[] { (Of: edge.From, Way: $"{Key(edge)}>{Key(edge.To)}"), (Of: edge.To, Way: $"{Key(edge)}<{Key(edge.From)}") })
            .ToLookup(way => way.Of, way => way.Way);
        return topology.Participants
            .GroupBy(p => p.Kind is ParticipantKind.Tool or ParticipantKind.Handler && OwnerLength(p) > 0
                ? string.Join("\n", ways[p].OrderBy(way => way, StringComparer.Ordinal).Prepend($"{p.Kind} {p.Name.Substring(0, OwnerLength(p))}"))
                : Key(p))
            .Select(same => same.ToList());

        static string Key(object of) => of switch
        {
            Participant participant => $"{participant.Kind}:{participant.Name}",
            TopologyEdge edge => $"{edge.Wait} {edge.IsInChain} {edge.IsInCircle}",
            _ => "",
        };
    }

    private static string LabelOf(List<Participant> box) =>
        box.Count == 1
            ? Escape(box[0].Name)
            : string.Join("<br/>", box.Select(p => Escape(p.Name.Substring(OwnerLength(p) + 1))).Prepend(Escape(box[0].Name.Substring(0, OwnerLength(box[0])))));

    private static int OwnerLength(Participant participant) => participant.Name.IndexOf('.');

    private static string ArrowOf(Wait wait) => wait switch
    {
        Wait.HandsOver => " -.-> ",
        Wait.Blocks => " ==> ",
        _ => " --> ",
    };
}

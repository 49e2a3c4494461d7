using System.Globalization;
using System.Text;

namespace AgentLint.Analysis.Agents;

/// <summary>Draws a topology as a Mermaid flowchart. The same topology is the same text.</summary>
internal static class MermaidPicture
{
    private static readonly (ParticipantKind Kind, string Group, string Class, string Open, string Close)[] Shapes =
    [
        (ParticipantKind.Tool, "Tools", "tool", "([", "])"),
        (ParticipantKind.Handler, "Handlers", "handler", "([", "])"),
        (ParticipantKind.Workflow, "Workflows", "workflow", "[[", "]]"),
        (ParticipantKind.Agent, "Agents", "agent", "[", "]"),
        (ParticipantKind.Model, "", "model", "((", "))"),
        (ParticipantKind.Remote, "Effects", "effect", ">", "]"),
        (ParticipantKind.Store, "Effects", "effect", "[(", ")]"),
        (ParticipantKind.Queue, "Effects", "queue", "{{", "}}"),
    ];

    public static string Draw(AgentTopology topology)
    {
        var text = new StringBuilder("flowchart LR\n");
        var ids = new Dictionary<Participant, string>();
        foreach (var group in topology.Participants.GroupBy(p => ShapeOf(p).Group))
        {
            if (group.Key.Length > 0)
                text.Append("  subgraph ").Append(group.Key).Append('\n');
            foreach (var participant in group)
            {
                var shape = ShapeOf(participant);
                ids.Add(participant, "n" + ids.Count.ToString(CultureInfo.InvariantCulture));
                text.Append(group.Key.Length > 0 ? "    " : "  ").Append(ids[participant]).Append(shape.Open).Append('"').Append(participant.Name).Append('"').Append(shape.Close).Append(":::").Append(shape.Class).Append('\n');
            }

            if (group.Key.Length > 0)
                text.Append("  end\n");
        }

        foreach (var edge in topology.Edges)
            text.Append("  ").Append(ids[edge.From]).Append(ArrowOf(edge.Wait)).Append(ids[edge.To]).Append('\n');
        Style(text, topology, edge => edge.IsInCircle, "stroke:#c5221f,stroke-width:3px");
        Style(text, topology, edge => edge is { IsInChain: true, IsInCircle: false }, "stroke:#e37400,stroke-width:3px");
        Style(text, topology, edge => edge is { Wait: Wait.Blocks, IsInChain: false, IsInCircle: false }, "stroke:#9334e6,stroke-width:3px");
        text.Append("  classDef agent fill:#e8f0fe,stroke:#1a73e8,color:#202124\n");
        text.Append("  classDef tool fill:#e6f4ea,stroke:#188038,color:#202124\n");
        text.Append("  classDef workflow fill:#fef7e0,stroke:#f9ab00,color:#202124\n");
        text.Append("  classDef handler fill:#f1f3f4,stroke:#5f6368,color:#202124\n");
        text.Append("  classDef model fill:#f3e8fd,stroke:#9334e6,color:#202124\n");
        text.Append("  classDef effect fill:#fce8e6,stroke:#d93025,color:#202124\n");
        text.Append("  classDef queue fill:#e4f7fb,stroke:#129eaf,color:#202124");
        return text.ToString();
    }

    private static (ParticipantKind Kind, string Group, string Class, string Open, string Close) ShapeOf(Participant participant) =>
        Shapes.First(shape => shape.Kind == participant.Kind);

    private static string ArrowOf(Wait wait) => wait switch
    {
        Wait.HandsOver => " -.-> ",
        Wait.Blocks => " ==> ",
        _ => " --> ",
    };

    private static void Style(StringBuilder text, AgentTopology topology, Func<TopologyEdge, bool> wanted, string style)
    {
        var numbers = topology.Edges.Select((edge, number) => (edge, number)).Where(e => wanted(e.edge)).Select(e => e.number.ToString(CultureInfo.InvariantCulture)).ToList();
        if (numbers.Count > 0)
            text.Append("  linkStyle ").Append(string.Join(",", numbers)).Append(' ').Append(style).Append('\n');
    }
}

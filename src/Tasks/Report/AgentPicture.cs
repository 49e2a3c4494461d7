using System.Globalization;
using System.Net;
using System.Text;

namespace AgentLint.Tasks.Report;

/// <summary>
/// Draws the agents of a solution as an SVG: boxes in columns, from those that ask to those that are asked. A column is the longest way to a box; lines that
/// pass columns get a place in each of them, so that boxes are ordered around them. The same graph is the same text.
/// </summary>
internal sealed class AgentPicture
{
    private const int LineHeight = 17;
    private const int Gap = 14;
    private const int Between = 90;
    private const int Margin = 16;
    private const int Rounds = 8;
    private const double CharacterWidth = 7.3;

    private readonly AgentGraph graph;
    private readonly Dictionary<string, Box> boxes = new(StringComparer.Ordinal);
    private readonly List<List<Box>> columns = [];
    private readonly List<(GraphEdge Edge, List<Box> Way)> ways = [];

    private AgentPicture(AgentGraph graph) => this.graph = graph;

    /// <summary>The picture as an element of a page, which brings its style.</summary>
    public static string Draw(AgentGraph graph, string? style = null)
    {
        var picture = new AgentPicture(graph);
        picture.MakeColumns();
        picture.OrderColumns();
        picture.PlaceBoxes();
        return picture.Write(style);
    }

    private void MakeColumns()
    {
        foreach (var node in graph.Nodes)
            boxes.Add(node.Key, new Box(node));
        var isBack = BackEdges();
        // The longest way from a box that no other one asks.
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var edge in graph.Edges.Where(edge => !isBack.Contains(edge)))
                if (boxes[edge.To].Column <= boxes[edge.From].Column)
                {
                    boxes[edge.To].Column = boxes[edge.From].Column + 1;
                    changed = true;
                }
        }

        foreach (var box in boxes.Values)
            ColumnAt(box.Column).Add(box);
        foreach (var edge in graph.Edges)
        {
            var (from, to) = (boxes[edge.From], boxes[edge.To]);
            var way = new List<Box> { from };
            if (!isBack.Contains(edge))
                for (var column = from.Column + 1; column < to.Column; column++)
                {
                    var passing = new Box(null) { Column = column };
                    ColumnAt(column).Add(passing);
                    way.Add(passing);
                }

            way.Add(to);
            if (!isBack.Contains(edge))
                for (var i = 1; i < way.Count; i++)
                {
                    way[i].Before.Add(way[i - 1]);
                    way[i - 1].After.Add(way[i]);
                }

            ways.Add((edge, way));
        }
    }

    private List<Box> ColumnAt(int column)
    {
        while (columns.Count <= column)
            columns.Add([]);
        return columns[column];
    }

    // The edges that close a cycle, in the order of a walk from each box.
    private HashSet<GraphEdge> BackEdges()
    {
        var back = new HashSet<GraphEdge>();
        var state = new Dictionary<string, bool>(StringComparer.Ordinal);
        var from = graph.Edges.ToLookup(edge => edge.From);
        foreach (var node in graph.Nodes.OrderBy(node => graph.Edges.Any(edge => edge.To == node.Key)))
        {
            if (state.ContainsKey(node.Key))
                continue;
            var open = new Stack<(string Key, IEnumerator<GraphEdge> Next)>();
            open.Push((node.Key, from[node.Key].GetEnumerator()));
            state[node.Key] = true;
            while (open.Count > 0)
            {
                var (key, next) = open.Peek();
                if (!next.MoveNext())
                {
                    state[key] = false;
                    open.Pop();
                }
                else if (!state.TryGetValue(next.Current.To, out var isOpen))
                {
                    state[next.Current.To] = true;
                    open.Push((next.Current.To, from[next.Current.To].GetEnumerator()));
                }
                else if (isOpen)
                    back.Add(next.Current);
            }
        }

        return back;
    }

    private void OrderColumns()
    {
        foreach (var column in columns)
            Number(column);
        for (var round = 0; round < Rounds; round++)
        {
            var isForward = round % 2 == 0;
            foreach (var column in isForward ? columns : Enumerable.Reverse(columns))
            {
                var ordered = column
                    .Select(box => (Box: box, Neighbours: isForward ? box.Before : box.After))
                    .OrderBy(entry => entry.Neighbours.Count > 0 ? entry.Neighbours.Average(other => other.Position) : entry.Box.Position)
                    .ThenBy(entry => entry.Box.Position)
                    .Select(entry => entry.Box).ToList();
                column.Clear();
                column.AddRange(ordered);
                Number(column);
            }
        }

        static void Number(List<Box> column)
        {
            for (var i = 0; i < column.Count; i++)
                column[i].Position = (i + 0.5) / column.Count;
        }
    }

    private void PlaceBoxes()
    {
        var heights = columns.Select(column => column.Sum(box => box.Height + Gap) - Gap).ToList();
        var tallest = heights.Count == 0 ? 0 : heights.Max();
        double x = Margin;
        for (var i = 0; i < columns.Count; i++)
        {
            var width = columns[i].Max(box => box.Width);
            // Shorter columns use the height of the tallest one.
            var room = (tallest - heights[i]) / (columns[i].Count + 1);
            var y = Margin + room;
            foreach (var box in columns[i])
            {
                (box.X, box.Y, box.ColumnWidth) = (x, y, width);
                y += box.Height + Gap + room;
            }

            x += width + Between;
        }
    }

    private string Write(string? style)
    {
        var width = Margin + boxes.Values.Select(box => box.X + box.Width).DefaultIfEmpty(0).Max() + Between / 2;
        var height = 2 * Margin + columns.SelectMany(column => column).Select(box => box.Y + box.Height).DefaultIfEmpty(0).Max() + Between / 2;
        var text = new StringBuilder();
        text.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"agents\" role=\"img\" aria-label=\"Agents, tools, models and services, and which of them ask each other\" ")
            .Append($"viewBox=\"0 0 {At(width)} {At(height)}\" width=\"{At(width)}\" height=\"{At(height)}\">\n");
        if (style != null)
            text.Append("<style>").Append(style).Append("</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n");
        foreach (var (edge, way) in ways)
            WriteEdge(text, edge, way);
        foreach (var box in columns.SelectMany(column => column).Where(box => box.Node != null))
            WriteBox(text, box);
        return text.Append("</svg>\n").ToString();
    }

    private static void WriteEdge(StringBuilder text, GraphEdge edge, List<Box> way)
    {
        var (from, to) = (way[0], way[way.Count - 1]);
        text.Append($"<path class=\"edge {edge.Wait} {edge.Mark}\" d=\"");
        if (to.Column > from.Column)
        {
            text.Append($"M{At(from.Right)} {At(from.Middle)}");
            for (var i = 1; i < way.Count; i++)
            {
                var (start, end) = (way[i - 1], way[i]);
                var begin = i == 1 ? start.Right : start.X + start.ColumnWidth;
                // Wide columns are crossed on a straight line.
                if (i > 1)
                    text.Append($"L{At(begin)} {At(start.Middle)}");
                else if (start.X + start.ColumnWidth > begin)
                    text.Append($"L{At(begin = start.X + start.ColumnWidth)} {At(start.Middle)}");
                var bend = (begin + end.X) / 2;
                text.Append($"C{At(bend)} {At(start.Middle)} {At(bend)} {At(end.Middle)} {At(end.X - (i == way.Count - 1 ? 6 : 0))} {At(end.Middle)}");
            }
        }
        else
        {
            // Back, or to itself: under both.
            var low = Math.Max(from.Y + from.Height, to.Y + to.Height) + Gap;
            text.Append($"M{At(from.Right)} {At(from.Middle)}C{At(from.Right + 40)} {At(low + 10)} {At(to.X - 40)} {At(low + 10)} {At(to.X - 6)} {At(to.Middle)}");
        }

        var tip = to.X - 6;
        text.Append($"\"/><path class=\"tip {edge.Mark}\" d=\"M{At(tip)} {At(to.Middle - 4)}l6 4l-6 4z\"/>\n");
    }

    private static void WriteBox(StringBuilder text, Box box)
    {
        var node = box.Node!;
        var round = node.Kind is "tool" or "handler" or "model" ? Math.Min(box.Height / 2, 14) : 4;
        text.Append($"<g class=\"box {node.Kind}\"><title>{Text(node.Kind)}: {Text(string.Join(" ", node.Lines))}</title>")
            .Append($"<rect x=\"{At(box.X)}\" y=\"{At(box.Y)}\" width=\"{At(box.Width)}\" height=\"{At(box.Height)}\" rx=\"{At(round)}\"/>");
        for (var i = 0; i < node.Lines.Count; i++)
            text.Append($"<text x=\"{At(box.X + box.Width / 2)}\" y=\"{At(box.Y + 5 + LineHeight * (i + 0.75))}\">{Text(Box.Short(node.Lines[i]))}</text>");
        text.Append("</g>\n");
    }

    private static string At(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private sealed class Box(GraphNode? node)
    {
        private const int Longest = 44;

        public GraphNode? Node { get; } = node;

        public List<Box> Before { get; } = [];

        public List<Box> After { get; } = [];

        public int Column { get; set; }

        public double Position { get; set; }

        public double X { get; set; }

        public double Y { get; set; }

        public double ColumnWidth { get; set; }

        public double Width => Node == null ? 0 : 18 + CharacterWidth * Node.Lines.Max(line => Short(line).Length);

        public double Height => Node == null ? 4 : 10 + LineHeight * Node.Lines.Count;

        public double Right => X + Width;

        public double Middle => Y + Height / 2;

        public static string Short(string line) => line.Length <= Longest ? line : line.Substring(0, Longest - 1) + "…";
    }
}

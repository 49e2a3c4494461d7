using System.Globalization;
using System.Xml.Linq;
using AgentLint.Rules.Configuration;
using AgentLint.Tasks;
using AgentLint.Tasks.Report;

namespace AgentLint.Package.Tests;

/// <summary>The picture of a solution's agents, from the pictures of its projects.</summary>
public sealed class AgentPictureTests
{
    private const string First = """
        flowchart LR
          n0(["Desk<br/>Answer<br/>Ask"]):::tool
          n1["Writer"]:::agent
          n2["Editor"]:::agent
          n3(("model")):::model
          n4>"Größe#60;System.Int32#91;#93;#62;"]:::effect
          n5{{"ChannelWriter"}}:::queue
          n6[("Store")]:::effect
          n7[["Flow.RunAsync"]]:::workflow
          n0 --> n1
          n1 --> n2
          n2 --> n1
          n1 ==> n3
          n2 --> n3
          n0 -.-> n5
          n1 --> n1
          n7 --> n4
          n7 --> n6
          linkStyle 1,2 stroke:#c5221f,stroke-width:3px
          linkStyle 0 stroke:#e37400,stroke-width:3px
          linkStyle 3 stroke:#9334e6,stroke-width:3px
          classDef agent fill:#e8f0fe,stroke:#1a73e8,color:#202124
        """;

    private const string Second = """
        flowchart LR
          n0(["Shop.Price"]):::tool
          n1["Writer"]:::agent
          n2(("model")):::model
          n0 ==> n1
          n1 --> n2
        """;

    [Fact]
    public void BoxesOfOneKindAndNameAreOne()
    {
        var graph = Graph(First, Second);

        Assert.Equal(
            [
                "agent Editor", "agent Writer", "effect Größe<System.Int32[]>", "effect Store", "model model", "queue ChannelWriter", "tool Desk Answer Ask", "tool Shop.Price",
                "workflow Flow.RunAsync",
            ],
            graph.Nodes.Select(node => $"{node.Kind} {string.Join(' ', node.Lines)}").Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "Desk -hands-over ChannelWriter", "Desk -waits chain Writer", "Editor -waits cycle Writer", "Editor -waits model", "Flow.RunAsync -waits Größe<System.Int32[]>",
                "Flow.RunAsync -waits Store", "Shop.Price -blocks Writer", "Writer -blocks model", "Writer -waits Writer", "Writer -waits cycle Editor",
            ],
            graph.Edges.Select(edge => $"{graph[edge.From].Lines[0]} -{edge.Wait} {(edge.Mark.Length > 0 ? edge.Mark + " " : "")}{graph[edge.To].Lines[0]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ProjectsMakeTheSamePictureInEveryOrder() =>
        Assert.Equal(AgentPicture.Draw(Graph(First, Second)), AgentPicture.Draw(Graph(Second, First)));

    [Fact]
    public void EveryBoxAndEveryLineIsDrawnAndNoBoxIsOverAnother()
    {
        var graph = Graph(First, Second);
        var picture = XElement.Parse(AgentPicture.Draw(graph, ".agents { }"));

        var boxes = Boxes(picture);
        Assert.Equal(graph.Nodes.Count, boxes.Count);
        Assert.Equal(graph.Edges.Count, picture.Elements().Count(path => Class(path).StartsWith("edge ", StringComparison.Ordinal)));
        Assert.Equal(graph.Edges.Count, picture.Elements().Count(path => Class(path).StartsWith("tip ", StringComparison.Ordinal)));
        AssertApart(boxes);
        // From those that ask to those that are asked.
        Assert.True(boxes["tool: Desk Answer Ask"].Right < boxes["agent: Writer"].X);
        Assert.True(boxes["agent: Writer"].Right < boxes["model: model"].X);
        var (width, height) = (Number(picture, "width"), Number(picture, "height"));
        Assert.All(boxes.Values, box => Assert.True(box.X >= 0 && box.Y >= 0 && box.Right <= width && box.Bottom <= height));
    }

    [Fact]
    public void ALargeProgramIsDrawnWithoutOverlaps()
    {
        var lines = Enumerable.Range(0, 400).Select(i => $"  n{i}[\"Agent{i}\"]:::agent")
            .Concat(Enumerable.Range(0, 400).Select(i => $"  n{i} --> n{(i * 7) % 400}"))
            .Concat(Enumerable.Range(0, 400).Select(i => $"  n{i} --> n{((i * 31) + 5) % 400}"));

        var boxes = Boxes(XElement.Parse(AgentPicture.Draw(Graph("flowchart LR\n" + string.Join('\n', lines)))));

        Assert.Equal(400, boxes.Count);
        AssertApart(boxes);
    }

    [Fact]
    public void NamesAreText()
    {
        var picture = AgentPicture.Draw(Graph("flowchart LR\n  n0[\"#60;script#62;alert#40;1#41;#60;#47;script#62;#38;amp#59;#34;\"]:::agent\n  n1((\"model\")):::model\n  n0 --> n1"));

        Assert.DoesNotContain("<script", picture, StringComparison.Ordinal);
        Assert.Contains(XElement.Parse(picture).Descendants(), text => text.Name.LocalName == "text" && text.Value == "<script>alert(1)</script>&amp;\"");
    }

    [Fact]
    public void WhatIsNoPictureIsNotDrawn() => Assert.Empty(Graph("", "flowchart LR", "n0 --> n1\n  n3 --> n4\n  linkStyle 7 stroke:#c5221f").Edges);

    private static AgentGraph Graph(params string[] pictures) =>
        AgentGraph.Of(pictures.Select((picture, i) => new LoggedGraph($"{i}.csproj", LoggedPicture.OneLine(picture.ReplaceLineEndings("\n")))));

    private static void AssertApart(Dictionary<string, Area> boxes)
    {
        var all = boxes.ToList();
        for (var i = 0; i < all.Count; i++)
            for (var j = 0; j < i; j++)
                Assert.False(all[i].Value.Meets(all[j].Value), $"{all[i].Key} is over {all[j].Key}");
    }

    private static Dictionary<string, Area> Boxes(XElement picture) =>
        picture.Elements().Where(group => Class(group).StartsWith("box ", StringComparison.Ordinal)).ToDictionary(
            group => group.Elements().First().Value,
            group => group.Elements().First(part => part.Name.LocalName == "rect") is var rect
                ? new Area(Number(rect, "x"), Number(rect, "y"), Number(rect, "x") + Number(rect, "width"), Number(rect, "y") + Number(rect, "height"))
                : default);

    private static string Class(XElement element) => element.Attribute("class")?.Value ?? "";

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private readonly record struct Area(double X, double Y, double Right, double Bottom)
    {
        public bool Meets(Area other) => X < other.Right && other.X < Right && Y < other.Bottom && other.Y < Bottom;
    }
}

using AgentLint.Rules.Coupling;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Tests of AGL0602, in a class that has some clients.</summary>
internal static class Desk
{
    private const string Head = """
        using System.Collections.Concurrent;
        using System.Net.Http.Json;
        using System.Text;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.Logging;
        public record Question(string Text, int Length);
        public class Note { public string Text { get; set; } = ""; public string? Summary { get; set; } public string? Title { get; set; } }
        public partial class Desk(IChatClient client, IChatClient other, IEmbeddingGenerator<string, Embedding<float>> embeddings, ILogger<Desk> logger)
        {

        """;

    public static Task Silent(string members, params IEnumerable<string> files) => In(members, files).RunAsync();

    /// <summary>Reports two calls of the model itself: the second at the first marker, the first at the second.</summary>
    public static Task Pair(string members, string message, params IEnumerable<string> files) => In(members, files).ExpectPath(Info, message, 0, 1).RunAsync();

    public static Task Loop(string members, string message, params IEnumerable<string> files) => In(members, files).Expect(Info, message).RunAsync();

    public static RuleTest<AGL0602_SequentialIndependentCalls> In(string members, params IEnumerable<string> files) => new([Head + members + "\n}\n", .. files]);

    public static string PairMessage(string first, string second, string member = "Desk.Run") =>
        $"'{member}' awaits {first} and then {second} although neither depends on the other; started together, they take as long as the slower one";

    public static string LoopMessage(string call, string member = "Desk.Run") =>
        $"'{member}' awaits {call} for one item after another although no iteration depends on another; run a few at a time, they take a fraction of the time";
}

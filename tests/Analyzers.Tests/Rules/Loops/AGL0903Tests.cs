using AgentLint.Rules.Loops;
using AgentLint.Tests.Stubs;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Loops;

/// <summary>Loops that nothing but words of a model ends are reported where they are made.</summary>
public sealed class AGL0903Tests
{
    [Theory]
    [InlineData("var team = {|#0:new RoundRobinGroupChat([], new TextMentionTermination(\"TERMINATE\"))|};")]
    [InlineData("var end = new TextMentionTermination(\"DONE\"); var team = {|#0:new RoundRobinGroupChat([], end)|};")]
    [InlineData("var team = {|#0:new RoundRobinGroupChat([], terminationCondition: new TextMentionTermination(\"DONE\"), maxTurns: null)|};")]
    public Task Condition_that_looks_for_words(string statement) =>
        In(statement).Expect(Info, Sentinel("RoundRobinGroupChat", "terminationCondition", "maxTurns")).RunAsync();

    [Theory]
    [InlineData("history.Contains(\"approved\")")]
    [InlineData("history.EndsWith(\"DONE\", StringComparison.Ordinal)")]
    [InlineData("history == \"DONE\"")]
    [InlineData("history.ToLowerInvariant().StartsWith(\"yes\") || history.Equals(\"no\")")]
    public Task Manager_that_looks_for_words(string test) =>
        In("var manager = {|#0:new Mine()|};", test).Expect(Info, Sentinel("Mine", "ShouldTerminate", "MaximumInvocationCount")).RunAsync();

    [Theory]
    [InlineData("history.Contains(\"approved\") || ++turns > 10")]
    [InlineData("history.Length > 1000")]
    [InlineData("turns == 3")]
    [InlineData("Enough(history)")]
    [InlineData("history.Contains(\"approved\") || Enough(history)")]
    [InlineData("false")]
    public Task Manager_that_looks_at_more(string test) => In("var manager = new Mine();", test).RunAsync();

    [Theory]
    [InlineData("var team = new RoundRobinGroupChat([], new TextMentionTermination(\"TERMINATE\"), 12);")]
    [InlineData("var team = new RoundRobinGroupChat([], new TextMentionTermination(\"TERMINATE\"), maxTurns: limit);")]
    [InlineData("var team = new RoundRobinGroupChat([], new MaxMessageTermination(10));")]
    [InlineData("var team = new RoundRobinGroupChat([], given);")]
    [InlineData("var team = new RoundRobinGroupChat([], limit > 3 ? new TextMentionTermination(\"TERMINATE\") : new MaxMessageTermination(10));")]
    [InlineData("var team = new RoundRobinGroupChat([]);")]
    [InlineData("var manager = new Mine { MaximumInvocationCount = 5 };")]
    [InlineData("var manager = new RoundRobinGroupChatManager();")]
    public Task Loop_with_a_bound_or_with_none_at_all(string statement) => In(statement).RunAsync();

    // ---- Threads -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Microsoft_autogen_133_before() =>
        In("var team = {|#0:new RoundRobinGroupChat([], new TextMentionTermination(\"TERMINATE\"))|};").Expect(Info, Sentinel("RoundRobinGroupChat", "terminationCondition", "maxTurns")).RunAsync();

    [Fact]
    public Task Microsoft_autogen_133_after() => In("var team = new RoundRobinGroupChat([], new TextMentionTermination(\"TERMINATE\"), maxTurns: 12);").RunAsync();

    private static string Sentinel(string owner, string end, string limit) => $"The loop of '{owner}' ends only when a model writes the words that '{end}' searches for: '{limit}' is not set";

    private static RuleTest<AGL0903_SentinelOnlyTermination> In(string statements, string test = "history.Contains(\"approved\")") => new RuleTest<AGL0903_SentinelOnlyTermination>(
        $$"""
        using Microsoft.AutoGen.AgentChat.GroupChat;
        using Microsoft.AutoGen.AgentChat.Terminations;
        using Microsoft.SemanticKernel.Agents.Orchestration.GroupChat;

        public class Desk
        {
            public void Run(ITerminationCondition given, int limit)
            {
                {{statements}}
            }
        }

        public class Mine : RoundRobinGroupChatManager
        {
            private int turns = 0;
            public override ValueTask<bool> ShouldTerminate(string history) => new(Checked({{test}}));
            private bool Enough(string history) => history.Length > ++turns;
        }
        """.Replace("Checked(", "(")).Reference(SemanticKernelAgentsStub.Library).Reference(AutoGenAgentChatStub.Library);
}

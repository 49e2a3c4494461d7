using AgentLint.Fixes.Loops;
using AgentLint.Rules.Loops;
using AgentLint.Tests.Stubs;
using Xunit;

namespace AgentLint.Tests.Rules.Loops;

public sealed class AGL0903FixTests
{
    [Theory]
    [InlineData("[|new RoundRobinGroupChat([], new TextMentionTermination(\"DONE\"))|]", "new RoundRobinGroupChat([], new TextMentionTermination(\"DONE\"), maxTurns: 20)", "Set 'maxTurns' to 20")]
    [InlineData("[|new RoundRobinGroupChat([], new TextMentionTermination(\"DONE\"), maxTurns: null)|]", "new RoundRobinGroupChat([], new TextMentionTermination(\"DONE\"), maxTurns: 20)", "Set 'maxTurns' to 20")]
    [InlineData("[|new Mine()|]", "new Mine { MaximumInvocationCount = 20 }", "Set 'MaximumInvocationCount' to 20")]
    public Task Limit(string expression, string mended, string title)
    {
        var test = new FixTest<AGL0903_SentinelOnlyTermination, AGL0903Fix_SetLimit>(In(expression), In(mended));
        test.TestState.AdditionalReferences.Add(SemanticKernelAgentsStub.Library.Reference);
        test.TestState.AdditionalReferences.Add(AutoGenAgentChatStub.Library.Reference);
        return test.RunAsync(title);
    }

    private static string In(string expression) =>
        $$"""
        using System.Threading.Tasks;
        using Microsoft.AutoGen.AgentChat.GroupChat;
        using Microsoft.AutoGen.AgentChat.Terminations;
        using Microsoft.SemanticKernel.Agents.Orchestration.GroupChat;

        class Mine : RoundRobinGroupChatManager
        {
            public override ValueTask<bool> ShouldTerminate(string history) => new(history.Contains("DONE"));
            static object Make() => {{expression}};
        }
        """;
}

using AgentLint.Fixes.Loops;
using AgentLint.Rules.Loops;
using AgentLint.Tests.Stubs;
using Xunit;

namespace AgentLint.Tests.Rules.Loops;

public sealed class AGL0902FixTests
{
    [Theory]
    [InlineData("[|new RoundRobinGroupChatManager()|]", "new RoundRobinGroupChatManager { MaximumInvocationCount = 20 }", "Set 'MaximumInvocationCount' to 20")]
    [InlineData("[|new StandardMagenticManager(\"gpt\")|]", "new StandardMagenticManager(\"gpt\") { MaximumInvocationCount = 20 }", "Set 'MaximumInvocationCount' to 20")]
    [InlineData("[|new StandardMagenticManager(\"gpt\") { MaximumResetCount = 2 }|]", "new StandardMagenticManager(\"gpt\") { MaximumResetCount = 2, MaximumInvocationCount = 20 }", "Set 'MaximumInvocationCount' to 20")]
    [InlineData("new RoundRobinGroupChatManager { MaximumInvocationCount = [|int.MaxValue|] }", "new RoundRobinGroupChatManager { MaximumInvocationCount = 20 }", "Set 'MaximumInvocationCount' to 20")]
    [InlineData("[|new RoundRobinGroupChat([])|]", "new RoundRobinGroupChat([], maxTurns: 20)", "Set 'maxTurns' to 20")]
    [InlineData("new RoundRobinGroupChat([], maxTurns: [|null|])", "new RoundRobinGroupChat([], maxTurns: 20)", "Set 'maxTurns' to 20")]
    [InlineData("[|new MagenticWorkflowBuilder(chief)|].RequirePlanSignoff(false).Build()", "new MagenticWorkflowBuilder(chief).WithMaxRounds(20).RequirePlanSignoff(false).Build()", "Set 'WithMaxRounds' to 20")]
    [InlineData("new MagenticWorkflowBuilder(chief).[|WithMaxRounds|]().Build()", "new MagenticWorkflowBuilder(chief).WithMaxRounds(20).Build()", "Set 'maxRounds' to 20")]
    [InlineData("new FunctionInvokingChatClient(client) { MaximumIterationsPerRequest = [|int.MaxValue|] /* all */ }", "new FunctionInvokingChatClient(client) { MaximumIterationsPerRequest = 40 /* all */ }", "Set 'MaximumIterationsPerRequest' to 40")]
    [InlineData("new ChatClientBuilder(client).UseFunctionInvocation(null, c => c.MaximumIterationsPerRequest = [|9999|])", "new ChatClientBuilder(client).UseFunctionInvocation(null, c => c.MaximumIterationsPerRequest = 40)", "Set 'MaximumIterationsPerRequest' to 40")]
    public Task Limit(string expression, string mended, string title) => Test(In(expression), In(mended)).RunAsync(title);

    [Fact]
    public Task Not_offered_in_the_framework_itself()
    {
        const string Declaration = """
            namespace Microsoft.SemanticKernel.Agents.Magentic
            {
                public abstract class MagenticManager
                {
                    public int MaximumInvocationCount { get; init; } = [|int.MaxValue|];
                }
            }
            """;
        return new FixTest<AGL0902_UnlimitedFrameworkLoop, AGL0902Fix_SetLimit>(Declaration, Declaration).RunAsync(null);
    }

    private static FixTest<AGL0902_UnlimitedFrameworkLoop, AGL0902Fix_SetLimit> Test(string code, string mended)
    {
        var test = new FixTest<AGL0902_UnlimitedFrameworkLoop, AGL0902Fix_SetLimit>(code, mended);
        Libraries.AddTo(test.TestState, Library.AgentWorkflows, Library.ExtensionsAI);
        foreach (var stub in new[] { SemanticKernelAgentsStub.Library, AutoGenAgentChatStub.Library })
            test.TestState.AdditionalReferences.Add(stub.Reference);
        return test;
    }

    private static string In(string expression) =>
        $$"""
        using Microsoft.Agents.AI.Workflows;
        using Microsoft.AutoGen.AgentChat.GroupChat;
        using Microsoft.Extensions.AI;
        using Microsoft.SemanticKernel.Agents.Magentic;
        using Microsoft.SemanticKernel.Agents.Orchestration.GroupChat;
        using RoundRobinGroupChatManager = Microsoft.SemanticKernel.Agents.Orchestration.GroupChat.RoundRobinGroupChatManager;

        class C(IChatClient client, Microsoft.Agents.AI.AIAgent chief)
        {
            object Make() => {{expression}};
        }
        """;
}

using AgentLint.Rules.Loops;
using AgentLint.Tests.Stubs;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Loops;

/// <summary>Loops of frameworks are reported where they are made without a limit, and where a limit is set that is none.</summary>
public sealed class AGL0902Tests
{
    // ---- Left at no limit ----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var manager = {|#0:new RoundRobinGroupChatManager()|};", "RoundRobinGroupChatManager", "MaximumInvocationCount")]
    [InlineData("RoundRobinGroupChatManager manager = {|#0:new()|};", "RoundRobinGroupChatManager", "MaximumInvocationCount")]
    [InlineData("var manager = {|#0:new Microsoft.SemanticKernel.Agents.Orchestration.GroupChat.RoundRobinGroupChatManager { }|};", "RoundRobinGroupChatManager", "MaximumInvocationCount")]
    [InlineData("var manager = {|#0:new StandardMagenticManager(\"gpt\")|};", "StandardMagenticManager", "MaximumInvocationCount")]
    [InlineData("var manager = {|#0:new StandardMagenticManager(\"gpt\") { MaximumResetCount = 2 }|};", "StandardMagenticManager", "MaximumInvocationCount")]
    [InlineData("var manager = {|#0:new Logging()|};", "Logging", "MaximumInvocationCount")]
    [InlineData("var team = {|#0:new RoundRobinGroupChat([])|};", "RoundRobinGroupChat", "maxTurns")]
    [InlineData("var team = {|#0:new RoundRobinGroupChat([], null)|};", "RoundRobinGroupChat", "maxTurns")]
    [InlineData("var options = {|#0:new GroupChatOptions(\"topic\")|};", "GroupChatOptions", "MaxTurns")]
    [InlineData("var workflow = {|#0:new MagenticWorkflowBuilder(chief)|}.RequirePlanSignoff(false).Build();", "MagenticWorkflowBuilder", "WithMaxRounds")]
    [InlineData("var workflow = {|#0:new MagenticWorkflowBuilder(chief)|}.WithMaxResets(2).Build();", "MagenticWorkflowBuilder", "WithMaxRounds")]
    [InlineData("var workflow = new MagenticWorkflowBuilder(chief).{|#0:WithMaxRounds|}().Build();", "MagenticWorkflowBuilder", "maxRounds")]
    public Task Left_at_no_limit(string statement, string owner, string limit) =>
        In(statement).Expect(Warning, $"The loop of '{owner}' has no limit: '{limit}' is left at its default, which is no limit").RunAsync();

    [Theory]
    [InlineData("var manager = new RoundRobinGroupChatManager { MaximumInvocationCount = 5 };")]
    [InlineData("var manager = new RoundRobinGroupChatManager { MaximumInvocationCount = limit };")]
    [InlineData("RoundRobinGroupChatManager manager = new() { MaximumInvocationCount = 5 };")]
    [InlineData("var manager = new StandardMagenticManager(\"gpt\") { MaximumInvocationCount = 25 };")]
    [InlineData("var manager = new Limited();")]
    [InlineData("var manager = new Approving();")]
    [InlineData("var team = new RoundRobinGroupChat([], maxTurns: 10);")]
    [InlineData("var team = new RoundRobinGroupChat([], maxTurns: limit);")]
    [InlineData("var team = new RoundRobinGroupChat([], new MaxMessageTermination(10));")]
    [InlineData("var options = new GroupChatOptions(\"topic\") { MaxTurns = 3 };")]
    [InlineData("var options = new GroupChatOptions(\"topic\"); options.MaxTurns = limit;")]
    [InlineData("var options = new GroupChatOptions(\"topic\") { TerminationCondition = new MaxMessageTermination(10) };")]
    [InlineData("var workflow = new MagenticWorkflowBuilder(chief).WithMaxRounds(10).Build();")]
    [InlineData("var builder = new MagenticWorkflowBuilder(chief); builder.WithMaxRounds(limit); var workflow = builder.Build();")]
    [InlineData("Begin(new MagenticWorkflowBuilder(chief).RequirePlanSignoff(false));")]
    [InlineData("var builder = new MagenticWorkflowBuilder(chief); Begin(builder); var workflow = builder.Build();")]
    [InlineData("Func<MagenticWorkflowBuilder> begin = () => new MagenticWorkflowBuilder(chief);")]
    [InlineData("var name = nameof(RoundRobinGroupChatManager); var type = typeof(StandardMagenticManager);")]
    public Task Limit_is_set(string statement) => In(statement).RunAsync();

    // ---- Set to no limit ------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var manager = new RoundRobinGroupChatManager { MaximumInvocationCount = {|#0:int.MaxValue|} };", "GroupChatManager", "MaximumInvocationCount", "int.MaxValue")]
    [InlineData("var team = new RoundRobinGroupChat([], maxTurns: {|#0:null|});", "RoundRobinGroupChat", "maxTurns", "null")]
    [InlineData("var options = new GroupChatOptions(\"topic\") { MaxTurns = {|#0:null|} };", "GroupChatOptions", "MaxTurns", "null")]
    [InlineData("var workflow = new MagenticWorkflowBuilder(chief).WithMaxRounds({|#0:null|}).Build();", "MagenticWorkflowBuilder", "maxRounds", "null")]
    [InlineData("var agent = new FunctionInvokingChatClient(client) { MaximumIterationsPerRequest = {|#0:100_000|} };", "FunctionInvokingChatClient", "MaximumIterationsPerRequest", "100_000")]
    [InlineData("var agent = new FunctionInvokingChatClient(client); agent.MaximumIterationsPerRequest = {|#0:int.MaxValue|};", "FunctionInvokingChatClient", "MaximumIterationsPerRequest", "int.MaxValue")]
    [InlineData("var agent = new ChatClientBuilder(client).UseFunctionInvocation(configure: c => c.MaximumIterationsPerRequest = {|#0:Most|}).Build();", "FunctionInvokingChatClient", "MaximumIterationsPerRequest", "Most")]
    [InlineData("await chat.CallAsync(maxRound: {|#0:int.MaxValue|});", "IGroupChat", "maxRound", "int.MaxValue")]
    [InlineData("await one.InitiateChatAsync(other, \"Hi\", {|#0:5000|});", "IAgent", "maxRound", "5000")]
    public Task Set_to_no_limit(string statement, string owner, string limit, string value) =>
        In(statement).Expect(Warning, $"The loop of '{owner}' has no limit: '{limit}' is set to '{value}'").RunAsync();

    [Theory]
    [InlineData("var agent = new FunctionInvokingChatClient(client) { MaximumIterationsPerRequest = 200 };")]
    [InlineData("var agent = new FunctionInvokingChatClient(client) { MaximumIterationsPerRequest = limit };")]
    [InlineData("var agent = new FunctionInvokingChatClient(client) { MaximumConsecutiveErrorsPerRequest = int.MaxValue };")]
    [InlineData("var agent = new FunctionInvokingChatClient(client);")]
    [InlineData("var left = int.MaxValue - new FunctionInvokingChatClient(client).MaximumIterationsPerRequest;")]
    [InlineData("await chat.CallAsync();")]
    [InlineData("await chat.CallAsync(maxRound: 20);")]
    [InlineData("await one.InitiateChatAsync(other, \"Hi\");")]
    public Task Set_to_a_limit(string statement) => In(statement).RunAsync();

    [Fact]
    public Task Limit_that_is_as_good_as_none_is_an_option() =>
        In("var agent = new FunctionInvokingChatClient(client) { MaximumIterationsPerRequest = {|#0:200|} };")
            .Expect(Warning, "The loop of 'FunctionInvokingChatClient' has no limit: 'MaximumIterationsPerRequest' is set to '200'")
            .Configure("agentlint.AGL0902.max_turns = 100")
            .RunAsync();

    // ---- Declared with no limit -------------------------------------------------------------------------------------------

    [Fact]
    public Task Framework_itself() => new RuleTest<AGL0902_UnlimitedFrameworkLoop>(
        """
        namespace Microsoft.SemanticKernel.Agents.Magentic
        {
            public abstract class MagenticManager
            {
                public int MaximumInvocationCount { get; init; } = {|#0:int.MaxValue|};
                public int MaximumStallCount { get; init; } = int.MaxValue;
            }
        }

        namespace Microsoft.AutoGen.AgentChat.GroupChat
        {
            public class RoundRobinGroupChat
            {
                public RoundRobinGroupChat(int? maxTurns = {|#1:null|}) { }
            }
        }

        namespace Microsoft.SemanticKernel.Agents.Chat
        {
            public abstract class TerminationStrategy
            {
                public int MaximumIterations { get; set; } = 99;
            }
        }
        """)
        .Expect(Info, "The loop of 'MagenticManager' has no limit: 'MaximumInvocationCount' is 'int.MaxValue' unless a caller sets it")
        .Expect(Info, "The loop of 'RoundRobinGroupChat' has no limit: 'maxTurns' is 'null' unless a caller sets it", 1)
        .RunAsync();

    // ---- Threads -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Microsoft_semantic_kernel_12750_before() =>
        In("""var manager = {|#0:new StandardMagenticManager("gpt")|};""")
            .Expect(Warning, "The loop of 'StandardMagenticManager' has no limit: 'MaximumInvocationCount' is left at its default, which is no limit").RunAsync();

    [Fact]
    public Task Microsoft_semantic_kernel_12750_after() => In("""var manager = new StandardMagenticManager("gpt") { MaximumInvocationCount = 20 };""").RunAsync();

    [Fact]
    public Task Microsoft_semantic_kernel_10401_before() =>
        In("""var manager = {|#0:new RoundRobinGroupChatManager()|};""")
            .Expect(Warning, "The loop of 'RoundRobinGroupChatManager' has no limit: 'MaximumInvocationCount' is left at its default, which is no limit").RunAsync();

    [Fact]
    public Task Microsoft_semantic_kernel_10401_after() => In("""var manager = new RoundRobinGroupChatManager { MaximumInvocationCount = 6 };""").RunAsync();

    private static RuleTest<AGL0902_UnlimitedFrameworkLoop> In(string statements)
    {
        var test = new RuleTest<AGL0902_UnlimitedFrameworkLoop>(
            $$"""
            using AutoGen.Core;
            using Microsoft.Agents.AI.Workflows;
            using Microsoft.AutoGen.AgentChat.GroupChat;
            using Microsoft.AutoGen.AgentChat.Terminations;
            using Microsoft.Extensions.AI;
            using Microsoft.SemanticKernel.Agents.Magentic;
            using Microsoft.SemanticKernel.Agents.Orchestration.GroupChat;
            using RoundRobinGroupChatManager = Microsoft.SemanticKernel.Agents.Orchestration.GroupChat.RoundRobinGroupChatManager;

            public class Desk
            {
                private const int Most = 1_000_000;

                public async Task Run(IChatClient client, IGroupChat chat, IAgent one, IAgent other, Microsoft.Agents.AI.AIAgent chief, int limit)
                {
                    {{statements}}
                    await Task.Yield();
                }

                private static void Begin(MagenticWorkflowBuilder builder) { }

                [Xunit.Fact]
                public void Test() => new MagenticWorkflowBuilder(null!).Build();
            }

            public class Logging : MagenticManager { }

            public class Limited : RoundRobinGroupChatManager
            {
                public Limited() => MaximumInvocationCount = 12;
            }

            public class Approving : RoundRobinGroupChatManager
            {
                public override ValueTask<bool> ShouldTerminate(string history) => new(history.Length > 1000);
            }
            """);
        return test.Reference(Library.AgentWorkflows, Library.ExtensionsAI).Reference(SemanticKernelAgentsStub.Library).Reference(AutoGenAgentChatStub.Library).Reference(AutoGenCoreStub.Library).Reference(typeof(FactAttribute));
    }
}

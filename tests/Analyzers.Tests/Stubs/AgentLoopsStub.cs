using Microsoft.Extensions.AI;

namespace AgentLint.Tests.Stubs;

/// <summary>The loops that frameworks run over models, as far as their limits go.</summary>
internal static class AgentLoopsStub
{
    public static Stub SemanticKernel { get; } = new("Microsoft.SemanticKernel.Agents.Orchestration", """
        using System.Threading.Tasks;

        namespace Microsoft.SemanticKernel.Agents.Orchestration.GroupChat
        {
            public abstract class GroupChatManager
            {
                public int MaximumInvocationCount { get; init; } = int.MaxValue;
                public virtual ValueTask<bool> ShouldTerminate(string history) => default;
            }

            public class RoundRobinGroupChatManager : GroupChatManager { }
        }

        namespace Microsoft.SemanticKernel.Agents.Magentic
        {
            public abstract class MagenticManager
            {
                public int MaximumInvocationCount { get; init; } = int.MaxValue;
                public int MaximumResetCount { get; init; } = 3;
            }

            public sealed class StandardMagenticManager : MagenticManager
            {
                public StandardMagenticManager(string service) { }
            }
        }

        namespace Microsoft.SemanticKernel.Agents.Chat
        {
            public abstract class TerminationStrategy
            {
                public int MaximumIterations { get; set; } = 99;
                protected abstract Task<bool> ShouldAgentTerminateAsync(string history);
            }
        }
        """);

    public static Stub AutoGen { get; } = new("Microsoft.AutoGen.AgentChat", """
        using System.Collections.Generic;

        namespace Microsoft.AutoGen.AgentChat.Terminations
        {
            public class TextMentionTermination : GroupChat.ITerminationCondition
            {
                public TextMentionTermination(string text) { }
            }

            public class MaxMessageTermination : GroupChat.ITerminationCondition
            {
                public MaxMessageTermination(int messages) { }
            }
        }

        namespace Microsoft.AutoGen.AgentChat.GroupChat
        {
            public interface ITerminationCondition { }
            public class GroupChatOptions
            {
                public GroupChatOptions(string topic) { }
                public ITerminationCondition TerminationCondition { get; set; }
                public int? MaxTurns { get; set; }
            }

            public class RoundRobinGroupChat
            {
                public RoundRobinGroupChat(List<string> participants, ITerminationCondition terminationCondition = null, int? maxTurns = null) { }
            }
        }
        """);

    public static Stub Workflows { get; } = new("Microsoft.Agents.AI.Workflows", """
        namespace Microsoft.Agents.AI.Workflows
        {
            public class MagenticWorkflowBuilder
            {
                public MagenticWorkflowBuilder(string manager) { }
                public MagenticWorkflowBuilder WithName(string name) => this;
                public MagenticWorkflowBuilder WithMaxRounds(int? maxRounds = null) => this;
                public MagenticWorkflowBuilder WithMaxResets(int? maxResets = null) => this;
                public string Build() => "";
            }
        }
        """);

    public static Stub Extensions { get; } = new("Microsoft.Extensions.AI", """
        using System;

        namespace Microsoft.Extensions.AI
        {
            public class FunctionInvokingChatClient : DelegatingChatClient
            {
                public FunctionInvokingChatClient(IChatClient inner) : base(inner) { }
                public int MaximumIterationsPerRequest { get; set; } = 40;
                public int MaximumConsecutiveErrorsPerRequest { get; set; } = 3;
            }

            public sealed class ChatClientBuilder
            {
                public ChatClientBuilder(IChatClient inner) { }
                public IChatClient Build() => null;
            }

            public static class FunctionInvokingChatClientBuilderExtensions
            {
                public static ChatClientBuilder UseFunctionInvocation(this ChatClientBuilder builder, object loggers = null, Action<FunctionInvokingChatClient> configure = null) => builder;
            }
        }
        """, typeof(IChatClient));

    public static Stub AutoGenCore { get; } = new("AutoGen.Core", """
        using System.Collections.Generic;
        using System.Threading.Tasks;

        namespace AutoGen.Core
        {
            public interface IMessage { }
            public interface IAgent { }
            public interface IGroupChat { Task<IEnumerable<IMessage>> CallAsync(IEnumerable<IMessage> conversation = null, int maxRound = 10); }

            public static class AgentExtension
            {
                public static Task<IEnumerable<IMessage>> InitiateChatAsync(this IAgent agent, IAgent receiver, string message = null, int maxRound = 10) => null;
            }
        }
        """);
}

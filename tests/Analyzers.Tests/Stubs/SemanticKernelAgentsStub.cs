namespace AgentLint.Tests.Stubs;

/// <summary>Semantic Kernel's agents, as far as the limits of their conversations go.</summary>
internal static class SemanticKernelAgentsStub
{
    public static Stub Library { get; } = new("Microsoft.SemanticKernel.Agents.Orchestration", """
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
}

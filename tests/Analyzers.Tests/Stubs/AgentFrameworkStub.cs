using Microsoft.Extensions.AI;

namespace AgentLint.Tests.Stubs;

internal static class AgentFrameworkStub
{
    public static Stub Library { get; } = new(
        "Microsoft.Agents.AI.Abstractions",
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        namespace Microsoft.Agents.AI
        {
            public abstract class AIAgent
            {
                public Task<string> RunAsync(string message) => RunCoreAsync(message);
                public Task<string> RunAsync(string message, AgentSession session) => RunCoreAsync(message, session);
                public ValueTask<AgentSession> CreateSessionAsync() => new ValueTask<AgentSession>(GetNewSession());
                public virtual AgentSession GetNewSession() => null;
                protected virtual Task<string> RunCoreAsync(string message, AgentSession session) => RunCoreAsync(message);
                public IAsyncEnumerable<string> RunStreamingAsync(string message) => RunCoreStreamingAsync(message);
                protected abstract Task<string> RunCoreAsync(string message);
                protected virtual IAsyncEnumerable<string> RunCoreStreamingAsync(string message) => null;
            }

            public sealed class ChatClientAgent : AIAgent
            {
                public ChatClientAgent(IChatClient client, string instructions = null, IList<AITool> tools = null) { }
                protected override Task<string> RunCoreAsync(string message) => null;
            }

            public abstract class AgentSession
            {
            }

            public static class AIAgentExtensions
            {
                public static AIFunction AsAIFunction(this AIAgent agent) => null;
            }
        }
        """,
        typeof(IChatClient));
}

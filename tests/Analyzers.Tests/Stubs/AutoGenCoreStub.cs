namespace AgentLint.Tests.Stubs;

/// <summary>Conversations of AutoGen 0.2, as far as their limits go.</summary>
internal static class AutoGenCoreStub
{
    public static Stub Library { get; } = new("AutoGen.Core", """
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

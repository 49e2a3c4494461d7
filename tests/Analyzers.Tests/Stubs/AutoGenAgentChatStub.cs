namespace AgentLint.Tests.Stubs;

/// <summary>Teams of AutoGen, as far as their limits go.</summary>
internal static class AutoGenAgentChatStub
{
    public static Stub Library { get; } = new("Microsoft.AutoGen.AgentChat", """
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
}

using Microsoft.AutoGen.AgentChat.GroupChat;
using Microsoft.AutoGen.AgentChat.Terminations;

namespace SupportDesk.Workflows;

/// <summary>A writer and a critic that take turns.</summary>
public static class ReviewTeam
{
    public static RoundRobinGroupChat ForRefusals()
        => new(["writer", "critic"], new TextMentionTermination("APPROVED"), maxTurns: 6);

    public static RoundRobinGroupChat ForApologies()
        => new RoundRobinGroupChat(["writer", "critic"], new TextMentionTermination("APPROVED"), maxTurns: null);
}

// The few declarations of Microsoft.AutoGen that the review team is put together with, so that the desk builds on its own. A
// deployment that runs the team removes this file and references the packages.
namespace Microsoft.AutoGen.AgentChat.GroupChat
{
    public interface ITerminationCondition
    {
        bool IsMetBy(string message);
    }

    public sealed class RoundRobinGroupChat(List<string> participants, ITerminationCondition? terminationCondition = null, int? maxTurns = 10)
    {
        public bool GoesOn(int turn, string message)
            => participants.Count > 0 && terminationCondition?.IsMetBy(message) != true && !(turn >= maxTurns);
    }
}

namespace Microsoft.AutoGen.AgentChat.Terminations
{
    public sealed class TextMentionTermination(string text) : GroupChat.ITerminationCondition
    {
        public bool IsMetBy(string message) => message.Contains(text, StringComparison.Ordinal);
    }
}

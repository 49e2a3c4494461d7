using Microsoft.Agents.AI;
using Microsoft.Agents.AI.Workflows;

namespace SupportDesk.Workflows;

/// <summary>A writer and a critic that take turns.</summary>
public static class ReviewTeam
{
    public static Workflow ForRefusals(AIAgent writer, AIAgent critic)
        => AgentWorkflowBuilder
            .CreateGroupChatBuilderWith(team => new RoundRobinGroupChatManager(team) { MaximumIterationCount = 6 })
            .AddParticipants(writer, critic)
            .Build();

    public static Workflow ForApologies(AIAgent writer, AIAgent critic)
        => AgentWorkflowBuilder
            .CreateGroupChatBuilderWith(team => new RoundRobinGroupChatManager(team) { MaximumIterationCount = int.MaxValue })
            .AddParticipants(writer, critic)
            .Build();
}

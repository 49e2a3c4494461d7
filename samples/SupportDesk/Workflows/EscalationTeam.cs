using Microsoft.Agents.AI;
using Microsoft.Agents.AI.Workflows;

namespace SupportDesk.Workflows;

/// <summary>Teams of agents that talk until a manager finds that they are done.</summary>
public static class EscalationTeam
{
    public static Workflow ForLegalThreats(AIAgent manager, AIAgent researcher, AIAgent writer, AIAgent lawyer)
        => new MagenticWorkflowBuilder(manager).AddParticipants(researcher, writer, lawyer).Build();

    public static Workflow ForPress(AIAgent manager, AIAgent researcher, AIAgent writer)
    {
        var team = new MagenticWorkflowBuilder(manager).AddParticipants(researcher, writer);
        return team.WithMaxRounds(8).Build();
    }
}

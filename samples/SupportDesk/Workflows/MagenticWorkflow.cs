// The few declarations of Microsoft.Agents.AI.Workflows that the escalation team is put together with, so that the desk builds on
// its own. A deployment that runs the team removes this file and references the package.
namespace Microsoft.Agents.AI.Workflows;

public sealed record Workflow(string Manager, IReadOnlyList<string> Participants, int? MaxRounds);

public sealed class MagenticWorkflowBuilder(string manager)
{
    public string Manager { get; } = manager;

    public List<string> Participants { get; } = [];

    public int? MaxRounds { get; private set; }

    public Workflow Build() => new(Manager, Participants, MaxRounds);

    public MagenticWorkflowBuilder AddParticipants(params IEnumerable<string> agents)
    {
        Participants.AddRange(agents);
        return this;
    }

    public MagenticWorkflowBuilder WithMaxRounds(int? maxRounds = null)
    {
        MaxRounds = maxRounds;
        return this;
    }
}

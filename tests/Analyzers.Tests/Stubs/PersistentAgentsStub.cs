namespace AgentLint.Tests.Stubs;

/// <summary>Azure.AI.Agents.Persistent, as far as runs go.</summary>
internal static class PersistentAgentsStub
{
    public static Stub Library { get; } = new("Azure.AI.Agents.Persistent", """
        using System.Threading.Tasks;

        namespace Azure.AI.Agents.Persistent
        {
            public class ThreadRun { public string Id { get; set; } }
            public class ThreadRuns
            {
                public Task<ThreadRun> CreateRunAsync(string threadId, string agentId) => null;
                public Task<ThreadRun> GetRunAsync(string threadId, string runId) => null;
            }
        }
        """);
}

namespace AgentLint.Tests.Stubs;

internal static class AgentFrameworkStub
{
    public static Stub Library { get; } = new("Microsoft.Agents.AI.Abstractions", """
        using System.Threading.Tasks;

        namespace Microsoft.Agents.AI
        {
            public abstract class AIAgent
            {
                public Task<string> RunAsync(string message) => RunCoreAsync(message);
                protected abstract Task<string> RunCoreAsync(string message);
            }
        }
        """);
}

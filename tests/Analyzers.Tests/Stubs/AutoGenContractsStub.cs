namespace AgentLint.Tests.Stubs;

/// <summary>Agents of one runtime that tell each other something.</summary>
internal static class AutoGenContractsStub
{
    public static Stub Library { get; } = new("Microsoft.AutoGen.Contracts", """
        using System.Threading.Tasks;

        namespace Microsoft.AutoGen.Contracts
        {
            public class MessageContext { }
            public interface IHandle<T> { ValueTask HandleAsync(T item, MessageContext context); }
            public interface IAgentRuntime { ValueTask PublishMessageAsync(object message, string topic, string messageId = null); }
        }
        """);
}

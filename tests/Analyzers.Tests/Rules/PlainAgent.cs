namespace AgentLint.Tests.Rules;

/// <summary>For programs with agents of their own: the members of Agent Framework's <c>AIAgent</c> that say nothing about a turn.</summary>
internal static class PlainAgent
{
    /// <summary>The head of the method that answers.</summary>
    public const string Turn =
        "protected override async Task<Microsoft.Agents.AI.AgentResponse> RunCoreAsync(IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, "
        + "Microsoft.Agents.AI.AgentSession? session = null, Microsoft.Agents.AI.AgentRunOptions? options = null, CancellationToken cancellationToken = default)";

    /// <summary>The head of the method that answers in parts.</summary>
    public const string Stream =
        "protected override async IAsyncEnumerable<Microsoft.Agents.AI.AgentResponseUpdate> RunCoreStreamingAsync(IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, "
        + "Microsoft.Agents.AI.AgentSession? session = null, Microsoft.Agents.AI.AgentRunOptions? options = null, CancellationToken cancellationToken = default)";

    /// <summary>A base class that keeps no sessions and answers in no parts.</summary>
    public const string File = """
        using System;
        using System.Collections.Generic;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Agents.AI;
        using Microsoft.Extensions.AI;

        public abstract class PlainAgent : AIAgent
        {
            protected override ValueTask<AgentSession> CreateSessionCoreAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

            protected override ValueTask<JsonElement> SerializeSessionCoreAsync(AgentSession session, JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
                throw new NotSupportedException();

            protected override ValueTask<AgentSession> DeserializeSessionCoreAsync(JsonElement state, JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
                throw new NotSupportedException();

            protected override IAsyncEnumerable<AgentResponseUpdate> RunCoreStreamingAsync(
                IEnumerable<ChatMessage> messages, AgentSession? session = null, AgentRunOptions? options = null, CancellationToken cancellationToken = default) =>
                throw new NotSupportedException();
        }
        """;
}

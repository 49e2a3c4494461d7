using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Polly;

namespace Severities;

public static class Suppressed
{
    public static async Task<ChatResponse> ByPragma(IChatClient client, ResiliencePipeline pipeline)
    {
#pragma warning disable AGL0206 // The test says so.
        return await pipeline.Execute(async () => await client.GetResponseAsync("")); // AGL0206 suppressed
#pragma warning restore AGL0206
    }

    [SuppressMessage("AgentLint.Retries", "AGL0206:DeadRetry", Justification = "The test says so")]
    public static async Task<ChatResponse> ByAttribute(IChatClient client, ResiliencePipeline pipeline) =>
        await pipeline.Execute(async () => await client.GetResponseAsync("")); // AGL0206 suppressed
}

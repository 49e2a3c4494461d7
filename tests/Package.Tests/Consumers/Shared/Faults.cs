using Microsoft.Extensions.AI;
using Polly;

namespace Shared;

public sealed class Faults(IChatClient client, ResiliencePipeline pipeline)
{
    public async Task<ChatResponse> Proven(string question) =>
        await pipeline.Execute(async () => await client.GetResponseAsync(question)); // AGL0206 warning

    // Only this class calls it, and nothing shows from where: a heuristic.
    private ChatResponse Suspected(string question) =>
        client.GetResponseAsync(question).Result; // AGL0601 note

    public int Length(string question) => Suspected(question).Text.Length;
}

using Microsoft.Extensions.AI;

namespace Severities;

public static class Mentioned
{
    // A warning by itself and by the mode; .editorconfig has the last word.
    public static async Task<ChatResponse> Ask(IChatClient client)
    {
        await Task.Yield();
        return client.GetResponseAsync("").Result; // AGL0601 note
    }
}

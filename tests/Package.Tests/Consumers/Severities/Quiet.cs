using Microsoft.Extensions.AI;

namespace Severities;

public static class Quiet
{
    public static async Task<ChatResponse> Ask(IChatClient client)
    {
        await Task.Yield();
        return client.GetResponseAsync("").Result;
    }
}

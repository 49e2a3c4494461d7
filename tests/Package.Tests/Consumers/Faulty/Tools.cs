using System.ComponentModel;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Server;

namespace Faulty;

[McpServerToolType]
internal sealed class Tools(IChatClient client)
{
    [McpServerTool, Description("Summarizes a text.")]
    public async Task<string> SummarizeAsync(string text, CancellationToken cancellation)
    {
        // The comment stays.
        var summary = client.GetResponseAsync("Summarize: " + text, cancellationToken: cancellation).Result; // AGL0601 warning
        await Task.Yield();
        return summary.Text;
    }
}

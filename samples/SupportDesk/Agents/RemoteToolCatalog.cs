using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;

namespace SupportDesk.Agents;

/// <summary>The tools of the documentation team's MCP server.</summary>
public sealed class RemoteToolCatalog
{
    readonly McpClient _client;

    public RemoteToolCatalog(McpClient client)
    {
        _client = client;
        Tools = [.. client.ListToolsAsync().GetAwaiter().GetResult()];
    }

    public IReadOnlyList<AITool> Tools { get; }

    public string Lookup(string topic)
    {
        var call = _client.CallToolAsync("lookup", new Dictionary<string, object?> { ["topic"] = topic }).AsTask();
        call.Wait();
        return string.Concat(call.Result.Content);
    }

    public async Task<string> FetchAsync(string path, CancellationToken cancellationToken)
    {
        await _client.PingAsync(cancellationToken: cancellationToken);
        var result = await _client.CallToolAsync("fetch", new Dictionary<string, object?> { ["path"] = path });
        return string.Concat(result.Content);
    }
}

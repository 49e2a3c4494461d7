using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace SupportDesk.Tools;

/// <summary>Asks the person at the desk before something is done that cannot be undone.</summary>
public static class Approval
{
    public static async Task<bool> AskAsync(McpServer server, string question, CancellationToken cancellationToken)
    {
        if (server.ClientCapabilities?.Elicitation is null)
        {
            return true;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var answer = await server.ElicitAsync(Question(question), patience.Token);
            return answer.IsAccepted;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    public static async Task<bool> AskStrictlyAsync(McpServer server, string question, CancellationToken cancellationToken)
    {
        if (server.ClientCapabilities?.Elicitation is null)
        {
            return false;
        }

        var answer = await server.ElicitAsync(Question(question), cancellationToken);
        return answer.IsAccepted;
    }

    static ElicitRequestParams Question(string message)
        => new() { Message = message, RequestedSchema = new ElicitRequestParams.RequestSchema() };
}

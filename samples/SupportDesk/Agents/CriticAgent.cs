using Microsoft.Extensions.AI;

namespace SupportDesk.Agents;

/// <summary>Reads a reply the way the customer will.</summary>
public sealed class CriticAgent(IChatClient chat)
{
    public async Task<string> ReviewAsync(string draft, string facts, CancellationToken cancellationToken)
    {
        var response = await chat.GetResponseAsync(
            $"Facts: {facts}\nReply: {draft}\nSay APPROVED, or what is wrong with it.", cancellationToken: cancellationToken);
        return response.Text;
    }

    public async Task<int> ScoreAsync(string reply)
    {
        var history = new List<ChatMessage> { new(ChatRole.System, "Score replies from 1 to 10. Digits only.") };
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            try
            {
                history.Add(new ChatMessage(ChatRole.User, reply));
                var response = await chat.GetResponseAsync(history);
                history.AddRange(response.Messages);
                return int.Parse(response.Text);
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(attempt * 1000 + Random.Shared.Next(500));
            }
        }

        return 0;
    }

    public async Task<bool> IsPoliteAsync(string reply, CancellationToken cancellationToken)
    {
        try
        {
            var response = await chat.GetResponseAsync($"Is this polite? yes or no\n{reply}", cancellationToken: cancellationToken);
            return response.Text.StartsWith("yes", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception)
        {
            return true;
        }
    }
}

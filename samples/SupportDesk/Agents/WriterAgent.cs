using Microsoft.Extensions.AI;

namespace SupportDesk.Agents;

/// <summary>Writes replies, and rewrites them until the critic is content.</summary>
public sealed class WriterAgent(IChatClient chat, CriticAgent critic, ChatOptions defaults)
{
    public async Task<string> WriteAsync(string question, string facts, CancellationToken cancellationToken)
    {
        var draft = await DraftAsync($"Question: {question}\nFacts: {facts}\nWrite the reply.", cancellationToken);
        while (true)
        {
            var review = await critic.ReviewAsync(draft, facts, cancellationToken);
            if (review.Contains("APPROVED"))
            {
                return draft;
            }

            draft = await DraftAsync($"Reply: {draft}\nReview: {review}\nRewrite the reply.", cancellationToken);
        }
    }

    public async Task<string> ApologizeAsync(string complaint, CancellationToken cancellationToken)
    {
        defaults.Temperature = 0.9f;
        defaults.Instructions = "You are sorry, and specific about what for.";
        var response = await chat.GetResponseAsync(complaint, defaults, cancellationToken);
        return response.Text;
    }

    public async Task<string> ShortenAsync(string reply, int words, CancellationToken cancellationToken)
    {
        var options = defaults.Clone();
        options.MaxOutputTokens = words * 2;
        for (var round = 0; round < 3 && reply.Split(' ').Length > words; round++)
        {
            var response = await chat.GetResponseAsync($"At most {words} words:\n{reply}", options, cancellationToken);
            reply = response.Text;
        }

        return reply;
    }

    /// <summary>The same reply in two tones, for the agent to choose from.</summary>
    public async Task<string[]> SuggestAsync(List<ChatMessage> conversation, CancellationToken cancellationToken)
    {
        return await Task.WhenAll(
            ContinueAsync(conversation, "Answer formally.", cancellationToken),
            ContinueAsync(conversation, "Answer like a friend.", cancellationToken));
    }

    async Task<string> ContinueAsync(List<ChatMessage> conversation, string tone, CancellationToken cancellationToken)
    {
        conversation.Add(new ChatMessage(ChatRole.System, tone));
        var response = await chat.GetResponseAsync(conversation, cancellationToken: cancellationToken);
        conversation.AddRange(response.Messages);
        return response.Text;
    }

    async Task<string> DraftAsync(string prompt, CancellationToken cancellationToken)
    {
        var response = await chat.GetResponseAsync(prompt, defaults, cancellationToken);
        return response.Text;
    }
}

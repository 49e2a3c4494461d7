using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace SupportDesk.Agents;

/// <summary>Sorts what comes in.</summary>
public sealed class TriageAgent(IChatClient chat, ILogger<TriageAgent> logger)
{
    static readonly string[] Queues = ["billing", "shipping", "returns", "other"];

    public async Task<Triage> ClassifyAsync(string message, CancellationToken cancellationToken)
    {
        var sentiment = await chat.GetResponseAsync($"Sentiment, one word:\n{message}", cancellationToken: cancellationToken);
        var language = await chat.GetResponseAsync($"Language, as an ISO code:\n{message}", cancellationToken: cancellationToken);
        var queue = await PickQueueAsync(message, cancellationToken);
        var urgency = RateUrgency(message);
        return new Triage(queue, urgency, sentiment.Text, language.Text);
    }

    /// <summary>Two opinions, asked for at the same time.</summary>
    public async Task<bool> IsEscalationAsync(string message, CancellationToken cancellationToken)
    {
        var legal = chat.GetResponseAsync($"Does this threaten legal action? yes or no\n{message}", cancellationToken: cancellationToken);
        var press = chat.GetResponseAsync($"Does this mention the press? yes or no\n{message}", cancellationToken: cancellationToken);
        await Task.WhenAll(legal, press);
        return IsYes(legal.Result) || IsYes(press.Result);
    }

    public async Task<IReadOnlyDictionary<string, string>> TagAsync(string message, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                var response = await chat.GetResponseAsync($"Tags of this message, as a JSON object:\n{message}", cancellationToken: cancellationToken);
                return JsonSerializer.Deserialize<Dictionary<string, string>>(response.Text) ?? [];
            }
            catch (Exception ex)
            {
                logger.LogWarning(ex, "No tags in attempt {Attempt}", attempt);
            }
        }

        throw new InvalidOperationException("No tags after three attempts");
    }

    public async Task<Triage> ReclassifyAsync(string message, Triage previous, CancellationToken cancellationToken)
    {
        var queue = await PickQueueAsync(message, cancellationToken);
        if (queue != previous.Queue)
        {
            return previous with { Queue = queue };
        }

        var answer = chat.GetResponseAsync(
            $"The queue was {previous.Queue}. Answer with the better triage as JSON:\n{message}").Result;
        return JsonSerializer.Deserialize<Triage>(answer.Text, JsonSerializerOptions.Web)!;
    }

    async Task<string> PickQueueAsync(string message, CancellationToken cancellationToken)
    {
        var response = await chat.GetResponseAsync(
            $"Which of {string.Join(", ", Queues)} fits? One word.\n{message}", cancellationToken: cancellationToken);
        return Queues.FirstOrDefault(q => response.Text.Contains(q, StringComparison.OrdinalIgnoreCase)) ?? "other";
    }

    string RateUrgency(string message)
    {
        var response = chat.GetResponseAsync($"Urgency: low, normal or high?\n{message}").GetAwaiter().GetResult();
        return response.Text.Trim().ToLowerInvariant() is "high" ? "high" : "normal";
    }

    static bool IsYes(ChatResponse response) => response.Text.StartsWith("yes", StringComparison.OrdinalIgnoreCase);
}

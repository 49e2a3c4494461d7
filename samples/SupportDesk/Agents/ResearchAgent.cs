using Microsoft.Extensions.AI;
using SupportDesk.Knowledge;

namespace SupportDesk.Agents;

/// <summary>Looks things up before an answer is written.</summary>
public sealed class ResearchAgent(IChatClient chat, KnowledgeBase knowledge, WriterAgent writer)
{
    const int MaxDepth = 3;
    const int PageLength = 8_000;
    static readonly SemaphoreSlim Gate = new(1, 1);

    public async Task<string> AnswerAsync(string question, CancellationToken cancellationToken)
    {
        var plan = await chat.GetResponseAsync(
            $"Write the search queries, one a line, that would answer:\n{question}", cancellationToken: cancellationToken);
        var queries = plan.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var hits = await Task.WhenAll(queries.Select(query => knowledge.SearchAsync(query, cancellationToken)));

        var articles = await RankAsync(question, [.. hits.SelectMany(h => h).DistinctBy(a => a.Title)], cancellationToken);
        var summaries = await SummarizeAsync([.. articles.Take(5)], cancellationToken);
        var facts = await CondenseAsync(string.Join("\n\n", summaries), 0, cancellationToken);
        knowledge.Remember(question, facts);
        return await writer.WriteAsync(question, facts, cancellationToken);
    }

    public async Task<IReadOnlyList<string>> SummarizeAsync(IReadOnlyList<Article> articles, CancellationToken cancellationToken)
    {
        var summaries = new List<string>();
        foreach (var article in articles)
        {
            var response = await chat.GetResponseAsync($"Three sentences:\n{article.Text}", cancellationToken: cancellationToken);
            summaries.Add(response.Text);
        }

        return summaries;
    }

    /// <summary>The articles, the most relevant first; four are judged at a time.</summary>
    public async Task<IReadOnlyList<Article>> RankAsync(
        string question, IReadOnlyList<Article> articles, CancellationToken cancellationToken)
    {
        using var limiter = new SemaphoreSlim(4);
        var ranked = await Task.WhenAll(articles.Select(async article =>
        {
            await limiter.WaitAsync(cancellationToken);
            try
            {
                var response = await chat.GetResponseAsync(
                    $"From 0 to 9, how much does this help with '{question}'?\n{article.Text}", cancellationToken: cancellationToken);
                return (Article: article, Score: int.TryParse(response.Text, out var score) ? score : 0);
            }
            finally
            {
                limiter.Release();
            }
        }));
        return [.. ranked.OrderByDescending(r => r.Score).Select(r => r.Article)];
    }

    public async Task<string> ExplainPolicyAsync(string topic, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        try
        {
            var response = await chat.GetResponseAsync($"Explain our policy on {topic}.", cancellationToken: cancellationToken);
            return response.Text;
        }
        finally
        {
            Gate.Release();
        }
    }

    async Task<string> CondenseAsync(string text, int depth, CancellationToken cancellationToken)
    {
        if (text.Length <= PageLength || depth >= MaxDepth)
        {
            return text;
        }

        var response = await chat.GetResponseAsync($"Halve this, keep the facts:\n{text}", cancellationToken: cancellationToken);
        return await CondenseAsync(response.Text, depth + 1, cancellationToken);
    }
}

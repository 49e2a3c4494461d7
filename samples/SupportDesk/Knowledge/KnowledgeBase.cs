using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SupportDesk.Knowledge;

/// <summary>Articles from the configured sources, and what research has found out before.</summary>
public sealed class KnowledgeBase(IHttpClientFactory clients, IOptions<DeskOptions> options, ILogger<KnowledgeBase> logger)
{
    static readonly Dictionary<string, string[]> Synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["refund"] = ["money back", "reimbursement"],
        ["parcel"] = ["package", "shipment"],
    };

    readonly ConcurrentDictionary<string, string> _answers = new(StringComparer.OrdinalIgnoreCase);

    public void Remember(string question, string answer) => _answers[question] = answer;

    public string? Recall(string question) => _answers.GetValueOrDefault(question);

    public async Task<IReadOnlyList<Article>> SearchAsync(string query, CancellationToken cancellationToken)
    {
        var found = new List<Article>();
        await Task.WhenAll(Sources().Select(async source =>
        {
            var articles = await FetchAsync(source, query, cancellationToken);
            found.AddRange(articles);
        }));

        return found;
    }

    public async Task<IReadOnlyList<Article>> SearchWideAsync(string query, CancellationToken cancellationToken)
    {
        var terms = Synonyms.TryGetValue(query, out var more) ? more.Append(query) : [query];
        var found = new ConcurrentBag<Article>();
        await Parallel.ForEachAsync(terms, new ParallelOptions { MaxDegreeOfParallelism = 3, CancellationToken = cancellationToken },
            async (term, token) =>
            {
                foreach (var article in await FetchAsync(Sources().First(), term, token))
                {
                    found.Add(article);
                }
            });

        return [.. found];
    }

    public async Task<Article?> BestAsync(string query, CancellationToken cancellationToken)
    {
        var searches = Sources().Select(source => FetchAsync(source, query, cancellationToken));
        await Task.WhenAll(searches);
        var best = searches.Select(search => search.Result).MaxBy(articles => articles.Count);
        return best?.FirstOrDefault();
    }

    public async Task<string> FetchPageAsync(Uri page, CancellationToken cancellationToken)
    {
        Exception? last = null;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return await clients.CreateClient("articles").GetStringAsync(page, cancellationToken);
            }
            catch (Exception ex)
            {
                last = ex;
            }
        }

        throw new InvalidOperationException($"{page} cannot be read", last);
    }

    async Task<IReadOnlyList<Article>> FetchAsync(string source, string query, CancellationToken cancellationToken)
    {
        try
        {
            var url = $"{source}?q={Uri.EscapeDataString(query)}";
            return await clients.CreateClient("articles").GetFromJsonAsync<List<Article>>(url, cancellationToken) ?? [];
        }
        catch (Exception ex) when (ex is HttpRequestException or JsonException)
        {
            logger.LogWarning(ex, "Source {Source} does not answer", source);
            return [];
        }
    }

    IEnumerable<string> Sources() => options.Value.ArticleSources.Values;
}

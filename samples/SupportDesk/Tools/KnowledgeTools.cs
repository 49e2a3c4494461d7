using System.ComponentModel;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;
using SupportDesk.Agents;
using SupportDesk.Knowledge;

namespace SupportDesk.Tools;

[McpServerToolType]
public sealed class KnowledgeTools(
    KnowledgeBase knowledge, RemoteToolCatalog remote, IHttpClientFactory clients, IOptions<DeskOptions> options)
{
    [McpServerTool(Name = "search_knowledge", ReadOnly = true), Description("Searches the help articles.")]
    public async Task<IReadOnlyList<Article>> SearchAsync(string query, CancellationToken cancellationToken)
        => knowledge.Recall(query) is { } answer
            ? [new Article(query, answer)]
            : await knowledge.SearchAsync(query, cancellationToken);

    [McpServerTool(Name = "search_wide", ReadOnly = true), Description("Searches the help articles, synonyms included.")]
    public async Task<IReadOnlyList<Article>> SearchWideAsync(string query, CancellationToken cancellationToken)
        => await knowledge.SearchWideAsync(query, cancellationToken);

    [McpServerTool(Name = "best_article", ReadOnly = true), Description("The one article that helps most.")]
    public async Task<Article?> BestArticleAsync(string query, CancellationToken cancellationToken)
        => await knowledge.BestAsync(query, cancellationToken);

    [McpServerTool(Name = "fetch_docs", ReadOnly = true), Description("Reads a page of the documentation.")]
    public async Task<string> FetchDocsAsync(string path, CancellationToken cancellationToken)
        => await remote.FetchAsync(path, cancellationToken);

    [McpServerTool(Name = "lookup_docs", ReadOnly = true), Description("Asks the documentation server.")]
    public string LookupDocs(string topic) => remote.Lookup(topic);

    [McpServerTool(Name = "read_page", ReadOnly = true), Description("Reads a web page.")]
    public async Task<string> ReadPageAsync(string url, CancellationToken cancellationToken)
        => await clients.CreateClient("articles").GetStringAsync(url, cancellationToken);

    [McpServerTool(Name = "read_source", ReadOnly = true), Description("Reads the index of one of our article sources.")]
    public async Task<string> ReadSourceAsync(string source, CancellationToken cancellationToken)
        => options.Value.ArticleSources.TryGetValue(source, out var address)
            ? await knowledge.FetchPageAsync(new Uri(address), cancellationToken)
            : "unknown source";

    [McpServerTool(Name = "read_article", ReadOnly = true), Description("Reads an article of our own.")]
    public async Task<string> ReadArticleAsync(string fileName, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(options.Value.ArticleFolder) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, fileName));
        return path.StartsWith(root, StringComparison.Ordinal) && File.Exists(path)
            ? await File.ReadAllTextAsync(path, cancellationToken)
            : "no such article";
    }

    [McpServerTool(Name = "save_article"), Description("Saves an article of our own.")]
    public async Task<string> SaveArticleAsync(string fileName, string text, CancellationToken cancellationToken)
    {
        var path = Path.Combine(options.Value.ArticleFolder, fileName);
        await File.WriteAllTextAsync(path, text, cancellationToken);
        return "saved";
    }
}

namespace SupportDesk;

/// <summary>Settings of the desk, section <c>Desk</c> of the configuration.</summary>
public sealed class DeskOptions
{
    public string Model { get; set; } = "gpt-4o-mini";

    /// <summary>The OpenAI key; usually from the environment variable <c>Desk__ApiKey</c>.</summary>
    public string ApiKey { get; set; } = "";

    public Uri BackOfficeUrl { get; set; } = new("http://localhost:5080/");

    public Uri MailUrl { get; set; } = new("http://localhost:5081/");

    public Uri DocsServerUrl { get; set; } = new("http://localhost:5082/mcp");

    public string ArticleFolder { get; set; } = "articles";

    public Dictionary<string, string> ArticleSources { get; set; } = [];
}

using AgentLint.Fixes.Deadlines;
using AgentLint.Rules.Deadlines;
using Xunit;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>The token is passed to every call of the function; private functions on the way take one.</summary>
public sealed class AGL0301FixTests
{
    private const string Title = "Pass the cancellation token";

    [Theory]
    [InlineData("await model.[|GetResponseAsync|](text);", "await model.GetResponseAsync(text, cancellationToken: token);")]
    [InlineData("await http.[|GetStringAsync|](text);", "await http.GetStringAsync(text, token);")]
    [InlineData("await http.[|PostAsync|](text, null).ConfigureAwait(false);", "await http.PostAsync(text, null, token).ConfigureAwait(false);")]
    // A place that was filled.
    [InlineData("await model.[|GetResponseAsync|](text, null, default);", "await model.GetResponseAsync(text, null, token);")]
    // The overload that takes no token.
    [InlineData("await openAI.[|CompleteChatAsync|](text);", "await openAI.CompleteChatAsync([text], cancellationToken: token);")]
    [InlineData(
        "await openAI.[|CompleteChatAsync|](new SystemChatMessage(text), new UserChatMessage(text));",
        "await openAI.CompleteChatAsync([new SystemChatMessage(text), new UserChatMessage(text)], cancellationToken: token);")]
    // All of them at once.
    [InlineData(
        "var page = await http.GetStringAsync(text); // the page\n        await model.[|GetResponseAsync|](page + await http.GetStringAsync(page));",
        "var page = await http.GetStringAsync(text, token); // the page\n        await model.GetResponseAsync(page + await http.GetStringAsync(page, token), cancellationToken: token);")]
    public Task Call(string code, string mended) => Member(
        $"public async Task AskAsync(string text, CancellationToken token)\n    {{\n        {code}\n    }}",
        $"public async Task AskAsync(string text, CancellationToken token)\n    {{\n        {mended}\n    }}");

    [Theory]
    [InlineData(
        "public async Task AskAsync(string text, CancellationToken? token) => await model.[|GetResponseAsync|](text);",
        "public async Task AskAsync(string text, CancellationToken? token) => await model.GetResponseAsync(text, cancellationToken: token ?? default);")]
    [InlineData(
        "public async Task AskAsync(string[] texts, CancellationToken token) => await Task.WhenAll(texts.Select(text => model.[|GetResponseAsync|](text)));",
        "public async Task AskAsync(string[] texts, CancellationToken token) => await Task.WhenAll(texts.Select(text => model.GetResponseAsync(text, cancellationToken: token)));")]
    [InlineData(
        """
        public async Task AskAsync(string text, CancellationToken token) => await [|HelpAsync|](text);

            private async Task HelpAsync(string text) => await AgainAsync(text, 2);

            private Task AgainAsync(string text, int times) => model.GetResponseAsync(text + times);
        """,
        """
        public async Task AskAsync(string text, CancellationToken token) => await HelpAsync(text, token);

            private async Task HelpAsync(string text, CancellationToken cancellationToken = default) => await AgainAsync(text, 2, cancellationToken);

            private Task AgainAsync(string text, int times, CancellationToken cancellationToken = default) => model.GetResponseAsync(text + times, cancellationToken: cancellationToken);
        """)]
    public Task Token_and_way(string code, string mended) => Member(code, mended);

    // Two functions that share a helper give it one parameter.
    [Fact]
    public Task All_of_a_document() => new FixTest<AGL0301_DroppedCancellationToken, AGL0301Fix_PassToken>(
        File("""
            public async Task OneAsync(string text, CancellationToken token) => await [|HelpAsync|](text);

                public async Task TwoAsync(string text, CancellationToken other) => await [|HelpAsync|](text);

                private Task HelpAsync(string text) => model.GetResponseAsync(text);
            """),
        File("""
            public async Task OneAsync(string text, CancellationToken token) => await HelpAsync(text, token);

                public async Task TwoAsync(string text, CancellationToken other) => await HelpAsync(text, other);

                private Task HelpAsync(string text, CancellationToken cancellationToken = default) => model.GetResponseAsync(text, cancellationToken: cancellationToken);
            """))
    {
        NumberOfFixAllIterations = 1,
        NumberOfFixAllInDocumentIterations = 1,
        NumberOfFixAllInProjectIterations = 1,
    }.RunAsync(null);

    private static Task Member(string code, string mended) => new FixTest<AGL0301_DroppedCancellationToken, AGL0301Fix_PassToken>(File(code), File(mended)).RunAsync(Title);

    private static string File(string member) => $$"""
        using System.Linq;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using OpenAI.Chat;

        public class Desk(IChatClient model, HttpClient http, ChatClient openAI)
        {
            public object[] All => [model, http, openAI];

            {{member}}
        }

        """;
}

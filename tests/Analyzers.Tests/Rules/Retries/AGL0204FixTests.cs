using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0204FixTests
{
    private const string Title = "Turn off the SDK's own retries";

    [Theory]
    [InlineData("new OpenAIClientOptions()", "new OpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(0) }")]
    [InlineData("new()", "new() { RetryPolicy = new ClientRetryPolicy(0) }")]
    [InlineData("new OpenAIClientOptions { }", "new OpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(0) }")]
    [InlineData("new OpenAIClientOptions { OrganizationId = id }", "new OpenAIClientOptions { OrganizationId = id, RetryPolicy = new ClientRetryPolicy(0) }")]
    [InlineData("new OpenAIClientOptions { OrganizationId = id, }", "new OpenAIClientOptions { OrganizationId = id, RetryPolicy = new ClientRetryPolicy(0), }")]
    [InlineData("new OpenAIClientOptions\n    {\n        OrganizationId = id // ours\n    }", "new OpenAIClientOptions\n    {\n        OrganizationId = id, // ours\n        RetryPolicy = new ClientRetryPolicy(0)\n    }")]
    [InlineData("new OpenAIClientOptions\n    {\n        OrganizationId = id,\n    }", "new OpenAIClientOptions\n    {\n        OrganizationId = id,\n        RetryPolicy = new ClientRetryPolicy(0),\n    }")]
    public Task Settings_of_the_client(string options, string mended) =>
        new FixTest<AGL0204_StackedRetries, AGL0204Fix_TurnOffSdkRetries>(In(options), Unmarked(In(mended))).RunAsync(Title);

    [Fact]
    public Task Number_of_retries() => new FixTest<AGL0204_StackedRetries, AGL0204Fix_TurnOffSdkRetries>(Anthropic("new() { ApiKey = key }"), Unmarked(Anthropic("new() { ApiKey = key, MaxRetries = 0 }"))).RunAsync(Title);

    [Theory]
    [InlineData("new OpenAIClientOptions(), other = new OpenAIClientOptions()")]
    [InlineData("null")]
    public Task Not_offered_where_it_is_not_known_which_settings_are_the_client_s(string options) =>
        new FixTest<AGL0204_StackedRetries, AGL0204Fix_TurnOffSdkRetries>(In(options), In(options)).RunAsync(null);

    private static string Unmarked(string code) => code.Replace("[|", "").Replace("|]", "");

    private static string In(string options) =>
        $$"""
        using System.ClientModel;
        using System.ClientModel.Primitives;
        using System.Threading.Tasks;
        using OpenAI;
        using OpenAI.Chat;
        using Polly;
        using Polly.Retry;

        class C(ChatClient client)
        {
            static readonly string id = "";
            static readonly OpenAIClientOptions options = {{options}};
            static readonly ResiliencePipeline retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();

            public async Task Ask() => await retry.[|ExecuteAsync|](async token => await client.CompleteChatAsync("Hi"));
        }
        """;

    private static string Anthropic(string creation) =>
        $$"""
        using System.Threading.Tasks;
        using Anthropic;
        using Anthropic.Models.Messages;
        using Polly;
        using Polly.Retry;

        class C(string key, MessageCreateParams question)
        {
            readonly AnthropicClient client = {{creation}};
            static readonly ResiliencePipeline retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();

            public async Task Ask() => await retry.[|ExecuteAsync|](async token => await client.Messages.Create(question));
        }
        """;
}

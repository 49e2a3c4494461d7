using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0203FixTests
{
    private const string Title = "Add jitter to the delay";

    [Theory]
    [InlineData("new ResiliencePipelineBuilder().[|AddRetry|](new RetryStrategyOptions())", "new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { BackoffType = DelayBackoffType.Exponential, UseJitter = true })")]
    [InlineData("new ResiliencePipelineBuilder().[|AddRetry|](new())", "new ResiliencePipelineBuilder().AddRetry(new() { BackoffType = DelayBackoffType.Exponential, UseJitter = true })")]
    [InlineData("new ResiliencePipelineBuilder().[|AddRetry|](new() { MaxRetryAttempts = 5, UseJitter = false })", "new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = 5, UseJitter = true, BackoffType = DelayBackoffType.Exponential })")]
    [InlineData("new ResiliencePipelineBuilder().[|AddRetry|](new() { BackoffType = DelayBackoffType.Linear })", "new ResiliencePipelineBuilder().AddRetry(new() { BackoffType = DelayBackoffType.Linear, UseJitter = true })")]
    [InlineData("Policy.Handle<Exception>().[|WaitAndRetryAsync|](3, n => TimeSpan.FromSeconds(n))", "Policy.Handle<Exception>().WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(n) * (0.5 + Random.Shared.NextDouble()))")]
    [InlineData("Policy.Handle<Exception>().[|WaitAndRetryAsync|](3, n => TimeSpan.FromSeconds(n) + TimeSpan.FromSeconds(1))", "Policy.Handle<Exception>().WaitAndRetryAsync(3, n => (TimeSpan.FromSeconds(n) + TimeSpan.FromSeconds(1)) * (0.5 + Random.Shared.NextDouble()))")]
    public Task Policy(string expression, string mended) => Fixed($"object Make() => {expression};", $"object Make() => {mended};");

    [Theory]
    [InlineData("1000 * attempt", "(int)((1000 * attempt) * (0.5 + Random.Shared.NextDouble()))")]
    [InlineData("1000", "(int)(1000 * (0.5 + Random.Shared.NextDouble()))")]
    [InlineData("TimeSpan.FromSeconds(2)", "TimeSpan.FromSeconds(2) * (0.5 + Random.Shared.NextDouble())")]
    public Task Loop(string time, string mended) => Fixed(Retry($"[|Task.Delay({time})|]"), Retry($"Task.Delay({mended})"));

    [Theory]
    [InlineData("Policy.Handle<Exception>().[|WaitAndRetryAsync|](new[] { TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4) })")]
    [InlineData("new ResiliencePipelineBuilder().[|AddRetry|](new() { DelayGenerator = args => new ValueTask<TimeSpan?>(TimeSpan.FromSeconds(args.AttemptNumber)) })")]
    public Task Not_offered(string expression) =>
        new FixTest<AGL0203_RetryWithoutJitter, AGL0203Fix_AddJitter>(In($"object Make() => {expression};"), In($"object Make() => {expression};")).RunAsync(null);

    private static string Retry(string wait) =>
        $$"""
        async Task Read(System.Net.Http.HttpClient http)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        await http.GetStringAsync("orders");
                        return;
                    }
                    catch (System.Net.Http.HttpRequestException) when (attempt < 5)
                    {
                        await {{wait}};
                    }
                }
            }
        """;

    private static Task Fixed(string member, string mended) =>
        new FixTest<AGL0203_RetryWithoutJitter, AGL0203Fix_AddJitter>(In(member), In(mended)).RunAsync(Title);

    private static string In(string member) =>
        $$"""
        using System;
        using System.Threading.Tasks;
        using Polly;
        using Polly.Retry;

        class C
        {
            {{member}}
        }
        """;
}

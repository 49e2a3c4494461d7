namespace AgentLint.Tests.Studies.RetryStudy;

/// <summary>Retries that are there and never act.</summary>
internal static class DisabledShapes
{
    public static RetryShape[] All { get; } =
    [
        new(
            "PipelineThatEndsTooEarly",
            RetryFault.DisabledMechanism,
            "AGL0206",
            "elastic 54714, KAFKA-8933",
            """
            public sealed class Bus(IPublishEndpoint bus)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                    .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, BackoffType = DelayBackoffType.Exponential, UseJitter = true })
                    .Build();

                public async Task Send(object message, CancellationToken cancellationToken) =>
                    await Retry.Execute(async () => await bus.Publish(message, cancellationToken));
            }
            """,
            """
            public sealed class Bus(HttpClient http)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                    .AddRetry(new RetryStrategyOptions
                    {
                        ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                        MaxRetryAttempts = 3,
                        BackoffType = DelayBackoffType.Exponential,
                        UseJitter = true,
                    })
                    .Build();

                public async Task<string> Read(string message, CancellationToken cancellationToken) =>
                    await Retry.ExecuteAsync(async token => await http.GetStringAsync("messages/" + message, token), cancellationToken);
            }
            """),
        new(
            "PolicyThatEndsTooEarly",
            RetryFault.DisabledMechanism,
            "AGL0206",
            "HIVE-20349, SPARK-36509",
            """
            public sealed class Bus(HttpClient http)
            {
                private readonly ISyncPolicy retry = Policy.Handle<HttpRequestException>()
                    .WaitAndRetry(3, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(200 << attempt)));

                public Task<string> Read(string message, CancellationToken cancellationToken) =>
                    retry.Execute(() => http.GetStringAsync("messages/" + message, cancellationToken));
            }
            """,
            """
            public sealed class Bus(HttpClient http)
            {
                private readonly IAsyncPolicy retry = Policy.Handle<HttpRequestException>()
                    .WaitAndRetryAsync(3, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(200 << attempt)));

                public Task<string> Read(string message, CancellationToken cancellationToken) =>
                    retry.ExecuteAsync(token => http.GetStringAsync("messages/" + message, token), cancellationToken);
            }
            """),
    ];
}

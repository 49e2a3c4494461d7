namespace AgentLint.Tests.Studies.RetryStudy;

/// <summary>Retries of what fails in the same way each time.</summary>
internal static class PermanentFailureShapes
{
    public static RetryShape[] All { get; } =
    [
        new(
            "RefusedAndAskedAgain",
            RetryFault.PermanentFailure,
            "AGL0205",
            "HADOOP-16580, HADOOP-14982",
            """
            public sealed class Gate(HttpClient http)
            {
                public async Task<string?> Enter(string door, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; attempt <= 4; attempt++)
                    {
                        using var response = await http.GetAsync("doors/" + door, cancellationToken);
                        if (response.IsSuccessStatusCode)
                            return await response.Content.ReadAsStringAsync(cancellationToken);
                        if (response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadGateway))
                            break;
                        await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                    }

                    return null;
                }
            }
            """,
            """
            public sealed class Gate(HttpClient http)
            {
                public async Task<string?> Enter(string door, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; attempt <= 4; attempt++)
                    {
                        using var response = await http.GetAsync("doors/" + door, cancellationToken);
                        if (response.IsSuccessStatusCode)
                            return await response.Content.ReadAsStringAsync(cancellationToken);
                        if (response.StatusCode is not (HttpStatusCode.GatewayTimeout or HttpStatusCode.BadGateway))
                            break;
                        await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                    }

                    return null;
                }
            }
            """),
        new(
            "FilterThatNamesARefusal",
            RetryFault.PermanentFailure,
            "AGL0205",
            "HADOOP-16580",
            """
            public sealed class Vault(HttpClient http)
            {
                public async Task<string> Read(string secret, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("secrets/" + secret, cancellationToken);
                        }
                        catch (HttpRequestException failure) when (attempt < 4 && failure.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadGateway)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Vault(HttpClient http)
            {
                public async Task<string> Read(string secret, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("secrets/" + secret, cancellationToken);
                        }
                        catch (HttpRequestException failure) when (attempt < 4 && failure.StatusCode is HttpStatusCode.GatewayTimeout or HttpStatusCode.BadGateway)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "ServicesOwnErrorsNotToldApart",
            RetryFault.PermanentFailure,
            "AGL0205",
            "HDFS-14134, HADOOP-16683",
            """
            using OpenAI.Chat;

            public sealed class Models(ChatClient chat)
            {
                public async Task<string> Ask(string question, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            ChatCompletion completion = await chat.CompleteChatAsync([new UserChatMessage(question)], cancellationToken: cancellationToken);
                            return completion.Content[0].Text;
                        }
                        catch (System.ClientModel.ClientResultException failure) when (failure.Status is 400 or 401 or 502 && attempt < 3)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            using OpenAI.Chat;

            public static class Models
            {
                public static ChatClient Make(string key) => new("model", new System.ClientModel.ApiKeyCredential(key), new OpenAI.OpenAIClientOptions
                {
                    RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(3),
                });

                public static async Task<string> Ask(ChatClient chat, string question, CancellationToken cancellationToken)
                {
                    ChatCompletion completion = await chat.CompleteChatAsync([new UserChatMessage(question)], cancellationToken: cancellationToken);
                    return completion.Content[0].Text;
                }
            }
            """),
        new(
            "AllButOneStatus",
            RetryFault.PermanentFailure,
            "AGL0205",
            "HDFS-14134, KAFKA-13770",
            """
            public sealed class Catalog(HttpClient http)
            {
                public async Task<string> Find(string id, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("items/" + id, cancellationToken);
                        }
                        catch (HttpRequestException failure) when (failure.StatusCode != HttpStatusCode.Forbidden && attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Catalog(HttpClient http)
            {
                public async Task<string> Find(string id, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("items/" + id, cancellationToken);
                        }
                        catch (HttpRequestException failure) when (failure.StatusCode is null or >= HttpStatusCode.InternalServerError && attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "WrongArgumentsTriedAgain",
            RetryFault.PermanentFailure,
            "AGL0205",
            "the study's outliers: IllegalArgumentException is retried in one place and not in five others",
            """
            public sealed class Tickets(IChatClient client)
            {
                public async Task<string> Sum(string ticket, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return (await client.GetResponseAsync("Sum up: " + ticket, cancellationToken: cancellationToken)).Text;
                        }
                        catch (ArgumentException) when (attempt < 5)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Tickets(IChatClient client)
            {
                public async Task<string> Sum(string ticket, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return (await client.GetResponseAsync("Sum up: " + ticket, cancellationToken: cancellationToken)).Text;
                        }
                        catch (IOException) when (attempt < 5)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "OwnCheckWithinTheAttempt",
            RetryFault.PermanentFailure,
            "AGL0205",
            "the study's outliers: IllegalStateException, IllegalArgumentException",
            """
            public sealed class Refunds(HttpClient http)
            {
                public async Task<string> Check(string order, decimal amount, CancellationToken cancellationToken)
                {
                    var attempt = 0;
                    while (true)
                    {
                        try
                        {
                            if (amount <= 0)
                                throw new ArgumentOutOfRangeException(nameof(amount));
                            return await http.GetStringAsync($"refunds/{order}?amount={amount}", cancellationToken);
                        }
                        catch (Exception) when (++attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Refunds(HttpClient http)
            {
                public async Task<string> Check(string order, decimal amount, CancellationToken cancellationToken)
                {
                    if (amount <= 0)
                        throw new ArgumentOutOfRangeException(nameof(amount));
                    var attempt = 0;
                    while (true)
                    {
                        try
                        {
                            return await http.GetStringAsync($"refunds/{order}?amount={amount}", cancellationToken);
                        }
                        catch (HttpRequestException) when (++attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "SameTextParsedAgain",
            RetryFault.PermanentFailure,
            "AGL0205",
            "KAFKA-13770",
            """
            public sealed class Assets(IChatClient client)
            {
                public async Task<string[]> Suggest(string user, CancellationToken cancellationToken)
                {
                    var answer = await client.GetResponseAsync("A JSON array of assets for " + user, cancellationToken: cancellationToken);
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return JsonSerializer.Deserialize<string[]>(answer.Text)!;
                        }
                        catch (JsonException) when (attempt < 3)
                        {
                            await Task.Delay(Random.Shared.Next(500, 1000), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Assets(IChatClient client)
            {
                public async Task<string[]> Suggest(string user, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        var answer = await client.GetResponseAsync("A JSON array of assets for " + user, cancellationToken: cancellationToken);
                        try
                        {
                            return JsonSerializer.Deserialize<string[]>(answer.Text)!;
                        }
                        catch (JsonException) when (attempt < 3)
                        {
                            await Task.Delay(Random.Shared.Next(500, 1000), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "PolicyForWrongArguments",
            RetryFault.PermanentFailure,
            "AGL0205",
            "the study's outliers: IllegalArgumentException",
            """
            public sealed class Search(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>().Or<ArgumentException>()
                    .WaitAndRetryAsync(3, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(200 << attempt)));

                public Task<string> Find(string text, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("search?q=" + text, token), cancellationToken);
            }
            """,
            """
            public sealed class Search(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>().Or<IOException>()
                    .WaitAndRetryAsync(3, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(200 << attempt)));

                public Task<string> Find(string text, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("search?q=" + text, token), cancellationToken);
            }
            """),
        new(
            "PipelineForRefusals",
            RetryFault.PermanentFailure,
            "AGL0205",
            "HADOOP-16683",
            """
            public sealed class Rights(HttpClient http)
            {
                private static readonly ResiliencePipeline<HttpResponseMessage> Retry = new ResiliencePipelineBuilder<HttpResponseMessage>()
                    .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
                    {
                        ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                            .HandleResult(response => response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadGateway),
                        MaxRetryAttempts = 3,
                        BackoffType = DelayBackoffType.Exponential,
                        UseJitter = true,
                    })
                    .Build();

                public async Task<HttpResponseMessage> Get(string uri, CancellationToken cancellationToken) =>
                    await Retry.ExecuteAsync(async token => await http.GetAsync(uri, token), cancellationToken);
            }
            """,
            """
            public sealed class Rights(HttpClient http)
            {
                private static readonly ResiliencePipeline<HttpResponseMessage> Retry = new ResiliencePipelineBuilder<HttpResponseMessage>()
                    .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
                    {
                        ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                            .HandleResult(response => response.StatusCode is HttpStatusCode.GatewayTimeout or HttpStatusCode.BadGateway),
                        MaxRetryAttempts = 3,
                        BackoffType = DelayBackoffType.Exponential,
                        UseJitter = true,
                    })
                    .Build();

                public async Task<HttpResponseMessage> Get(string uri, CancellationToken cancellationToken) =>
                    await Retry.ExecuteAsync(async token => await http.GetAsync(uri, token), cancellationToken);
            }
            """),
    ];
}

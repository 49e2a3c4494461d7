namespace AgentLint.Tests.Studies.RetryStudy;

/// <summary>Retries that do not wait, that seem to wait, or that wait in step with everybody else.</summary>
internal static class DelayShapes
{
    public static RetryShape[] All { get; } =
    [
        new(
            "AgainAtOnce",
            RetryFault.MissingDelay,
            "AGL0202",
            "HIVE-19642; FSInputChecker, FileOutputCommitter, Task",
            """
            public sealed class Commits(HttpClient http, Action<Exception> log)
            {
                public async Task<bool> Commit(string job)
                {
                    for (var attempt = 0; attempt < 5; attempt++)
                    {
                        try
                        {
                            (await http.PutAsync("commits/" + job, null)).EnsureSuccessStatusCode();
                            return true;
                        }
                        catch (Exception failure)
                        {
                            log(failure);
                        }
                    }

                    return false;
                }
            }
            """,
            """
            public sealed class Commits(HttpClient http, Action<Exception> log)
            {
                public async Task<bool> Commit(string job)
                {
                    for (var attempt = 0; attempt < 5; attempt++)
                    {
                        try
                        {
                            (await http.PutAsync("commits/" + job, null)).EnsureSuccessStatusCode();
                            return true;
                        }
                        catch (HttpRequestException failure)
                        {
                            log(failure);
                            await Task.Delay(Random.Shared.Next(200, 400 << attempt));
                        }
                    }

                    return false;
                }
            }
            """),
        new(
            "AgainAtOnceAsLongAsTimeIsLeft",
            RetryFault.MissingDelay,
            "AGL0202",
            "HBASE-20492; StorageService",
            """
            public sealed class Repairs(HttpClient http)
            {
                public async Task<string> Repair(string range)
                {
                    var until = DateTime.UtcNow.AddSeconds(30);
                    while (true)
                    {
                        try
                        {
                            return await http.GetStringAsync("repairs/" + range);
                        }
                        catch (Exception) when (DateTime.UtcNow < until)
                        {
                        }
                    }
                }
            }
            """,
            """
            public sealed class Repairs(HttpClient http)
            {
                public async Task<string> Repair(string range)
                {
                    var until = DateTime.UtcNow.AddSeconds(30);
                    while (true)
                    {
                        try
                        {
                            return await http.GetStringAsync("repairs/" + range);
                        }
                        catch (HttpRequestException) when (DateTime.UtcNow < until)
                        {
                            await Task.Delay(Random.Shared.Next(500, 3000));
                        }
                    }
                }
            }
            """),
        new(
            "RecursionAtOnce",
            RetryFault.MissingDelay,
            "AGL0202",
            "HIVE-23591; SnapshotRegionCallable",
            """
            public sealed class Snapshots(IChatClient client)
            {
                public async Task<string> Describe(string region, int left = 3)
                {
                    try
                    {
                        return (await client.GetResponseAsync("Describe " + region)).Text;
                    }
                    catch (HttpRequestException) when (left > 0)
                    {
                        return await Describe(region, left - 1);
                    }
                }
            }
            """,
            """
            public sealed class Snapshots(IChatClient client)
            {
                public async Task<string> Describe(string region, int left = 3)
                {
                    try
                    {
                        return (await client.GetResponseAsync("Describe " + region)).Text;
                    }
                    catch (HttpRequestException) when (left > 0)
                    {
                        await Task.Delay(TimeSpan.FromSeconds(Random.Shared.NextDouble() * (5 - left)));
                        return await Describe(region, left - 1);
                    }
                }
            }
            """),
        new(
            "StatusTestedAtOnce",
            RetryFault.MissingDelay,
            "AGL0202",
            "elastic 85003; ClusterBootstrapService",
            """
            public sealed class Bootstrap(HttpClient http)
            {
                public async Task<bool> Start(string cluster)
                {
                    HttpResponseMessage response;
                    var attempt = 0;
                    do
                    {
                        response = await http.PutAsync("clusters/" + cluster, null);
                    }
                    while (!response.IsSuccessStatusCode && ++attempt < 8);
                    return response.IsSuccessStatusCode;
                }
            }
            """,
            """
            public sealed class Bootstrap(HttpClient http)
            {
                public async Task<bool> Start(string cluster)
                {
                    HttpResponseMessage response;
                    var attempt = 0;
                    do
                    {
                        await Task.Delay(attempt == 0 ? 0 : Random.Shared.Next(200, 200 << attempt));
                        response = await http.PutAsync("clusters/" + cluster, null);
                    }
                    while (!response.IsSuccessStatusCode && ++attempt < 8);
                    return response.IsSuccessStatusCode;
                }
            }
            """),
        new(
            "OneFailureThatDoesNotWait",
            RetryFault.MissingDelay,
            "AGL0202",
            "HBASE-20827; FlushSnapshotSubprocedure",
            """
            public sealed class Regions(HttpClient http)
            {
                public async Task Report(string region, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            (await http.PutAsync("regions/" + region, null, cancellationToken)).EnsureSuccessStatusCode();
                            return;
                        }
                        catch (HttpRequestException failure) when (failure.StatusCode == HttpStatusCode.BadGateway && attempt < 10)
                        {
                            await Task.Delay(Random.Shared.Next(1000, 5000), cancellationToken);
                        }
                        catch (HttpRequestException failure) when (failure.StatusCode == HttpStatusCode.ServiceUnavailable && attempt < 10)
                        {
                        }
                    }
                }
            }
            """,
            """
            public sealed class Regions(HttpClient http)
            {
                public async Task Report(string region, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            (await http.PutAsync("regions/" + region, null, cancellationToken)).EnsureSuccessStatusCode();
                            return;
                        }
                        catch (HttpRequestException failure) when (failure.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable && attempt < 10)
                        {
                            await Task.Delay(Random.Shared.Next(1000, 1000 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "WaitBeforeTheLoopOnly",
            RetryFault.MissingDelay,
            "AGL0202",
            "elastic 102528; AbstractFSWAL",
            """
            public sealed class Logs(McpClient tools)
            {
                public async Task<bool> Archive(IReadOnlyDictionary<string, object?> log)
                {
                    await Task.Delay(1000);
                    var left = 5;
                    while (left-- > 0)
                    {
                        try
                        {
                            await tools.CallToolAsync("archive", log);
                            return true;
                        }
                        catch (Exception)
                        {
                        }
                    }

                    return false;
                }
            }
            """,
            """
            public sealed class Logs(McpClient tools)
            {
                public async Task<bool> Archive(IReadOnlyDictionary<string, object?> log)
                {
                    var left = 5;
                    while (left-- > 0)
                    {
                        await Task.Delay(Random.Shared.Next(500, 1000 * (6 - left)));
                        try
                        {
                            await tools.CallToolAsync("archive", log);
                            return true;
                        }
                        catch (IOException)
                        {
                        }
                    }

                    return false;
                }
            }
            """),
        new(
            "WaitThatNobodyAwaits",
            RetryFault.MissingDelay,
            "AGL0202",
            "YARN-4113; DataXceiverServer",
            """
            public sealed class Receiver(HttpClient http)
            {
                public async Task<string?> Receive(string peer)
                {
                    for (var attempt = 0; attempt < 6; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("peers/" + peer);
                        }
                        catch (Exception)
                        {
                            _ = Task.Delay(Random.Shared.Next(500, 5000));
                        }
                    }

                    return null;
                }
            }
            """,
            """
            public sealed class Receiver(HttpClient http)
            {
                public async Task<string?> Receive(string peer)
                {
                    for (var attempt = 0; attempt < 6; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("peers/" + peer);
                        }
                        catch (HttpRequestException)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << (attempt + 1)));
                        }
                    }

                    return null;
                }
            }
            """),
        new(
            "WaitOfNoLength",
            RetryFault.MissingDelay,
            "AGL0202",
            "YARN-4113, KAFKA-9314",
            """
            public sealed class Sink(IPublishEndpoint bus)
            {
                private static readonly TimeSpan Interval = TimeSpan.Zero;

                public async Task Put(Guid id, object record, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            await bus.Publish(record, context => context.MessageId = id, cancellationToken);
                            return;
                        }
                        catch (Exception) when (attempt < 10)
                        {
                            await Task.Delay(Interval, cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Sink(IPublishEndpoint bus)
            {
                private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

                public async Task Put(Guid id, object record, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            await bus.Publish(record, context => context.MessageId = id, cancellationToken);
                            return;
                        }
                        catch (IOException) when (attempt < 10)
                        {
                            await Task.Delay(Interval * attempt * Random.Shared.NextDouble(), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "YieldForAWait",
            RetryFault.MissingDelay,
            "AGL0202",
            "DataStreamer",
            """
            public sealed class Transfer(IChatClient client)
            {
                public async Task<string> Translate(string text)
                {
                    var failures = 0;
                    while (true)
                    {
                        try
                        {
                            return (await client.GetResponseAsync("Translate: " + text)).Text;
                        }
                        catch (Exception) when (++failures < 20)
                        {
                            await Task.Yield();
                        }
                    }
                }
            }
            """,
            """
            public sealed class Transfer(IChatClient client)
            {
                public async Task<string> Translate(string text)
                {
                    var failures = 0;
                    while (true)
                    {
                        try
                        {
                            return (await client.GetResponseAsync("Translate: " + text)).Text;
                        }
                        catch (HttpRequestException) when (++failures < 5)
                        {
                            await Task.Delay(Random.Shared.Next(500 << failures));
                        }
                    }
                }
            }
            """),
        new(
            "RoundsOverWhatFailed",
            RetryFault.MissingDelay,
            "AGL0202",
            "ExternalSPSBlockMoveTaskHandler",
            """
            public sealed class Moves(HttpClient http)
            {
                public async Task<bool> MoveAll(IEnumerable<string> blocks)
                {
                    var left = blocks.ToList();
                    for (var round = 0; left.Count > 0 && round < 5; round++)
                    {
                        var failed = new List<string>();
                        foreach (var block in left)
                        {
                            try
                            {
                                (await http.PutAsync("blocks/" + block, null)).EnsureSuccessStatusCode();
                            }
                            catch (Exception)
                            {
                                failed.Add(block);
                            }
                        }

                        left = failed;
                    }

                    return left.Count == 0;
                }
            }
            """,
            """
            public sealed class Moves(HttpClient http)
            {
                public async Task<bool> MoveAll(IEnumerable<string> blocks)
                {
                    var left = blocks.ToList();
                    for (var round = 0; left.Count > 0 && round < 5; round++)
                    {
                        if (round > 0)
                            await Task.Delay(Random.Shared.Next(500, 500 << round));
                        var failed = new List<string>();
                        foreach (var block in left)
                        {
                            try
                            {
                                (await http.PutAsync("blocks/" + block, null)).EnsureSuccessStatusCode();
                            }
                            catch (HttpRequestException)
                            {
                                failed.Add(block);
                            }
                        }

                        left = failed;
                    }

                    return left.Count == 0;
                }
            }
            """)
        {
            Miss = "the inner loop goes on with the next item; that the outer one tries the failed ones again is not seen",
        },
        new(
            "PolicyWithoutWaits",
            RetryFault.MissingDelay,
            "AGL0202",
            "HIVE-19642; HiveProtoLoggingHook",
            """
            public sealed class Events(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>().RetryAsync(5);

                public Task<string> Read(string id, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("events/" + id, token), cancellationToken);
            }
            """,
            """
            public sealed class Events(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>()
                    .WaitAndRetryAsync(5, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(200 << attempt)));

                public Task<string> Read(string id, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("events/" + id, token), cancellationToken);
            }
            """),
        new(
            "PipelineWithoutWaits",
            RetryFault.MissingDelay,
            "AGL0202",
            "HIVE-23591",
            """
            public sealed class Notes(IChatClient client)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                    .AddRetry(new RetryStrategyOptions
                    {
                        ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                        MaxRetryAttempts = 6,
                        Delay = TimeSpan.Zero,
                    })
                    .Build();

                public async Task<string> Sum(string text, CancellationToken cancellationToken) =>
                    (await Retry.ExecuteAsync(async token => await client.GetResponseAsync(text, cancellationToken: token), cancellationToken)).Text;
            }
            """,
            """
            public sealed class Notes(IChatClient client)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                    .AddRetry(new RetryStrategyOptions
                    {
                        ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                        MaxRetryAttempts = 6,
                        Delay = TimeSpan.FromMilliseconds(500),
                        BackoffType = DelayBackoffType.Exponential,
                        UseJitter = true,
                    })
                    .Build();

                public async Task<string> Sum(string text, CancellationToken cancellationToken) =>
                    (await Retry.ExecuteAsync(async token => await client.GetResponseAsync(text, cancellationToken: token), cancellationToken)).Text;
            }
            """),
        new(
            "SameWaitEachTime",
            RetryFault.MissingDelay,
            "AGL0203",
            "HBASE-21248, HIVE-21925",
            """
            public sealed class Peers(HttpClient http)
            {
                public async Task<string> Modify(string peer, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("peers/" + peer, cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 10)
                        {
                            await Task.Delay(1000, cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Peers(HttpClient http)
            {
                public async Task<string> Modify(string peer, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("peers/" + peer, cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 10)
                        {
                            await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "WaitsInStep",
            RetryFault.MissingDelay,
            "AGL0203",
            "HIVE-21925; DbLockManager",
            """
            public sealed class Connections(IChatClient client)
            {
                public async Task<string> Ask(string question, CancellationToken cancellationToken)
                {
                    var delay = TimeSpan.FromMilliseconds(250);
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return (await client.GetResponseAsync(question, cancellationToken: cancellationToken)).Text;
                        }
                        catch (HttpRequestException) when (attempt < 6)
                        {
                            await Task.Delay(delay, cancellationToken);
                            delay *= 2;
                        }
                    }
                }
            }
            """,
            """
            public sealed class Connections(IChatClient client)
            {
                public async Task<string> Ask(string question, CancellationToken cancellationToken)
                {
                    var delay = TimeSpan.FromMilliseconds(250);
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return (await client.GetResponseAsync(question, cancellationToken: cancellationToken)).Text;
                        }
                        catch (HttpRequestException) when (attempt < 6)
                        {
                            await Task.Delay(delay * Random.Shared.NextDouble(), cancellationToken);
                            delay *= 2;
                        }
                    }
                }
            }
            """),
        new(
            "PipelineInStep",
            RetryFault.MissingDelay,
            "AGL0203",
            "HBASE-21248",
            """
            public sealed class Digest(IChatClient client)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                    .AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(), MaxRetryAttempts = 5 })
                    .Build();

                public async Task<string> Sum(string text, CancellationToken cancellationToken) =>
                    (await Retry.ExecuteAsync(async token => await client.GetResponseAsync(text, cancellationToken: token), cancellationToken)).Text;
            }
            """,
            """
            public sealed class Digest(IChatClient client)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                    .AddRetry(new RetryStrategyOptions
                    {
                        ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                        MaxRetryAttempts = 5,
                        BackoffType = DelayBackoffType.Exponential,
                        UseJitter = true,
                    })
                    .Build();

                public async Task<string> Sum(string text, CancellationToken cancellationToken) =>
                    (await Retry.ExecuteAsync(async token => await client.GetResponseAsync(text, cancellationToken: token), cancellationToken)).Text;
            }
            """),
        new(
            "PolicyInStep",
            RetryFault.MissingDelay,
            "AGL0203",
            "HIVE-21925",
            """
            public sealed class Sessions(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>()
                    .WaitAndRetryAsync(5, attempt => TimeSpan.FromSeconds(Math.Pow(2, attempt)));

                public Task<string> Open(string id, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("sessions/" + id, token), cancellationToken);
            }
            """,
            """
            public sealed class Sessions(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>()
                    .WaitAndRetryAsync(5, attempt => TimeSpan.FromSeconds(Math.Pow(2, attempt)) + TimeSpan.FromMilliseconds(Random.Shared.Next(1000)));

                public Task<string> Open(string id, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("sessions/" + id, token), cancellationToken);
            }
            """),
        new(
            "ServersWishIgnored",
            RetryFault.MissingDelay,
            "AGL0208",
            "HBASE-20827, elastic 85003",
            """
            public sealed class Throttled(HttpClient http)
            {
                public async Task<string> Get(string uri, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        using var response = await http.GetAsync(uri, cancellationToken);
                        if (response.StatusCode != HttpStatusCode.TooManyRequests || attempt == 5)
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                    }
                }
            }
            """,
            """
            public sealed class Throttled(HttpClient http)
            {
                public async Task<string> Get(string uri, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        using var response = await http.GetAsync(uri, cancellationToken);
                        if (response.StatusCode != HttpStatusCode.TooManyRequests || attempt == 5)
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        var wish = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
                        await Task.Delay(wish + TimeSpan.FromMilliseconds(Random.Shared.Next(500, 500 << attempt)), cancellationToken);
                    }
                }
            }
            """),
    ];
}

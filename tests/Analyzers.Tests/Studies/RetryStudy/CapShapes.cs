namespace AgentLint.Tests.Studies.RetryStudy;

/// <summary>Retries that nothing ends, or that something ends on most paths only.</summary>
internal static class CapShapes
{
    public static RetryShape[] All { get; } =
    [
        new(
            "ForeverUntilItWorks",
            RetryFault.MissingCap,
            "AGL0201",
            "HBASE-22287, HBASE-24546; FSUtils, HRegionServer, DFSInputStream",
            """
            public sealed class Orders(HttpClient http)
            {
                public async Task<string> Find(string id)
                {
                    while (true)
                    {
                        try
                        {
                            return await http.GetStringAsync("orders/" + id);
                        }
                        catch (HttpRequestException)
                        {
                            await Task.Delay(TimeSpan.FromSeconds(2));
                        }
                    }
                }
            }
            """,
            """
            public sealed class Orders(HttpClient http)
            {
                public async Task<string> Find(string id, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("orders/" + id, cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            var longest = Math.Min(20_000, 500 * Math.Pow(2, attempt));
                            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * longest), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "FlagUntilDone",
            RetryFault.MissingCap,
            "AGL0201",
            "HBASE-21796; DataStreamer, RemoteProcedureResultReporter",
            """
            public sealed class Reporter(IPublishEndpoint bus, Action<string> log)
            {
                public async Task Report(object result)
                {
                    var isReported = false;
                    while (!isReported)
                    {
                        try
                        {
                            await bus.Publish(result);
                            isReported = true;
                        }
                        catch (Exception failure) when (failure is IOException or TimeoutException)
                        {
                            log("not reported yet: " + failure.Message);
                            await Task.Delay(1000);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Reporter(IPublishEndpoint bus, Action<string> log)
            {
                public async Task<bool> Report(object result, CancellationToken cancellationToken)
                {
                    var isReported = false;
                    var left = 5;
                    while (!isReported && left-- > 0)
                    {
                        try
                        {
                            await bus.Publish(result, cancellationToken);
                            isReported = true;
                        }
                        catch (Exception failure) when (failure is IOException or TimeoutException)
                        {
                            log("not reported yet: " + failure.Message);
                            await Task.Delay(1000 + Random.Shared.Next(1000 * (5 - left)), cancellationToken);
                        }
                    }

                    return isReported;
                }
            }
            """),
        new(
            "LimitThatTheCounterNeverMeets",
            RetryFault.MissingCap,
            "AGL0201",
            "HDFS-15439",
            """
            public sealed class Mover(HttpClient http)
            {
                private const int MaxAttempts = -1;

                public async Task<string> Move(string block)
                {
                    for (var attempt = 0; attempt != MaxAttempts; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("blocks/" + block);
                        }
                        catch (HttpRequestException)
                        {
                            await Task.Delay(Random.Shared.Next(500, 5000));
                        }
                    }

                    throw new TimeoutException(block);
                }
            }
            """,
            """
            public sealed class Mover(HttpClient http)
            {
                private const int MaxAttempts = 4;

                public async Task<string> Move(string block)
                {
                    for (var attempt = 0; attempt < MaxAttempts; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("blocks/" + block);
                        }
                        catch (HttpRequestException)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt << 1));
                        }
                    }

                    throw new TimeoutException(block);
                }
            }
            """)
        {
            Miss = "a counter that is compared counts as a bound; that it starts beyond the constant is not computed",
        },
        new(
            "CounterThatNobodyReads",
            RetryFault.MissingCap,
            "AGL0201",
            "HBASE-24420; SyncReplicationReplayWALProcedure",
            """
            public sealed class Answers(IChatClient client)
            {
                public async Task<string> Ask(string question, int retriesLeft = 3)
                {
                    try
                    {
                        return (await client.GetResponseAsync(question)).Text;
                    }
                    catch (HttpRequestException)
                    {
                        await Task.Delay(2000);
                        return await Ask(question, retriesLeft - 1);
                    }
                }
            }
            """,
            """
            public sealed class Answers(IChatClient client)
            {
                public async Task<string> Ask(string question, int retriesLeft = 3)
                {
                    try
                    {
                        return (await client.GetResponseAsync(question)).Text;
                    }
                    catch (HttpRequestException) when (retriesLeft > 0)
                    {
                        await Task.Delay(Random.Shared.Next(500, 500 << (5 - retriesLeft)));
                        return await Ask(question, retriesLeft - 1);
                    }
                }
            }
            """),
        new(
            "OnePathPastTheCounter",
            RetryFault.MissingCap,
            "AGL0201 AGL0901",
            "HIVE-21105; ZooKeeperHiveLockManager",
            """
            public sealed class Planner(IChatClient client)
            {
                public async Task<string[]> Plan(string goal)
                {
                    var failures = 0;
                    while (failures < 3)
                    {
                        var answer = await client.GetResponseAsync("A JSON array of steps for: " + goal);
                        if (answer.Text.Length == 0)
                        {
                            await Task.Delay(1000);
                            continue;
                        }

                        try
                        {
                            return JsonSerializer.Deserialize<string[]>(answer.Text)!;
                        }
                        catch (JsonException)
                        {
                            failures++;
                            await Task.Delay(1000);
                        }
                    }

                    return [];
                }
            }
            """,
            """
            public sealed class Planner(IChatClient client)
            {
                public async Task<string[]> Plan(string goal)
                {
                    for (var failures = 0; failures < 3; failures++)
                    {
                        var answer = await client.GetResponseAsync("A JSON array of steps for: " + goal);
                        if (answer.Text.Length == 0)
                        {
                            await Task.Delay(1000 + Random.Shared.Next(1000 << failures));
                            continue;
                        }

                        try
                        {
                            return JsonSerializer.Deserialize<string[]>(answer.Text)!;
                        }
                        catch (JsonException)
                        {
                            await Task.Delay(1000 + Random.Shared.Next(1000 << failures));
                        }
                    }

                    return [];
                }
            }
            """),
        new(
            "CounterThatStartsAnew",
            RetryFault.MissingCap,
            "AGL0201",
            "HBASE-22287; TransitPeerSyncReplicationStateProcedure",
            """
            public sealed class Transit(HttpClient http)
            {
                public async Task Move(HttpContent state)
                {
                    var isMoved = false;
                    while (!isMoved)
                    {
                        var attempts = 0;
                        try
                        {
                            (await http.PutAsync("peers/state", state)).EnsureSuccessStatusCode();
                            isMoved = true;
                        }
                        catch (HttpRequestException) when (++attempts < 5)
                        {
                            await Task.Delay(TimeSpan.FromSeconds(attempts));
                        }
                    }
                }
            }
            """,
            """
            public sealed class Transit(HttpClient http)
            {
                public async Task Move(Func<HttpContent> state)
                {
                    var isMoved = false;
                    var attempts = 0;
                    while (!isMoved)
                    {
                        try
                        {
                            (await http.PutAsync("peers/state", state())).EnsureSuccessStatusCode();
                            isMoved = true;
                        }
                        catch (HttpRequestException) when (++attempts < 5)
                        {
                            await Task.Delay(TimeSpan.FromSeconds(attempts * Random.Shared.NextDouble()));
                        }
                    }
                }
            }
            """),
        new(
            "LimitForOneFailureOnly",
            RetryFault.MissingCap,
            "AGL0201",
            "YARN-8710; HFileArchiver",
            """
            public sealed class Archive(McpClient tools)
            {
                public async Task Store(IReadOnlyDictionary<string, object?> file)
                {
                    var attempt = 0;
                    while (true)
                    {
                        try
                        {
                            await tools.CallToolAsync("store", file);
                            return;
                        }
                        catch (HttpRequestException) when (++attempt < 4)
                        {
                            await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt)));
                        }
                        catch (TimeoutException)
                        {
                            await Task.Delay(TimeSpan.FromSeconds(1));
                        }
                    }
                }
            }
            """,
            """
            public sealed class Archive(McpClient tools)
            {
                public async Task Store(IReadOnlyDictionary<string, object?> file)
                {
                    var attempt = 0;
                    while (true)
                    {
                        try
                        {
                            await tools.CallToolAsync("store", file);
                            return;
                        }
                        catch (HttpRequestException) when (++attempt < 4)
                        {
                            await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt) * Random.Shared.NextDouble()));
                        }
                        catch (TimeoutException) when (++attempt < 4)
                        {
                            await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt) * Random.Shared.NextDouble()));
                        }
                    }
                }
            }
            """),
        new(
            "JumpBack",
            RetryFault.MissingCap,
            "AGL0201",
            "Scrubber",
            """
            public sealed class Blocks(HttpClient http)
            {
                public async Task<byte[]> Read(string uri)
                {
                again:
                    try
                    {
                        return await http.GetByteArrayAsync(uri);
                    }
                    catch (HttpRequestException failure) when (failure.StatusCode == HttpStatusCode.ServiceUnavailable)
                    {
                        await Task.Delay(1000);
                    }

                    goto again;
                }
            }
            """,
            """
            public sealed class Blocks(HttpClient http)
            {
                public async Task<byte[]> Read(string uri)
                {
                    var attempt = 0;
                again:
                    try
                    {
                        return await http.GetByteArrayAsync(uri);
                    }
                    catch (HttpRequestException failure) when (failure.StatusCode == HttpStatusCode.ServiceUnavailable && ++attempt < 5)
                    {
                        await Task.Delay(Random.Shared.Next(500, 1000 << attempt));
                    }

                    goto again;
                }
            }
            """),
        new(
            "TwoMethodsThatCallEachOther",
            RetryFault.MissingCap,
            "AGL0201",
            "HBASE-24546; ReplicationSource",
            """
            public sealed class Source(HttpClient http)
            {
                public async Task<string> Connect(string peer)
                {
                    try
                    {
                        return await http.GetStringAsync("peers/" + peer);
                    }
                    catch (HttpRequestException)
                    {
                        return await ConnectLater(peer);
                    }
                }

                private async Task<string> ConnectLater(string peer)
                {
                    await Task.Delay(5000);
                    return await Connect(peer);
                }
            }
            """,
            """
            public sealed class Source(HttpClient http)
            {
                public Task<string> Connect(string peer) => Connect(peer, 0);

                private async Task<string> Connect(string peer, int attempt)
                {
                    try
                    {
                        return await http.GetStringAsync("peers/" + peer);
                    }
                    catch (HttpRequestException) when (attempt < 4)
                    {
                        return await ConnectLater(peer, attempt + 1);
                    }
                }

                private async Task<string> ConnectLater(string peer, int attempt)
                {
                    await Task.Delay(Random.Shared.Next(500, 500 << attempt));
                    return await Connect(peer, attempt);
                }
            }
            """),
        new(
            "PolicyThatRetriesForever",
            RetryFault.MissingCap,
            "AGL0201",
            "HBASE-24546, HBASE-21796",
            """
            public sealed class Registry(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>()
                    .WaitAndRetryForeverAsync(attempt => TimeSpan.FromSeconds(Math.Min(attempt, 30) * Random.Shared.NextDouble()));

                public Task<string> Find(string name, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("nodes/" + name, token), cancellationToken);
            }
            """,
            """
            public sealed class Registry(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>()
                    .WaitAndRetryAsync(4, attempt => TimeSpan.FromSeconds(Math.Pow(2, attempt) * Random.Shared.NextDouble()));

                public Task<string> Find(string name, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("nodes/" + name, token), cancellationToken);
            }
            """),
        new(
            "PipelineWithoutLimit",
            RetryFault.MissingCap,
            "AGL0201",
            "YARN-8710",
            """
            public sealed class Containers(IChatClient client)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                    .AddRetry(new RetryStrategyOptions
                    {
                        ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                        MaxRetryAttempts = int.MaxValue,
                        BackoffType = DelayBackoffType.Exponential,
                        MaxDelay = TimeSpan.FromMinutes(1),
                        UseJitter = true,
                    })
                    .Build();

                public async Task<string> Ask(string question, CancellationToken cancellationToken) =>
                    (await Retry.ExecuteAsync(async token => await client.GetResponseAsync(question, cancellationToken: token), cancellationToken)).Text;
            }
            """,
            """
            public sealed class Containers(IChatClient client)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                    .AddRetry(new RetryStrategyOptions
                    {
                        ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                        MaxRetryAttempts = 4,
                        BackoffType = DelayBackoffType.Exponential,
                        MaxDelay = TimeSpan.FromMinutes(1),
                        UseJitter = true,
                    })
                    .Build();

                public async Task<string> Ask(string question, CancellationToken cancellationToken) =>
                    (await Retry.ExecuteAsync(async token => await client.GetResponseAsync(question, cancellationToken: token), cancellationToken)).Text;
            }
            """),
        new(
            "DeadlineThatTheLoopDoesNotSee",
            RetryFault.MissingCap,
            "AGL0201",
            "KAFKA-15475",
            """
            public sealed class Offsets(HttpClient http)
            {
                public async Task<string> Fetch(string topic, TimeSpan timeout)
                {
                    using var deadline = new CancellationTokenSource(timeout);
                    var leader = await http.GetStringAsync("leaders/" + topic, deadline.Token);
                    while (true)
                    {
                        try
                        {
                            return await http.GetStringAsync($"{leader}/offsets/{topic}");
                        }
                        catch (HttpRequestException)
                        {
                            await Task.Delay(Random.Shared.Next(100, 1000));
                        }
                    }
                }
            }
            """,
            """
            public sealed class Offsets(HttpClient http)
            {
                public async Task<string> Fetch(string topic, TimeSpan timeout)
                {
                    using var deadline = new CancellationTokenSource(timeout);
                    var leader = await http.GetStringAsync("leaders/" + topic, deadline.Token);
                    while (true)
                    {
                        try
                        {
                            return await http.GetStringAsync($"{leader}/offsets/{topic}", deadline.Token);
                        }
                        catch (HttpRequestException)
                        {
                            await Task.Delay(Random.Shared.Next(100, 1000), deadline.Token);
                        }
                    }
                }
            }
            """),
        new(
            "StatusUntilItIsGood",
            RetryFault.MissingCap,
            "AGL0201",
            "elastic 79445; FSUtils",
            """
            public sealed class Shards(HttpClient http)
            {
                public async Task<string> Recover(string shard)
                {
                    HttpResponseMessage response;
                    do
                    {
                        response = await http.GetAsync("shards/" + shard);
                        if (!response.IsSuccessStatusCode)
                            await Task.Delay(Random.Shared.Next(500, 2000));
                    }
                    while (!response.IsSuccessStatusCode);
                    return await response.Content.ReadAsStringAsync();
                }
            }
            """,
            """
            public sealed class Shards(HttpClient http)
            {
                public async Task<string> Recover(string shard)
                {
                    HttpResponseMessage response;
                    var attempt = 0;
                    do
                    {
                        response = await http.GetAsync("shards/" + shard);
                        if (!response.IsSuccessStatusCode)
                            await Task.Delay(Random.Shared.Next(500, 500 << ++attempt));
                    }
                    while (!response.IsSuccessStatusCode && attempt < 5);
                    return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
                }
            }
            """),
        new(
            "HelperThatRetriesWhateverItIsGiven",
            RetryFault.MissingCap,
            "AGL0201",
            "EDEKCacheLoader, LeaseRenewer",
            """
            public sealed class Keys(HttpClient http)
            {
                public Task<string> Load(string zone) => Retry(() => http.GetStringAsync("keys/" + zone));

                private static async Task<T> Retry<T>(Func<Task<T>> work)
                {
                    while (true)
                    {
                        try
                        {
                            return await work();
                        }
                        catch (HttpRequestException)
                        {
                            await Task.Delay(Random.Shared.Next(500, 5000));
                        }
                    }
                }
            }
            """,
            """
            public sealed class Keys(HttpClient http)
            {
                public Task<string> Load(string zone) => Retry(() => http.GetStringAsync("keys/" + zone), 4);

                private static async Task<T> Retry<T>(Func<Task<T>> work, int most)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await work();
                        }
                        catch (HttpRequestException) when (attempt < most)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt));
                        }
                    }
                }
            }
            """),
        new(
            "BackIntoTheQueue",
            RetryFault.MissingCap,
            "AGL0201",
            "ReencryptionUpdater; HBASE-24546",
            """
            public sealed record Job(string Id, string Question);

            public sealed class Worker(Channel<Job> jobs, IChatClient client, Action<string, string> answer)
            {
                public async Task Run(CancellationToken stopping)
                {
                    await foreach (var job in jobs.Reader.ReadAllAsync(stopping))
                    {
                        try
                        {
                            answer(job.Id, (await client.GetResponseAsync(job.Question, cancellationToken: stopping)).Text);
                        }
                        catch (HttpRequestException)
                        {
                            await Task.Delay(Random.Shared.Next(500, 5000), stopping);
                            await jobs.Writer.WriteAsync(job, stopping);
                        }
                    }
                }
            }
            """,
            """
            public sealed record Job(string Id, string Question, int Attempts);

            public sealed class Worker(Channel<Job> jobs, IChatClient client, Action<string, string> answer, Action<Job> giveUp)
            {
                public async Task Run(CancellationToken stopping)
                {
                    await foreach (var job in jobs.Reader.ReadAllAsync(stopping))
                    {
                        try
                        {
                            answer(job.Id, (await client.GetResponseAsync(job.Question, cancellationToken: stopping)).Text);
                        }
                        catch (HttpRequestException)
                        {
                            if (job.Attempts >= 4)
                            {
                                giveUp(job);
                                continue;
                            }

                            await Task.Delay(Random.Shared.Next(500, 500 << (job.Attempts + 1)), stopping);
                            await jobs.Writer.WriteAsync(job with { Attempts = job.Attempts + 1 }, stopping);
                        }
                    }
                }
            }
            """)
        {
            Miss = "that the queue which is written is the queue which is read is not known",
        },
        new(
            "AnswerThatNeverParses",
            RetryFault.MissingCap,
            "AGL0201 AGL0901",
            "RPCProtos; elastic 25951",
            """
            public sealed class Extraction(IChatClient client)
            {
                public async Task<Dictionary<string, string>> Extract(string text, CancellationToken cancellationToken)
                {
                    while (true)
                    {
                        var answer = await client.GetResponseAsync("As JSON: " + text, cancellationToken: cancellationToken);
                        try
                        {
                            return JsonSerializer.Deserialize<Dictionary<string, string>>(answer.Text)!;
                        }
                        catch (JsonException)
                        {
                            await Task.Delay(500, cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Extraction(IChatClient client)
            {
                public async Task<Dictionary<string, string>> Extract(string text, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        var answer = await client.GetResponseAsync("As JSON: " + text, cancellationToken: cancellationToken);
                        try
                        {
                            return JsonSerializer.Deserialize<Dictionary<string, string>>(answer.Text)!;
                        }
                        catch (JsonException) when (attempt < 3)
                        {
                            await Task.Delay(500 + Random.Shared.Next(1000), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "WaitForAJobWithoutDeadline",
            RetryFault.MissingCap,
            "AGL0209 AGL0201",
            "TezJobMonitor",
            """
            public sealed class Jobs(HttpClient http)
            {
                public async Task<string> Wait(string job)
                {
                    string status;
                    do
                    {
                        await Task.Delay(2000);
                        status = await http.GetStringAsync($"jobs/{job}/status");
                    }
                    while (status is "queued" or "running");
                    return status;
                }
            }
            """,
            """
            public sealed class Jobs(HttpClient http)
            {
                public async Task<string> Wait(string job, CancellationToken cancellationToken)
                {
                    using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    deadline.CancelAfter(TimeSpan.FromMinutes(10));
                    string status;
                    do
                    {
                        await Task.Delay(2000, deadline.Token);
                        status = await http.GetStringAsync($"jobs/{job}/status", deadline.Token);
                    }
                    while (status is "queued" or "running");
                    return status;
                }
            }
            """),
        new(
            "WaitForEndsThatAreKnown",
            RetryFault.MissingCap,
            "AGL0209 AGL0201",
            "TezJobMonitor; HIVE-21105",
            """
            public sealed class Runs(McpClient tools)
            {
                public async Task<string> Wait(IReadOnlyDictionary<string, object?> run)
                {
                    var status = "queued";
                    while (status is not ("completed" or "failed"))
                    {
                        await Task.Delay(TimeSpan.FromSeconds(5));
                        var result = await tools.CallToolAsync("status", run);
                        status = result.StructuredContent?.GetProperty("status").GetString() ?? "failed";
                    }

                    return status;
                }
            }
            """,
            """
            public sealed class Runs(McpClient tools)
            {
                public async Task<string> Wait(IReadOnlyDictionary<string, object?> run)
                {
                    var status = "queued";
                    for (var polls = 0; polls < 200 && status is "queued" or "running"; polls++)
                    {
                        await Task.Delay(TimeSpan.FromSeconds(5));
                        var result = await tools.CallToolAsync("status", run);
                        status = result.StructuredContent?.GetProperty("status").GetString() ?? "failed";
                    }

                    return status;
                }
            }
            """),
        new(
            "LockUntilItIsFree",
            RetryFault.MissingCap,
            "AGL0201 AGL0209",
            "ZooKeeperHiveLockManager",
            """
            public sealed class Locks(HttpClient http)
            {
                public async Task Take(string name)
                {
                    while (!await TryTake(name))
                        await Task.Delay(Random.Shared.Next(100, 1000));
                }

                private async Task<bool> TryTake(string name)
                {
                    using var response = await http.PutAsync("locks/" + name, null);
                    return response.IsSuccessStatusCode;
                }
            }
            """,
            """
            public sealed class Locks(HttpClient http)
            {
                public async Task Take(string name)
                {
                    for (var attempt = 0; !await TryTake(name); attempt++)
                    {
                        if (attempt == 10)
                            throw new TimeoutException("The lock is held: " + name);
                        await Task.Delay(Random.Shared.Next(100, 1000));
                    }
                }

                private async Task<bool> TryTake(string name)
                {
                    using var response = await http.PutAsync("locks/" + name, null);
                    return response.IsSuccessStatusCode;
                }
            }
            """),
        new(
            "SendAgainLater",
            RetryFault.MissingCap,
            "AGL0201",
            "SecondaryNameNode; HBASE-21796",
            """
            public sealed class Checkpoints(HttpClient http)
            {
                public async Task Upload(string image)
                {
                    try
                    {
                        (await http.PutAsync("images/latest", new StringContent(image))).EnsureSuccessStatusCode();
                    }
                    catch (HttpRequestException)
                    {
                        _ = Task.Delay(TimeSpan.FromMinutes(1)).ContinueWith(_ => Upload(image));
                    }
                }
            }
            """,
            """
            public sealed class Checkpoints(HttpClient http)
            {
                public async Task Upload(string image, int attempt = 0)
                {
                    try
                    {
                        (await http.PutAsync("images/latest", new StringContent(image))).EnsureSuccessStatusCode();
                    }
                    catch (HttpRequestException) when (attempt < 4)
                    {
                        await Task.Delay(TimeSpan.FromSeconds(Random.Shared.NextDouble() * 20 * (attempt + 1)));
                        await Upload(image, attempt + 1);
                    }
                }
            }
            """)
        {
            Miss = "a task that is started after a delay and never awaited is not followed back to the method that starts it",
        },
    ];
}

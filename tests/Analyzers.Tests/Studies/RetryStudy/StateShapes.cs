namespace AgentLint.Tests.Studies.RetryStudy;

/// <summary>Attempts that start from what the one before left behind, and work that is lost or done twice between them.</summary>
internal static class StateShapes
{
    public static RetryShape[] All { get; } =
    [
        new(
            "HistoryThatKeepsTheFailedTurn",
            RetryFault.StateReset,
            "AGL0207",
            "HBASE-20616, elastic 83927; DFSStripedInputStream",
            """
            public sealed class Chat(IChatClient client)
            {
                public async Task<string> Ask(List<ChatMessage> history, string question, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            history.Add(new ChatMessage(ChatRole.User, question));
                            var answer = await client.GetResponseAsync(history, cancellationToken: cancellationToken);
                            history.AddRange(answer.Messages);
                            return answer.Text;
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Chat(IChatClient client)
            {
                public async Task<string> Ask(List<ChatMessage> history, string question, CancellationToken cancellationToken)
                {
                    history.Add(new ChatMessage(ChatRole.User, question));
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            var answer = await client.GetResponseAsync(history, cancellationToken: cancellationToken);
                            history.AddRange(answer.Messages);
                            return answer.Text;
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "HalfAStreamAndTheWholeOfTheNext",
            RetryFault.StateReset,
            "AGL0207",
            "HADOOP-17764",
            """
            public sealed class Story(IChatClient client)
            {
                public async Task<string> Tell(string theme, CancellationToken cancellationToken)
                {
                    var text = new StringBuilder();
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            await foreach (var update in client.GetStreamingResponseAsync(theme, cancellationToken: cancellationToken))
                                text.Append(update.Text);
                            return text.ToString();
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Story(IChatClient client)
            {
                public async Task<string> Tell(string theme, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        var text = new StringBuilder();
                        try
                        {
                            await foreach (var update in client.GetStreamingResponseAsync(theme, cancellationToken: cancellationToken))
                                text.Append(update.Text);
                            return text.ToString();
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "PagesOfTheFirstAttempt",
            RetryFault.StateReset,
            "AGL0207",
            "HBASE-20865, HADOOP-17764",
            """
            public sealed class Pages(HttpClient http)
            {
                public async Task<List<string>> Read(int count, CancellationToken cancellationToken)
                {
                    var all = new List<string>();
                    var attempt = 0;
                    while (true)
                    {
                        try
                        {
                            for (var page = 0; page < count; page++)
                                all.Add(await http.GetStringAsync("pages/" + page, cancellationToken));
                            return all;
                        }
                        catch (HttpRequestException) when (++attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Pages(HttpClient http)
            {
                public async Task<List<string>> Read(int count, CancellationToken cancellationToken)
                {
                    var all = new List<string>();
                    var attempt = 0;
                    while (true)
                    {
                        all.Clear();
                        try
                        {
                            for (var page = 0; page < count; page++)
                                all.Add(await http.GetStringAsync("pages/" + page, cancellationToken));
                            return all;
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
            "SumThatCountsTwice",
            RetryFault.StateReset,
            "AGL0207",
            "HIVE-23409, KAFKA-13412",
            """
            public sealed class Costs(HttpClient http)
            {
                public async Task<decimal> Sum(IReadOnlyList<string> orders, CancellationToken cancellationToken)
                {
                    var sum = 0m;
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            foreach (var order in orders)
                                sum += decimal.Parse(await http.GetStringAsync("costs/" + order, cancellationToken));
                            return sum;
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Costs(HttpClient http)
            {
                public async Task<decimal> Sum(IReadOnlyList<string> orders, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        var sum = 0m;
                        try
                        {
                            foreach (var order in orders)
                                sum += decimal.Parse(await http.GetStringAsync("costs/" + order, cancellationToken));
                            return sum;
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "RequestThatWasSentBefore",
            RetryFault.StateReset,
            "AGL0207",
            "HADOOP-17764; DataStreamer",
            """
            public sealed class Requests(HttpClient http)
            {
                public async Task<string> Get(string uri, CancellationToken cancellationToken)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, uri);
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            using var response = await http.SendAsync(request, cancellationToken);
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Requests(HttpClient http)
            {
                public async Task<string> Get(string uri, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
                            using var response = await http.SendAsync(request, cancellationToken);
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "HeaderOnceMoreForEachAttempt",
            RetryFault.StateReset,
            "AGL0207",
            "HBASE-24250; HBaseServerBase",
            """
            public sealed class Signed(HttpClient http)
            {
                public async Task<string> Get(string uri, Func<string> sign, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            http.DefaultRequestHeaders.Add("X-Signature", sign());
                            return await http.GetStringAsync(uri, cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Signed(HttpClient http)
            {
                public async Task<string> Get(string uri, Func<string> sign, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
                            request.Headers.Add("X-Signature", sign());
                            using var response = await http.SendAsync(request, cancellationToken);
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "PipelineAroundAHistory",
            RetryFault.StateReset,
            "AGL0207",
            "HBASE-20616",
            """
            public sealed class Guide(IChatClient client)
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

                public async Task<string> Ask(string question, CancellationToken cancellationToken)
                {
                    var messages = new List<ChatMessage> { new(ChatRole.System, "You are a guide.") };
                    var answer = await Retry.ExecuteAsync(
                        async token =>
                        {
                            messages.Add(new ChatMessage(ChatRole.User, question));
                            return await client.GetResponseAsync(messages, cancellationToken: token);
                        },
                        cancellationToken);
                    return answer.Text;
                }
            }
            """,
            """
            public sealed class Guide(IChatClient client)
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

                public async Task<string> Ask(string question, CancellationToken cancellationToken)
                {
                    var messages = new List<ChatMessage> { new(ChatRole.System, "You are a guide."), new(ChatRole.User, question) };
                    var answer = await Retry.ExecuteAsync(async token => await client.GetResponseAsync(messages, cancellationToken: token), cancellationToken);
                    return answer.Text;
                }
            }
            """),
        new(
            "FlagOfAnAttemptThatFailed",
            RetryFault.StateReset,
            "AGL0207",
            "KAFKA-13412, HIVE-23409",
            """
            public sealed class Transactions(HttpClient http)
            {
                public async Task<string> Read(string producer, CancellationToken cancellationToken)
                {
                    var isOpen = false;
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            if (!isOpen)
                            {
                                isOpen = true;
                                (await http.PutAsync("producers/" + producer, null, cancellationToken)).EnsureSuccessStatusCode();
                            }

                            return await http.GetStringAsync("producers/" + producer, cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Transactions(HttpClient http)
            {
                public async Task<string> Read(string producer, CancellationToken cancellationToken)
                {
                    var isOpen = false;
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            if (!isOpen)
                            {
                                (await http.PutAsync("producers/" + producer, null, cancellationToken)).EnsureSuccessStatusCode();
                                isOpen = true;
                            }

                            return await http.GetStringAsync("producers/" + producer, cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "FailureThatOutlivesSuccess",
            RetryFault.StateReset,
            "AGL0207",
            "HADOOP-18425; DruidStorageHandlerUtils",
            """
            public sealed class Segments(HttpClient http)
            {
                public async Task<string?> Publish(string segment, CancellationToken cancellationToken)
                {
                    string? receipt = null;
                    Exception? failed = null;
                    for (var attempt = 1; attempt < 5 && receipt == null; attempt++)
                    {
                        try
                        {
                            receipt = await http.GetStringAsync("segments/" + segment, cancellationToken);
                        }
                        catch (HttpRequestException failure)
                        {
                            failed = failure;
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }

                    if (failed != null)
                        throw failed;
                    return receipt;
                }
            }
            """,
            """
            public sealed class Segments(HttpClient http)
            {
                public async Task<string?> Publish(string segment, CancellationToken cancellationToken)
                {
                    string? receipt = null;
                    Exception? failed = null;
                    for (var attempt = 1; attempt < 5 && receipt == null; attempt++)
                    {
                        try
                        {
                            receipt = await http.GetStringAsync("segments/" + segment, cancellationToken);
                            failed = null;
                        }
                        catch (HttpRequestException failure)
                        {
                            failed = failure;
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }

                    if (failed != null)
                        throw failed;
                    return receipt;
                }
            }
            """),
        new(
            "FileOfTheFirstAttempt",
            RetryFault.StateReset,
            "AGL0207",
            "HIVE-23058, HIVE-24882, HBASE-20865",
            """
            public sealed class Compaction(HttpClient http)
            {
                public async Task Download(string part, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            await using var file = new FileStream(part, FileMode.CreateNew);
                            await using var content = await http.GetStreamAsync("parts/" + part, cancellationToken);
                            await content.CopyToAsync(file, cancellationToken);
                            return;
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Compaction(HttpClient http)
            {
                public async Task Download(string part, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            await using var file = new FileStream(part, FileMode.Create);
                            await using var content = await http.GetStreamAsync("parts/" + part, cancellationToken);
                            await content.CopyToAsync(file, cancellationToken);
                            return;
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """)
        {
            Miss = "a file is not state of the program",
        },
        new(
            "JobTakenByAnAttemptThatFailed",
            RetryFault.JobTracking,
            "AGL0207",
            "HBASE-24515, SPARK-25250",
            """
            public sealed class Assigner(IChatClient client)
            {
                public async Task<string> Next(Queue<string> jobs, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            var job = jobs.Dequeue();
                            return (await client.GetResponseAsync(job, cancellationToken: cancellationToken)).Text;
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Assigner(IChatClient client)
            {
                public async Task<string> Next(Queue<string> jobs, CancellationToken cancellationToken)
                {
                    var job = jobs.Dequeue();
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return (await client.GetResponseAsync(job, cancellationToken: cancellationToken)).Text;
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "DoneThoughItDidNotAnswer",
            RetryFault.JobTracking,
            "AGL0103",
            "HADOOP-18425, SPARK-24552",
            """
            public sealed class Payments(HttpClient http)
            {
                public async Task<string> Pay(string order, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            using var response = await http.PostAsync("payments", JsonContent.Create(new { order }), cancellationToken);
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Payments(HttpClient http)
            {
                public async Task<string> Pay(string order, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            using var request = new HttpRequestMessage(HttpMethod.Post, "payments") { Content = JsonContent.Create(new { order }) };
                            request.Headers.Add("Idempotency-Key", "payment-of-" + order);
                            using var response = await http.SendAsync(request, cancellationToken);
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "AnotherNameForEachAttempt",
            RetryFault.JobTracking,
            "AGL0102",
            "SPARK-24755, SPARK-27630",
            """
            public sealed class Submissions(HttpClient http)
            {
                public async Task<string> Submit(string job, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            using var request = new HttpRequestMessage(HttpMethod.Post, "jobs") { Content = JsonContent.Create(new { job }) };
                            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
                            using var response = await http.SendAsync(request, cancellationToken);
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """,
            """
            public sealed class Submissions(HttpClient http)
            {
                public async Task<string> Submit(string job, CancellationToken cancellationToken)
                {
                    var key = Guid.NewGuid().ToString();
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            using var request = new HttpRequestMessage(HttpMethod.Post, "jobs") { Content = JsonContent.Create(new { job }) };
                            request.Headers.Add("Idempotency-Key", key);
                            using var response = await http.SendAsync(request, cancellationToken);
                            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
                        }
                        catch (HttpRequestException) when (attempt < 4)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
    ];
}

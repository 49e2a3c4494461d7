namespace AgentLint.Tests.Studies.RetryStudy;

/// <summary>Retries of what nobody wants any more.</summary>
internal static class CancellationShapes
{
    public static RetryShape[] All { get; } =
    [
        new(
            "CanceledAndCaughtWithTheRest",
            RetryFault.CanceledTask,
            "AGL0205",
            "HIVE-23894, elastic 53687",
            """
            public sealed class Queries(IChatClient client, Action<Exception> log)
            {
                public async Task<string?> Run(string query, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; attempt <= 5; attempt++)
                    {
                        try
                        {
                            return (await client.GetResponseAsync(query, cancellationToken: cancellationToken)).Text;
                        }
                        catch (Exception failure)
                        {
                            log(failure);
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt));
                        }
                    }

                    return null;
                }
            }
            """,
            """
            public sealed class Queries(IChatClient client, Action<Exception> log)
            {
                public async Task<string?> Run(string query, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; attempt <= 5; attempt++)
                    {
                        try
                        {
                            return (await client.GetResponseAsync(query, cancellationToken: cancellationToken)).Text;
                        }
                        catch (Exception failure) when (failure is not OperationCanceledException)
                        {
                            log(failure);
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }

                    return null;
                }
            }
            """),
        new(
            "CanceledAndTriedAgainByName",
            RetryFault.CanceledTask,
            "AGL0205",
            "elastic 81628",
            """
            public sealed class Scrolls(HttpClient http)
            {
                public async Task<string> Next(string scroll, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("scrolls/" + scroll, cancellationToken);
                        }
                        catch (OperationCanceledException) when (attempt < 3)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt));
                        }
                    }
                }
            }
            """,
            """
            public sealed class Scrolls(HttpClient http)
            {
                public async Task<string> Next(string scroll, CancellationToken cancellationToken)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            return await http.GetStringAsync("scrolls/" + scroll, cancellationToken);
                        }
                        catch (OperationCanceledException) when (attempt < 3 && !cancellationToken.IsCancellationRequested)
                        {
                            await Task.Delay(Random.Shared.Next(500, 500 << attempt), cancellationToken);
                        }
                    }
                }
            }
            """),
        new(
            "StoppedServiceThatGoesOn",
            RetryFault.CanceledTask,
            "AGL0205",
            "YARN-10767",
            """
            public sealed class Collector(McpClient tools, Action<string> log)
            {
                public async Task<bool> Collect(IReadOnlyDictionary<string, object?> query, CancellationToken stopping)
                {
                    var left = 30;
                    while (left-- > 0)
                    {
                        await Task.Delay(Random.Shared.Next(200, 200 * (31 - left)), CancellationToken.None);
                        try
                        {
                            await tools.CallToolAsync("logs", query, cancellationToken: stopping);
                            return true;
                        }
                        catch
                        {
                            log("no logs yet");
                        }
                    }

                    return false;
                }
            }
            """,
            """
            public sealed class Collector(McpClient tools, Action<string> log)
            {
                public async Task<bool> Collect(IReadOnlyDictionary<string, object?> query, CancellationToken stopping)
                {
                    var left = 5;
                    while (left-- > 0)
                    {
                        await Task.Delay(Random.Shared.Next(200, 200 * (6 - left)), stopping);
                        try
                        {
                            await tools.CallToolAsync("logs", query, cancellationToken: stopping);
                            return true;
                        }
                        catch (IOException)
                        {
                            log("no logs yet");
                        }
                    }

                    return false;
                }
            }
            """),
        new(
            "PolicyForCanceledTasks",
            RetryFault.CanceledTask,
            "AGL0205",
            "HIVE-23894",
            """
            public sealed class Graph(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>().Or<OperationCanceledException>()
                    .WaitAndRetryAsync(3, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(200 << attempt)));

                public Task<string> Query(string text, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(() => http.GetStringAsync("graph?q=" + text, cancellationToken));
            }
            """,
            """
            public sealed class Graph(HttpClient http)
            {
                private static readonly IAsyncPolicy Retry = Policy.Handle<HttpRequestException>()
                    .WaitAndRetryAsync(3, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(200 << attempt)));

                public Task<string> Query(string text, CancellationToken cancellationToken) =>
                    Retry.ExecuteAsync(token => http.GetStringAsync("graph?q=" + text, token), cancellationToken);
            }
            """)
        {
            Miss = "whether a policy is given the token shows at each place that executes it",
        },
    ];
}

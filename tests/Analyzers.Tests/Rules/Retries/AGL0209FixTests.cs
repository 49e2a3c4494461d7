using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0209FixTests
{
    [Fact]
    public Task Deadline_is_linked_to_the_token_in_scope() => Fixed(
        """
        async Task M(string job, CancellationToken token)
        {
            string state;
            // Wait for it.
            [|do|]
            {
                await Task.Delay(500);
                state = await http.GetStringAsync(job);
            }
            while (state == "queued");
        }
        """,
        """
        async Task M(string job, CancellationToken token)
        {
            string state;
            // Wait for it.
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
            deadline.CancelAfter(TimeSpan.FromMinutes(10));
            do
            {
                await Task.Delay(500, deadline.Token);
                state = await http.GetStringAsync(job, deadline.Token);
            }
            while (state == "queued");
        }
        """);

    [Fact]
    public Task Deadline_alone_where_no_token_is_in_scope() => Fixed(
        """
        async Task M(string job)
        {
            [|while (true)|]
            {
                var state = await http.GetStringAsync(job).ConfigureAwait(false);
                if (state is "done" or "failed")
                    break;
                await Task.Delay(500).ConfigureAwait(false);
            }
        }
        """,
        """
        async Task M(string job)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            while (true)
            {
                var state = await http.GetStringAsync(job, deadline.Token).ConfigureAwait(false);
                if (state is "done" or "failed")
                    break;
                await Task.Delay(500, deadline.Token).ConfigureAwait(false);
            }
        }
        """);

    [Fact]
    public Task Loop_without_a_block() => Fixed(
        """
        async Task M(string job)
        {
            [|while (await http.GetStringAsync(job) is "queued" or "running")|]
                await Task.Delay(500);
        }
        """,
        """
        async Task M(string job)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            while (await http.GetStringAsync(job, deadline.Token) is "queued" or "running")
                await Task.Delay(500, deadline.Token);
        }
        """);

    [Fact]
    public Task Where_nothing_takes_a_token_it_is_looked_at() => Fixed(
        """
        async Task M(string job)
        {
            [|while (await StateOf(job) != "done")|]
            {
                Thread.Sleep(500);
            }
        }

        async Task<string> StateOf(string job) => await http.GetStringAsync(job);
        """,
        """
        async Task M(string job)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            while (await StateOf(job) != "done")
            {
                deadline.Token.ThrowIfCancellationRequested();
                Thread.Sleep(500);
            }
        }

        async Task<string> StateOf(string job) => await http.GetStringAsync(job);
        """);

    [Fact]
    public Task Several_loops_at_once() => Fixed(
        """
        async Task M(string job)
        {
            [|while (await http.GetStringAsync(job) != "started")|]
                await Task.Delay(500);
            [|while (await http.GetStringAsync(job) != "done")|]
                await Task.Delay(500);
        }
        """,
        """
        async Task M(string job)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            while (await http.GetStringAsync(job, deadline.Token) != "started")
                await Task.Delay(500, deadline.Token);
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            while (await http.GetStringAsync(job, timeout.Token) != "done")
                await Task.Delay(500, timeout.Token);
        }
        """);

    [Theory]
    [InlineData("if (job.Length > 0) [|while (await http.GetStringAsync(job) != \"done\")|] await Task.Delay(500);")]
    [InlineData("[|while (await StateOf(job) != \"done\")|] Thread.Sleep(500);")]
    public Task Not_offered_where_no_statement_can_be_added(string body) => Fixed(
        $$"""
        async Task M(string job)
        {
            {{body}}
        }

        async Task<string> StateOf(string job) => await http.GetStringAsync(job);
        """,
        null);

    // A clock of the process would end one replay and not another.
    [Fact]
    public Task Not_offered_in_a_workflow()
    {
        const string Code = """
            using System;
            using System.Net.Http;
            using System.Threading.Tasks;
            using Temporalio.Activities;
            using Temporalio.Workflows;

            public class Activities(HttpClient http) { [Activity] public Task<string> StateAsync(string id) => http.GetStringAsync("jobs/" + id); }

            [Workflow]
            public class Job
            {
                [WorkflowRun]
                public async Task RunAsync(string id)
                {
                    [|while (await Workflow.ExecuteActivityAsync((Activities a) => a.StateAsync(id), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) }) != "done")|]
                    {
                        await Workflow.DelayAsync(TimeSpan.FromMinutes(1));
                    }
                }
            }
            """;
        return new FixTest<AGL0209_UnboundedPolling, AGL0209Fix_SetDeadline>(Code, Code).Reference(Library.Temporal).RunAsync(null);
    }

    private static Task Fixed(string members, string? mended) =>
        new FixTest<AGL0209_UnboundedPolling, AGL0209Fix_SetDeadline>(In(members), In(mended ?? members)) { AsksAllRules = true }.RunAsync("Give up after 10 minutes");

    private static string In(string members) => $$"""
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;

        class C(HttpClient http)
        {
        {{string.Concat(members.Split('\n').Select(line => line.Length == 0 ? "\n" : "    " + line + "\n"))}}}
        """;
}

using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public class AGL0206FixTests
{
    private const string Title = "Execute asynchronously";

    private const string Head = """
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using Polly;
        using Polly.Retry;

        class C(IChatClient client, HttpClient http, ResiliencePipeline pipeline, ResiliencePipeline<object> typed)
        {

        """;

    private static string In(string members) =>
        Head + string.Concat(members.Split('\n').Select(line => line.Length == 0 ? "\n" : "    " + line + "\n")) + "}\n";

    private static Task Fixed(string members, string fixedMembers, string? title = Title) =>
        new FixTest<AGL0206_DeadRetry, AGL0206Fix_ExecuteAsync>(In(members), In(fixedMembers)).RunAsync(title);

    private static Task NotOffered(string members) => Fixed(members, members);

    [Theory]
    [InlineData("await pipeline.[|Execute|](async () => await Ask());", "await pipeline.ExecuteAsync(async _ => await Ask());")]
    [InlineData("await pipeline.[|Execute|](async () => await Ask()).ConfigureAwait(false);", "await pipeline.ExecuteAsync(async _ => await Ask()).ConfigureAwait(false);")]
    [InlineData("var x = await pipeline.[|Execute|](async () => { await Task.Yield(); return await Ask(); });", "var x = await pipeline.ExecuteAsync(async _ => { await Task.Yield(); return await Ask(); });")]
    [InlineData("var x = await pipeline.[|Execute|](static async () => await Task.FromResult(1));", "var x = await pipeline.ExecuteAsync(static async _ => await Task.FromResult(1));")]
    [InlineData("var x = await pipeline.[|Execute|](() => Ask());", "var x = await pipeline.ExecuteAsync(async _ => await Ask());")]
    [InlineData("var x = await pipeline.[|Execute|](() => { return Ask(); });", "var x = await pipeline.ExecuteAsync(async _ => { return await Ask(); });")]
    [InlineData("await pipeline.[|Execute|](() => { Console.WriteLine(); return Task.CompletedTask; });", "await pipeline.ExecuteAsync(async _ => { Console.WriteLine(); });")]
    [InlineData("var x = await pipeline.[|Execute|](Ask);", "var x = await pipeline.ExecuteAsync(async _ => await Ask());")]
    [InlineData("var x = await pipeline.[|Execute|](this.Ask);", "var x = await pipeline.ExecuteAsync(async _ => await this.Ask());")]
    [InlineData("await pipeline.[|Execute|](Tell);", "await pipeline.ExecuteAsync(async token => await Tell(token));")]
    [InlineData("var x = await pipeline.[|Execute|](work);", "var x = await pipeline.ExecuteAsync(async _ => await work());")]
    [InlineData("await pipeline.[|Execute|](async () => await http.GetAsync(\"\"));", "await pipeline.ExecuteAsync(async token => await http.GetAsync(\"\", token));")]
    [InlineData("await pipeline.[|Execute|](() => http.GetAsync(\"\"));", "await pipeline.ExecuteAsync(async token => await http.GetAsync(\"\", token));")]
    [InlineData("await pipeline.[|Execute|](async () => { var token = 1; await http.GetAsync(\"\" + token); });", "await pipeline.ExecuteAsync(async cancellationToken => { var token = 1; await http.GetAsync(\"\" + token, cancellationToken); });")]
    [InlineData("await pipeline.[|Execute|](async s => await http.GetAsync(s), \"\");", "await pipeline.ExecuteAsync(async (s, token) => await http.GetAsync(s, token), \"\");")]
    [InlineData("await pipeline.[|Execute|](async (string s) => await http.GetAsync(s), \"\");", "await pipeline.ExecuteAsync(async (string s, CancellationToken token) => await http.GetAsync(s, token), \"\");")]
    [InlineData("await pipeline.[|Execute|](async (ResilienceContext c) => await Ask(), ResilienceContextPool.Shared.Get());", "await pipeline.ExecuteAsync(async (ResilienceContext c) => await Ask(), ResilienceContextPool.Shared.Get());")]
    [InlineData("await pipeline.[|Execute|](async (s, ct) => await http.GetAsync(s, ct), \"\", CancellationToken.None);", "await pipeline.ExecuteAsync(async (s, ct) => await http.GetAsync(s, ct), \"\", CancellationToken.None);")]
    [InlineData("await pipeline.[|Execute|](async ct => await http.GetAsync(\"\", ct), CancellationToken.None);", "await pipeline.ExecuteAsync(async ct => await http.GetAsync(\"\", ct), CancellationToken.None);")]
    [InlineData("pipeline.[|Execute|](async () => { await Ask(); });", "await pipeline.ExecuteAsync(async _ => { await Ask(); });")]
    [InlineData("await typed.[|Execute|](async () => await Ask());", "await typed.ExecuteAsync(async _ => await Ask());")]
    [InlineData("var t = pipeline.[|Execute|](async () => await Ask());", "var t = pipeline.ExecuteAsync(async _ => await Ask()).AsTask();")]
    [InlineData("_ = pipeline.[|Execute|](async () => await Ask());", "_ = pipeline.ExecuteAsync(async _ => await Ask()).AsTask();")]
    [InlineData("await Task.WhenAll(pipeline.[|Execute|](async () => await Ask()), pipeline.[|Execute|](Ask));", "await Task.WhenAll(pipeline.ExecuteAsync(async _ => await Ask()).AsTask(), pipeline.ExecuteAsync(async _ => await Ask()).AsTask());")]
    [InlineData("var x = pipeline.[|Execute|](async () => await Ask()).Result;", "var x = await pipeline.ExecuteAsync(async _ => await Ask());")]
    [InlineData("pipeline.[|Execute|](async () => await Ask()).GetAwaiter().GetResult();", "await pipeline.ExecuteAsync(async _ => await Ask());")]
    [InlineData("lock (client) { pipeline.[|Execute|](async () => await Ask()).Wait(); }", "lock (client) { pipeline.ExecuteAsync(async _ => await Ask()).AsTask().Wait(); }")]
    [InlineData("Func<Task<string>> f = () => pipeline.[|Execute|](async () => await Ask());", "Func<Task<string>> f = () => pipeline.ExecuteAsync(async _ => await Ask()).AsTask();")]
    public Task Pipeline(string statement, string mended)
    {
        const string Helpers = "\n\nTask<string> Ask() => Task.FromResult(\"\");\nTask Tell() => Task.CompletedTask;\nTask Tell(CancellationToken token) => Task.CompletedTask;";
        return Fixed($"async Task M(Func<Task<int>> work)\n{{\n    {statement}\n}}{Helpers}", $"async Task M(Func<Task<int>> work)\n{{\n    {mended}\n}}{Helpers}");
    }

    [Theory]
    [InlineData("await pipeline.[|Execute|](async () => await http.GetAsync(\"\", ct));", "await pipeline.ExecuteAsync(async token => await http.GetAsync(\"\", token), ct);")]
    [InlineData("await pipeline.[|Execute|](async () => await http.GetAsync(\"\"));", "await pipeline.ExecuteAsync(async token => await http.GetAsync(\"\", token), ct);")]
    [InlineData("await pipeline.[|Execute|](async () => await Task.Yield());", "await pipeline.ExecuteAsync(async _ => await Task.Yield(), ct);")]
    [InlineData("await pipeline.[|Execute|](async s => { ct.ThrowIfCancellationRequested(); await Task.Yield(); }, 1);", "await pipeline.ExecuteAsync(async (s, token) => { token.ThrowIfCancellationRequested(); await Task.Yield(); }, 1, ct);")]
    [InlineData("await pipeline.[|Execute|](callback: async () => await Task.Yield());", "await pipeline.ExecuteAsync(callback: async _ => await Task.Yield(), cancellationToken: ct);")]
    public Task Pipeline_with_a_token(string statement, string mended) =>
        Fixed($"async Task M(CancellationToken ct)\n{{\n    {statement}\n}}", $"async Task M(CancellationToken ct)\n{{\n    {mended}\n}}");

    [Fact]
    public Task Pipeline_over_several_lines() => Fixed(
        """
        async Task<string> M(string q, CancellationToken cancellationToken)
        {
            // Ask, with retries.
            var answer = await pipeline.[|Execute|](async () =>
            {
                // One attempt.
                var response = await client.GetResponseAsync(q, cancellationToken: cancellationToken);
                return response.Text;
            }); // done
            return answer;
        }
        """,
        """
        async Task<string> M(string q, CancellationToken cancellationToken)
        {
            // Ask, with retries.
            var answer = await pipeline.ExecuteAsync(async token =>
            {
                // One attempt.
                var response = await client.GetResponseAsync(q, cancellationToken: token);
                return response.Text;
            }, cancellationToken); // done
            return answer;
        }
        """);

    [Fact]
    public Task Functions_around_become_asynchronous() => Fixed(
        """
        void M() => N("");

        void N(string q)
        {
            pipeline.[|Execute|](async () => await http.GetAsync(q));
        }

        string O(string q) => pipeline.[|Execute|](async () => await http.GetStringAsync(q)).Result;

        Task<string> P(string q) => pipeline.[|Execute|](() => http.GetStringAsync(q));
        """,
        """
        async Task M() => await N("");

        async Task N(string q)
        {
            await pipeline.ExecuteAsync(async token => await http.GetAsync(q, token));
        }

        async Task<string> O(string q) => await pipeline.ExecuteAsync(async token => await http.GetStringAsync(q, token));

        Task<string> P(string q) => pipeline.ExecuteAsync(async token => await http.GetStringAsync(q, token)).AsTask();
        """,
        null);

    [Theory]
    [InlineData("Action f = () => pipeline.[|Execute|](async () => await http.GetAsync(\"\"));")]
    [InlineData("lock (http) { pipeline.[|Execute|](async () => await http.GetAsync(\"\")); }")]
    [InlineData("var x = pipeline.[|Execute|](delegate () { return http.GetAsync(\"\"); });")]
    [InlineData("var x = pipeline.[|Execute<Task<string>>|](async () => await http.GetStringAsync(\"\"));")]
    [InlineData("var x = pipeline.[|Execute|](async Task<string> () => await http.GetStringAsync(\"\"));")]
    [InlineData("var x = pipeline.[|Execute|](Make());")]
    [InlineData("var x = pipeline.[|Execute|](() => { return (Task<int>)null!; });")]
    [InlineData("var x = pipeline?.[|Execute|](async () => await http.GetAsync(\"\"));")]
    public Task Pipeline_that_cannot_follow(string statement) => NotOffered($"void M()\n{{\n    {statement}\n}}\n\nFunc<Task<int>> Make() => null!;");

    [Fact]
    public Task Policy_in_a_local() => Fixed(
        """
        async Task M()
        {
            var policy = Policy.Handle<HttpRequestException>().WaitAndRetry(3, i => TimeSpan.FromSeconds(i)); // thrice
            var x = await policy.[|Execute|](async () => await http.GetAsync(""));
            policy.[|Execute|](() => http.GetAsync(""));
            policy.[|Execute|](async () => await http.GetAsync("")).Wait();
            var t = policy.[|Execute|](async () => await http.GetAsync(""));
            await policy.[|Execute|](ct => http.GetAsync("", ct), CancellationToken.None);
            RetryPolicy other = Policy.Handle<Exception>().Retry(3, (e, i) => Console.WriteLine(e));
            await other.[|Execute|](() => http.GetAsync(""));
            ISyncPolicy third = Policy.Handle<Exception>().RetryForever().WithPolicyKey("third");
            await third.[|Execute|](() => http.GetAsync(""));
            await Policy.Handle<Exception>().Retry().[|Execute|](() => http.GetAsync(""));
        }
        """,
        """
        async Task M()
        {
            var policy = Policy.Handle<HttpRequestException>().WaitAndRetryAsync(3, i => TimeSpan.FromSeconds(i)); // thrice
            var x = await policy.ExecuteAsync(async () => await http.GetAsync(""));
            await policy.ExecuteAsync(() => http.GetAsync(""));
            await policy.ExecuteAsync(async () => await http.GetAsync(""));
            var t = policy.ExecuteAsync(async () => await http.GetAsync(""));
            await policy.ExecuteAsync(ct => http.GetAsync("", ct), CancellationToken.None);
            AsyncRetryPolicy other = Policy.Handle<Exception>().RetryAsync(3, (e, i) => Console.WriteLine(e));
            await other.ExecuteAsync(() => http.GetAsync(""));
            IAsyncPolicy third = Policy.Handle<Exception>().RetryForeverAsync().WithPolicyKey("third");
            await third.ExecuteAsync(() => http.GetAsync(""));
            await Policy.Handle<Exception>().RetryAsync().ExecuteAsync(() => http.GetAsync(""));
        }
        """);

    [Fact]
    public Task Policy_in_a_field() => Fixed(
        """
        private static readonly Polly.Retry.RetryPolicy Retry = Policy.Handle<Exception>().WaitAndRetry(3, _ => TimeSpan.Zero);

        private readonly Policy policy;

        C() : this(null!, null!, null!, null!) => this.policy = Policy.Handle<Exception>().Retry(3);

        string M(string q) => Retry.[|Execute|](() => client.GetResponseAsync(q)).Result.Text;

        Task<ChatResponse> N(string q) => policy.[|Execute|](() => client.GetResponseAsync(q));
        """,
        """
        private static readonly Polly.Retry.AsyncRetryPolicy Retry = Policy.Handle<Exception>().WaitAndRetryAsync(3, _ => TimeSpan.Zero);

        private readonly AsyncPolicy policy;

        C() : this(null!, null!, null!, null!) => this.policy = Policy.Handle<Exception>().RetryAsync(3);

        async Task<string> M(string q) => (await Retry.ExecuteAsync(() => client.GetResponseAsync(q))).Text;

        Task<ChatResponse> N(string q) => policy.ExecuteAsync(() => client.GetResponseAsync(q));
        """,
        null);

    [Theory]
    [InlineData("void M(ISyncPolicy policy) { var t = policy.[|Execute|](() => http.GetAsync(\"\")); }")]
    [InlineData("Policy Policy { get; } = Polly.Policy.Handle<Exception>().Retry();\nvoid M() { var t = Policy.[|Execute|](() => http.GetAsync(\"\")); }")]
    [InlineData("internal Policy policy = Policy.Handle<Exception>().Retry();\nvoid M() { var t = policy.[|Execute|](() => http.GetAsync(\"\")); }")]
    [InlineData("Policy policy = Policy.NoOp();\nvoid M() { var t = policy.[|Execute|](() => http.GetAsync(\"\")); }")]
    [InlineData("Policy policy = Policy.Handle<Exception>().Retry();\nvoid M() { var t = policy.[|Execute|](() => http.GetAsync(\"\")); policy.Execute(() => Console.WriteLine()); }")]
    [InlineData("Policy policy = Policy.Handle<Exception>().Retry();\nvoid M() { var t = policy.[|Execute|](() => http.GetAsync(\"\")); var p = policy; }")]
    [InlineData("Policy policy = Policy.Handle<Exception>().Retry();\nvoid M() { var t = policy.[|Execute|](() => http.GetAsync(\"\")); policy = Policy.NoOp(); }")]
    [InlineData("Policy policy = Policy.Handle<Exception>().Retry();\nvoid M() { lock (http) policy.[|Execute|](() => http.GetAsync(\"\")); }")]
    [InlineData("Policy policy = Policy.Handle<Exception>().Retry();\nvoid M() { var t = policy.[|ExecuteAndCapture|](() => http.GetAsync(\"\")); }")]
    [InlineData("void M() { var policy = Policy.Handle<Exception>().Retry(); var t = policy.Wrap(Policy.NoOp()).[|Execute|](() => http.GetAsync(\"\")); }")]
    public Task Policy_that_cannot_follow(string members) => NotOffered(members);
}

using AgentLint.Rules.Deadlines;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>Time limits that cannot act are reported; those that act, or that something else takes the place of, are not.</summary>
public sealed class AGL0304Tests
{
    // ---- Nothing listens --------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var limit = {|#0:Policy.TimeoutAsync(5)|}; return limit.ExecuteAsync(() => http.GetStringAsync(text));")]
    [InlineData("var limit = Policy.Handle<Exception>().RetryAsync(2).WrapAsync({|#0:Policy.TimeoutAsync(5)|}); return limit.ExecuteAsync(async () => await http.GetStringAsync(text));")]
    [InlineData("var limit = {|#0:Policy.TimeoutAsync(5)|}; var both = Policy.WrapAsync(Policy.Handle<Exception>().RetryAsync(2), limit); return both.ExecuteAsync(() => http.GetStringAsync(text));")]
    [InlineData("return Build().ExecuteAsync(() => http.GetStringAsync(text)); static AsyncPolicy Build() => {|#0:Policy.TimeoutAsync(5)|};")]
    public Task Delegate_without_a_token(string code) => Method(code)
        .Expect(Warning, "'Rates.ReadAsync' sets a timeout with 'Policy.TimeoutAsync' that never takes effect: it cancels a token, and the delegate that calls 'HttpClient.GetStringAsync' takes no token")
        .RunAsync();

    [Theory]
    [InlineData("return Policy.TimeoutAsync(5).ExecuteAsync(token => http.GetStringAsync(text, token), default);")]
    [InlineData("return Policy.TimeoutAsync(5, Polly.Timeout.TimeoutStrategy.Pessimistic).ExecuteAsync(() => http.GetStringAsync(text));")]
    [InlineData("return Policy.TimeoutAsync(5).ExecuteAsync(async () => { using var own = new CancellationTokenSource(100); return await http.GetStringAsync(text, own.Token); });")]
    [InlineData("return Policy.TimeoutAsync(5).ExecuteAsync(async () => { await Task.Delay(1); return text; });")]
    [InlineData("return Policy.Handle<Exception>().RetryAsync(2).ExecuteAsync(() => http.GetStringAsync(text));")]
    public Task Delegate_that_listens_or_waits_for_nothing_remote(string code) => Method(code).RunAsync();

    [Fact]
    public Task Policy_of_another_type_is_not_followed() => Method("return Limits.Five.ExecuteAsync(() => http.GetStringAsync(text));", "public static class Limits { public static readonly Polly.AsyncPolicy Five = Polly.Policy.TimeoutAsync(5); }").RunAsync();

    // ---- No end -------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("public Rates2() { {|#0:http.Timeout = Timeout.InfiniteTimeSpan|}; }")]
    [InlineData("public void Set() => {|#0:http.Timeout = TimeSpan.FromMilliseconds(-1)|};")]
    public Task Client_without_an_end(string member) => Client(member)
        .Expect(Warning, $"'{(member.Contains("Set", StringComparison.Ordinal) ? "Rates2.Set" : "new Rates2")}' sets a timeout with 'HttpClient.Timeout' that never takes effect: it is infinite, and nothing else in the type ends the calls")
        .RunAsync();

    [Theory]
    [InlineData("TimeSpan.FromDays(1)", "24 h")]
    [InlineData("TimeSpan.FromHours(2)", "2 h")]
    [InlineData("TimeSpan.FromMinutes(60)", "1 h")]
    [InlineData("TimeSpan.FromDays(7)", "7 days")]
    public Task Client_that_waits_for_hours(string time, string text) => Client($"public void Set() => {{|#0:http.Timeout = {time}|}};")
        .Expect(Info, $"'Rates2.Set' sets a timeout with 'HttpClient.Timeout' that never takes effect: {text} is longer than any caller waits for one answer")
        .RunAsync();

    [Theory]
    [InlineData("public Rates2() { http.Timeout = TimeSpan.FromMinutes(30); }")]
    [InlineData("public Rates2() { http.Timeout = TimeSpan.FromHours(3); } public Task<string> ReadAsync(string text) => http.GetStringAsync(text, new CancellationTokenSource(1000).Token);")]
    [InlineData("public Rates2() { http.Timeout = TimeSpan.FromSeconds(30); }")]
    [InlineData("public Rates2(TimeSpan? time) { http.Timeout = time ?? Timeout.InfiniteTimeSpan; }")]
    [InlineData("public Rates2(int time) { if (time == 0) http.Timeout = Timeout.InfiniteTimeSpan; }")]
    [InlineData("public Rates2() { http.Timeout = Timeout.InfiniteTimeSpan; } public async Task<string> ReadAsync(string text) { using var limit = new CancellationTokenSource(); limit.CancelAfter(100); return await http.GetStringAsync(text, limit.Token); }")]
    [InlineData("public Rates2() { http.Timeout = Timeout.InfiniteTimeSpan; } public Task<string> ReadAsync(string text) => http.GetStringAsync(text, new CancellationTokenSource(1000).Token);")]
    public Task Client_that_ends(string members) => Client(members).RunAsync();

    [Fact]
    public Task Any_other_limit_in_the_type_counts() => Client("public Rates2() { http.Timeout = Timeout.InfiniteTimeSpan; } public Task OtherAsync(CancellationTokenSource source) { source.CancelAfter(1); return Task.CompletedTask; }").RunAsync();

    // ---- A shorter one around it ----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("{|#0:options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(60)|}; options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(45);", "45")]
    [InlineData("{|#0:options.AttemptTimeout.Timeout = TimeSpan.FromMinutes(1)|};", "30")]
    public Task Attempt_that_is_longer_than_the_total(string code, string seconds) => Handler(code)
        .Expect(Warning, $"'Setup.Add' sets a timeout with 'HttpStandardResilienceOptions.AttemptTimeout' that never takes effect: 'TotalRequestTimeout' of {seconds} s ends the calls earlier")
        .RunAsync();

    [Theory]
    [InlineData("options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(60); options.TotalRequestTimeout.Timeout = TimeSpan.FromMinutes(3);")]
    [InlineData("options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(20);")]
    public Task Attempt_that_is_shorter(string code) => Handler(code).RunAsync();

    // ---- The wait alone -------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("using var process = new Process { StartInfo = start }; process.Start(); using var limit = new CancellationTokenSource(5000); await {|#0:process.WaitForExitAsync(limit.Token)|};")]
    [InlineData("using var process = Process.Start(start)!; using var limit = CancellationTokenSource.CreateLinkedTokenSource(token); limit.CancelAfter(5000); await {|#0:process.WaitForExitAsync(limit.Token)|}.ConfigureAwait(false);")]
    [InlineData("using var process = Process.Start(start) ?? throw new InvalidOperationException(); if (process == null) return; using var limit = new CancellationTokenSource(5000); try { await {|#0:process.WaitForExitAsync(limit.Token)|}; } catch (OperationCanceledException) { Console.Error.WriteLine(start.FileName); }")]
    public Task Process_that_goes_on_after_its_time_limit(string code) => Process(code)
        .Expect(Warning, "'Shell.RunAsync' sets a timeout with 'Process.WaitForExitAsync' that ends only the wait: what was started goes on; end it where the wait is cancelled")
        .RunAsync();

    [Fact]
    public Task Process_that_goes_on_after_its_caller() => Process("using var process = Process.Start(start)!; await {|#0:process.WaitForExitAsync(token)|};")
        .Expect(Info, "'Shell.RunAsync' passes a token to 'Process.WaitForExitAsync' that ends only the wait: what was started goes on; end it where the wait is cancelled")
        .RunAsync();

    [Theory]
    [InlineData("using var process = Process.Start(start)!; try { await process.WaitForExitAsync(token); } catch (OperationCanceledException) { process.Kill(true); throw; }")]
    [InlineData("using var process = Process.Start(start)!; using var stop = token.Register(() => process?.Kill()); await process.WaitForExitAsync(token);")]
    [InlineData("using var process = Process.Start(start)!; try { await process.WaitForExitAsync(token); } finally { End(process); } static void End(Process one) => one.Kill();")]
    [InlineData("using var process = Process.Start(start)!; using var end = new System.Threading.Timer(_ => Console.Write(process.Id)); await process.WaitForExitAsync(token);")]
    [InlineData("using var process = Process.Start(start)!; await process.WaitForExitAsync();")]
    // Others have it, and may end it.
    [InlineData("var process = kept; await process.WaitForExitAsync(token);")]
    [InlineData("await kept.WaitForExitAsync(token);")]
    public Task Process_that_is_ended_or_belongs_to_others(string code) => Process(code).RunAsync();

    private static RuleTest<AGL0304_InertTimeout> Process(string code) => new($$"""
        using System.Diagnostics;

        public class Shell(Process kept)
        {
            public Process Kept => kept;

            public async Task RunAsync(ProcessStartInfo start, CancellationToken token)
            {
                {{code}}
            }
        }
        """);

    [Fact]
    public Task Script_that_does_not_see_the_token() => Script("using var limit = new CancellationTokenSource(5000); return await {|#0:CSharpScript.EvaluateAsync(code, cancellationToken: limit.Token)|};")
        .Expect(Warning, "'Evaluator.RunAsync' sets a timeout with 'CSharpScript.EvaluateAsync' that ends only the wait: what was started goes on; end it where the wait is cancelled")
        .RunAsync();

    [Fact]
    public Task Script_without_a_time_limit() => Script("return await CSharpScript.EvaluateAsync(code, cancellationToken: token);").RunAsync();

    private static RuleTest<AGL0304_InertTimeout> Script(string code) => new RuleTest<AGL0304_InertTimeout>($$"""
        using Microsoft.CodeAnalysis.CSharp.Scripting;

        public static class Evaluator
        {
            public static async Task<object> RunAsync(string code, CancellationToken token)
            {
                {{code}}
            }
        }
        """).Reference(Library.Scripting);

    private static RuleTest<AGL0304_InertTimeout> Handler(string code) => new RuleTest<AGL0304_InertTimeout>($$"""
        using Microsoft.Extensions.DependencyInjection;

        public static class Setup
        {
            public static void Add(IHttpClientBuilder client) => client.AddStandardResilienceHandler(options =>
            {
                {{code}}
            });
        }
        """).Reference(Library.HttpResilience);

    private static RuleTest<AGL0304_InertTimeout> Client(string members) => new($$"""
        public class Rates2
        {
            private readonly HttpClient http = new();

            {{members}}
        }
        """);

    private static RuleTest<AGL0304_InertTimeout> Method(string code, params IEnumerable<string> files) => new([$$"""
        using Polly;

        public class Rates(HttpClient http)
        {
            public Task<string> ReadAsync(string text)
            {
                {{code}}
            }
        }
        """, .. files]);
}

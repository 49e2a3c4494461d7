using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Retries;

/// <summary>Retries without a bound are reported at the head of their loop, at the jump, or at what sets up the policy.</summary>
public sealed class AGL0201Tests
{
    private const string Rest = "leads to another attempt with no attempt limit, no deadline and no other exit";

    // ---- Loops ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("{|#0:while (true)|} { try { return await {|#1:client.GetResponseAsync(question)|}; } catch (Exception) { await Task.Delay(1); } }", "the 'catch' in line 7")]
    [InlineData("{|#0:for (;;)|} try { return await {|#1:client.GetResponseAsync(question)|}; } catch { }", "the 'catch' in line 7")]
    [InlineData("ChatResponse? r = null; {|#0:do|} { try { r = await {|#1:client.GetResponseAsync(question)|}; } catch (TimeoutException) { } } while (r == null); return r;", "the 'catch' in line 7")]
    // The work is begun anew in each turn.
    [InlineData("var work = client.GetResponseAsync(question); {|#0:while (!work.IsCompleted)|} { try { return await {|#1:client.GetResponseAsync(question)|}; } catch (Exception) { work = client.GetResponseAsync(question); } } return null;", "the 'catch' in line 7")]
    [InlineData("again: try { return await {|#1:client.GetResponseAsync(question)|}; } catch (Exception) { await Task.Delay(1); {|#0:goto again;|} }", "the 'catch' in line 7")]
    [InlineData("try { return await {|#1:client.GetResponseAsync(question)|}; } catch { return await {|#0:AskAsync(question, left - 1)|}; }", "the 'catch' in line 7")]
    [InlineData("var n = 0; {|#0:while (n < left)|} { var r = await {|#1:client.GetResponseAsync(question)|}; if (r == null) continue; n++; return r; } return null;", "the 'continue' in line 7")]
    public Task Loop(string body, string way) =>
        In(body).ExpectPath(Warning, $"'Desk.AskAsync' retries 'IChatClient.GetResponseAsync' for as long as it fails: {way} {Rest}", 0, 1).RunAsync();

    [Theory]
    [InlineData("for (var i = 0; i < left; i++) { try { return await client.GetResponseAsync(question); } catch (Exception) { await Task.Delay(1); } } return null;")]
    [InlineData("for (var i = 0; ; i++) try { return await client.GetResponseAsync(question); } catch when (i < left) { }")]
    [InlineData("ChatResponse? r = null; var n = 0; do { try { r = await client.GetResponseAsync(question); } catch (TimeoutException) { if (n++ == 2) throw; } } while (r == null); return r;")]
    [InlineData("var n = 0; again: try { return await client.GetResponseAsync(question); } catch (Exception) when (++n < 3) { goto again; }")]
    [InlineData("try { return await client.GetResponseAsync(question); } catch when (left > 0) { return await AskAsync(question, left - 1); }")]
    // It ends with work that was begun before.
    [InlineData("var work = client.GetResponseAsync(question); while (!work.IsCompleted) { try { return await client.GetResponseAsync(question); } catch (Exception) { await Task.Delay(1); } } return null;")]
    [InlineData("var n = 0; while (n < left) { n++; var r = await client.GetResponseAsync(question); if (r == null) continue; return r; } return null;")]
    public Task Loop_with_a_bound(string body) => In(body).RunAsync();

    [Fact]
    public Task A_token_alone_is_no_bound() => new RuleTest<AGL0201_UnboundedRetry>("""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client)
        {
            public async Task<ChatResponse> AskAsync(string question, CancellationToken token)
            {
                {|#0:while (true)|}
                {
                    try
                    {
                        return await client.GetResponseAsync(question, null, token);
                    }
                    catch (HttpRequestException)
                    {
                        await Task.Delay(1000, token);
                    }
                }
            }
        }
        """).Expect(Warning, $"'Desk.AskAsync' retries 'IChatClient.GetResponseAsync' for as long as it fails: the 'catch' in line 13 {Rest}").RunAsync();

    [Fact]
    public Task The_path_leads_through_helpers() => new RuleTest<AGL0201_UnboundedRetry>("""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client)
        {
            public async Task<string> AskAsync(string question)
            {
                {|#0:while (true)|}
                {
                    try
                    {
                        return await {|#1:GetAsync(question)|};
                    }
                    catch (Exception)
                    {
                    }
                }
            }

            private async Task<string> GetAsync(string question) => (await {|#2:client.GetResponseAsync(question)|}).Text;
        }
        """).ExpectPath(Warning, $"'Desk.AskAsync' retries 'Desk.GetAsync' (Desk.GetAsync → IChatClient.GetResponseAsync) for as long as it fails: the 'catch' in line 13 {Rest}", 0, 1, 2).RunAsync();

    // ---- What is not seen -------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("while (budget.Left > 0) { try { return await client.GetResponseAsync(question); } catch { budget.Spend(); } } return null;")]
    [InlineData("while (true) { try { return await client.GetResponseAsync(question); } catch { if (!budget.MayGoOn()) throw; } }")]
    [InlineData("while (!stopped) { try { return await client.GetResponseAsync(question); } catch { } } return null;")]
    public Task What_others_decide_is_a_bound(string body) => new RuleTest<AGL0201_UnboundedRetry>($$"""
        using Microsoft.Extensions.AI;

        public interface IBudget { int Left { get; } void Spend(); bool MayGoOn(); }

        public class Desk(IChatClient client, IBudget budget)
        {
            private bool stopped;

            public void Stop() => stopped = true;

            public async Task<ChatResponse?> AskAsync(string question)
            {
                {{body}}
            }
        }
        """).RunAsync();

    [Theory]
    [InlineData("while (true) { try { return client.GetResponseAsync(question).Result; } catch { } }")]
    [InlineData("await Task.Yield(); var tasks = new List<Task<ChatResponse>>(); while (true) { try { tasks.Add(client.GetResponseAsync(question)); break; } catch { } } return await tasks[0];")]
    public Task Work_that_is_not_awaited_is_not_seen(string body) => new RuleTest<AGL0201_UnboundedRetry>($$"""
        using Microsoft.Extensions.AI;

        #pragma warning disable CS1998
        public class Desk(IChatClient client)
        {
            public async Task<ChatResponse?> AskAsync(string question)
            {
                {{body}}
            }
        }
        """).RunAsync();

    [Fact]
    public Task Recursion_through_several_others_is_not_seen() => new RuleTest<AGL0201_UnboundedRetry>("""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client)
        {
            public async Task<ChatResponse?> AskAsync(string question)
            {
                try { return await client.GetResponseAsync(question); }
                catch { return await First(question); }
            }

            private Task<ChatResponse?> First(string question) => Second(question);

            private Task<ChatResponse?> Second(string question) => AskAsync(question);
        }
        """).RunAsync();

    [Fact]
    public Task Constructor_without_a_last_attempt() => Policy("new System.ClientModel.Primitives.ClientRetryPolicy(int.MaxValue)").RunAsync();

    // ---- Helpers that run what they are given -----------------------------------------------------------------------

    [Theory]
    [InlineData("await Retry(() => client.GetResponseAsync(question));", Warning, "'Func.Invoke' (IChatClient.GetResponseAsync)")]
    [InlineData("await Retry(async () => { await client.GetResponseAsync(question); });", Warning, "'Func.Invoke' (IChatClient.GetResponseAsync)")]
    [InlineData("await Retry(Ask);", Warning, "'Func.Invoke' (IChatClient.GetResponseAsync)")]
    [InlineData("", Info, "'Func.Invoke'")]
    public Task Helper_that_runs_a_delegate(string use, DiagnosticSeverity severity, string call) =>
        Helper(use, "{|#0:while (true)|}").Expect(severity, $"'Desk.Retry' retries {call} for as long as it fails: the 'catch' in line 16 {Rest}").RunAsync();

    [Fact]
    public Task Helper_that_is_given_nothing_remote() => Helper("await Retry(() => File.WriteAllTextAsync(question, question));", "while (true)").RunAsync();

    // ---- Policies ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("Policy.Handle<Exception>().{|#0:RetryForeverAsync|}()", "PolicyBuilder.RetryForeverAsync")]
    [InlineData("Policy.Handle<Exception>().{|#0:RetryForever|}()", "PolicyBuilder.RetryForever")]
    [InlineData("Policy.Handle<Exception>().{|#0:WaitAndRetryForeverAsync|}(_ => TimeSpan.FromSeconds(1))", "PolicyBuilder.WaitAndRetryForeverAsync")]
    [InlineData("Policy<int>.Handle<Exception>().{|#0:WaitAndRetryForeverAsync|}(_ => TimeSpan.FromSeconds(1))", "PolicyBuilder.WaitAndRetryForeverAsync")]
    [InlineData("Policy.Handle<Exception>().{|#0:RetryAsync|}(int.MaxValue)", "PolicyBuilder.RetryAsync")]
    [InlineData("Policy.Handle<Exception>().{|#0:WaitAndRetryAsync|}(retryCount: int.MaxValue, _ => TimeSpan.FromSeconds(1))", "PolicyBuilder.WaitAndRetryAsync")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new() { {|#0:MaxRetryAttempts|} = int.MaxValue })", "RetryStrategyOptions.MaxRetryAttempts")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new Polly.Retry.RetryStrategyOptions { Delay = TimeSpan.Zero, {|#0:MaxRetryAttempts|} = int.MaxValue })", "RetryStrategyOptions.MaxRetryAttempts")]
    public Task Policy_without_a_last_attempt(string policy, string name) =>
        Policy(policy).Expect(Warning, $"'Desk.Make' retries every call under its policy for as long as it fails: '{name}' sets no attempt limit").RunAsync();

    [Theory]
    [InlineData("Policy.Handle<Exception>().RetryAsync(3)")]
    [InlineData("Policy.Handle<Exception>().RetryAsync()")]
    [InlineData("Policy.Handle<Exception>().WaitAndRetryAsync(3, _ => TimeSpan.FromSeconds(1))")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = 5 })")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new())")]
    public Task Policy_with_a_last_attempt(string policy) => Policy(policy).RunAsync();

    [Theory]
    [InlineData("", "Desk.Open();", true)]
    [InlineData("", "Desk.Open(); return;", false, "")]
    [InlineData("", "System.AppDomain.CurrentDomain.ProcessExit += (_, _) => Desk.Open();", false)]
    [InlineData("public sealed class Worker : Microsoft.Extensions.Hosting.BackgroundService { protected override System.Threading.Tasks.Task ExecuteAsync(System.Threading.CancellationToken token) { Desk.Open(); return System.Threading.Tasks.Task.CompletedTask; } }", "Desk.Open();", false)]
    public Task Policy_of_the_start_alone(string other, string call, bool isOfStart, string host = "var app = WebApplication.CreateBuilder(args).Build();")
    {
        var test = new RuleTest<AGL0201_UnboundedRetry>($$"""
            using Microsoft.AspNetCore.Builder;
            using Polly;

            public static class Desk
            {
                public static void Open() => Make().Execute(() => System.Console.Error.WriteLine("opening"));
                private static ISyncPolicy Make() => Policy.Handle<System.Exception>().{|#0:WaitAndRetryForever|}(_ => System.TimeSpan.FromSeconds(1));
            }
            {{other}}
            public static class Program
            {
                public static void Main(string[] args)
                {
                    {{host}}
                    {{call}}
                    {{(host == "" ? "" : "app.Run();")}}
                }
            }
            """).Reference(Library.AspNetCore).Reference(Library.Hosting);
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        test.Configure("agentlint.host = service");
        return test.Expect(isOfStart ? Info : Warning, "'Desk.Make' retries every call under its policy for as long as it fails: 'PolicyBuilder.WaitAndRetryForever' sets no attempt limit").RunAsync();
    }

    private static RuleTest<AGL0201_UnboundedRetry> Policy(string policy) => new($$"""
        using Polly;

        public static class Desk
        {
            public static object Make() => {{policy}};
        }
        """);

    private static RuleTest<AGL0201_UnboundedRetry> Helper(string use, string loop) => new($$"""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client)
        {
            public async Task UseAsync(string question)
            {
                {{use}}
                await Task.Yield();
            }

            private async Task Retry(Func<Task> work)
            {
                {{loop}}
                {
                    try { await work(); return; }
                    catch (Exception) { await Task.Delay(100); }
                }
            }

            private Task Ask() => client.GetResponseAsync("");
        }
        """);

    private static RuleTest<AGL0201_UnboundedRetry> In(string body) => new($$"""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client)
        {
            public async Task<ChatResponse?> AskAsync(string question, int left)
            {
                {{body}}
            }
        }
        """);


    // ---- Messages that are put back ----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await channel.{|#0:BasicNackAsync|}(tag, false, requeue: true);", "BasicNackAsync")]
    [InlineData("await channel.{|#0:BasicRejectAsync|}(tag, true);", "BasicRejectAsync")]
    [InlineData("await channel.BasicNackAsync(tag, false, requeue: false);", null)]
    [InlineData("await channel.BasicNackAsync(tag, false, requeue: !message.Redelivered);", null)]
    [InlineData("if (tries < 5) await channel.BasicNackAsync(tag, false, requeue: true); else await channel.BasicNackAsync(tag, false, requeue: false);", null)]
    [InlineData("await channel.BasicNackAsync(tag, false, requeue: again);", null)]
    public Task Message_that_is_put_back(string body, string? name)
    {
        var test = new RuleTest<AGL0201_UnboundedRetry>($$"""
            using RabbitMQ.Client;
            using RabbitMQ.Client.Events;

            public class Desk(IChannel channel, HttpClient http)
            {
                public async Task HandleAsync(BasicDeliverEventArgs message, ulong tag, int tries, bool again)
                {
                    try { await http.GetStringAsync("orders"); }
                    catch (Exception) { {{body}} }
                }
            }
            """).Reference(Library.RabbitMQ);
        return name == null
            ? test.RunAsync()
            : test.Expect(Info, $"'Desk.HandleAsync' retries the handling of a message for as long as it fails: 'IChannel.{name}' puts it back into the queue, and nothing counts its deliveries").RunAsync();
    }

    [Theory]
    [InlineData("await channel.QueueDeclareAsync(\"orders\", true, false, false, null);", "Exception", Warning)]
    [InlineData("await channel.QueueDeclareAsync(queue: \"orders\", durable: true, exclusive: false, autoDelete: false, arguments: null);", "Exception failure", Warning)]
    [InlineData("await channel.QueueDeclareAsync(\"orders\");", "Exception", Warning)]
    // A limit of the queue, a queue that another program declares, and one kind of failure.
    [InlineData("await channel.QueueDeclareAsync(\"orders\", true, false, false, new Dictionary<string, object?> { [\"x-delivery-limit\"] = 5 });", "Exception", Info)]
    [InlineData("await channel.QueueDeclareAsync(\"orders\", true, false, false, arguments: limits);", "Exception", Info)]
    [InlineData("", "Exception", Info)]
    [InlineData("await channel.QueueDeclareAsync(\"orders\");", "HttpRequestException", Info)]
    public Task Message_that_is_put_back_into_a_queue_of_the_program(string declaration, string caught, Microsoft.CodeAnalysis.DiagnosticSeverity severity) =>
        Queue(declaration, $"catch ({caught}) {{ await channel.{{|#0:BasicNackAsync|}}(tag, false, requeue: true); }}")
            .Expect(severity, "'Desk.HandleAsync' retries the handling of a message for as long as it fails: 'IChannel.BasicNackAsync' puts it back into the queue, and nothing counts its deliveries").RunAsync();

    [Theory]
    [InlineData("catch (OperationCanceledException) when (stop.IsCancellationRequested) { await channel.BasicNackAsync(tag, false, requeue: true); throw; }")]
    [InlineData("catch (Exception failure) when (failure is OperationCanceledException) { await channel.BasicNackAsync(tag, false, requeue: true); throw; }")]
    public Task Message_that_is_put_back_when_the_program_ends(string handler) => Queue("await channel.QueueDeclareAsync(\"orders\");", handler).RunAsync();

    private static RuleTest<AGL0201_UnboundedRetry> Queue(string declaration, string handler) => new RuleTest<AGL0201_UnboundedRetry>($$"""
        using RabbitMQ.Client;

        public class Desk(IChannel channel, HttpClient http)
        {
            public async Task StartAsync(Dictionary<string, object?> limits) { await Task.Yield(); {{declaration}} }
            public async Task HandleAsync(ulong tag, CancellationToken stop)
            {
                try { await http.GetStringAsync("orders", stop); }
                {{handler}}
            }
        }
        """).Reference(Library.RabbitMQ);

    [Theory]
    [InlineData("while (true) { try { return await http.GetStringAsync(\"/\", token); } catch (TaskCanceledException) when (!token.IsCancellationRequested) { } }")]
    public Task Long_poll(string body) => new RuleTest<AGL0201_UnboundedRetry>($"public class Desk(HttpClient http) {{ public async Task<string> Wait(CancellationToken token) {{ {body} }} }}").RunAsync();
}

using AgentLint.Rules.Isolation;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>Remote work that is left alone is a warning where it uses what ends before it, and a suggestion where its failure is lost.</summary>
public sealed class AGL0402Tests
{
    private const string Send = "private async Task SendAsync(string text) { await http.PostAsync(\"mail\", null); db.Add(text); await db.SaveChangesAsync(); }";

    [Theory]
    [InlineData("_ = {|#0:SendAsync|}(text);")]
    [InlineData("{|#0:SendAsync|}(text);")]
    [InlineData("_ = {|#0:Task.Run|}(() => SendAsync(text));")]
    [InlineData("_ = {|#0:Task.Run|}(async () => { try { await SendAsync(text); } catch (Exception e) { Console.WriteLine(e); } });")]
    [InlineData("var sent = {|#0:SendAsync|}(text);")]
    [InlineData("var all = new List<Task>(); all.Add({|#0:SendAsync|}(text));")]
    [InlineData("_ = {|#0:SendAsync|}(text).ContinueWith(_ => Console.WriteLine(\"sent\"));")]
    [InlineData("new[] { text }.ToList().ForEach(t => {|#0:SendAsync|}(t));")]
    public Task Context_of_a_request_is_used_after_its_end(string code) => Controller(code + " await Task.Yield();", Send)
        .Expect(Warning, "'Desk.Close' does not wait for the HTTP call 'HttpClient.PostAsync' (Desk.Close → Desk.SendAsync → HttpClient.PostAsync), which uses 'db', a service whose scope may end first")
        .RunAsync();

    [Theory]
    [InlineData("await SendAsync(text);")]
    [InlineData("await Task.WhenAll(SendAsync(text));")]
    [InlineData("var sent = SendAsync(text); Console.WriteLine(1); await sent;")]
    [InlineData("var all = new List<Task>(); all.Add(SendAsync(text)); await Task.WhenAll(all);")]
    [InlineData("kept = SendAsync(text); await Task.Yield();")]
    [InlineData("await Keep(SendAsync(text));")]
    public Task Task_that_is_waited_for_or_kept(string code) => Controller(code, Send + " private Task? kept; public object? Kept => kept; private static Task Keep(Task task) => task;").RunAsync();

    [Theory]
    [InlineData("_ = {|#0:http.PostAsync|}(text, null);", "")]
    [InlineData("_ = {|#0:PostAsync|}(text);", " (Desk.Close → Desk.PostAsync → HttpClient.PostAsync)")]
    [InlineData("_ = {|#0:PostAsync|}(text).ContinueWith(_ => Console.WriteLine(text));", " (Desk.Close → Desk.PostAsync → HttpClient.PostAsync)")]
    [InlineData("_ = {|#0:Task.Run|}(async () => { try { await http.PostAsync(text, null); } catch (OperationCanceledException) { } });", "")]
    [InlineData("_ = {|#0:http.PostAsync|}(text, null).ContinueWith(task => { if (task.IsCompletedSuccessfully) Console.WriteLine(task.Result.StatusCode); });", "")]
    public Task Failure_that_is_lost_is_a_suggestion(string code, string way) => Controller(code + " await Task.Yield();", "private async Task PostAsync(string text) => await http.PostAsync(text, null);")
        .Expect(Info, $"'Desk.Close' does not wait for the HTTP call 'HttpClient.PostAsync'{way}, and its failure is lost")
        .RunAsync();

    // What fails far down is handled on the way, or is left alone there and reported there.
    [Theory]
    [InlineData("private async Task PostAsync(string text) { await Task.Yield(); await TrySendAsync(text); } private async Task TrySendAsync(string text) { await Task.Yield(); await LastAsync(text); } private async Task<bool> LastAsync(string text) { try { await http.PostAsync(text, null); return true; } catch { return false; } }")]
    [InlineData("private async Task PostAsync(string text) { await Task.Yield(); try { await Task.Yield(); await LastAsync(text); } catch (Exception) { Console.WriteLine(text); } await TailAsync(); } private static async Task TailAsync() { await Task.Yield(); } private async Task LastAsync(string text) { await http.PostAsync(text, null); }")]
    public Task Failure_that_is_handled_on_the_way(string members) => Controller("_ = PostAsync(text); await Task.Yield();", members).RunAsync();

    [Fact]
    public Task Inner_work_that_is_left_alone_is_reported_there() => Controller(
        "_ = PostAsync(text); await Task.Yield();",
        "private async Task PostAsync(string text) { await Task.Yield(); _ = {|#0:LastAsync|}(text); } private async Task LastAsync(string text) { await http.PostAsync(text, null); }")
        .Expect(Info, "'Desk.PostAsync' does not wait for the HTTP call 'HttpClient.PostAsync' (Desk.PostAsync → Desk.LastAsync → HttpClient.PostAsync), and its failure is lost")
        .RunAsync();

    [Theory]
    // Its failure is handled, by itself or by what follows it.
    [InlineData("_ = Task.Run(async () => { try { await http.PostAsync(text, null); } catch (Exception e) { Console.WriteLine(e); } });")]
    [InlineData("_ = TryPostAsync(text);")]
    [InlineData("_ = http.PostAsync(text, null).ContinueWith(task => { try { Console.WriteLine(task.Result.StatusCode); } catch (Exception e) { Console.WriteLine(e); } });")]
    [InlineData("_ = Task.Run(async () => { await http.GetAsync(text); try { await http.PostAsync(text, null); } catch (Exception e) { Console.WriteLine(e); } });")]
    [InlineData("_ = Task.Run(() => TryPostAsync(text));")]
    [InlineData("_ = http.PostAsync(text, null).ContinueWith(task => Console.WriteLine(task.Exception));")]
    [InlineData("_ = http.PostAsync(text, null).ContinueWith(_ => Console.WriteLine(), TaskContinuationOptions.OnlyOnFaulted);")]
    // A scope of its own.
    [InlineData("_ = Task.Run(async () => { try { using var scope = scopes.CreateScope(); var own = scope.ServiceProvider.GetRequiredService<Store>(); await own.SaveChangesAsync(); } catch (Exception e) { Console.WriteLine(e); } });")]
    // It gives back a task that has ended.
    [InlineData("_ = StartAsync(text);")]
    // As long as the program.
    [InlineData("_ = Task.Run(async () => { while (!stop.IsCancellationRequested) { await http.GetAsync(text); await Task.Delay(1000); } });")]
    [InlineData("_ = PumpAsync();")]
    // Nothing remote.
    [InlineData("_ = Task.Delay(1);")]
    [InlineData("_ = Task.Run(() => Console.WriteLine(text));")]
    public Task Work_that_is_left_on_purpose(string code) => Controller(code + " await Task.Yield();", """
        private CancellationToken stop;
        private Task StartAsync(string text) { kept = http.PostAsync(text, null); return Task.CompletedTask; }
        private Task? kept;
        public object? Kept => kept;
        private async Task TryPostAsync(string text) { await Task.Yield(); try { await http.PostAsync(text, null); } catch (HttpRequestException e) { await Task.Delay(1); Console.WriteLine(e); } }
        private async Task PumpAsync() { await foreach (var text in Texts()) await http.PostAsync(text, null); }
        private static async IAsyncEnumerable<string> Texts() { await Task.Yield(); yield return ""; }
        """).RunAsync();

    [Theory]
    [InlineData("using var scope = scopes.CreateScope(); var own = scope.ServiceProvider.GetRequiredService<Mailer>(); _ = {|#0:Task.Run|}(async () => { await own.SendAsync(text); });", "own")]
    [InlineData("using (var scope = scopes.CreateScope()) { _ = {|#0:Task.Run|}(async () => await scope.ServiceProvider.GetRequiredService<Mailer>().SendAsync(text)); }", "scope")]
    [InlineData("using var client = new HttpClient(); _ = {|#0:client.GetAsync|}(text);", "client", "HttpClient.GetAsync")]
    [InlineData("using var content = new StringContent(text); _ = {|#0:http.PostAsync|}(text, content);", "content")]
    public Task What_a_using_disposes_is_used_after_it(string code, string name, string call = "HttpClient.PostAsync") => Controller(code + " await Task.Yield();", "", """
        public class Mailer(System.Net.Http.HttpClient http) { public async System.Threading.Tasks.Task SendAsync(string text) => await http.PostAsync(text, null); }
        """)
        .Expect(Warning, $"'Desk.Close' does not wait for the HTTP call '{call}'{(code.Contains("Mailer", StringComparison.Ordinal) ? " (Desk.Close → Mailer.SendAsync → HttpClient.PostAsync)" : "")}, which uses '{name}' after the end of its 'using'")
        .RunAsync();

    [Theory]
    [InlineData("using var end = new CancellationTokenSource(); _ = TryAsync(end.Token);")]
    [InlineData("using var content = new StringContent(text); _ = TryAsync(content.Headers.ContentLength > 0 ? default : stop);")]
    [InlineData("using var content = new StringContent(text); await http.PostAsync(text, content);")]
    public Task What_is_read_at_once_or_only_tells_of_an_end(string code) => Controller(code + " await Task.Yield();", """
        private CancellationToken stop;
        private async Task TryAsync(CancellationToken token) { try { await http.GetAsync("", token); } catch (Exception e) { Console.WriteLine(e); } }
        """).RunAsync();

    [Theory]
    [InlineData("provider.GetRequiredService<Mailer>()", true)]
    [InlineData("provider.CreateScope().ServiceProvider.GetRequiredService<Mailer>()", false)]
    public async Task Provider_of_a_request(string mailer, bool isOfRequest)
    {
        var test = new RuleTest<AGL0402_AbandonedAgentCall>($$"""
            using Microsoft.AspNetCore.Mvc;
            using Microsoft.Extensions.AI;
            using Microsoft.Extensions.DependencyInjection;

            public class Mailer(HttpClient http) { public async Task SendAsync() => await http.PostAsync("", null); }

            public class Desk(IServiceProvider provider, IChatClient model) : ControllerBase
            {
                public object Model => model;

                [HttpPost]
                public string Close()
                {
                    _ = {|#0:Task.Run|}(async () => { try { await {{mailer}}.SendAsync(); } catch (Exception e) { Console.WriteLine(e); } });
                    return "";
                }
            }
            """).Reference(Library.AspNetCore);
        if (isOfRequest)
            test.Expect(Warning, "'Desk.Close' does not wait for the HTTP call 'HttpClient.PostAsync' (Desk.Close → Mailer.SendAsync → HttpClient.PostAsync), which uses 'provider', a service whose scope may end first");
        await test.RunAsync();
    }

    [Fact]
    public Task Request_is_used_after_its_answer() => Controller("_ = {|#0:Task.Run|}(async () => { try { await http.PostAsync(Request.Path, null); } catch { } }); await Task.Yield();", "")
        .Expect(Warning, "'Desk.Close' does not wait for the HTTP call 'HttpClient.PostAsync', which uses 'Request' of a request that may have been answered")
        .RunAsync();

    [Fact]
    public Task Context_that_the_code_after_it_uses_too() => new RuleTest<AGL0402_AbandonedAgentCall>("""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.AI;

        public class Store : DbContext;

        public class Import(IChatClient model)
        {
            public async Task Run()
            {
                var db = new Store();
                db.Add(model);
                _ = {|#0:db.SaveChangesAsync|}();
                await db.SaveChangesAsync();
            }
        }
        """)
        .Expect(Warning, "'Import.Run' does not wait for the database call 'DbContext.SaveChangesAsync', which uses 'db' while the code after it does")
        .RunAsync();

    // A scoped service that holds nothing which is disposed may outlive its scope.
    [Theory]
    [InlineData("public class Router(System.Net.Http.HttpClient http) : IRouter { public async System.Threading.Tasks.Task RouteAsync(string text) => await http.PostAsync(text, null); }", false)]
    [InlineData("public class Router(System.Net.Http.HttpClient http, Store db) : IRouter { public async System.Threading.Tasks.Task RouteAsync(string text) { await http.PostAsync(text, null); await db.SaveChangesAsync(); } }", true)]
    public async Task Scoped_service(string router, bool isHeld)
    {
        var test = new RuleTest<AGL0402_AbandonedAgentCall>("""
            using Microsoft.AspNetCore.Builder;
            using Microsoft.EntityFrameworkCore;
            using Microsoft.Extensions.AI;
            using Microsoft.Extensions.DependencyInjection;

            public class Store : DbContext;
            public interface IRouter { Task RouteAsync(string text); }

            public static class Setup
            {
                public static void Add(IServiceCollection services) => services.AddScoped<IRouter, Router>();

                public static void Map(WebApplication app) => app.MapPost("/messages", (string text, IRouter router) =>
                {
                    _ = {|#0:Task.Run|}(async () =>
                    {
                        try { await router.RouteAsync(text); }
                        catch (Exception e) { Console.WriteLine(e); }
                    });
                    return "accepted";
                });
            }
            """, router).Reference(Library.AspNetCore);
        if (isHeld)
            test.Expect(Warning, "'Setup.Map' does not wait for the HTTP call 'HttpClient.PostAsync' (Setup.Map → IRouter.RouteAsync → HttpClient.PostAsync), which uses 'router', a service whose scope may end first");
        await test.RunAsync();
    }

    // What is not delivered again is no matter of acknowledgement.
    [Theory]
    [InlineData("MassTransit.IConsumer<Question>", "public async Task Consume(MassTransit.ConsumeContext<Question> context)", true)]
    [InlineData("IDisposable", "public async Task Answer(string text)", false)]
    public async Task Message_is_acknowledged_before_the_work_has_ended(string kind, string method, bool isMessage)
    {
        var test = new RuleTest<AGL0402_AbandonedAgentCall>($$"""
            using Microsoft.Extensions.AI;

            public record Question(string Text);

            public class Inbox(IChatClient model) : {{kind}}
            {
                {{method}}
                {
                    await Task.Yield();
                    _ = {|#0:TryAsync|}();
                }

                private async Task TryAsync()
                {
                    try { await model.GetResponseAsync(""); } catch (Exception e) { Console.WriteLine(e); }
                }

                public void Dispose() => Console.WriteLine();
            }
            """);
        if (isMessage)
            test.Expect(Info, "'Inbox.Consume' does not wait for the model call 'IChatClient.GetResponseAsync' (Inbox.Consume → Inbox.TryAsync → IChatClient.GetResponseAsync), and the message that asked for it is acknowledged first");
        await test.RunAsync();
    }

    [Fact]
    public Task Singleton_keeps_what_it_uses() => new RuleTest<AGL0402_AbandonedAgentCall>("""
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;

        public class Summaries(IChatClient model, IServiceScopeFactory scopes)
        {
            public void Start(string text) => _ = WriteAsync(text);

            private async Task WriteAsync(string text)
            {
                try { using var scope = scopes.CreateScope(); await model.GetResponseAsync(text); }
                catch (Exception e) { Console.WriteLine(e); }
            }

            public static void Add(IServiceCollection services) => services.AddSingleton<Summaries>();
        }
        """).RunAsync();

    [Fact]
    public async Task Work_of_another_project_is_a_suggestion()
    {
        var test = new RuleTest<AGL0402_AbandonedAgentCall>("""
            using Microsoft.Extensions.AI;

            public class Desk(IChatClient model)
            {
                public object Model => model;

                public void Start(Other.Group group) => {|#0:Task.Run|}(async () => await group.AnswerAsync());
            }
            """).Expect(Info, "'Desk.Start' does not wait for 'Task.Run', and its failure is lost");
        test.TestState.AdditionalProjects["Other"].Sources.Add("namespace Other { public class Group { public System.Threading.Tasks.Task AnswerAsync() => System.Threading.Tasks.Task.CompletedTask; } }");
        test.TestState.AdditionalProjectReferences.Add("Other");
        await test.RunAsync();
    }

    [Fact]
    public Task Step_of_a_workflow() => new RuleTest<AGL0402_AbandonedAgentCall>("""
        using Microsoft.DurableTask;

        public class Order : TaskOrchestrator<string, string>
        {
            public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
            {
                _ = {|#0:context.CallActivityAsync|}("Tell", input);
                await context.CallActivityAsync("Pay", input);
                return "";
            }
        }
        """).Reference(Library.DurableTask)
        .Expect(Info, "'Order.RunAsync' does not wait for 'TaskOrchestrationContext.CallActivityAsync', and its failure is lost")
        .RunAsync();

    [Fact]
    public Task Clean_up_is_left_alone() => new RuleTest<AGL0402_AbandonedAgentCall>("""
        using Microsoft.Extensions.AI;

        public sealed class Desk(HttpClient http, IChatClient model) : IDisposable
        {
            public object Model => model;

            public void Dispose() => _ = http.DeleteAsync("session");

            public async Task Run() { try { await model.GetResponseAsync(""); } finally { _ = http.PostAsync("end", null); } }
        }
        """).RunAsync();

    private static RuleTest<AGL0402_AbandonedAgentCall> Controller(string code, string members, params IEnumerable<string> files) => new RuleTest<AGL0402_AbandonedAgentCall>([$$"""
        #nullable enable
        using Microsoft.AspNetCore.Mvc;
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;

        public class Store : DbContext;

        public class Desk(HttpClient http, Store db, IServiceScopeFactory scopes, IChatClient model) : ControllerBase
        {
            public object[] All => [http, scopes, model];

            [HttpPost]
            public async Task Close(string text) { {{code}} }

            {{members}}

            public Store Own() => db;
        }
        """, .. files]).Reference(Library.AspNetCore);
}

using AgentLint.Rules.Deadlines;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>Remote calls that are not given the token in scope are reported once for each function; all that has its reasons is not.</summary>
public sealed class AGL0301Tests
{
    // ---- Which calls ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await model.{|#0:GetResponseAsync|}(text);", "model call 'IChatClient.GetResponseAsync'")]
    [InlineData("await http.{|#0:GetStringAsync|}(text);", "HTTP call 'HttpClient.GetStringAsync'")]
    [InlineData("await http.{|#0:PostAsync|}(text, null);", "HTTP call 'HttpClient.PostAsync'")]
    [InlineData("await mcp.{|#0:CallToolAsync|}(text);", "tool call 'McpClient.CallToolAsync'")]
    [InlineData("await db.Set<Ticket>().{|#0:ToListAsync|}();", "database call 'IQueryable.ToListAsync'")]
    // The overload for single messages takes no token: the one for a list does.
    [InlineData("await openAI.{|#0:CompleteChatAsync|}(text);", "model call 'ChatClient.CompleteChatAsync'")]
    [InlineData("await openAI.{|#0:CompleteChatAsync|}(new OpenAI.Chat.SystemChatMessage(text), new OpenAI.Chat.UserChatMessage(text));", "model call 'ChatClient.CompleteChatAsync'")]
    // A place that is filled.
    [InlineData("await model.{|#0:GetResponseAsync|}(text, null, default);", "model call 'IChatClient.GetResponseAsync'")]
    [InlineData("var task = model.{|#0:GetResponseAsync|}(text); await task.ConfigureAwait(false);", "model call 'IChatClient.GetResponseAsync'")]
    [InlineData("await foreach (var part in model.{|#0:GetStreamingResponseAsync|}(text)) Console.Write(part);", "model call 'IChatClient.GetStreamingResponseAsync'")]
    [InlineData("await Task.WhenAll(model.{|#0:GetResponseAsync|}(text));", "model call 'IChatClient.GetResponseAsync'")]
    public Task Call_without_the_token(string code, string call) => Desk(code)
        .Expect(Warning, $"'Desk.AskAsync' does not pass 'token' to the {call}: the call continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    [InlineData("var reader = new System.IO.StreamReader(await response.Content.ReadAsStreamAsync(token)); while (await reader.{|#0:ReadLineAsync|}() is { } line) Console.Write(line);", "StreamReader.ReadLineAsync")]
    [InlineData("Console.Write(await response.Content.{|#0:ReadAsStringAsync|}());", "HttpContent.ReadAsStringAsync")]
    public Task Body_that_comes_after_the_headers(string code, string call) => Desk($"using var response = await http.SendAsync(new HttpRequestMessage(), HttpCompletionOption.ResponseHeadersRead, token); {code}")
        .Expect(Warning, $"'Desk.AskAsync' does not pass 'token' to the HTTP call '{call}': the call continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    [InlineData("using var response = await http.SendAsync(new HttpRequestMessage(), HttpCompletionOption.ResponseHeadersRead, token); Console.Write(await response.Content.ReadAsStringAsync(token));")]
    // The whole response is there.
    [InlineData("using var response = await http.SendAsync(new HttpRequestMessage(), token); Console.Write(await response.Content.ReadAsStringAsync());")]
    public Task Body_that_is_there_or_is_given_the_token(string code) => Desk(code).RunAsync();

    // Where no caller in the program gives the token, nothing cancels it.
    [Theory]
    [InlineData("public async Task RunAsync() { await HelpAsync(\"a\"); await HelpAsync(\"b\", CancellationToken.None); }", false)]
    [InlineData("public async Task RunAsync(CancellationToken stopping) => await HelpAsync(\"b\", stopping);", true)]
    public Task Function_whose_callers_give_no_token(string calls, bool isWarning) => Member($$"""
        {{calls}}
        private async Task HelpAsync(string text, CancellationToken token = default) { await http.{|#0:GetStringAsync|}(text); await Task.Delay(1, token); }
        """)
        .Expect(isWarning ? Warning : Info, "'Desk.HelpAsync' does not pass 'token' to the HTTP call 'HttpClient.GetStringAsync': the call continues after its caller has cancelled")
        .RunAsync();

    // The token of a parallel loop's body ends with the one that the loop is given; else only with the failure of a sibling.
    [Theory]
    [InlineData("", false)]
    [InlineData("new ParallelOptions { MaxDegreeOfParallelism = 4 }, ", false)]
    [InlineData("options, ", false)]
    [InlineData("new ParallelOptions { CancellationToken = token }, ", true)]
    [InlineData("token, ", true)]
    [InlineData("stopped, ", true)]
    public Task Body_of_a_parallel_loop(string given, bool isWarning) => Member($$"""
        public async Task AskAllAsync(string[] all{{(given.Contains("token", StringComparison.Ordinal) ? ", CancellationToken token" : "")}})
        {
            using var never = new CancellationTokenSource();
            var options = new ParallelOptions { CancellationToken = never.Token };
            using var source = new CancellationTokenSource();
            var stopped = new ParallelOptions { CancellationToken = source.Token };
            source.CancelAfter(1000);
            await Parallel.ForEachAsync(all, {{given}}async (text, inner) => await http.{|#0:GetStringAsync|}(text));
            Console.WriteLine((options, stopped));
        }
        """)
        .Expect(isWarning ? Warning : Info, "'Desk.AskAllAsync' does not pass 'inner' to the HTTP call 'HttpClient.GetStringAsync': the call continues after its caller has cancelled")
        .RunAsync();

    // SQLite runs in the process: there is no other side to wait for.
    [Theory]
    [InlineData("Microsoft.Data.Sqlite.SqliteConnection", false)]
    [InlineData("System.Data.Common.DbConnection", true)]
    public Task Embedded_database(string connection, bool isReported)
    {
        var test = Member($$"""
            public async Task ReadAsync({{connection}} connection, CancellationToken token)
            {
                await connection.{{(isReported ? "{|#0:OpenAsync|}" : "OpenAsync")}}();
                Console.WriteLine(token);
            }
            """).Reference(Library.Sqlite);
        return (isReported
            ? test.Expect(Warning, "'Desk.ReadAsync' does not pass 'token' to the database call 'DbConnection.OpenAsync': the call continues after its caller has cancelled")
            : test).RunAsync();
    }

    [Fact]
    public Task Context_of_a_controller() => Controller("public async Task<string> Ask(string text) => (await model.{|#0:GetResponseAsync|}(text)).Text;")
        .Expect(Info, "'Chat.Ask' does not pass 'HttpContext.RequestAborted' to the model call 'IChatClient.GetResponseAsync': the call continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    // What takes no time, what is given a token, and what has no context.
    [InlineData("public Task<string> Page(string text) => http.GetStringAsync(text);")]
    [InlineData("public async Task<string> Ask(string text) => (await model.GetResponseAsync(text, cancellationToken: HttpContext.RequestAborted)).Text;")]
    [InlineData("public static async Task<string> Ask(IChatClient model, string text) => (await model.GetResponseAsync(text)).Text;")]
    [InlineData("public void Ask(string text) => _ = model.GetResponseAsync(text);")]
    // What the request does not wait for.
    [InlineData("public void Ask(string text) => _ = SayAsync(text); private async Task SayAsync(string text) => await model.GetResponseAsync(text);")]
    public Task Controller_with_a_reason(string member) => Controller(member).RunAsync();

    private static RuleTest<AGL0301_DroppedCancellationToken> Controller(string member) => new RuleTest<AGL0301_DroppedCancellationToken>($$"""
        using Microsoft.AspNetCore.Mvc;
        using Microsoft.Extensions.AI;

        [ApiController]
        public class Chat(IChatClient model, HttpClient http) : ControllerBase
        {
            public void Use() { _ = model; _ = http; }

            {{member}}
        }
        """).Reference(Library.AspNetCore);

    [Theory]
    [InlineData("await model.GetResponseAsync(text, cancellationToken: token);")]
    [InlineData("await model.GetResponseAsync(text, null, token);")]
    [InlineData("await http.GetStringAsync(text, token);")]
    [InlineData("await foreach (var part in model.GetStreamingResponseAsync(text).WithCancellation(token)) Console.Write(part);")]
    [InlineData("var stream = model.GetStreamingResponseAsync(text); await foreach (var part in stream.WithCancellation(token).ConfigureAwait(false)) Console.Write(part);")]
    // Linked, or of a time limit.
    [InlineData("using var limit = CancellationTokenSource.CreateLinkedTokenSource(token); await model.GetResponseAsync(text, cancellationToken: limit.Token);")]
    [InlineData("using var limit = new CancellationTokenSource(1000); await model.GetResponseAsync(text, cancellationToken: limit.Token);")]
    // Who waits is let go.
    [InlineData("await model.GetResponseAsync(text).WaitAsync(token);")]
    [InlineData("await Task.WhenAny(model.GetResponseAsync(text), Task.Delay(1000, token));")]
    public Task Call_that_the_token_reaches(string code) => Desk(code).RunAsync();

    [Theory]
    // What must be done although the caller has gone.
    [InlineData("try { await Task.Yield(); } finally { await http.DeleteAsync(text); }")]
    [InlineData("try { await Task.Yield(); } catch (InvalidOperationException) { await http.DeleteAsync(text); throw; }")]
    [InlineData("if (token.IsCancellationRequested) await http.DeleteAsync(text);")]
    [InlineData("await http.DeleteAsync(text, CancellationToken.None);")]
    [InlineData("await model.GetResponseAsync(text, null, CancellationToken.None);")]
    // What nothing waits for has a life of its own.
    [InlineData("_ = model.GetResponseAsync(text);")]
    [InlineData("_ = Task.Run(async () => await model.GetResponseAsync(text));")]
    [InlineData("_ = Task.Run(() => model.GetResponseAsync(text)).ContinueWith(t => t.Exception);")]
    [InlineData("Changed += async (_, _) => await model.GetResponseAsync(text);")]
    // A write that brings to an end what another call has begun.
    [InlineData("await model.GetResponseAsync(text, cancellationToken: token); await db.SaveChangesAsync();")]
    [InlineData("await http.PostAsync(text, null, token); await http.PostAsync(text, null);")]
    // What stays on this machine.
    [InlineData("await Task.Delay(10);")]
    [InlineData("await System.IO.File.ReadAllTextAsync(text);")]
    [InlineData("await using var transaction = await db.Database.BeginTransactionAsync(token); await transaction.CommitAsync();")]
    public Task Call_with_a_reason(string code) => Desk(code).RunAsync();

    [Fact]
    public Task One_report_for_a_function_names_the_model_call() => new RuleTest<AGL0301_DroppedCancellationToken>("""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient model, HttpClient http)
        {
            public async Task<string> AskAsync(string text, CancellationToken token)
            {
                var page = await http.{|#1:GetStringAsync|}(text);
                var answer = await model.{|#0:GetResponseAsync|}(page);
                await http.{|#2:GetStringAsync|}(text + answer);
                return answer.Text;
            }
        }
        """)
        .ExpectPath(Warning, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync' and to 2 more calls: the call continues after its caller has cancelled", 0, 1, 2)
        .RunAsync();

    // ---- Which token ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("public async Task AskAsync(string text, CancellationToken? token) => await model.{|#0:GetResponseAsync|}(text);")]
    [InlineData("public Task AskAsync(string text, CancellationToken token = default) => model.{|#0:GetResponseAsync|}(text);")]
    [InlineData("public async IAsyncEnumerable<string> AskAsync(string text, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default) { yield return (await model.{|#0:GetResponseAsync|}(text)).Text; }")]
    [InlineData("public async Task AskAsync(string[] texts, CancellationToken token) => await Task.WhenAll(texts.Select(async text => await model.{|#0:GetResponseAsync|}(text)));")]
    [InlineData("public async Task AskAsync(string text, CancellationToken token) { Func<Task> ask = async () => await model.{|#0:GetResponseAsync|}(text); await ask(); }")]
    public Task Token_of_a_function_around_the_call(string member) => Member(member)
        .Expect(Warning, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync': the call continues after its caller has cancelled")
        .RunAsync();

    [Fact]
    public Task Local_function_has_the_token_of_its_member() => Member("public async Task AskAsync(string text, CancellationToken token) { await Inner(); async Task Inner() => await model.{|#0:GetResponseAsync|}(text); }")
        .Expect(Warning, "'Inner' does not pass 'token' to the model call 'IChatClient.GetResponseAsync': the call continues after its caller has cancelled")
        .RunAsync();

    // The delegate's own token is the one that the pipeline cancels.
    [Fact]
    public Task Token_of_the_innermost_function() => Member("""
        public async Task AskAsync(string text, Polly.ResiliencePipeline pipeline, CancellationToken outer)
        {
            await pipeline.ExecuteAsync(async token => await model.{|#0:GetResponseAsync|}(text), outer);
            await pipeline.ExecuteAsync(async token => await model.GetResponseAsync(text, cancellationToken: token), outer);
            await pipeline.ExecuteAsync(async _ => await model.GetResponseAsync(text, cancellationToken: outer));
        }
        """)
        .Expect(Warning, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync': the call continues after its caller has cancelled")
        .RunAsync();

    [Fact]
    public Task Pipeline_that_is_not_given_the_token() => Member("""
        public async Task AskAsync(string text, Polly.ResiliencePipeline pipeline, CancellationToken outer) =>
            await pipeline.{|#0:ExecuteAsync|}(async token => await model.GetResponseAsync(text, cancellationToken: token));
        """)
        .Expect(Warning, "'Desk.AskAsync' does not pass 'outer' to the model call 'IChatClient.GetResponseAsync' (Desk.AskAsync → ResiliencePipeline.ExecuteAsync → IChatClient.GetResponseAsync): the call continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    [InlineData("public async Task AskAsync(string text) => await model.GetResponseAsync(text);")]
    [InlineData("public async Task AskAsync(string text, CancellationTokenSource source) { await model.GetResponseAsync(text); }")]
    [InlineData("public async Task AskAsync(string text, CancellationToken token) { await Inner(); static async Task Inner() => await new HttpClient().GetStringAsync(\"/\"); }")]
    public Task No_token_in_scope(string member) => Member(member).RunAsync();

    // ---- Helpers ----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("private async Task<string> HelpAsync(string text) => (await model.GetResponseAsync(text)).Text;")]
    [InlineData("public async Task<string> HelpAsync(string text, CancellationToken token = default) => (await model.GetResponseAsync(text, cancellationToken: token)).Text;")]
    public Task Helper_that_could_take_it(string helper) => Member($$"""
        public async Task<string> AskAsync(string text, CancellationToken token) => await {|#0:HelpAsync|}(text);
        {{helper}}
        """)
        .Expect(Warning, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync' (Desk.AskAsync → Desk.HelpAsync → IChatClient.GetResponseAsync): the call continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    // It ends by a time limit of its own.
    [InlineData("private async Task<string> HelpAsync(string text) { using var limit = new CancellationTokenSource(1000); return (await model.GetResponseAsync(text, cancellationToken: limit.Token)).Text; }")]
    [InlineData("private async Task<string> HelpAsync(string text) { await Task.Yield(); return text; }")]
    [InlineData("private async Task<string> HelpAsync(string text) { await http.PostAsync(text, null); return text; }")]
    public Task Helper_that_decides_for_itself(string helper) => Member($$"""
        public async Task<string> AskAsync(string text, CancellationToken token) { token.ThrowIfCancellationRequested(); return await HelpAsync(text); }
        {{helper}}
        """).RunAsync();

    // The method that has the token cannot pass it alone: the other type has to take it.
    [Fact]
    public Task Helper_of_another_type_that_asks_a_model_takes_no_token() => Member("""
        public async Task<string> AskAsync(Models models, string text, CancellationToken token) { await Task.Delay(10, token); return await models.{|#0:HelpAsync|}(text); }
        """, """
        public class Models(Microsoft.Extensions.AI.IChatClient model) { public async Task<string> HelpAsync(string text) => (await Microsoft.Extensions.AI.ChatClientExtensions.GetResponseAsync(model, text)).Text; }
        """)
        .Expect(Info, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync' (Desk.AskAsync → Models.HelpAsync → IChatClient.GetResponseAsync): the call continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    // A page is fetched in a moment, and a model that has a time limit ends.
    [InlineData("await new HttpClient().GetStringAsync(text)")]
    [InlineData("(await Microsoft.Extensions.AI.ChatClientExtensions.GetResponseAsync(model, text, cancellationToken: new CancellationTokenSource(1000).Token)).Text")]
    public Task Helper_of_another_type_that_asks_no_model_or_has_a_limit(string work) => Member("""
        public async Task<string> AskAsync(Models models, string text, CancellationToken token) { await Task.Delay(10, token); return await models.HelpAsync(text); }
        """, $$"""
        public class Models(Microsoft.Extensions.AI.IChatClient model) { public object All => model; public async Task<string> HelpAsync(string text) => {{work}}; }
        """).RunAsync();

    // ---- Other tokens -----------------------------------------------------------------------------------------------------

    [Fact]
    public Task Token_that_is_never_used_beside_one_that_the_type_keeps() => Member("""
        private readonly CancellationTokenSource stop = new();
        public async Task AskAsync(string text, CancellationToken {|#1:token|}) => await model.{|#0:GetResponseAsync|}(text, cancellationToken: stop.Token);
        public void Stop() => stop.Cancel();
        """)
        .ExpectPath(Warning, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync': the call continues after its caller has cancelled", 0, 1)
        .RunAsync();

    [Theory]
    [InlineData("using var both = CancellationTokenSource.CreateLinkedTokenSource(token, stop.Token); await model.GetResponseAsync(text, cancellationToken: both.Token);")]
    [InlineData("token.ThrowIfCancellationRequested(); await model.GetResponseAsync(text, cancellationToken: stop.Token);")]
    [InlineData("using var limit = new CancellationTokenSource(1000); await model.GetResponseAsync(text, cancellationToken: limit.Token);")]
    public Task Token_that_is_linked_looked_at_or_replaced_by_a_time_limit(string code) => Member($$"""
        private readonly CancellationTokenSource stop = new();
        public async Task AskAsync(string text, CancellationToken token) { {{code}} }
        public void Stop() => stop.Cancel();
        """).RunAsync();

    [Theory]
    [InlineData("var idle = new CancellationTokenSource(); await model.{|#0:GetResponseAsync|}(text, cancellationToken: idle.Token);")]
    [InlineData("using var idle = new CancellationTokenSource(); await Task.WhenAll(new[] { text }.Select(async one => await model.{|#0:GetResponseAsync|}(one, cancellationToken: idle.Token)));")]
    public Task Token_of_a_source_that_is_never_cancelled(string code) => Desk(code)
        .Expect(Warning, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync': the call continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    [InlineData("using var own = new CancellationTokenSource(); own.CancelAfter(1000); await model.GetResponseAsync(text, cancellationToken: own.Token);")]
    [InlineData("using var own = new CancellationTokenSource(); Changed += (_, _) => own.Cancel(); await model.GetResponseAsync(text, cancellationToken: own.Token);")]
    [InlineData("using var own = new CancellationTokenSource(); Keep(own); await model.GetResponseAsync(text, cancellationToken: own.Token); static void Keep(CancellationTokenSource source) => source.CancelAfter(1);")]
    public Task Token_of_a_source_that_something_cancels(string code) => Desk(code).RunAsync();

    [Fact]
    public Task Token_that_is_never_used_is_a_suggestion() => Member("""
        public async Task<string> AskAsync(Models models, string text, CancellationToken token) => await models.{|#0:HelpAsync|}(text);
        """, """
        public class Models(Microsoft.Extensions.AI.IChatClient model) { public async Task<string> HelpAsync(string text) => (await Microsoft.Extensions.AI.ChatClientExtensions.GetResponseAsync(model, text)).Text; }
        """)
        .Expect(Info, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync' (Desk.AskAsync → Models.HelpAsync → IChatClient.GetResponseAsync): the call continues after its caller has cancelled")
        .RunAsync();

    [Fact]
    public Task Attempt_after_a_failure_is_no_clean_up() => Member("""
        public async Task<string> AskAsync(string text, int attempt = 0, CancellationToken token = default)
        {
            try
            {
                return (await model.GetResponseAsync(text, cancellationToken: token)).Text;
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                return await {|#0:AskAsync|}(text, attempt + 1);
            }
        }
        """)
        .Expect(Warning, "'Desk.AskAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync' (Desk.AskAsync → Desk.AskAsync → IChatClient.GetResponseAsync): the call continues after its caller has cancelled")
        .RunAsync();

    // ---- Limits -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Fields_and_locals_are_not_taken_for_tokens_in_scope() => Member("""
        private readonly CancellationTokenSource stop = new();
        public async Task AskAsync(string text)
        {
            var token = stop.Token;
            await model.GetResponseAsync(text);
            await model.GetResponseAsync(text, cancellationToken: token);
        }
        """).RunAsync();

    [Fact]
    public Task Overload_that_takes_a_command_object_is_not_seen() => Member("""
        public async Task AskAsync(System.Data.Common.DbConnection connection, CancellationToken token) => await Dapper.SqlMapper.QueryAsync<string>(connection, "select 1");
        """).RunAsync();

    [Theory]
    [InlineData("Task<string> AskAsync(string text);", "writer.{|#0:AskAsync|}(text)", true)]
    // The interface takes it, or nobody asks a model.
    [InlineData("Task<string> AskAsync(string text, CancellationToken token = default);", "writer.AskAsync(text, token)", false)]
    [InlineData("Task<string> ReadAsync(string text);", "writer.ReadAsync(text)", false)]
    public Task One_of_several_implementations(string member, string call, bool isReported)
    {
        var takes = member.Contains("CancellationToken", StringComparison.Ordinal);
        var name = member.Contains("ReadAsync", StringComparison.Ordinal) ? "ReadAsync" : "AskAsync";
        var parameters = takes ? "(string text, CancellationToken token = default)" : "(string text)";
        var asks = name == "ReadAsync" ? "await http.GetStringAsync(text)" : takes ? "(await model.GetResponseAsync(text, cancellationToken: token)).Text" : "(await model.GetResponseAsync(text)).Text";
        var test = Member(
            $"public async Task<string> AnswerAsync(IWriter writer, string text, CancellationToken token) {{ await Task.Delay(1, token); return await {call}; }}",
            $$"""
            using Microsoft.Extensions.AI;

            public interface IWriter { {{member}} }
            public class First(IChatClient model, HttpClient http) : IWriter { public object All => (model, http); public async Task<string> {{name}}{{parameters}} => {{asks}}; }
            public class Second(IChatClient model, HttpClient http) : IWriter { public object All => (model, http); public async Task<string> {{name}}{{parameters}} => {{asks}} + "!"; }
            """);
        return (isReported
            ? test.Expect(Info, "'Desk.AnswerAsync' does not pass 'token' to the model call 'IChatClient.GetResponseAsync' (Desk.AnswerAsync → IWriter.AskAsync → IChatClient.GetResponseAsync): the call continues after its caller has cancelled")
            : test).RunAsync();
    }

    private static RuleTest<AGL0301_DroppedCancellationToken> Desk(string code) => Member($$"""
        public event EventHandler? Changed;

        public async Task AskAsync(string text, CancellationToken token)
        {
            {{code}}
            Changed?.Invoke(this, EventArgs.Empty);
        }
        """);

    private static RuleTest<AGL0301_DroppedCancellationToken> Member(string members, params IEnumerable<string> files) => new([$$"""
        #nullable enable
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Client;

        public class Desk(IChatClient model, HttpClient http, McpClient mcp, OpenAI.Chat.ChatClient openAI, DbContext db)
        {
            public object[] All => [model, http, mcp, openAI, db];

            {{members}}
        }

        public class Ticket { public int Id { get; set; } }
        """, .. files]);
}

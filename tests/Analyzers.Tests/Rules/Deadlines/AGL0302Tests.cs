using AgentLint.Rules.Deadlines;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>Tools that wait for remote work are to take a token; it is a warning where that is a model or an agent.</summary>
public sealed class AGL0302Tests
{
    [Theory]
    [InlineData("public async Task<string> {|#0:Run|}(string text) => (await model.GetResponseAsync(text)).Text;")]
    [InlineData("public Task<ChatResponse> {|#0:Run|}(string text) => model.GetResponseAsync(text);")]
    // A page that is fetched on the way is not what takes long.
    [InlineData("public async Task<string> {|#0:Run|}(string text) { var page = await http.GetStringAsync(text); return (await model.GetResponseAsync(page)).Text; }")]
    public Task Tool_that_asks_a_model(string tool) => Tools(tool)
        .Expect(Warning, "Tool 'Tools.Run' waits for the model call 'IChatClient.GetResponseAsync' and takes no 'CancellationToken': it continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    [InlineData("public async Task<string> {|#0:Run|}(string text) => await http.GetStringAsync(text);")]
    [InlineData("public async ValueTask<string> {|#0:Run|}(string text) => await http.GetStringAsync(text);")]
    public Task Tool_that_waits_for_something_else_remote(string tool) => Tools(tool)
        .Expect(Info, "Tool 'Tools.Run' waits for the HTTP call 'HttpClient.GetStringAsync' and takes no 'CancellationToken': it continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    [InlineData("Microsoft.Data.Sqlite.SqliteConnection", false)]
    [InlineData("System.Data.Common.DbConnection", true)]
    public Task Tool_over_an_embedded_database(string connection, bool isReported)
    {
        var test = Tools(
            $"public async Task<string> {(isReported ? "{|#0:Run|}" : "Run")}(string text) {{ await using var connection = Db.Open(); await connection.OpenAsync(); return text; }}",
            $"public static class Db {{ public static {connection} Open() => null!; }}").Reference(Library.Sqlite);
        return (isReported
            ? test.Expect(Info, "Tool 'Tools.Run' waits for the database call 'DbConnection.OpenAsync' and takes no 'CancellationToken': it continues after its caller has cancelled")
            : test).RunAsync();
    }

    [Theory]
    [InlineData("public static void Main() { }", false)]
    [InlineData("public static void Main() { using var stop = new System.Threading.CancellationTokenSource(); System.Console.CancelKeyPress += (_, _) => stop.Cancel(); }", true)]
    public Task Tool_of_a_console_program(string main, bool isReported)
    {
        var test = new RuleTest<AGL0302_ToolWithoutCancellationToken>($$"""
            using Microsoft.Extensions.AI;
            using Microsoft.SemanticKernel;

            public class Tools(IChatClient model)
            {
                [KernelFunction] public async Task<string> {{(isReported ? "{|#0:Run|}" : "Run")}}(string text) => (await model.GetResponseAsync(text)).Text;
            }

            public static class Program { {{main}} }
            """).Reference(Library.SemanticKernel);
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        return (isReported ? test.Expect(Info, "Tool 'Tools.Run' waits for the model call 'IChatClient.GetResponseAsync' and takes no 'CancellationToken': it continues after its caller has cancelled") : test).RunAsync();
    }

    [Fact]
    public Task Path_to_the_remote_call() => new RuleTest<AGL0302_ToolWithoutCancellationToken>("""
        using ModelContextProtocol.Server;
        using Microsoft.Extensions.AI;

        [McpServerToolType]
        public class Tools(IChatClient model)
        {
            [McpServerTool] public Task<string> {|#0:Run|}(string text) => {|#1:HelpAsync(text)|};

            private async Task<string> HelpAsync(string text) => (await {|#2:model.GetResponseAsync(text)|}).Text;
        }
        """)
        .ExpectPath(Warning, "Tool 'Tools.Run' waits for the model call 'IChatClient.GetResponseAsync' (Tools.Run → Tools.HelpAsync → IChatClient.GetResponseAsync) and takes no 'CancellationToken': it continues after its caller has cancelled", 0, 1, 2)
        .RunAsync();

    [Theory]
    // A handler that asks through a service, and one that is a lambda.
    [InlineData("[ApiController] public class Chat(Desk desk) : ControllerBase { [HttpPost] public Task<string> {|#0:Ask|}(string text) => {|#1:desk.AskAsync(text)|}; }", "Chat.Ask")]
    [InlineData("public static class Routes { public static void Map(WebApplication app) => app.MapPost(\"/ask\", {|#0:(string text, Desk desk)|} => {|#1:desk.AskAsync(text)|}); }", "POST /ask")]
    public Task Handler_of_requests_that_asks_a_model(string handler, string name) => Handlers(handler)
        .ExpectPath(Info, $"Handler '{name}' waits for the model call 'IChatClient.GetResponseAsync' ({(name.StartsWith("POST", StringComparison.Ordinal) ? "lambda" : name)} → Desk.AskAsync → IChatClient.GetResponseAsync) and takes no 'CancellationToken': it continues after its caller has cancelled", 0, 1, 2)
        .RunAsync();

    [Theory]
    // No model stands behind it.
    [InlineData("[ApiController] public class Chat(Desk desk) : ControllerBase { [HttpGet] public Task<string> Page(string text) => desk.PageAsync(text); }")]
    [InlineData("[ApiController] public class Chat(Desk desk) : ControllerBase { [HttpPost] public Task<string> Ask(string text, CancellationToken token) => desk.AskAsync(text); }")]
    // The token of the context can be given to the call itself: AGL0301.
    [InlineData("[ApiController] public class Chat(IChatClient model) : ControllerBase { [HttpPost] public async Task<string> Ask(string text) => (await model.GetResponseAsync(text)).Text; }")]
    public Task Handler_with_a_reason(string handler) => Handlers(handler, marked: false).RunAsync();

    private static RuleTest<AGL0302_ToolWithoutCancellationToken> Handlers(string handler, bool marked = true) => new RuleTest<AGL0302_ToolWithoutCancellationToken>($$"""
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Mvc;
        using Microsoft.Extensions.AI;

        {{handler}}

        public class Desk(IChatClient model, HttpClient http)
        {
            public async Task<string> AskAsync(string text) => (await {{(marked ? "{|#2:model.GetResponseAsync(text)|}" : "model.GetResponseAsync(text)")}}).Text;

            public Task<string> PageAsync(string text) => http.GetStringAsync(text);
        }
        """).Reference(Library.AspNetCore);

    [Fact]
    public Task Lambda_that_is_made_a_tool() => new RuleTest<AGL0302_ToolWithoutCancellationToken>("""
        using Microsoft.Extensions.AI;

        public static class Setup
        {
            public static AIFunction One(IChatClient model) => AIFunctionFactory.Create(async {|#0:(string text)|} => (await model.GetResponseAsync(text)).Text);

            public static AIFunction Two(IChatClient model) => AIFunctionFactory.Create(async (string text, CancellationToken token) => (await model.GetResponseAsync(text, cancellationToken: token)).Text);
        }
        """)
        .Expect(Warning, "Tool 'lambda' waits for the model call 'IChatClient.GetResponseAsync' and takes no 'CancellationToken': it continues after its caller has cancelled")
        .RunAsync();

    [Theory]
    [InlineData("public async Task<string> Run(string text, CancellationToken token) => (await model.GetResponseAsync(text, cancellationToken: token)).Text;")]
    // That it is not passed on is another rule's.
    [InlineData("public async Task<string> Run(string text, CancellationToken token) => (await model.GetResponseAsync(text)).Text;")]
    // Nothing remote, or nothing that could be cancelled.
    [InlineData("public async Task<string> Run(string text) { await Task.Delay(10); return text; }")]
    [InlineData("public async Task Run(string text) => await System.IO.File.WriteAllTextAsync(text, text);")]
    [InlineData("public string Run(string text) => text;")]
    // A time limit of its own.
    [InlineData("public async Task<string> Run(string text) { using var limit = new CancellationTokenSource(1000); return await http.GetStringAsync(text, limit.Token); }")]
    // Nothing waits for it.
    [InlineData("public Task Run(string text) { _ = http.GetStringAsync(text); return Task.CompletedTask; }")]
    public Task Tool_with_a_reason(string tool) => Tools(tool).RunAsync();

    [Fact]
    public Task Parameters_that_others_decide() => new RuleTest<AGL0302_ToolWithoutCancellationToken>("""
        using ModelContextProtocol.Server;
        using Microsoft.Extensions.AI;

        public interface ITool { Task<string> Run(string text); }

        [McpServerToolType]
        public class Tools(IChatClient model) : ITool
        {
            [McpServerTool] public async Task<string> Run(string text) => (await model.GetResponseAsync(text)).Text;
        }

        public class Plain(IChatClient model)
        {
            public async Task<string> Run(string text) => (await model.GetResponseAsync(text)).Text;
        }
        """).RunAsync();

    // It is not known which one runs: a suggestion, whatever it asks.
    [Fact]
    public Task Interface_with_several_implementations() => Tools("public Task<string> {|#0:Run|}(IDesk desk, string text) => {|#1:desk.AskAsync(text)|};", """
        using Microsoft.Extensions.AI;

        public interface IDesk { Task<string> AskAsync(string text); }
        public class Fast(IChatClient model) : IDesk { public async Task<string> AskAsync(string text) => (await {|#2:model.GetResponseAsync(text)|}).Text; }
        public class Slow(IChatClient model) : IDesk { public async Task<string> AskAsync(string text) => (await model.GetResponseAsync(text)).Text; }
        """)
        .ExpectPath(Info, "Tool 'Tools.Run' waits for the model call 'IChatClient.GetResponseAsync' (Tools.Run → IDesk.AskAsync → IChatClient.GetResponseAsync) and takes no 'CancellationToken': it continues after its caller has cancelled", 0, 1, 2)
        .RunAsync();

    // A service on the way takes a token, and is given none.
    [Fact]
    public Task Service_that_takes_a_token() => Tools("public Task<string> {|#0:Run|}(Desk desk, string text) => {|#1:desk.AskAsync(text)|};", """
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient model) { public async Task<string> AskAsync(string text, CancellationToken token = default) => (await {|#2:model.GetResponseAsync(text, cancellationToken: token)|}).Text; }
        """)
        .ExpectPath(Warning, "Tool 'Tools.Run' waits for the model call 'IChatClient.GetResponseAsync' (Tools.Run → Desk.AskAsync → IChatClient.GetResponseAsync) and takes no 'CancellationToken': it continues after its caller has cancelled", 0, 1, 2)
        .RunAsync();

    [Theory]
    [InlineData("public async Task {|#0:Run|}(MailKit.Net.Smtp.SmtpClient post) => await {|#1:post.NoOpAsync()|};", true)]
    [InlineData("public async Task Run(MailKit.Net.Smtp.SmtpClient post, CancellationToken token) => await post.NoOpAsync(token);", false)]
    [InlineData("public async Task Run(System.IO.StreamReader reader) => await reader.ReadToEndAsync();", false)]
    public Task Call_of_a_library_that_the_catalogue_does_not_know(string tool, bool isReported)
    {
        var test = Tools(tool).Reference(Library.MailKit, Library.ExtensionsAI, Library.McpServer);
        return (isReported ? test.ExpectPath(Info, "Tool 'Tools.Run' waits for the library call 'SmtpClient.NoOpAsync' and takes no 'CancellationToken': it continues after its caller has cancelled", 0, 1) : test).RunAsync();
    }

    [Theory]
    [InlineData("http.PostAsync(\"v1/ask\", JsonContent.Create(new { messages = new[] { text }, temperature = 0.2 }))")]
    [InlineData("http.PostAsync(\"v1/ask\", JsonContent.Create(new { turns = new[] { new { role = \"user\", content = text } } }))")]
    [InlineData("http.PostAsync(\"v1/ask\", JsonContent.Create(new Dictionary<string, object> { [\"messages\"] = text, [\"model\"] = \"small\" }))")]
    [InlineData("http.PostAsync(\"https://models.example/v1/chat/completions\", new StringContent(text))")]
    [InlineData("http.PostAsync($\"v1beta/models/{text}:generateContent\", new StringContent(text))")]
    [InlineData("http.PostAsync(\"https://api.anthropic.com/v1/messages\", new StringContent(text))")]
    public Task Handler_that_asks_a_model_over_http(string call) => Handler(call)
        .Expect(Info, "Handler 'POST /ask' waits for the HTTP call 'HttpClient.PostAsync' and takes no 'CancellationToken': it continues after its caller has cancelled").RunAsync();

    [Theory]
    [InlineData("http.PostAsync(\"v1/ask\", JsonContent.Create(new { messages = new[] { text } }))")]
    [InlineData("http.PostAsync(\"v1/notes\", JsonContent.Create(new Note { Role = \"clerk\", Content = text }))")]
    [InlineData("http.PostAsync(\"v1/tasks\", new StringContent(text + \" completions are counted\"))")]
    [InlineData("http.PostAsync(\"v1/incompletions\", new StringContent(text))")]
    [InlineData("http.GetAsync(\"v1/chat/completions\")")]
    public Task Handler_that_sends_something_else(string call) => Handler(call).RunAsync();

    private static RuleTest<AGL0302_ToolWithoutCancellationToken> Handler(string call) => new RuleTest<AGL0302_ToolWithoutCancellationToken>($$"""
        using System.Net.Http.Json;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.Extensions.AI;

        static class Routes
        {
            public static void Map(WebApplication app, IChatClient model) => app.MapPost("/ask", async {{(call.Contains("v1/notes", StringComparison.Ordinal) || call.Contains("v1/tasks", StringComparison.Ordinal) || call.Contains("incompletions", StringComparison.Ordinal) || call.Contains("GetAsync", StringComparison.Ordinal) || call.EndsWith("{ text } }))", StringComparison.Ordinal) ? "(string text, HttpClient http)" : "{|#0:(string text, HttpClient http)|}")}} =>
            {
                using var answer = await {{call}};
                return await answer.Content.ReadAsStringAsync();
            });
        }

        public class Note { public string Role { get; set; } = ""; public string Content { get; set; } = ""; }
        """).Reference(Library.AspNetCore);

    // ---- Limits -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Delegate_is_not_followed() => Tools("public Task<string> Run(string text) => read(text); private readonly Func<string, Task<string>> read = text => http.GetStringAsync(text);").RunAsync();

    private static RuleTest<AGL0302_ToolWithoutCancellationToken> Tools(string tool, params IEnumerable<string> files) => new([$$"""
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(IChatClient model, HttpClient http)
        {
            public object[] All => [model, http];

            [McpServerTool]
            {{tool}}
        }
        """, .. files]);
}

using AgentLint.Rules.CircuitBreaking;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>Texts of exceptions that models, conversations and clients read are reported; those in logs and in members for errors are not.</summary>
public sealed class AGL0504Tests
{
    [Theory]
    [InlineData("return {|#0:e.ToString()|};", true)]
    [InlineData("return $\"Failed: {{|#0:e|}}\";", true)]
    [InlineData("return \"Failed: \" + {|#0:e|};", true)]
    [InlineData("return $\"{e.GetType().Name}: {e.Message}\\n{{|#0:e.StackTrace|}}\";", true)]
    [InlineData("var text = $\"Failed: {{|#0:e.StackTrace|}}\"; return text;", true)]
    [InlineData("return JsonSerializer.Serialize(new { error = {|#0:e.ToString()|} });", true)]
    [InlineData("return {|#0:e.Message|};", false)]
    [InlineData("return $\"Error: {{|#0:e.Message|}}\";", false)]
    public Task Result_of_a_tool(string handler, bool isTrace) => Tool($"catch (Exception e) {{ {handler} }}").Configure("agentlint.AGL0504.messages = true")
        .Expect(isTrace ? Warning : Info, $"'Desk.ReadAsync' passes {(isTrace ? "an exception with its stack trace" : "the message of any exception")} to the model: log it, and return a fixed text that says what failed")
        .RunAsync();

    [Theory]
    [InlineData("return e.Message;")]
    [InlineData("return $\"Error: {e.Message}\";")]
    public Task Message_is_reported_where_it_is_asked_for(string handler) => Tool($"catch (Exception e) {{ {handler} }}").RunAsync();

    [Theory]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); return \"The page could not be read.\"; }")]
    [InlineData("catch (Exception e) { log.LogError(e.ToString()); return \"The page could not be read.\"; }")]
    [InlineData("catch (Exception e) { return $\"The page could not be read ({e.GetType().Name}).\"; }")]
    [InlineData("catch (Exception e) { return Clean(e.ToString()); }")]
    [InlineData("catch (Exception e) { throw new InvalidOperationException(e.ToString()); }")]
    // Asked for by its type, the message is meant to be read.
    [InlineData("catch (ArgumentException e) { return e.Message; }")]
    [InlineData("catch (Exception e) when (e is FormatException) { return e.Message; }")]
    // A member for errors.
    [InlineData("catch (Exception e) { return JsonSerializer.Serialize(new { error = e.Message }); }")]
    [InlineData("catch (Exception e) { var text = $\"Failed: {e.Message}\"; return JsonSerializer.Serialize(new { error = text }); }")]
    // Only where its author is the reader.
    [InlineData("catch (Exception e) { return verbose ? e.ToString() : \"It failed.\"; }")]
    public Task Text_that_stays_or_is_meant_to_be_read(string handler) => Tool(handler).Configure("agentlint.AGL0504.messages = true").RunAsync();

    [Theory]
    [InlineData("messages.Add(new ChatMessage(ChatRole.Assistant, {|#0:e.ToString()|}));", true)]
    [InlineData("messages.Add(new ChatMessage(ChatRole.Assistant, {|#0:e.Message|}));", false)]
    public Task Message_of_a_conversation(string handler, bool isTrace) => Function($$"""
        public async Task AskAsync(IChatClient model, List<ChatMessage> messages)
        {
            try { messages.AddRange((await model.GetResponseAsync(messages)).Messages); }
            catch (Exception e) { {{handler}} }
        }
        """).Configure("agentlint.AGL0504.messages = true").Expect(isTrace ? Warning : Info, $"'Desk.AskAsync' passes {(isTrace ? "an exception with its stack trace" : "the message of any exception")} to the conversation: log it, and return a fixed text that says what failed").RunAsync();

    [Fact]
    public Task Answer_to_a_request() => new RuleTest<AGL0504_ExceptionDetailsToModel>("""
        using Microsoft.AspNetCore.Mvc;

        public class DeskController(HttpClient http) : ControllerBase
        {
            [HttpGet("pages")]
            public async Task<IActionResult> Get(string page)
            {
                try { return Ok(await http.GetStringAsync(page)); }
                catch (Exception e) { return StatusCode(500, {|#0:e.ToString()|}); }
            }

            [HttpGet("other")]
            public async Task<IActionResult> Other(string page)
            {
                try { return Ok(await http.GetStringAsync(page)); }
                catch (Exception e) { return BadRequest(e.Message); }
            }
        }
        """).Reference(Library.AspNetCore).Expect(Warning, "'DeskController.Get' passes an exception with its stack trace to the client: log it, and return a fixed text that says what failed").RunAsync();

    [Fact]
    public Task Function_that_no_model_calls() => Function("""
        public async Task<string> ReadAsync(string page)
        {
            try { return await http.GetStringAsync(page); }
            catch (Exception e) { return e.ToString(); }
        }
        """).RunAsync();

    private static RuleTest<AGL0504_ExceptionDetailsToModel> Tool(string handler) => Function($$"""
        [McpServerTool, Description("Reads a page.")]
        public async Task<string> ReadAsync(string page)
        {
            try { return await http.GetStringAsync(page); }
            {{handler}}
        }
        """);

    private static RuleTest<AGL0504_ExceptionDetailsToModel> Function(string member) => new RuleTest<AGL0504_ExceptionDetailsToModel>($$"""
        using System.ComponentModel;
        using System.Text.Json;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.Logging;
        using ModelContextProtocol.Server;

        public class Desk(HttpClient http, ILogger<Desk> log, bool verbose)
        {
            public bool Verbose => verbose && log != null;

            {{member}}

            private static string Clean(string text) => text.Split('\n')[0];
        }
        """).Reference(Library.Hosting);
}

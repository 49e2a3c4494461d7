using AgentLint.Rules.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

public sealed class AGL0805Tests
{
    private static RuleTest<AGL0805_UnguardedOutputParse> Judge(string members) =>
        new($$"""
            using System;
            using System.Text.Json;
            using System.Threading.Tasks;
            using Microsoft.Extensions.AI;
            using ModelContextProtocol.Server;

            public record Verdict(int Score);

            public class Judge(IChatClient client)
            {
                private async Task<string> Ask() => (await client.GetResponseAsync("?")).Text;
            {{members}}
            }
            """);

    [Theory]
    [InlineData("    public async Task<Verdict?> Run() { var answer = await client.GetResponseAsync(\"?\"); return JsonSerializer.Deserialize<Verdict>({|#0:answer.Text|}); }", "answer.Text", "JsonSerializer.Deserialize", "")]
    [InlineData("    public async Task<int> Run() { var answer = await Ask(); return int.Parse({|#0:answer|}); }", "answer", "Int32.Parse", " (Judge.Ask → Judge.Run)")]
    [InlineData("    public async Task<string> Run() { var parts = (await Ask()).Split('-'); return {|#0:parts|}[1]; }", "parts", "String.Split", " (Judge.Ask → Judge.Run)")]
    public Task Unguarded(string members, string value, string parse, string way) =>
        Judge(members).Expect(DiagnosticSeverity.Info, $"'{value}' from 'IChatClient.GetResponseAsync' is parsed by '{parse}'{way} without handling text in another format: request structured output, use a 'Try' method, or catch the failure").RunAsync();

    private const string Request = "private static async Task<JsonElement> Send(System.Net.Http.HttpClient http) { using var response = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(http, \"https://api.openai.com/v1/chat/completions\", new { model = \"m\", messages = new[] { new { role = \"user\", content = \"?\" } } }); return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement; }";

    [Fact]
    public Task Text_within_the_response_of_a_hand_written_client() =>
        Judge($"    {Request} public async Task<Verdict?> Run(System.Net.Http.HttpClient http) {{ var text = (await Send(http)).GetProperty(\"choices\")[0].GetProperty(\"message\").GetProperty(\"content\").GetString()!; return JsonSerializer.Deserialize<Verdict>({{|#0:text|}}); }}")
            .Expect(DiagnosticSeverity.Info, "'text' from 'HttpClient.PostAsJsonAsync' is parsed by 'JsonSerializer.Deserialize' (Judge.Send → Judge.Run) without handling text in another format: request structured output, use a 'Try' method, or catch the failure").RunAsync();

    [Fact]
    public Task Response_of_a_hand_written_client() => Judge($"    {Request}").RunAsync();

    [Fact]
    public Task Handler_of_another_failure() =>
        Judge("""
                public class JsonFileMissingException : Exception;
                public async Task<int> Run()
                {
                    var answer = await Ask();
                    try { return int.Parse({|#0:answer|}); }
                    catch (JsonFileMissingException) { return 0; }
                }
            """).Expect(DiagnosticSeverity.Info, "'answer' from 'IChatClient.GetResponseAsync' is parsed by 'Int32.Parse' (Judge.Ask → Judge.Run) without handling text in another format: request structured output, use a 'Try' method, or catch the failure").RunAsync();

    [Theory]
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>({|#0:text|}); return new Graded { Score = read.Score, Approved = read.Approved }; } catch (JsonException) { } return new Graded { Score = 50 };", "Score = 50")]
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>({|#0:text|}); return new Graded { Score = read.Score, Approved = read.Approved }; } catch (JsonException) { return new Graded { Score = 0, Approved = true }; }", "Approved = true")]
    [InlineData("var graded = new Graded(); try { var read = JsonSerializer.Deserialize<Read>({|#0:text|}); graded.Score = read.Score; } catch { graded.Score = 50; } return graded;", "Score = 50")]
    [InlineData("var score = 0.5; try { score = JsonSerializer.Deserialize<Read>({|#0:text|}).Score; } catch (Exception) { } return new Graded { Score = (int)(score * 2) };", "score = 0.5")]
    public Task Value_that_is_made_up(string body, string what) => Grades(body)
        .Expect(DiagnosticSeverity.Info, $"'text' from 'IChatClient.GetResponseAsync' is parsed by 'JsonSerializer.Deserialize' (Judge.Ask → Judge.Run) and text in another format becomes {what}: return a result that says that nothing was read").RunAsync();

    [Theory]
    // Zero, false and nothing say that nothing was read.
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>(text); return new Graded { Score = read.Score, Approved = read.Approved }; } catch (JsonException) { return new Graded { Score = 0, Approved = false }; }")]
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>(text); return new Graded { Score = read.Score, Text = read.Text }; } catch (JsonException e) { return new Graded { Score = 50, Text = e.Message }; }")]
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>(text); return new Graded { Score = read.Score, Text = read.Text }; } catch (JsonException) { return new Graded { Score = 50, Text = \"The answer has an error.\" }; }")]
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>(text); return new Graded { Score = read.Score, Text = read.Text }; } catch (JsonException) { return new Graded { Score = 50, Text = \"malformed answer\" }; }")]
    // A flag that is set where something is wrong is no approval.
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>(text); return new Graded { Suspicious = read.Suspicious }; } catch (JsonException) { return new Graded { Suspicious = true }; }")]
    // No answer sets it.
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>(text); return new Graded { Approved = read.Approved }; } catch (JsonException) { return new Graded { Score = 50 }; }")]
    [InlineData("try { var read = JsonSerializer.Deserialize<Read>(text); return new Graded { Score = read.Score }; } catch (JsonException) { throw; }")]
    [InlineData("var score = 0.5; try { score = JsonSerializer.Deserialize<Read>(text).Score; } catch (Exception) { score = 0; } return new Graded { Score = (int)score };")]
    public Task Value_that_says_nothing(string body) => Grades(body).RunAsync();

    private static RuleTest<AGL0805_UnguardedOutputParse> Grades(string body) => Judge($$"""
            public record Read(int Score, bool Approved, bool Suspicious, string Text);
            public class Graded { public int Score { get; set; } public bool Approved { get; set; } public bool Suspicious { get; set; } public string? Text { get; set; } }
            public async Task<Graded> Run() { var text = await Ask(); {{body}} }
        """);

    [Theory]
    [InlineData("    public async Task<Verdict?> Run() { try { return JsonSerializer.Deserialize<Verdict>(await Ask()); } catch (JsonException) { return null; } }")]
    [InlineData("    public async Task<int> Run() { try { return int.Parse(await Ask()); } catch (FormatException) { return 0; } }")]
    [InlineData("    public async Task<int> Run() { try { return int.Parse(await Ask()); } catch (OverflowException) { return 0; } }")]
    [InlineData("    public async Task<Verdict?> Run() { try { return Read(await Ask()); } catch { return null; } } private static Verdict? Read(string text) => JsonSerializer.Deserialize<Verdict>(text);")]
    [InlineData("    private readonly Polly.ResiliencePipeline again = new Polly.ResiliencePipelineBuilder().Build(); public async Task<int> Run() => await again.ExecuteAsync(async token => int.Parse(await Ask()));")]
    [InlineData("    public async Task<int> Run() => int.TryParse(await Ask(), out var n) ? n : 0;")]
    [InlineData("    public async Task<string> Run() { var parts = (await Ask()).Split('-'); return parts.Length > 1 ? parts[1] : \"\"; }")]
    [InlineData("    public async Task<string> Run() { var parts = (await Ask()).Split('-'); return parts[0]; }")]
    [InlineData("    [McpServerTool] public Verdict? Run(string json) => JsonSerializer.Deserialize<Verdict>(json);")]
    [InlineData("    public async Task<Verdict?> Run(string own) { await Ask(); return JsonSerializer.Deserialize<Verdict>(own); }")]
    public Task Silent(string members) => Judge(members).RunAsync();
}

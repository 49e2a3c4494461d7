using AgentLint.Rules.Observability;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Observability;

/// <summary>Prompts and answers that are recorded in every environment.</summary>
public sealed class AGL1103Tests
{
    private const string Kernel = "Microsoft.SemanticKernel.Experimental.GenAI.EnableOTelDiagnosticsSensitive";

    [Theory]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => telemetry.{|#0:EnableSensitiveData|} = true);", "OpenTelemetryChatClient.EnableSensitiveData")]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => { const bool on = true; telemetry.{|#0:EnableSensitiveData|} = on; });", "OpenTelemetryChatClient.EnableSensitiveData")]
    [InlineData("new OpenTelemetryChatClient(client) { {|#0:EnableSensitiveData|} = true };", "OpenTelemetryChatClient.EnableSensitiveData")]
    [InlineData("AppContext.{|#0:SetSwitch|}(\"" + Kernel + "\", true);", Kernel)]
    public Task Always_on(string statement, string name) =>
        Program(statement).Expect(Warning, $"'{name}' is enabled in every environment, so production telemetry contains prompts, answers and tool arguments; enable it in development only").RunAsync();

    [Theory]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => telemetry.EnableSensitiveData = isDevelopment);")]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => telemetry.EnableSensitiveData = false);")]
    [InlineData("if (isDevelopment) client.AsBuilder().UseOpenTelemetry(configure: telemetry => telemetry.EnableSensitiveData = true);")]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => { if (isDevelopment) telemetry.EnableSensitiveData = true; });")]
    [InlineData("AppContext.SetSwitch(\"" + Kernel + "\", isDevelopment);")]
    [InlineData("AppContext.SetSwitch(\"Another.Switch\", true);")]
    [InlineData("""

        #if !RELEASE
        AppContext.SetSwitch("Microsoft.SemanticKernel.Experimental.GenAI.EnableOTelDiagnosticsSensitive", true);
        #endif

        """)]
    public Task Off_or_asked_for(string statement) => Program(statement).RunAsync();

    private const string Asked = "using var response = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(http, \"http://localhost:11434/api/generate\", new { model = \"small\", prompt = question, stream = false }); ";

    [Theory]
    [InlineData("var body = await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<Generated>(response.Content); {|#0:logger.LogInformation(\"Answer: {Answer}\", body!.Response)|};", "body!.Response")]
    [InlineData("var body = await response.Content.ReadAsStringAsync(); {|#0:logger.LogInformation(\"Answer: {Answer}\", body)|};", "body")]
    [InlineData("var body = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()); {|#0:logger.LogInformation(\"Answer: {Answer}\", body.RootElement.GetProperty(\"response\").GetString())|};", "body.RootElement")]
    [InlineData("var body = await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<Generated>(response.Content); var plan = System.Text.Json.JsonSerializer.Deserialize<Generated>(body!.Response); logger.LogInformation(\"Answer: {Answer}\", plan!.Response);", null)]
    [InlineData("var body = await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<Generated>(response.Content); logger.LogInformation(\"Tokens: {Tokens}\", body!.Tokens);", null)]
    public Task Answer_to_a_request_without_an_SDK(string record, string? name)
    {
        var test = new RuleTest<AGL1103_SensitiveDataCaptured>($$"""
            using Microsoft.Extensions.Logging;

            public record Generated(string Response, int Tokens);

            public class Desk(HttpClient http, ILogger logger)
            {
                public async Task Ask(string question)
                {
                    {{Asked}}{{record}}
                }
            }
            """).Reference(Library.ExtensionsAI, Library.Hosting);
        return (name != null
            ? test.Expect(Info, $"'{name}' from 'HttpClient.PostAsJsonAsync' is recorded by 'ILogger.LogInformation' in every environment, so production telemetry contains answers; record its length, or the text in development only")
            : test).RunAsync();
    }

    [Theory]
    [InlineData("options.{|#0:EnableSensitiveDataLogging|}()")]
    [InlineData("options.UseInMemoryDatabase(\"shop\").{|#0:EnableSensitiveDataLogging|}()")]
    public Task Database_that_logs_values(string call) => Database(call)
        .Expect(Warning, "'DbContextOptionsBuilder.EnableSensitiveDataLogging' is enabled in every environment, so production telemetry contains parameters of statements and keys of rows; enable it in development only")
        .RunAsync();

    [Theory]
    [InlineData("options.EnableSensitiveDataLogging(isDevelopment)")]
    [InlineData("(isDevelopment ? options.EnableSensitiveDataLogging() : options)")]
    public Task Database_that_logs_values_in_development(string call) => Database(call).RunAsync();

    [Theory]
    [InlineData("if (isDevelopment) Log(options);", false)]
    [InlineData("if (isDevelopment) Log(options); Log(options);", true)]
    public Task Callers_that_decide(string calls, bool isReported)
    {
        var test = new RuleTest<AGL1103_SensitiveDataCaptured>($$"""
            using Microsoft.EntityFrameworkCore;
            using Microsoft.Extensions.AI;

            public class Shop(bool isDevelopment, IChatClient model) : DbContext
            {
                public object All => (isDevelopment, model);
                protected override void OnConfiguring(DbContextOptionsBuilder options) { {{calls}} }
                private static void Log(DbContextOptionsBuilder options) => options.{{(isReported ? "{|#0:EnableSensitiveDataLogging|}" : "EnableSensitiveDataLogging")}}();
            }
            """);
        return (isReported
            ? test.Expect(Warning, "'DbContextOptionsBuilder.EnableSensitiveDataLogging' is enabled in every environment, so production telemetry contains parameters of statements and keys of rows; enable it in development only")
            : test).RunAsync();
    }

    private static RuleTest<AGL1103_SensitiveDataCaptured> Database(string call) => new RuleTest<AGL1103_SensitiveDataCaptured>($$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.AI;

        public class Shop(bool isDevelopment, IChatClient model) : DbContext
        {
            public object All => (isDevelopment, model);

            protected override void OnConfiguring(DbContextOptionsBuilder options) => {{call}}.EnableDetailedErrors();
        }
        """).Reference(Library.EntityFramework, Library.ExtensionsAI);

    // ---- Texts in logs ------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var answer = await model.GetResponseAsync(question); {|#0:logger.LogInformation(\"Answer: {Answer}\", answer.Text)|};", "'answer.Text'")]
    [InlineData("var answer = await model.GetResponseAsync(question); if (answer.Text.Length > 0) logger.LogInformation({|#0:$\"Answer: {answer.Text}\"|});", "'answer.Text'")]
    [InlineData("var answer = (await model.GetResponseAsync(question)).Text; if (logger.IsEnabled(LogLevel.Information)) {|#0:logger.LogInformation(\"Answer: {Answer}\", answer)|};", "'answer'")]
    [InlineData("var answer = (await model.GetResponseAsync(question)).Text; Note(answer); void Note(string text) => logger.LogInformation({|#0:text|});", "'text'")]
    public Task Answer_in_the_log(string code, string value) => Desk(code)
        .Expect(Info, $"{value} from 'IChatClient.GetResponseAsync' is recorded by 'ILogger.LogInformation' in every environment, so production telemetry contains answers; record its length, or the text in development only")
        .RunAsync();

    [Fact]
    public Task Answer_that_another_type_records() => Desk("var answer = (await model.GetResponseAsync(question)).Text; Journal.Keep(logger, {|#0:answer|});", """
        using Microsoft.Extensions.Logging;

        public static class Journal { public static void Keep(ILogger logger, string text) => logger.LogInformation("Said: {Text}", text); }
        """)
        .Expect(Info, "'answer' from 'IChatClient.GetResponseAsync' is recorded by 'ILogger.LogInformation' (Desk.AskAsync → Journal.Keep) in every environment, so production telemetry contains answers; record its length, or the text in development only")
        .RunAsync();

    [Fact]
    public Task Answer_in_a_span() => Desk("using var span = new System.Diagnostics.Activity(\"ask\"); var answer = await model.GetResponseAsync(question); span.SetTag(\"answer\", {|#0:answer.Text|});")
        .Expect(Info, "'answer.Text' from 'IChatClient.GetResponseAsync' is recorded by 'Activity.SetTag' in every environment, so production telemetry contains answers; record its length, or the text in development only")
        .RunAsync();

    [Theory]
    [InlineData("logger.{|#0:LogInformation|}(\"Prompt: {Prompt}\", question); await model.GetResponseAsync(question);")]
    [InlineData("var messages = new List<ChatMessage> { new(ChatRole.User, question) }; logger.{|#0:LogInformation|}($\"Prompt: {question}\"); await model.GetResponseAsync(messages);")]
    public Task Prompt_in_the_log(string code) => Desk(code)
        .Expect(Info, "'question', which 'IChatClient.GetResponseAsync' sends, is recorded by 'ILogger.LogInformation' in every environment, so production telemetry contains prompts; record its length, or the text in development only")
        .RunAsync();

    [Theory]
    // Below the level of production, under a setting, in development.
    [InlineData("var answer = await model.GetResponseAsync(question); logger.LogDebug(\"Answer: {Answer}\", answer.Text);")]
    [InlineData("var answer = await model.GetResponseAsync(question); if (logger.IsEnabled(LogLevel.Debug)) logger.LogInformation(\"Answer: {Answer}\", answer.Text);")]
    [InlineData("var answer = await model.GetResponseAsync(question); if (isVerbose) logger.LogInformation(\"Answer: {Answer}\", answer.Text);")]
    [InlineData("var answer = await model.GetResponseAsync(question); if (Records) logger.LogInformation(\"Answer: {Answer}\", answer.Text);")]
    [InlineData("if (host.IsDevelopment()) logger.LogInformation(\"Prompt: {Prompt}\", question); await model.GetResponseAsync(question);")]
    [InlineData("logger.LogInformation(\"Asking {Key}\", isVerbose.ToString()); var kept = new Dictionary<string, List<ChatMessage>>(); logger.LogInformation(\"For {User}\", question); await model.GetResponseAsync(kept[question]);")]
    // A length, a beginning, what the provider says, data out of JSON.
    [InlineData("var answer = await model.GetResponseAsync(question); logger.LogInformation(\"Answer of {Length}\", answer.Text.Length);")]
    [InlineData("var answer = await model.GetResponseAsync(question); logger.LogInformation(\"Answer: {Start}\", answer.Text.Substring(0, 20));")]
    [InlineData("var answer = await model.GetResponseAsync(question); logger.LogInformation(\"{Model} {Tokens} {End}\", answer.ModelId, answer.Usage?.TotalTokenCount, answer.FinishReason);")]
    [InlineData("var answer = await model.GetResponseAsync(question); var plan = System.Text.Json.JsonSerializer.Deserialize<Plan>(answer.Text); logger.LogInformation(\"{Title}\", plan!.Title);")]
    // What failed is looked into by its text.
    [InlineData("var answer = await model.GetResponseAsync(question); try { int.Parse(answer.Text); } catch (FormatException) { logger.LogInformation(\"No number: {Answer}\", answer.Text); }")]
    [InlineData("logger.LogInformation(\"Asking {Length}\", question.Length); await model.GetResponseAsync(question);")]
    // A question that this function does not send.
    [InlineData("logger.LogInformation(\"Asked: {Question}\", question); await Task.Yield();")]
    public Task Text_that_is_not_recorded_everywhere(string code) => Desk(code).RunAsync();

    [Fact]
    public Task Program_for_one_person() => new RuleTest<AGL1103_SensitiveDataCaptured>("""
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.Logging;

        public class Desk(IChatClient model, ILogger logger)
        {
            public static void Main() { }

            public async Task AskAsync(string question) => logger.LogInformation("Answer: {Answer}", (await model.GetResponseAsync(question)).Text);
        }
        """)
        { TestState = { OutputKind = OutputKind.ConsoleApplication } }.Reference(Library.ExtensionsAI, Library.Hosting).RunAsync();

    private static RuleTest<AGL1103_SensitiveDataCaptured> Desk(string code, params IEnumerable<string> files) => new RuleTest<AGL1103_SensitiveDataCaptured>([$$"""
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Logging;

        public class Desk(IChatClient model, ILogger logger, IHostEnvironment host, bool isVerbose)
        {
            public object All => (model, host, isVerbose);

            public bool Records { get; set; }

            public async Task AskAsync(string question)
            {
                {{code}}
            }
        }

        public record Plan(string Title);
        """, .. files]).Reference(Library.ExtensionsAI, Library.Hosting);

    [Theory]
    [InlineData("logger.{|#0:LogInformation|}(\"Asked: {Text}\", request.Text); await AnswerAsync(request.Text);", "request.Text")]
    [InlineData("var text = request.Text; logger.{|#0:LogInformation|}(\"Asked: {Text}\", text); await PrepareAsync(text, request.Id);", "text")]
    public Task Prompt_that_another_function_sends(string code, string name) => Handed(code)
        .Expect(Info, $"'{name}', which 'IChatClient.GetResponseAsync' sends, is recorded by 'ILogger.LogInformation' in every environment, so production telemetry contains prompts; record its length, or the text in development only")
        .RunAsync();

    [Theory]
    // What is recorded is not what is sent.
    [InlineData("logger.LogInformation(\"Asked by {Id}\", request.Id); await PrepareAsync(request.Text, request.Id);")]
    [InlineData("logger.LogInformation(\"Asked by {Id}\", request.Id); await AnswerAsync(request.Text);")]
    [InlineData("logger.LogInformation(\"Asked: {Length}\", request.Text.Length); await AnswerAsync(request.Text);")]
    [InlineData("logger.LogDebug(\"Asked: {Text}\", request.Text); await AnswerAsync(request.Text);")]
    public Task Something_else_of_the_request(string code) => Handed(code).RunAsync();

    private static RuleTest<AGL1103_SensitiveDataCaptured> Handed(string code) => new RuleTest<AGL1103_SensitiveDataCaptured>($$"""
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.Logging;

        public record Request(string Id, string Text);

        public class Desk(IChatClient model, ILogger logger)
        {
            public async Task RunAsync(Request request)
            {
                {{code}}
            }

            private async Task<string> PrepareAsync(string text, string id) { logger.LogDebug("{Id}", id); return await AnswerAsync(text); }

            private async Task<string> AnswerAsync(string text) => (await model.GetResponseAsync(text)).Text;
        }
        """).Reference(Library.ExtensionsAI, Library.Hosting);

    private static RuleTest<AGL1103_SensitiveDataCaptured> Program(string statement) =>
        new RuleTest<AGL1103_SensitiveDataCaptured>($$"""
            using Microsoft.Extensions.AI;

            public static class Setup
            {
                public static void Add(IChatClient client, bool isDevelopment)
                {
                    {{statement}}
                }
            }
            """).Reference(Library.ExtensionsAI, Library.SemanticKernel);
}

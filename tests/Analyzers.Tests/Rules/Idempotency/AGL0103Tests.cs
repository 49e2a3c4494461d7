using AgentLint.Rules.Idempotency;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public class AGL0103Tests
{
    private const string Head = """
        #pragma warning disable EXTEXP0001 // taking handlers away is an experiment
        using System.Net.Http.Json;
        using System.Net.Mail;
        using System.Text.Json;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;
        using Polly;

        """;

    private static RuleTest<AGL0103_RetriedSideEffect> Desk(string members) =>
        new(Head + $$"""
            public class Desk(HttpClient http, SmtpClient smtp, ResiliencePipeline given, IChatClient model)
            {
                private readonly ResiliencePipeline retry = new ResiliencePipelineBuilder().AddRetry(new()).Build();
            {{members}}
            }
            """);

    private static Task Reported(string body, string message) => Desk($"public async Task Run(int amount) {{ {body} }}").Expect(DiagnosticSeverity.Warning, message).RunAsync();

    private static Task Silent(string body) => Desk($"public async Task Run(int amount) {{ {body} }}").RunAsync();

    // ---- Loops and pipelines ----------------------------------------------------------------------------------------------

    [Fact]
    public Task Loop() => Reported(
        "for (var i = 0; i < 3; i++) try { await {|#0:http.PostAsJsonAsync(\"payments\", amount)|}; return; } catch (HttpRequestException) { await Task.Delay(i); }",
        "'HttpClient.PostAsJsonAsync' is repeated by the loop when an attempt fails, although it may already have taken effect: send an id created before the first attempt, or check first whether it is already done");

    [Fact]
    public Task Pipeline() => Reported(
        "await retry.ExecuteAsync(async token => await {|#0:smtp.SendMailAsync(\"a@b.c\", \"d@e.f\", \"\", \"Paid\", token)|});",
        "'SmtpClient.SendMailAsync' is repeated by the Polly retry when an attempt fails, although it may already have taken effect: check first whether it is already done");

    [Fact]
    public Task Path_is_said() => Desk(
        "public async Task Run() => await retry.ExecuteAsync(async token => await {|#0:Tell()|}); private Task Tell() => smtp.SendMailAsync(\"a@b.c\", \"d@e.f\", \"\", \"Paid\");")
        .Expect(DiagnosticSeverity.Warning, "'SmtpClient.SendMailAsync' (Desk.Tell → SmtpClient.SendMailAsync) is repeated by the Polly retry when an attempt fails, although it may already have taken effect: check first whether it is already done").RunAsync();

    [Theory]
    [InlineData("await retry.ExecuteAsync(async token => await http.GetStringAsync(\"payments\", token));")]
    [InlineData("await retry.ExecuteAsync(async token => await http.PutAsJsonAsync(\"payments/1\", amount, token));")]
    [InlineData("await retry.ExecuteAsync(async token => await model.GetResponseAsync(\"Hello\", cancellationToken: token));")]
    [InlineData("await given.ExecuteAsync(async token => await http.PostAsJsonAsync(\"payments\", amount, token));")]
    [InlineData("for (var i = 0; i < 3; i++) await http.PostAsJsonAsync(\"payments\", i);")]
    [InlineData("await retry.ExecuteAsync(async token => await http.GetStringAsync(\"rate\", token)); await http.PostAsJsonAsync(\"payments\", amount);")]
    [InlineData("var key = Guid.NewGuid().ToString(); await retry.ExecuteAsync(async token => { var request = new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(amount) }; request.Headers.Add(\"Idempotency-Key\", key); await http.SendAsync(request, token); });")]
    public Task Repetition_that_does_no_harm(string body) => Silent(body);

    [Fact]
    public Task Answer_that_cannot_be_read_is_not_asked_for_again_behind_the_write() => Silent(
        "for (var i = 0; i < 3; i++) try { var plan = JsonSerializer.Deserialize<string>(await http.GetStringAsync(\"plan\")); await http.PostAsJsonAsync(\"plans\", plan); return; } catch (JsonException) { }");

    [Fact]
    public Task What_stands_behind_the_write_fails() => Reported(
        "for (var i = 0; i < 3; i++) try { await {|#0:http.PostAsJsonAsync(\"plans\", amount)|}; JsonSerializer.Deserialize<string>(await http.GetStringAsync(\"plan\")); return; } catch (JsonException) { }",
        "'HttpClient.PostAsJsonAsync' is repeated by the loop when an attempt fails, although it may already have taken effect: send an id created before the first attempt, or check first whether it is already done");

    // ---- Clients ----------------------------------------------------------------------------------------------------------

    private static RuleTest<AGL0103_RetriedSideEffect> Client(string registration, string more = "") => new RuleTest<AGL0103_RetriedSideEffect>(Head + $$"""
        using Microsoft.Extensions.Http.Resilience;
        public class PayClient(HttpClient http)
        {
            public async Task Pay(int amount) => await http.PostAsJsonAsync("payments", amount);
            public async Task<string> List() => await http.GetStringAsync("payments");
        }
        public static class Setup { public static void Add(IServiceCollection services) { {{registration}} } }
        {{more}}
        """).Reference(Library.HttpResilience);

    private static Task ReportedClient(string registration, string handler) => Client(registration)
        .Expect(DiagnosticSeverity.Warning, $"'HttpClient.PostAsJsonAsync' (PayClient.Pay → HttpClient.PostAsJsonAsync) is repeated by '{handler}' when an attempt fails, although it may already have taken effect: send an id created before the first attempt, or check first whether it is already done")
        .RunAsync();

    [Theory]
    [InlineData("services.AddHttpClient<PayClient>().{|#0:AddStandardResilienceHandler|}();", "AddStandardResilienceHandler")]
    [InlineData("services.AddHttpClient<PayClient>().{|#0:AddResilienceHandler|}(\"pay\", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions()));", "AddResilienceHandler")]
    [InlineData("services.AddHttpClient<PayClient>(); services.ConfigureHttpClientDefaults(http => http.{|#0:AddStandardResilienceHandler|}());", "AddStandardResilienceHandler")]
    public Task Handler_around_a_client_that_posts(string registration, string handler) => ReportedClient(registration, handler);

    [Theory]
    [InlineData("services.AddHttpClient<PayClient>().AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods());")]
    [InlineData("services.AddHttpClient<PayClient>().AddStandardResilienceHandler().Configure(options => options.Retry.DisableForUnsafeHttpMethods());")]
    [InlineData("services.AddHttpClient<PayClient>().AddResilienceHandler(\"pay\", pipeline => { var retry = new HttpRetryStrategyOptions(); retry.DisableForUnsafeHttpMethods(); pipeline.AddRetry(retry); });")]
    [InlineData("services.AddHttpClient<PayClient>(); services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler()); services.AddHttpClient<PayClient>().RemoveAllResilienceHandlers();")]
    [InlineData("services.AddHttpClient<PayClient>();")]
    [InlineData("services.AddHttpClient<PayClient>().AddHttpMessageHandler<Keys>().AddStandardResilienceHandler();")]
    public Task Handler_that_leaves_posts_alone(string registration) => Client(
        registration,
        "public class Keys : DelegatingHandler { protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token) { request.Headers.Add(\"Idempotency-Key\", request.GetHashCode().ToString()); return base.SendAsync(request, token); } }").RunAsync();

    private static RuleTest<AGL0103_RetriedSideEffect> Made(string name, string registration) => new RuleTest<AGL0103_RetriedSideEffect>(Head + $$"""
        using Microsoft.Extensions.Http.Resilience;
        public class Desk(IHttpClientFactory clients)
        {
            public async Task Pay(int amount) => await clients.CreateClient({{name}}).PostAsJsonAsync("payments", amount);
        }
        public static class Setup { public static void Add(IServiceCollection services) { {{registration}} } }
        """).Reference(Library.HttpResilience);

    [Theory]
    [InlineData("", "services.ConfigureHttpClientDefaults(http => http.{|#0:AddStandardResilienceHandler|}());")]
    [InlineData("\"pay\"", "services.ConfigureHttpClientDefaults(http => http.{|#0:AddStandardResilienceHandler|}());")]
    [InlineData("\"pay\"", "services.ConfigureHttpClientDefaults(http => http.{|#0:AddStandardResilienceHandler|}()); services.AddHttpClient(\"pay\").AddStandardResilienceHandler(o => o.Retry.DisableForUnsafeHttpMethods());")]
    [InlineData("\"pay\"", "services.AddHttpClient(\"pay\").{|#0:AddStandardResilienceHandler|}();")]
    public Task Handler_around_a_client_of_the_factory(string name, string registration) => Made(name, registration)
        .Expect(DiagnosticSeverity.Warning, "'HttpClient.PostAsJsonAsync' (Desk.Pay → HttpClient.PostAsJsonAsync) is repeated by 'AddStandardResilienceHandler' when an attempt fails, although it may already have taken effect: send an id created before the first attempt, or check first whether it is already done")
        .RunAsync();

    [Theory]
    [InlineData("", "services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler(o => o.Retry.DisableForUnsafeHttpMethods()));")]
    [InlineData("\"pay\"", "services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler()); services.AddHttpClient(\"pay\").RemoveAllResilienceHandlers().AddStandardResilienceHandler(o => o.Retry.DisableForUnsafeHttpMethods());")]
    [InlineData("\"other\"", "services.AddHttpClient(\"pay\").AddStandardResilienceHandler();")]
    // Which client it is is not known: it may be one that has none.
    [InlineData("Environment.MachineName", "services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());")]
    public Task Client_of_the_factory_without_such_a_handler(string name, string registration) => Made(name, registration).RunAsync();

    private static RuleTest<AGL0103_RetriedSideEffect> Refit(string setup) => new RuleTest<AGL0103_RetriedSideEffect>(Head + $$"""
        using Refit;
        public interface INotes { [Post("/notes")] Task<string> CreateAsync([Body] string note); }
        public interface IWords { [Post("/words/search")] Task<string> FindAsync([Body] string word); }
        public class Desk(INotes notes, IWords words)
        {
            public async Task Add(string text) => await notes.CreateAsync(text);
            public async Task<string> Find(string text) => await words.FindAsync(text);
        }
        public static class Setup { public static void Add(IServiceCollection services) { {{setup}} } }
        """).Reference(Library.HttpResilience).Reference(Library.Refit);

    [Theory]
    [InlineData("services.AddRefitClient<INotes>().{|#0:AddStandardResilienceHandler|}();")]
    [InlineData("void Api<T>() where T : class { var builder = services.AddRefitClient<T>(); builder.{|#0:AddStandardResilienceHandler|}(); } Api<IWords>(); Api<INotes>();")]
    public Task Handler_around_a_declared_client(string setup) => Refit(setup)
        .Expect(DiagnosticSeverity.Warning, "'INotes.CreateAsync' (Desk.Add → INotes.CreateAsync) is repeated by 'AddStandardResilienceHandler' when an attempt fails, although it may already have taken effect: send an id created before the first attempt, or check first whether it is already done")
        .RunAsync();

    [Theory]
    [InlineData("services.AddRefitClient<IWords>().AddStandardResilienceHandler(); services.AddRefitClient<INotes>();")]
    [InlineData("void Api<T>() where T : class => services.AddRefitClient<T>().AddStandardResilienceHandler(); Api<IWords>(); services.AddRefitClient<INotes>();")]
    public Task Handler_around_a_declared_client_that_asks(string setup) => Refit(setup).RunAsync();

    // ---- What is refused, and what goes on --------------------------------------------------------------------------------

    private static RuleTest<AGL0103_RetriedSideEffect> Azure(string body) => new RuleTest<AGL0103_RetriedSideEffect>(Head + $$"""
        using Azure.AI.Agents.Persistent;
        using Azure.Storage.Blobs;
        public class Desk(BlobContainerClient blobs, ThreadRuns runs)
        {
            private readonly ResiliencePipeline retry = new ResiliencePipelineBuilder().AddRetry(new()).Build();
            public async Task Run(string text) { {{body}} }
        }
        """).Reference(Library.StorageBlobs).Reference(PersistentAgentsStub.Library);

    [Theory]
    [InlineData("await retry.ExecuteAsync(async token => await {|#0:blobs.UploadBlobAsync(text, BinaryData.FromString(text))|});")]
    [InlineData("await retry.ExecuteAsync(async token => { try { await {|#0:blobs.UploadBlobAsync(text, BinaryData.FromString(text))|}; } catch (Exception e) { Console.Error.WriteLine(e); throw; } });")]
    public Task Creation_that_is_refused_the_second_time(string body) => Azure(body)
        .Expect(DiagnosticSeverity.Warning, "'BlobContainerClient.UploadBlobAsync' is repeated by the Polly retry when an attempt fails, although it may already have taken effect: treat the error for an existing item as success").RunAsync();

    [Theory]
    [InlineData("await retry.ExecuteAsync(async token => { try { await blobs.UploadBlobAsync(text, BinaryData.FromString(text)); } catch (IOException) { } });")]
    [InlineData("await retry.ExecuteAsync(async token => { try { await blobs.UploadBlobAsync(text, BinaryData.FromString(text)); } catch (IOException e) when (e.HResult != 409) { throw; } });")]
    [InlineData("await blobs.UploadBlobAsync(text, BinaryData.FromString(text));")]
    public Task Creation_whose_refusal_is_looked_at(string body) => Azure(body).RunAsync();

    [Fact]
    public Task Run_of_an_agent_that_goes_on_when_an_attempt_fails_behind_it() => Azure(
        "await retry.ExecuteAsync(async token => { var run = await {|#0:runs.CreateRunAsync(text, \"a\")|}; await runs.GetRunAsync(text, run.Id); });")
        .Expect(DiagnosticSeverity.Warning, "'ThreadRuns.CreateRunAsync' is repeated by the Polly retry when an attempt fails, although it may already have taken effect: check first whether it is already done").RunAsync();

    [Theory]
    [InlineData("await retry.ExecuteAsync(async token => await runs.CreateRunAsync(text, \"a\"));")]
    [InlineData("var run = await runs.CreateRunAsync(text, \"a\"); await retry.ExecuteAsync(async token => await runs.GetRunAsync(text, run.Id));")]
    public Task Run_of_an_agent_that_nothing_follows_in_the_attempt(string body) => Azure(body).RunAsync();

    [Fact]
    public Task Creation_in_an_activity_with_a_retry_policy() => new RuleTest<AGL0103_RetriedSideEffect>(
        """
        using Azure.Storage.Blobs;
        using Microsoft.Azure.Functions.Worker;
        using Microsoft.DurableTask;
        public class Documents(BlobContainerClient blobs)
        {
            public async Task Run([OrchestrationTrigger] TaskOrchestrationContext context)
            {
                var options = new TaskOptions(new RetryPolicy(3, TimeSpan.FromSeconds(5)));
                await context.CallActivityAsync<string>("Write", "text", options);
            }

            public async Task<string> Write([ActivityTrigger] string text)
            {
                await {|#0:blobs.UploadBlobAsync("name", System.BinaryData.FromString(text))|};
                return text;
            }
        }
        """).Reference(Library.StorageBlobs, Library.DurableTask, Library.Functions)
        .Expect(DiagnosticSeverity.Warning, "'BlobContainerClient.UploadBlobAsync' is repeated by the activity when an attempt fails, although it may already have taken effect: treat the error for an existing item as success").RunAsync();

    // ---- Rows -------------------------------------------------------------------------------------------------------------

    private static RuleTest<AGL0103_RetriedSideEffect> Rows(string body) => new(
        $$"""
        using Microsoft.EntityFrameworkCore;
        using Polly;
        public class Note { public int Id { get; set; } public string Text { get; set; } = ""; }
        public class Notes(DbSet<Note> all, DbContext database, ResiliencePipeline retry)
        {
            private readonly ResiliencePipeline own = new ResiliencePipelineBuilder().AddRetry(new()).Build();
            public async Task Run(string text) { {{body}} }
        }
        """);

    [Fact]
    public Task Each_attempt_adds_a_row() => Rows("await own.ExecuteAsync(async token => { {|#0:all.Add(new Note { Text = text })|}; await database.SaveChangesAsync(token); });")
        .Expect(DiagnosticSeverity.Warning, "'DbSet.Add' is repeated by the Polly retry when an attempt fails, although it may already have taken effect: every attempt adds a row, and the row of the failed attempt stays tracked, so both are saved").RunAsync();

    [Fact]
    public Task Row_that_is_made_before_is_added_once() => Rows("var note = new Note { Text = text }; await own.ExecuteAsync(async token => { all.Add(note); await database.SaveChangesAsync(token); });").RunAsync();

    // ---- Limits -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Retry_by_a_client_library_is_not_seen() => Silent("await http.PostAsJsonAsync(\"payments\", amount);");

    [Fact]
    public Task Failures_that_a_policy_handles_are_not_compared() => Reported(
        "var parse = new ResiliencePipelineBuilder().AddRetry(new() { ShouldHandle = new PredicateBuilder().Handle<JsonException>() }).Build(); await parse.ExecuteAsync(async token => await {|#0:http.PostAsJsonAsync(\"payments\", amount, token)|});",
        "'HttpClient.PostAsJsonAsync' is repeated by the Polly retry when an attempt fails, although it may already have taken effect: send an id created before the first attempt, or check first whether it is already done");

    // ---- Threads ----------------------------------------------------------------------------------------------------------

    // crewAIInc/crewAI#5802: a task that is tried again pays again.
    [Fact]
    public Task CrewAI_5802_before() => Desk(
        """
            public async Task<string> RunTask(int amount)
            {
                for (var attempt = 0; ; attempt++)
                {
                    try
                    {
                        await {|#0:Pay(amount)|};
                        return (await model.GetResponseAsync("Confirm the payment of " + amount)).Text;
                    }
                    catch (Exception) when (attempt < 2)
                    {
                        await Task.Delay(1000);
                    }
                }
            }

            private async Task Pay(int amount) => (await http.PostAsJsonAsync("payments", new { amount })).EnsureSuccessStatusCode();
        """)
        .Expect(DiagnosticSeverity.Warning, "'HttpClient.PostAsJsonAsync' (Desk.Pay → HttpClient.PostAsJsonAsync) is repeated by the loop when an attempt fails, although it may already have taken effect: send an id created before the first attempt, or check first whether it is already done").RunAsync();

    [Fact]
    public Task CrewAI_5802_after() => Desk(
        """
            public async Task<string> RunTask(int amount, string task)
            {
                for (var attempt = 0; ; attempt++)
                {
                    try
                    {
                        await Pay(amount, task);
                        return (await model.GetResponseAsync("Confirm the payment of " + amount)).Text;
                    }
                    catch (Exception) when (attempt < 2)
                    {
                        await Task.Delay(1000);
                    }
                }
            }

            private async Task Pay(int amount, string task)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "payments") { Content = JsonContent.Create(new { amount }) };
                request.Headers.Add("Idempotency-Key", task + "-payment");
                (await http.SendAsync(request)).EnsureSuccessStatusCode();
            }
        """).RunAsync();

    // ComposioHQ/composio#3654: execute and proxy are sent again after a timeout.
    [Fact]
    public Task Composio_3654_before() => Desk(
        """
            public async Task<string> Execute(string action, string arguments)
            {
                var attempt = 0;
                while (true)
                {
                    try
                    {
                        var answer = await {|#0:http.PostAsJsonAsync($"tools/execute/{action}", new { arguments })|};
                        return await answer.Content.ReadAsStringAsync();
                    }
                    catch (TaskCanceledException) when (++attempt < 3)
                    {
                        await Task.Delay(500 * attempt);
                    }
                }
            }
        """)
        .Expect(DiagnosticSeverity.Warning, "'HttpClient.PostAsJsonAsync' is repeated by the loop when an attempt fails, although it may already have taken effect: send an id created before the first attempt, or check first whether it is already done").RunAsync();

    [Fact]
    public Task Composio_3654_after() => Desk(
        """
            public async Task<string> Execute(string action, string arguments) =>
                await (await http.PostAsJsonAsync($"tools/execute/{action}", new { arguments })).Content.ReadAsStringAsync();
        """).RunAsync();
}

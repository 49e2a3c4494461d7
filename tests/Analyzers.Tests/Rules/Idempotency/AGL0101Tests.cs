using AgentLint.Rules.Idempotency;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public class AGL0101Tests
{
    private const string Head = """
        using System.Data.Common;
        using System.Net.Http.Json;
        using System.Net.Mail;
        using Dapper;
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;

        public class Note { public int Id { get; set; } public string Text { get; set; } = ""; }
        public class Notes : DbContext { public DbSet<Note> All => Set<Note>(); }
        public record Order(string Item, string RequestId);
        public interface IMail { Task SendAsync(string text); }
        public class Mail(SmtpClient smtp) : IMail { public Task SendAsync(string text) => smtp.SendMailAsync("a@b.c", "d@e.f", "", text); }

        """;

    private const string Unknown = ": check first whether it is already done, or record the operation's id once it is";
    private const string Unaware = ": send an id derived from the operation, or check first whether it is already done";
    private const string Row = ": check for the row first, or add a unique key derived from the operation so that the database rejects a duplicate";

    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> Tools(string members) =>
        new(Head + $$"""
            [McpServerToolType]
            public class Tools(HttpClient http, DbConnection database, Notes notes, IMail mail, SmtpClient smtp, IChatClient model)
            {
            {{members}}
            }
            """);

    private static Task Reported(string members, DiagnosticSeverity severity, string what, string missing) =>
        Tools(members).Expect(severity, $"'Tools.Run' {what} each time it runs, without a stable idempotency key{missing}").RunAsync();

    private static Task Silent(string members) => Tools(members).RunAsync();

    [Fact]
    public Task Mail() => Reported(
        "[McpServerTool] public Task Run(string text) => {|#0:smtp.SendMailAsync(\"a@b.c\", \"d@e.f\", \"\", text)|};",
        DiagnosticSeverity.Warning, "sends an email with 'SmtpClient.SendMailAsync'", Unknown);

    [Fact]
    public Task Path_is_said() => Reported(
        "[McpServerTool] public async Task Run(string text) { await {|#0:Tell(text)|}; } private Task Tell(string text) => mail.SendAsync(text);",
        DiagnosticSeverity.Warning, "sends an email with 'SmtpClient.SendMailAsync' (Tools.Run → Tools.Tell → IMail.SendAsync → SmtpClient.SendMailAsync)", Unknown);

    [Fact]
    public Task Method_that_nobody_runs_again() => Silent("public Task Run(string text) => mail.SendAsync(text);");

    [Fact]
    public Task Lambda_that_is_a_tool() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        Head + "public class Tools(IMail mail) { public AIFunction Tell => AIFunctionFactory.Create(async (string text) => { await {|#0:mail.SendAsync(text)|}; }); }")
        .Expect(DiagnosticSeverity.Warning, $"'lambda' sends an email with 'SmtpClient.SendMailAsync' (lambda → IMail.SendAsync → SmtpClient.SendMailAsync) each time it runs, without a stable idempotency key{Unknown}").RunAsync();

    [Fact]
    public Task Activity() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        """
        using System.Net.Http.Json;
        using Temporalio.Activities;
        public class Activities(HttpClient http)
        {
            [Activity] public Task Pay(int amount) => {|#0:http.PostAsJsonAsync("payments", amount)|};
        }
        """)
        .Reference(Library.Temporal)
        .Expect(DiagnosticSeverity.Warning, "'Activities.Pay' posts with 'HttpClient.PostAsJsonAsync' each time it runs, without a stable idempotency key" + Unaware).RunAsync();

    [Fact]
    public Task Consumer() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        Head + """
        public record Paid(string Order);
        public class Receipts(IMail mail) : MassTransit.IConsumer<Paid>
        {
            public Task Consume(MassTransit.ConsumeContext<Paid> context) => {|#0:mail.SendAsync("Thank you.")|};
        }
        """)
        .Expect(DiagnosticSeverity.Warning, $"'Receipts.Consume' sends an email with 'SmtpClient.SendMailAsync' (Receipts.Consume → IMail.SendAsync → SmtpClient.SendMailAsync) each time it runs, without a stable idempotency key{Unknown}").RunAsync();

    // ---- HTTP -------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await {|#0:http.PostAsJsonAsync(\"payments\", amount)|};", "PostAsJsonAsync")]
    [InlineData("var answer = await {|#0:http.PostAsync(\"payments\", new StringContent(\"\" + amount))|}; answer.EnsureSuccessStatusCode();", "PostAsync")]
    [InlineData("var answer = await {|#0:http.PostAsync(\"payments\", new StringContent(\"\" + amount))|}; Console.Error.WriteLine(await answer.Content.ReadAsStringAsync());", "PostAsync")]
    [InlineData("var request = new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(amount) }; await {|#0:http.SendAsync(request)|};", "SendAsync")]
    [InlineData("await {|#0:http.PostAsJsonAsync(\"orders/open/send\", amount)|};", "PostAsJsonAsync")]
    public Task Post(string body, string call) => Reported(
        $"[McpServerTool] public async Task Run(int amount) {{ {body} }}",
        DiagnosticSeverity.Info, $"posts with 'HttpClient.{call}'", Unaware);

    [Theory]
    [InlineData("return await (await http.PostAsJsonAsync(\"api/search\", text)).Content.ReadAsStringAsync();")]
    [InlineData("var answer = await http.PostAsJsonAsync(\"v1/completions\", text); return answer.IsSuccessStatusCode ? \"yes\" : \"no\";")]
    [InlineData("return await (await http.PostAsJsonAsync(\"connect/token\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return await (await http.PostAsJsonAsync(address, text)).Content.ReadAsStringAsync();")]
    [InlineData("return await (await http.PostAsJsonAsync(\"anonymize\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return await (await http.PostAsJsonAsync(\"execute-query\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return await (await http.PostAsJsonAsync(\"api/template\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return await (await http.PostAsJsonAsync(\"api/conversation/process\", text)).Content.ReadAsStringAsync();")]
    [InlineData("await http.PostAsJsonAsync(\"services/light/turn_on\", text); return \"\";")]
    [InlineData("await http.PostAsJsonAsync(\"machines/1/status/shutdown\", text); return \"\";")]
    [InlineData("await http.PostAsJsonAsync(\"snapshots/1/rollback\", text); return \"\";")]
    [InlineData("await http.PostAsJsonAsync(\"operations/1/decision\", text); return \"\";")]
    [InlineData("await http.PostAsJsonAsync(\"requests/1/approve\", text); return \"\";")]
    [InlineData("await http.PostAsJsonAsync(\"api/documents/bulk_edit\", text); return \"\";")]
    [InlineData("return await (await http.PostAsJsonAsync(\"api/summary\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return await (await http.PostAsJsonAsync(\"api/translator\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return await (await http.PostAsJsonAsync(\"v1/x\", new { model = \"m\", prompt = text })).Content.ReadAsStringAsync();")]
    [InlineData("await http.PostAsJsonAsync(\"rpc\", new { jsonrpc = \"2.0\", method = \"tools/list\" }); return \"\";")]
    [InlineData("await http.PostAsync(\"jobs/1/cancel\", null); return \"\";")]
    [InlineData("await http.PutAsJsonAsync(\"notes/1\", text); return \"\";")]
    [InlineData("await http.PatchAsJsonAsync(\"notes/1\", text); return \"\";")]
    [InlineData("await http.DeleteAsync(\"notes/1\"); return \"\";")]
    [InlineData("return (await model.GetResponseAsync(text)).Text;")]
    public Task Request_that_asks_or_can_be_repeated(string body) =>
        Silent($"[McpServerTool] public async Task<string> Run(string text, string address) {{ {body} }}");

    [Theory]
    [InlineData("ReadOnly = true")]
    [InlineData("Idempotent = true")]
    public Task What_the_tool_says_of_a_request_that_may_ask_holds(string declaration) =>
        Silent($"[McpServerTool({declaration})] public async Task<string> Run(string text) => await (await http.PostAsJsonAsync(\"connections\", text)).Content.ReadAsStringAsync();");

    [Fact]
    public Task Same_helper_reads_for_one_call_and_posts_for_the_next() => Reported(
        """
            [McpServerTool] public async Task Run(string text) { await Call(HttpMethod.Get, "notes"); await {|#0:Call(HttpMethod.Post, "notes", text)|}; }
            private async Task<string> Call(HttpMethod method, string path, string? body = null)
            {
                using var request = new HttpRequestMessage(method, path);
                if (body != null)
                    request.Content = new StringContent(body);
                using var answer = await http.SendAsync(request);
                return await answer.Content.ReadAsStringAsync();
            }
        """,
        DiagnosticSeverity.Info, "posts with 'HttpClient.SendAsync' (Tools.Run → Tools.Call → HttpClient.SendAsync)", Unaware);

    // What a library implements from attributes.
    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> Refit(string body) => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        $$"""
        using ModelContextProtocol.Server;
        using Refit;
        public interface INotes
        {
            [Post("/notes")] Task<string> CreateAsync([Body] string note);
            [Post("/notes")] Task<string> CreateWithKeyAsync([Body] string note, [Header("Idempotency-Key")] string key);
            [Post("/notes/search")] Task<string> SearchAsync([Body] string text);
            [Get("/notes/{id}")] Task<string> GetAsync(int id);
            [Put("/notes/{id}")] Task<string> UpdateAsync(int id, [Body] string note);
        }
        [McpServerToolType]
        public class Tools(INotes notes) { [McpServerTool] public async Task<string> Run(int id, string text) => {{body}}; }
        """).Reference(Library.Refit);

    [Fact]
    public Task Declared_request_posts() => Refit("await {|#0:notes.CreateAsync(text)|}")
        .Expect(DiagnosticSeverity.Warning, "'Tools.Run' posts with 'INotes.CreateAsync' each time it runs, without a stable idempotency key: send 'Idempotency-Key' with the same value on every attempt").RunAsync();

    [Theory]
    [InlineData("await notes.CreateWithKeyAsync(text, \"note-\" + id)")]
    [InlineData("await notes.SearchAsync(text)")]
    [InlineData("await notes.GetAsync(id)")]
    [InlineData("await notes.UpdateAsync(id, text)")]
    public Task Declared_request_that_has_a_key_asks_or_can_be_repeated(string body) => Refit(body).RunAsync();

    // What is given in, and sent as it is, is sent with all of its properties.
    [Theory]
    [InlineData("string RequestId", false)]
    [InlineData("string PreferenceId", true)]
    public Task Whole_that_is_sent(string property, bool isReported)
    {
        var test = new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
            using System.Net.Http.Json;
            using Dapr.Workflow;
            public record Pay({{property}}, decimal Amount);
            public class Paying(HttpClient http) : WorkflowActivity<Pay, bool>
            {
                public override async Task<bool> RunAsync(WorkflowActivityContext context, Pay pay)
                {
                    await {{(isReported ? "{|#0:http.PostAsJsonAsync(\"payments\", pay)|}" : "http.PostAsJsonAsync(\"payments\", pay)")}};
                    return true;
                }
            }
            """).Reference(Library.Dapr);
        return (isReported ? test.Expect(DiagnosticSeverity.Warning, "'Paying.RunAsync' posts with 'HttpClient.PostAsJsonAsync' each time it runs, without a stable idempotency key: send an id derived from the operation, or check first whether it is already done") : test).RunAsync();
    }

    // A route of its own, and a method that runs first and can stop the handler.
    [Theory]
    [InlineData("[Wolverine.Http.WolverinePost(\"/ship\")] public static", "", false)]
    [InlineData("public static", "public static Task<HandlerContinuation> BeforeAsync(Ship ship) => Task.FromResult(HandlerContinuation.Stop);", false)]
    [InlineData("public static", "public static (HandlerContinuation, string) Load(Ship ship) => (HandlerContinuation.Continue, ship.To);", false)]
    // It loads, and stops nothing.
    [InlineData("public static", "public static Task<string> LoadAsync(Ship ship) => Task.FromResult(ship.To);", true)]
    [InlineData("public static", "public static Task<bool> OtherAsync(Ship ship) => Task.FromResult(true);", true)]
    public Task Handler_of_Wolverine(string modifiers, string other, bool isReported)
    {
        var test = new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
            using System.Net.Mail;
            using Wolverine;
            public record Ship(string To);
            public static class ShipHandler
            {
                {{modifiers}} Task Handle(Ship ship, SmtpClient mail) => {{(isReported ? "{|#0:mail.SendMailAsync(\"\", ship.To, \"\", \"\")|}" : "mail.SendMailAsync(\"\", ship.To, \"\", \"\")")}};
                {{other}}
            }
            """).Reference(Library.Wolverine);
        return (isReported ? test.Expect(DiagnosticSeverity.Info, "'ShipHandler.Handle' sends an email with 'SmtpClient.SendMailAsync' each time it runs, without a stable idempotency key: check first whether it is already done, or record the operation's id once it is") : test).RunAsync();
    }

    [Theory]
    [InlineData("options.Policies.UseDurableInboxOnAllListeners();", false)]
    [InlineData("options.ServiceName = \"ship\";", true)]
    public Task Inbox_of_Wolverine(string policy, bool isReported)
    {
        var test = new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
            using Wolverine;
            public record Ship(string To);
            public record Shipped(string To);
            public static class ShipHandler
            {
                public static ValueTask Handle(Ship ship, IMessageBus bus) => {{(isReported ? "{|#0:bus.PublishAsync(new Shipped(ship.To))|}" : "bus.PublishAsync(new Shipped(ship.To))")}};
            }
            public static class Setup { public static void Configure(WolverineOptions options) { {{policy}} } }
            """).Reference(Library.Wolverine);
        return (isReported ? test.Expect(DiagnosticSeverity.Info, "'ShipHandler.Handle' publishes a message with 'IMessageBus.PublishAsync' each time it runs, without a stable idempotency key: set 'DeduplicationId' to an id derived from the operation and let an inbox drop duplicates") : test).RunAsync();
    }

    // A builder of requests, as Kiota generates it: its base type declares none of these methods.
    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> Kiota(string body) => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        $$"""
        using Microsoft.Kiota.Abstractions;
        using Microsoft.Kiota.Abstractions.Serialization;
        using ModelContextProtocol.Server;
        public class HeroesRequestBuilder(IRequestAdapter adapter) : BaseRequestBuilder(adapter, "{+baseurl}/heroes", new Dictionary<string, object>())
        {
            public async Task<string?> GetAsync(Action<RequestConfiguration<DefaultQueryParameters>>? requestConfiguration = default, CancellationToken cancellationToken = default) =>
                await RequestAdapter.SendPrimitiveAsync<string>(new RequestInformation(Method.GET, UrlTemplate, PathParameters), null, cancellationToken);
            public async Task<string?> PostAsync(string body, Action<RequestConfiguration<DefaultQueryParameters>>? requestConfiguration = default, CancellationToken cancellationToken = default) =>
                await RequestAdapter.SendPrimitiveAsync<string>(new RequestInformation(Method.POST, UrlTemplate, PathParameters), null, cancellationToken);
            public async Task<string?> PutAsync(string body, Action<RequestConfiguration<DefaultQueryParameters>>? requestConfiguration = default, CancellationToken cancellationToken = default) =>
                await RequestAdapter.SendPrimitiveAsync<string>(new RequestInformation(Method.PUT, UrlTemplate, PathParameters), null, cancellationToken);
        }
        [McpServerToolType]
        public class Tools(HeroesRequestBuilder heroes) { [McpServerTool] public async Task<string?> CreateHero(string name) => {{body}}; }
        """).Reference(Library.Kiota);

    [Fact]
    public Task Generated_client_posts() => Kiota("await {|#0:heroes.PostAsync(name)|}")
        .Expect(DiagnosticSeverity.Info, "'Tools.CreateHero' posts with 'HeroesRequestBuilder.PostAsync' each time it runs, without a stable idempotency key: send an id derived from the operation, or check first whether it is already done").RunAsync();

    [Theory]
    [InlineData("await heroes.PostAsync(name, request => request.Headers.Add(\"Idempotency-Key\", name))")]
    [InlineData("await heroes.GetAsync()")]
    [InlineData("await heroes.PutAsync(name)")]
    public Task Generated_client_sends_a_key_asks_or_can_be_repeated(string body) => Kiota(body).RunAsync();

    // ---- Keys -------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var request = new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(1) }; request.Headers.Add(\"Idempotency-Key\", id); await http.SendAsync(request);")]
    [InlineData("await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(1), Headers = { { \"Idempotency-Key\", id } } });")]
    [InlineData("await http.PostAsJsonAsync(\"payments\", new { amount = 1, requestId = id });")]
    [InlineData("await http.PostAsJsonAsync(\"payments\", new Order(\"a\", id));")]
    [InlineData("await http.PostAsJsonAsync(\"machines/1/clone\", new { newid = id });")]
    [InlineData("var form = new Dictionary<string, string>(); form[\"idempotency_key\"] = id; await http.PostAsync(\"payments\", new FormUrlEncodedContent(form));")]
    public Task Key_is_sent(string body) => Silent($"[McpServerTool] public async Task Run(string id) {{ {body} }}");

    // What other requests address by it is known by it.
    [Theory]
    [InlineData("await http.PostAsJsonAsync(\"machines\", new { vmid = id, memory = 1 });")]
    [InlineData("var body = new Dictionary<string, string>(); body[\"vmid\"] = id; await http.PostAsJsonAsync($\"nodes/1/machines\", body);")]
    public Task Thing_is_made_under_a_name_of_the_caller(string body) =>
        Silent($"[McpServerTool] public async Task Run(string id) {{ {body} }} public Task<string> Get(string vmid) => http.GetStringAsync($\"nodes/1/machines/{{vmid}}\");");

    [Fact]
    public Task Thing_is_made_for_something_else() => Reported(
        "[McpServerTool] public async Task Run(string vmid) { await {|#0:http.PostAsJsonAsync(\"rules\", new { vmid })|}; } public Task<string> Get(string vmid) => http.GetStringAsync($\"machines/{vmid}\"); public Task<string> Rule(string rule) => http.GetStringAsync($\"rules/{rule}\");",
        DiagnosticSeverity.Info, "posts with 'HttpClient.PostAsJsonAsync'", Unaware);

    [Theory]
    [InlineData("await {|#0:http.PostAsJsonAsync(\"payments\", new { amount = 1, customer = id })|};")]
    [InlineData("http.DefaultRequestHeaders.Add(\"X-Correlation-Id\", id); await {|#0:http.PostAsJsonAsync(\"payments\", 1)|};")]
    public Task Other_id_is_no_key(string body) => Reported(
        $"[McpServerTool] public async Task Run(string id) {{ {body} }}",
        DiagnosticSeverity.Info, "posts with 'HttpClient.PostAsJsonAsync'", Unaware);

    [Fact]
    public Task Request_option() => Stripe("await {|#0:refunds.CreateAsync(new RefundCreateOptions { Charge = charge })|};")
        .Expect(DiagnosticSeverity.Warning, "'Tools.Run' makes a payment with 'RefundService.CreateAsync' each time it runs, without a stable idempotency key: pass 'IdempotencyKey' with the same value on every attempt").RunAsync();

    [Theory]
    [InlineData("await refunds.CreateAsync(new RefundCreateOptions { Charge = charge }, new RequestOptions { IdempotencyKey = charge });")]
    [InlineData("var options = new RequestOptions(); options.IdempotencyKey = charge; await refunds.CreateAsync(new RefundCreateOptions(), options);")]
    [InlineData("await refunds.CreateAsync(new RefundCreateOptions(), given);")]
    public Task Request_option_that_has_a_key_or_may(string body) => Stripe(body).RunAsync();

    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> Stripe(string body) => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        $$"""
        using ModelContextProtocol.Server;
        using Stripe;
        [McpServerToolType]
        public class Tools(RefundService refunds, RequestOptions given) { [McpServerTool] public async Task Run(string charge) { {{body}} } }
        """).Reference(Library.Stripe);

    [Fact]
    public Task Message_without_an_id() => ServiceBus("await {|#0:sender.SendMessageAsync(new ServiceBusMessage(text) { Subject = \"a\" })|};")
        .Expect(DiagnosticSeverity.Info, "'Tools.Run' publishes a message with 'ServiceBusSender.SendMessageAsync' each time it runs, without a stable idempotency key: set 'MessageId' to an id derived from the operation and let an inbox drop duplicates").RunAsync();

    [Theory]
    [InlineData("await sender.SendMessageAsync(new ServiceBusMessage(text) { MessageId = text });")]
    [InlineData("var message = new ServiceBusMessage(text); message.MessageId = text; await sender.SendMessageAsync(message);")]
    public Task Message_with_an_id(string body) => ServiceBus(body).RunAsync();

    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> ServiceBus(string body) => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        $$"""
        using Azure.Messaging.ServiceBus;
        using ModelContextProtocol.Server;
        [McpServerToolType]
        public class Tools(ServiceBusSender sender) { [McpServerTool] public async Task Run(string text) { {{body}} } }
        """).Reference(Library.ServiceBus);

    [Fact]
    public Task Message_between_agents_of_one_runtime() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        """
        using Microsoft.AutoGen.Contracts;
        public record Count(int Value);
        public class Counter(IAgentRuntime runtime) : IHandle<Count>
        {
            public async ValueTask HandleAsync(Count item, MessageContext context) => await runtime.PublishMessageAsync(new Count(item.Value - 1), "counts");
        }
        """).Reference(AutoGenContractsStub.Library).RunAsync();

    // ---- Services ---------------------------------------------------------------------------------------------------------

    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> Service(string parameters, string body) => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        $$"""
        using ModelContextProtocol.Server;
        [McpServerToolType]
        public class Tools({{parameters}}) { [McpServerTool] public async Task Run(string text) { {{body}} } }
        """);

    [Fact]
    public Task Ledger() => Service("Azure.Security.ConfidentialLedger.ConfidentialLedgerClient ledger", "await ledger.GetLedgerEntryAsync(text); await {|#0:ledger.PostLedgerEntryAsync(text)|};").Reference(ConfidentialLedgerStub.Library)
        .Expect(DiagnosticSeverity.Info, $"'Tools.Run' appends with 'ConfidentialLedgerClient.PostLedgerEntryAsync' each time it runs, without a stable idempotency key{Unknown}").RunAsync();

    [Fact]
    public Task Issue() => Service("Octokit.IIssuesClient issues", "await {|#0:issues.Create(\"o\", \"r\", new Octokit.NewIssue(text))|};").Reference(Library.Octokit)
        .Expect(DiagnosticSeverity.Info, $"'Tools.Run' adds an entry with 'IIssuesClient.Create' each time it runs, without a stable idempotency key{Unknown}").RunAsync();

    [Fact]
    public Task Pull_request_is_refused_the_second_time() => Service("Octokit.IPullRequestsClient pulls", "await pulls.Create(\"o\", \"r\", new Octokit.NewPullRequest(text, \"head\", \"main\"));").Reference(Library.Octokit).RunAsync();

    [Fact]
    public Task Blob_is_refused_the_second_time() => Service("Azure.Storage.Blobs.BlobContainerClient blobs", "await blobs.UploadBlobAsync(text, BinaryData.FromString(text));").Reference(Library.StorageBlobs).RunAsync();

    [Fact]
    public Task Run_of_an_agent_is_a_question() => Service("Azure.AI.Agents.Persistent.ThreadRuns runs", "var run = await runs.CreateRunAsync(text, \"a\"); await runs.GetRunAsync(text, run.Id);").Reference(PersistentAgentsStub.Library).RunAsync();

    // ---- Databases --------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Row_whose_key_the_database_makes() => Reported(
        "[McpServerTool] public async Task Run(string text) { {|#0:notes.All.Add(new Note { Text = text })|}; await notes.SaveChangesAsync(); }",
        DiagnosticSeverity.Info, "adds an entry with 'DbSet.Add'", Row);

    [Theory]
    [InlineData("notes.All.Add(new Note { Id = id, Text = text }); await notes.SaveChangesAsync();")]
    [InlineData("if (await notes.All.AnyAsync(n => n.Text == text)) return; notes.All.Add(new Note { Text = text }); await notes.SaveChangesAsync();")]
    [InlineData("var known = await notes.All.FirstOrDefaultAsync(n => n.Text == text); if (known == null) { notes.All.Add(new Note { Text = text }); await notes.SaveChangesAsync(); }")]
    [InlineData("notes.All.Add(new Note { Text = text });")]
    [InlineData("notes.All.Add(new Note { Text = text }); if (await notes.All.AnyAsync(n => n.Text == text)) return; await notes.SaveChangesAsync();")]
    public Task Row_that_is_known_or_looked_for_or_not_saved(string body) => Silent($"[McpServerTool] public async Task Run(int id, string text) {{ {body} }}");

    [Fact]
    public Task Insert() => Reported(
        "[McpServerTool] public Task Run(string text) => {|#0:database.ExecuteAsync(\"INSERT INTO notes (text) VALUES (@text)\", new { text })|};",
        DiagnosticSeverity.Info, "writes with 'IDbConnection.ExecuteAsync'", Row);

    [Theory]
    [InlineData("INSERT INTO notes (id, text) VALUES (@id, @text) ON CONFLICT DO NOTHING")]
    [InlineData("UPDATE notes SET text = @text WHERE id = @id")]
    [InlineData("DELETE FROM notes WHERE id = @id")]
    [InlineData("SELECT * FROM notes")]
    public Task Sql_that_can_be_repeated(string sql) => Silent($"[McpServerTool] public Task Run(int id, string text) => database.ExecuteAsync(\"{sql}\", new {{ id, text }});");

    // ---- Looks and questions before ---------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var sent = await http.GetStringAsync(\"sent\"); if (sent == text) return; await mail.SendAsync(text);")]
    [InlineData("var receipt = await http.GetStringAsync(\"receipts/\" + text); if (receipt != null) return; await mail.SendAsync(text);")]
    [InlineData("Console.Write(\"Send?\"); if (Console.ReadLine() == \"y\") await mail.SendAsync(text);")]
    [InlineData("Confirm(); await mail.SendAsync(text); void Confirm() { Console.ReadLine(); }")]
    public Task Looked_or_asked_before(string body) => Silent($"[McpServerTool] public async Task Run(string text) {{ {body} }}");

    [Theory]
    [InlineData("var customer = await http.GetStringAsync(\"customer\"); if (customer == null) return; await {|#0:mail.SendAsync(text)|};")]
    [InlineData("var answer = await http.GetAsync(\"customer\"); if (!answer.IsSuccessStatusCode) return; await {|#0:mail.SendAsync(text)|};")]
    [InlineData("if (text == \"\") return; await {|#0:mail.SendAsync(text)|};")]
    public Task To_go_on_with_what_was_found_is_no_look(string body) => Reported(
        $"[McpServerTool] public async Task Run(string text) {{ {body} }}",
        DiagnosticSeverity.Warning, "sends an email with 'SmtpClient.SendMailAsync' (Tools.Run → IMail.SendAsync → SmtpClient.SendMailAsync)", Unknown);

    [Fact]
    public Task Tool_that_a_human_approves() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        Head + """
        public class Tools(IMail mail)
        {
            public AIFunction Approved => new ApprovalRequiredAIFunction(AIFunctionFactory.Create(Tell));
            private Task Tell(string text) => mail.SendAsync(text);
        }
        """).RunAsync();

    // ---- Several ----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Same_write_is_one_report_but_for_the_cases_of_a_switch() => Tools(
        """
            [McpServerTool] public async Task Run(string kind)
            {
                await {|#0:mail.SendAsync("1")|};
                await mail.SendAsync("2");
                switch (kind)
                {
                    case "a": await {|#1:mail.SendAsync("3")|}; break;
                    case "b": await {|#2:mail.SendAsync("4")|}; break;
                }
            }
        """)
        .Expect(DiagnosticSeverity.Warning, Mailed).Expect(DiagnosticSeverity.Warning, Mailed, 1).Expect(DiagnosticSeverity.Warning, Mailed, 2).RunAsync();

    private const string Mailed = "'Tools.Run' sends an email with 'SmtpClient.SendMailAsync' (Tools.Run → IMail.SendAsync → SmtpClient.SendMailAsync) each time it runs, without a stable idempotency key" + Unknown;

    // ---- What a POST is sent for ------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("return await Find(text);", "private async Task<string> Find(string text) => await (await http.PostAsJsonAsync(\"towns/size\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return await Call(text);", "/// <summary>Returns the size of a town.</summary>\nprivate async Task<string> Call(string text) => await (await http.PostAsJsonAsync(\"towns/size\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return (await Towns(text))!.ToString()!;", "private async Task<List<string>?> Towns(string text) => await (await http.PostAsJsonAsync(\"towns\", text)).Content.ReadFromJsonAsync<List<string>>();")]
    [InlineData("return await Ask(text);", "private async Task<string> Ask(string text) { var answer = await http.PostAsJsonAsync(\"voices\", text); if (!answer.IsSuccessStatusCode) throw new Exception(await answer.Content.ReadAsStringAsync()); return await answer.Content.ReadAsStringAsync(); }")]
    public Task Answer_is_what_it_was_sent_for(string body, string helper) => Silent($"[McpServerTool] public async Task<string> Run(string text) {{ {body} }} {helper}");

    [Theory]
    [InlineData("await {|#0:Place(text)|};", "private async Task<string> Place(string text) => await (await http.PostAsJsonAsync(\"orders\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return await {|#0:Call(text)|};", "/// <summary>Places an order.</summary>\nprivate async Task<string> Call(string text) => await (await http.PostAsJsonAsync(\"orders\", text)).Content.ReadAsStringAsync();")]
    [InlineData("return (await {|#0:Call(text)|})!.Text;", "private async Task<Note?> Call(string text) => await (await http.PostAsJsonAsync(\"orders\", text)).Content.ReadFromJsonAsync<Note>();")]
    [InlineData("var answer = await {|#0:Call(text)|}; if (answer == null) throw new Exception();", "private async Task<string> Call(string text) { var answer = await http.PostAsJsonAsync(\"orders\", text); if (!answer.IsSuccessStatusCode) throw new Exception(await answer.Content.ReadAsStringAsync()); return \"\"; }")]
    public Task Answer_is_not_what_it_was_sent_for(string body, string helper) => Tools($"[McpServerTool] public async Task<string> Run(string text) {{ {body} {(body.StartsWith("return", StringComparison.Ordinal) ? "" : "return \"\";")} }} {helper}")
        .Expect(DiagnosticSeverity.Info, $"'Tools.Run' posts with 'HttpClient.PostAsJsonAsync' (Tools.Run → Tools.{(body.Contains("Place", StringComparison.Ordinal) ? "Place" : "Call")} → HttpClient.PostAsJsonAsync) each time it runs, without a stable idempotency key" + Unaware).RunAsync();

    // Names without words, and attributes with lists, are ordinary code.
    [Fact]
    public Task Answer_with_odd_members_and_attributes() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        """
        using System.Net.Http.Json;
        using ModelContextProtocol.Server;
        [AttributeUsage(AttributeTargets.All)] public class DescriptionAttribute(params string[]? texts) : Attribute { public string[]? Texts => texts; }
        public class Odd { public int _ { get; set; } public int __ { get; set; } }
        [McpServerToolType]
        public class Tools(HttpClient http)
        {
            [McpServerTool] public async Task<Odd?> Run(string text) => await Call(text);
            [Description("a", "b")] private async Task<Odd?> Call(string text) => await (await http.PostAsJsonAsync("odd", text)).Content.ReadFromJsonAsync<Odd>();
        }
        """).RunAsync();

    // ---- Severity ---------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Receiver_that_takes_a_key_elsewhere_makes_a_warning() => Tools(
        """
            [McpServerTool] public Task Run(int amount) => {|#0:http.PostAsJsonAsync("payments", amount)|};
            public async Task Other(string key)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "refunds") { Content = JsonContent.Create(1) };
                request.Headers.Add("Idempotency-Key", key);
                await http.SendAsync(request);
            }
        """)
        .Expect(DiagnosticSeverity.Warning, "'Tools.Run' posts with 'HttpClient.PostAsJsonAsync' each time it runs, without a stable idempotency key: send 'Idempotency-Key' with the same value on every attempt").RunAsync();

    [Fact]
    public Task Server_on_this_machine_makes_a_suggestion() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        """
        using System.Net.Http.Json;
        using Temporalio.Activities;
        public class Activities(HttpClient http)
        {
            [Activity] public Task Pay(int amount) => {|#0:http.PostAsJsonAsync("http://localhost:8080/payments", amount)|};
        }
        """)
        .Reference(Library.Temporal)
        .Expect(DiagnosticSeverity.Info, "'Activities.Pay' posts with 'HttpClient.PostAsJsonAsync' each time it runs, without a stable idempotency key" + Unaware).RunAsync();

    [Fact]
    public Task Stated_host_decides() => Tools("[McpServerTool] public Task Run(string text) => {|#0:mail.SendAsync(text)|};")
        .Configure("agentlint.host = console")
        .Expect(DiagnosticSeverity.Info, Mailed).RunAsync();

    [Fact]
    public Task Mitigated_findings_may_stay_warnings() => Tools("[McpServerTool] public Task Run(int amount) => {|#0:http.PostAsJsonAsync(\"payments\", amount)|};")
        .Configure("agentlint.mitigated = warning")
        .Expect(DiagnosticSeverity.Warning, "'Tools.Run' posts with 'HttpClient.PostAsJsonAsync' each time it runs, without a stable idempotency key" + Unaware).RunAsync();

    // ---- Ids by constructor -----------------------------------------------------------------------------------------------

    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> Start(string options, string handler = "") => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        $$"""
        using ModelContextProtocol.Server;
        using Temporalio.Client;
        using Temporalio.Exceptions;
        using Temporalio.Workflows;
        [Workflow] public class Order { [WorkflowRun] public Task RunAsync(string id) => Task.CompletedTask; }
        [McpServerToolType]
        public class Tools(ITemporalClient temporal)
        {
            [McpServerTool] public async Task Run(string id) { {{(handler == "" ? "" : "try {")}} await {|#0:temporal.StartWorkflowAsync((Order order) => order.RunAsync(id), {{options}})|}; {{(handler == "" ? "" : "} " + handler)}} }
        }
        """).Reference(Library.Temporal);

    [Theory]
    [InlineData("new WorkflowOptions(id: $\"order-{id}\", taskQueue: \"q\")")]
    [InlineData("new($\"order-{id}\", \"q\")")]
    [InlineData("new() { Id = $\"order-{id}\", TaskQueue = \"q\" }")]
    public Task Id_that_the_constructor_is_given_is_one(string options) => Start(options).RunAsync();

    [Fact]
    public Task Refusal_of_a_second_start_is_taken_for_done() => Start("new() { TaskQueue = \"q\" }", "catch (WorkflowAlreadyStartedException) { }").RunAsync();

    [Theory]
    [InlineData("new() { TaskQueue = \"q\" }", "")]
    [InlineData("new() { TaskQueue = \"q\" }", "catch (WorkflowAlreadyStartedException) { throw; }")]
    public Task Workflow_without_an_id(string options, string handler) => Start(options, handler)
        .Expect(DiagnosticSeverity.Info, "'Tools.Run' starts work with 'ITemporalClient.StartWorkflowAsync' each time it runs, without a stable idempotency key: pass 'Id' with the same value on every attempt").RunAsync();

    [Theory]
    [InlineData("client.ScheduleNewOrchestrationInstanceAsync(\"Order\", id)", true)]
    [InlineData("client.ScheduleNewOrchestrationInstanceAsync(\"Order\", id, new StartOrchestrationOptions(InstanceId: $\"order-{id}\"))", false)]
    // A workflow does all that it does again; a message is one.
    [InlineData("client.RaiseEventAsync(id, \"Paid\")", false)]
    public Task Request_that_starts_a_workflow(string call, bool isReported)
    {
        var test = new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
            using Microsoft.AspNetCore.Builder;
            using Microsoft.DurableTask;
            using Microsoft.DurableTask.Client;

            static class Routes
            {
                public static void Map(WebApplication app, DurableTaskClient client) => app.MapPost("/orders", async (string id) => { await {{(isReported ? $"{{|#0:{call}|}}" : call)}}; });
            }
            """).Reference(Library.DurableTask, Library.AspNetCore);
        return (isReported
            ? test.Expect(DiagnosticSeverity.Info, "'POST /orders' starts work with 'DurableTaskClient.ScheduleNewOrchestrationInstanceAsync' each time it runs, without a stable idempotency key: pass 'InstanceId' with the same value on every attempt")
            : test).RunAsync();
    }

    // ---- Words ------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("new { preferenceId = id }")]
    [InlineData("new { transactionId = id }")]
    [InlineData("new { eventId = id }")]
    [InlineData("new { fileName = id }")]
    public Task Part_of_a_word_is_no_key(string content) => Reported(
        $"[McpServerTool] public async Task Run(string id) => await {{|#0:http.PostAsJsonAsync(\"payments\", {content})|}};",
        DiagnosticSeverity.Info, "posts with 'HttpClient.PostAsJsonAsync'", Unaware);

    [Fact]
    public Task Key_that_is_made_and_not_sent_is_no_key() => Reported(
        "[McpServerTool] public async Task Run(string id) { var order = new Order(\"a\", id); await {|#0:http.PostAsJsonAsync(\"payments\", order.Item)|}; }",
        DiagnosticSeverity.Info, "posts with 'HttpClient.PostAsJsonAsync'", Unaware);

    // ---- Guards -----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var weather = await http.GetStringAsync(\"weather\"); if (weather == \"rain\") return; await {|#0:mail.SendAsync(text)|};")]
    [InlineData("var paid = await Charge(text); if (!paid) return; await {|#0:mail.SendAsync(text)|};")]
    [InlineData("var stock = await http.GetFromJsonAsync<int>(\"stock/\" + text); if (stock < 3) return; await {|#0:mail.SendAsync(text)|};")]
    [InlineData("if (other) return; await {|#0:mail.SendAsync(text)|};")]
    [InlineData("if (await Looked(text)) return; await {|#0:mail.SendAsync(text)|};")]
    [InlineData("string key; key = Environment.MachineName; if (await http.GetStringAsync(\"sent/\" + key) != \"\") return; await {|#0:mail.SendAsync(text)|};")]
    [InlineData("if ((await Last(text, 20)).Any(line => line == text)) return; await {|#0:mail.SendAsync(text)|};")]
    public Task Condition_about_something_else_is_no_guard(string body) => Reported(
        $$"""
            [McpServerTool] public async Task Run(string text) { {{body}} }
            private bool other;
            public void Set() => other = true;
            private async Task<bool> Charge(string text) => (await http.PutAsJsonAsync("charges/" + text, 1)).IsSuccessStatusCode;
            private async Task<bool> Looked(string text) { try { return await http.GetStringAsync("sent/" + text) != ""; } catch (Exception) { return false; } }
            private async Task<List<string>> Last(string text, int limit) => (await http.GetFromJsonAsync<List<string>>($"sent/{text}?limit={limit}"))!;
        """,
        DiagnosticSeverity.Warning, "sends an email with 'SmtpClient.SendMailAsync' (Tools.Run → IMail.SendAsync → SmtpClient.SendMailAsync)", Unknown);

    [Theory]
    [InlineData("if (!sent.Add(text)) return; await mail.SendAsync(text);")]
    [InlineData("if (isDone) return; await mail.SendAsync(text); isDone = true;")]
    [InlineData("if (await Looked(text)) return; await mail.SendAsync(text);")]
    [InlineData("string? key = null; key = text.Trim(); if (!string.IsNullOrEmpty(key) && await Looked(key)) return; await mail.SendAsync(text);")]
    [InlineData("string key; key = text.Trim(); if (await Looked(key)) return; await mail.SendAsync(text);")]
    [InlineData("if (int.TryParse(text, out var number) && await Looked(\"no-\" + number)) return; await mail.SendAsync(text);")]
    [InlineData("var claimed = await notes.All.Where(n => n.Text == text).ExecuteUpdateAsync(n => n.SetProperty(x => x.Text, \"sent\")); if (claimed == 0) return; await mail.SendAsync(text);")]
    [InlineData("var note = await notes.All.FirstAsync(n => n.Text == text); if (note.Text == \"sent\") return; await mail.SendAsync(text);")]
    public Task Condition_about_the_same_operation_guards(string body) => Silent(
        $$"""
            [McpServerTool] public async Task Run(string text) { {{body}} }
            private readonly HashSet<string> sent = [];
            private bool isDone;
            private async Task<bool> Looked(string text) => await http.GetStringAsync("sent/" + text) != "";
        """);

    // The state by which the rows were selected is changed and saved together with the new row.
    [Theory]
    [InlineData("foreach (var note in await notes.All.Where(n => n.Text == \"new\").ToListAsync()) { note.Text = \"told\"; notes.Marks.Add(new Mark { Key = \"a\" }); } await notes.SaveChangesAsync();", true)]
    [InlineData("var open = await notes.All.Where(n => !n.IsTold).ToListAsync(); foreach (var note in open) { notes.Marks.Add(new Mark { Key = \"a\" }); note.IsTold = true; await notes.SaveChangesAsync(); }", true)]
    [InlineData("foreach (var note in await notes.All.OrderBy(n => n.Text).ToListAsync()) { note.Text = \"told\"; notes.Marks.Add(new Mark { Key = \"a\" }); } await notes.SaveChangesAsync();", false)]
    [InlineData("foreach (var note in await notes.All.Where(n => n.Text == \"new\").ToListAsync()) { note.IsTold = true; notes.Marks.Add(new Mark { Key = \"a\" }); } await notes.SaveChangesAsync();", false)]
    public Task Rows_that_are_selected_by_a_state_that_the_loop_changes(string body, bool isSilent)
    {
        const string Add = "notes.Marks.Add(new Mark { Key = \"a\" })";
        var test = new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
            $$"""
            using Microsoft.EntityFrameworkCore;
            using ModelContextProtocol.Server;
            public class Note { public int Id { get; set; } public string Text { get; set; } = ""; public bool IsTold { get; set; } }
            public class Mark { public int Id { get; set; } public string Key { get; set; } = ""; }
            public class Notes : DbContext { public DbSet<Note> All => Set<Note>(); public DbSet<Mark> Marks => Set<Mark>(); }
            [McpServerToolType]
            public class Tools(Notes notes)
            {
                [McpServerTool] public async Task Run() { {{(isSilent ? body : body.Replace(Add, "{|#0:" + Add + "|}", StringComparison.Ordinal))}} }
            }
            """);
        return (isSilent
            ? test
            : test.Expect(DiagnosticSeverity.Info, "'Tools.Run' adds an entry with 'DbSet.Add' each time it runs, without a stable idempotency key: check for the row first, or add a unique key derived from the operation so that the database rejects a duplicate")).RunAsync();
    }

    [Fact]
    public Task Unique_key_refuses_the_second_row() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        """
        using Microsoft.EntityFrameworkCore;
        using ModelContextProtocol.Server;
        public class Note { public int Id { get; set; } public string Text { get; set; } = ""; }
        [Microsoft.EntityFrameworkCore.Index(nameof(Key), IsUnique = true)] public class Mark { public int Id { get; set; } public string Key { get; set; } = ""; }
        public class Notes : DbContext
        {
            public DbSet<Note> All => Set<Note>();
            public DbSet<Mark> Marks => Set<Mark>();
            protected override void OnModelCreating(ModelBuilder builder) => builder.Entity<Note>().HasIndex(n => n.Text).IsUnique();
        }
        [McpServerToolType]
        public class Tools(Notes notes)
        {
            [McpServerTool] public async Task Run(string text) { notes.All.Add(new Note { Text = text }); await notes.SaveChangesAsync(); }
            [McpServerTool] public async Task Sign(string text) { notes.Marks.Add(new Mark { Key = text }); await notes.SaveChangesAsync(); }
        }
        """).Reference(typeof(Microsoft.EntityFrameworkCore.IndexAttribute)).RunAsync();

    // ---- Relative changes -------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var note = await notes.All.FirstAsync(n => n.Id == id); note.Text += text; await {|#0:notes.SaveChangesAsync()|};", "DbContext.SaveChangesAsync", "Text")]
    [InlineData("var note = await notes.All.FirstAsync(n => n.Id == id); note.Text = $\"{note.Text}{text}\"; await {|#0:notes.SaveChangesAsync()|};", "DbContext.SaveChangesAsync", "Text")]
    [InlineData("await {|#0:notes.All.Where(n => n.Id == id).ExecuteUpdateAsync(n => n.SetProperty(x => x.Text, x => x.Text + text))|};", "IQueryable.ExecuteUpdateAsync", "Text")]
    [InlineData("var count = await http.GetFromJsonAsync<int>(\"basket\"); await {|#0:http.PutAsJsonAsync(\"basket\", count + 1)|};", "HttpClient.PutAsJsonAsync", "count")]
    public Task What_was_read_is_changed_and_written_back(string body, string call, string member) => Reported(
        $"[McpServerTool] public async Task Run(int id, string text) {{ {body} }}",
        DiagnosticSeverity.Info, $"changes '{member}' again with '{call}'", ": store the operation's id with the change and check for it first");

    [Theory]
    [InlineData("var note = await notes.All.FirstAsync(n => n.Id == id); note.Text = text; await notes.SaveChangesAsync();")]
    [InlineData("var note = await notes.All.FirstAsync(n => n.Id == id); note.Text = note.Text.Trim(); await notes.SaveChangesAsync();")]
    [InlineData("await notes.All.Where(n => n.Id == id).ExecuteUpdateAsync(n => n.SetProperty(x => x.Text, text));")]
    [InlineData("var price = await http.GetFromJsonAsync<int>(\"price\"); await http.PutAsJsonAsync(\"basket\", price + 1);")]
    [InlineData("var total = 0; total += id; await http.PutAsJsonAsync(\"basket\", total);")]
    public Task What_is_set_to_what_was_given(string body) => Silent($"[McpServerTool] public async Task Run(int id, string text) {{ {body} }}");

    [Fact]
    public Task Redelivered_change_is_a_warning() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        Head + """
        public record Paid(int Note, string Text);
        public class Receipts(DbConnection database) : MassTransit.IConsumer<Paid>
        {
            public Task Consume(MassTransit.ConsumeContext<Paid> context) => {|#0:database.ExecuteAsync("UPDATE accounts SET balance = balance - 1")|};
        }
        """)
        .Expect(DiagnosticSeverity.Warning, "'Receipts.Consume' changes 'balance' again with 'IDbConnection.ExecuteAsync' each time it runs, without a stable idempotency key: store the operation's id with the change and check for it first").RunAsync();

    [Theory]
    [InlineData("try { await http.GetStringAsync(\"jobs\"); } catch (HttpRequestException) { job.Attempts++; await jobs.SaveChangesAsync(); }")]
    [InlineData("job.Text = context.Message.Text; job.Version++; await jobs.SaveChangesAsync();")]
    public Task Count_of_attempts_and_version_are_meant_to_change(string body) => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        $$"""
        using System.ComponentModel.DataAnnotations;
        using Microsoft.EntityFrameworkCore;
        public class Job { public int Id { get; set; } public string Text { get; set; } = ""; public int Attempts { get; set; } [ConcurrencyCheck] public int Version { get; set; } }
        public class Jobs : DbContext { public DbSet<Job> All => Set<Job>(); }
        public record Due(int Job, string Text);
        public class Runner(Jobs jobs, HttpClient http) : MassTransit.IConsumer<Due>
        {
            public async Task Consume(MassTransit.ConsumeContext<Due> context)
            {
                var job = await jobs.All.FirstAsync(j => j.Id == context.Message.Job);
                {{body}}
                await http.GetStringAsync("done");
            }
        }
        """).RunAsync();

    // ---- Buses ------------------------------------------------------------------------------------------------------------

    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> Confirming(string body) => new(
        $$"""
        using MassTransit;
        public record Placed(Guid OrderId, decimal Amount);
        public record Confirmed(Guid OrderId, Guid ConfirmationId);
        public class Orders : IConsumer<Placed> { public async Task Consume(ConsumeContext<Placed> context) { {{body}} } }
        """);

    [Fact]
    public Task Message_with_the_key_of_the_business_is_a_suggestion() => Confirming("await {|#0:context.Publish(new Confirmed(context.Message.OrderId, context.Message.OrderId))|};")
        .Expect(DiagnosticSeverity.Info, "'Orders.Consume' publishes a message with 'IPublishEndpoint.Publish' each time it runs, without a stable idempotency key: set 'MessageId' to an id derived from the operation and let an inbox drop duplicates").RunAsync();

    [Theory]
    [InlineData("new Done { CorrelationId = context.Message.OrderId }", false)]
    [InlineData("new Done { MessageId = context.Message.OrderId }", false)]
    [InlineData("new Done { Name = \"a\" }", true)]
    public Task Message_that_is_correlated_by_what_came_in(string message, bool isReported)
    {
        var test = Confirming($"await {{|#0:context.Publish({message})|}}; }} public record Done {{ public Guid CorrelationId {{ get; init; }} public Guid MessageId {{ get; init; }} public string? Name {{ get; init; }}");
        return (isReported ? test.Expect(DiagnosticSeverity.Info, "'Orders.Consume' publishes a message with 'IPublishEndpoint.Publish' each time it runs, without a stable idempotency key: set 'MessageId' to an id derived from the operation and let an inbox drop duplicates") : test).RunAsync();
    }

    [Fact]
    public Task Message_with_a_new_correlation_is_a_warning() => Confirming("await {|#0:context.Publish(new Done { CorrelationId = Guid.NewGuid() })|}; } public record Done { public Guid CorrelationId { get; init; }")
        .Expect(DiagnosticSeverity.Warning, "'Orders.Consume' publishes a message with 'IPublishEndpoint.Publish' each time it runs, without a stable idempotency key: 'CorrelationId' is new on every attempt; derive it from the operation so that the receiver can drop a duplicate").RunAsync();

    [Fact]
    public Task Message_with_a_new_id_is_a_warning() => Confirming("await {|#0:context.Publish(new Confirmed(context.Message.OrderId, Guid.NewGuid()))|};")
        .Expect(DiagnosticSeverity.Warning, "'Orders.Consume' publishes a message with 'IPublishEndpoint.Publish' each time it runs, without a stable idempotency key: 'ConfirmationId' is new on every attempt; derive it from the operation so that the receiver can drop a duplicate").RunAsync();

    private static RuleTest<AGL0101_SideEffectWithoutIdempotencyKey> Subscriber(string attribute, string send) => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
        using Dapr;
        using Dapr.Client;

        public record Placed(string Order);

        public class Orders(DaprClient dapr)
        {
            {{attribute}}
            public async Task Placed(Placed placed) => await {{send}};
        }
        """).Reference(Library.Dapr);

    [Fact]
    public Task Subscriber_of_a_sidecar() => Subscriber("[Topic(\"pubsub\", \"placed\")]", "{|#0:dapr.InvokeMethodAsync(\"invoices\", \"send\", placed)|}")
        .Expect(DiagnosticSeverity.Warning, "'Orders.Placed' posts with 'DaprClient.InvokeMethodAsync' each time it runs, without a stable idempotency key: send an id derived from the operation, or check first whether it is already done").RunAsync();

    [Theory]
    [InlineData("", "dapr.InvokeMethodAsync(\"invoices\", \"send\", placed)")]
    [InlineData("[Topic(\"pubsub\", \"placed\")]", "dapr.InvokeMethodAsync<Placed>(HttpMethod.Get, \"invoices\", placed.Order)")]
    [InlineData("[Topic(\"pubsub\", \"placed\")]", "dapr.InvokeMethodAsync<string>(\"invoices\", \"state\")")]
    [InlineData("[Topic(\"pubsub\", \"placed\")]", "dapr.SaveStateAsync(\"store\", placed.Order, placed)")]
    public Task Subscriber_that_only_reads_or_replaces(string attribute, string send) => Subscriber(attribute, send).RunAsync();

    [Fact]
    public Task Decorator_is_not_reported_beside_what_it_decorates() => new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>(
        Head + """
        public record Paid(string Order);
        public class Receipts(IMail mail) : MassTransit.IConsumer<Paid>
        {
            public Task Consume(MassTransit.ConsumeContext<Paid> context) => {|#0:mail.SendAsync("Thank you.")|};
        }
        public class Logged(Receipts inner) : MassTransit.IConsumer<Paid>
        {
            public Task Consume(MassTransit.ConsumeContext<Paid> context) => inner.Consume(context);
        }
        """)
        .Expect(DiagnosticSeverity.Warning, $"'Receipts.Consume' sends an email with 'SmtpClient.SendMailAsync' (Receipts.Consume → IMail.SendAsync → SmtpClient.SendMailAsync) each time it runs, without a stable idempotency key{Unknown}").RunAsync();

    [Fact]
    public Task What_a_loop_retries_is_reported_there() => Silent(
        "[McpServerTool] public async Task Run(string text) { for (var i = 0; i < 3; i++) try { await mail.SendAsync(text); return; } catch (SmtpException) { await Task.Delay(i); } }");

    // ---- Limits -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Value_that_a_field_holds_in_between_is_not_followed() => Silent(
        "private int count; [McpServerTool] public async Task Run(string item) { count = await http.GetFromJsonAsync<int>(\"basket\"); count++; await http.PutAsJsonAsync(\"basket\", count); }");

    [Fact]
    public Task Files_are_not_looked_at() => Silent("[McpServerTool] public Task Run(string text) => File.AppendAllTextAsync(\"log.txt\", text);");

    // ---- Threads ----------------------------------------------------------------------------------------------------------

    // microsoft/agent-framework#3938: refunds and mails are replayed when a run is resumed from its checkpoint.
    [Fact]
    public Task Agent_framework_3938_before() => Stripe("await {|#0:refunds.CreateAsync(new RefundCreateOptions { Charge = charge })|};")
        .Expect(DiagnosticSeverity.Warning, "'Tools.Run' makes a payment with 'RefundService.CreateAsync' each time it runs, without a stable idempotency key: pass 'IdempotencyKey' with the same value on every attempt").RunAsync();

    [Fact]
    public Task Agent_framework_3938_after() =>
        Stripe("await refunds.CreateAsync(new RefundCreateOptions { Charge = charge }, new RequestOptions { IdempotencyKey = \"refund-\" + charge });").RunAsync();
}

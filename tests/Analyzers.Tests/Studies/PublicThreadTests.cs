using AgentLint.Tests.Repository;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Studies;

/// <summary>
/// What users asked for in public, as programs of our own: each thread with the code that has its fault, which its rule reports, and the code without it,
/// which no rule of the same families reports.
/// </summary>
public sealed class PublicThreadTests
{
    private const string Imports = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Net;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.Extensions.AI;
        global using Polly;
        """;

    private static readonly PublicThread[] Threads =
    [
        new(
            "modelcontextprotocol/csharp-sdk#88",
            "tools that are called in parallel write to one stream, which is in use",
            "AGL0702",
            Transport("await writer.WriteLineAsync(message);"),
            Transport(
                """
                await turn.WaitAsync();
                try
                {
                    await writer.WriteLineAsync(message);
                }
                finally
                {
                    turn.Release();
                }
                """)),
        new(
            "microsoft/semantic-kernel#6281, microsoft/semantic-kernel#6554",
            "a function that asks a model through the kernel which called it is called again, within its own call",
            "AGL0905",
            Plugin("new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() })"),
            Plugin("new KernelArguments()")),
        new(
            "microsoft/semantic-kernel#12750",
            "a team under a Magentic manager goes on for ever",
            "AGL0902",
            Team("new StandardMagenticManager(\"gpt\")"),
            Team("new StandardMagenticManager(\"gpt\") { MaximumInvocationCount = 20 }")),
        new(
            "microsoft/semantic-kernel#10401",
            "an agent of a group asks again after each failure",
            "AGL0201",
            Agent(
                """
                while (true)
                {
                    try
                    {
                        return (await client.GetResponseAsync(text, cancellationToken: token)).Text;
                    }
                    catch (HttpRequestException)
                    {
                        await Task.Delay(Random.Shared.Next(500, 2000), token);
                    }
                }
                """),
            Agent(
                """
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        return (await client.GetResponseAsync(text, cancellationToken: token)).Text;
                    }
                    catch (HttpRequestException) when (attempt < 4)
                    {
                        await Task.Delay(Random.Shared.Next(500, 500 << attempt), token);
                    }
                }
                """)),
        new(
            "microsoft/semantic-kernel#13205, microsoft/semantic-kernel#4978",
            "how often functions are called of one request has no limit that means anything",
            "AGL0902",
            Caller("100_000"),
            Caller("8")),
        new(
            "microsoft/autogen#133",
            "two agents talk until one of them writes a word",
            "AGL0903",
            Chat("new RoundRobinGroupChat(names, new TextMentionTermination(\"TERMINATE\"))"),
            Chat("new RoundRobinGroupChat(names, new TextMentionTermination(\"TERMINATE\"), maxTurns: 12)")),
        new(
            "microsoft/semantic-kernel#4744",
            "a policy that was copied retries what is refused, and gives up where it should wait",
            "AGL0205",
            Handler("HttpStatusCode.Unauthorized"),
            Handler("HttpStatusCode.TooManyRequests")),
        new(
            "openai/openai-dotnet#857",
            "the first attempt after a 429 comes at once",
            "AGL0202",
            Retry(""),
            Retry("await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(Random.Shared.Next(500, 500 << attempt)), token);")),
        new(
            "microsoft/kernel-memory#795",
            "attempts come before the time that the server asked for",
            "AGL0208",
            Retry("await Task.Delay(Random.Shared.Next(500, 500 << attempt), token);"),
            Retry("await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(Random.Shared.Next(500, 500 << attempt)), token);")),
        new(
            "microsoft/aspire#18770",
            "a request holds its thread while a tool is called",
            "AGL0601",
            Agent("return client.GetResponseAsync(text, cancellationToken: token).GetAwaiter().GetResult().Text;"),
            Agent("return (await client.GetResponseAsync(text, cancellationToken: token)).Text;")),
        new(
            "Azure/azure-functions-host#774",
            "synchronous code in asynchronous functions takes the threads of all",
            "AGL0601",
            Agent("return client.GetResponseAsync(text, cancellationToken: token).Result.Text;"),
            Agent("return (await client.GetResponseAsync(text, cancellationToken: token)).Text;")),
        new(
            "microsoft/semantic-kernel#6058, microsoft/semantic-kernel#12480",
            "a history that is kept for all is changed while it is sent",
            "AGL0701",
            Served("readonly List<ChatMessage> history = [];", "history.Add(new ChatMessage(ChatRole.User, text)); await client.GetResponseAsync(history, cancellationToken: token);"),
            Served("", "List<ChatMessage> history = [new ChatMessage(ChatRole.User, text)]; await client.GetResponseAsync(history, cancellationToken: token);")),
        new(
            "microsoft/semantic-kernel#1720",
            "a store of memories in memory breaks when several are inserted at once",
            "AGL0703",
            Served("readonly Dictionary<string, string> memories = [];", "await Task.Yield(); memories[text] = text;"),
            Served("readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> memories = new();", "await Task.Yield(); memories[text] = text;")),
        new(
            "SciSharp/BotSharp#1104",
            "a table that requests fill is corrupted",
            "AGL0703",
            Served("static readonly Dictionary<string, List<string>> Pages = [];", "if (!Pages.ContainsKey(text)) { await Task.Yield(); Pages.Add(text, []); }"),
            Served("static readonly System.Collections.Concurrent.ConcurrentDictionary<string, List<string>> Pages = new();", "await Task.Yield(); Pages.GetOrAdd(text, _ => []);")),
        new(
            "microsoft/semantic-kernel#11581",
            "one agent's state shows up in another's plugin",
            "AGL0703",
            Served("string user = \"\";", "user = text; await client.GetResponseAsync(\"Who asks?\", cancellationToken: token); Console.Error.WriteLine(user);"),
            Served("", "var user = text; await client.GetResponseAsync(\"Who asks?\", cancellationToken: token); Console.Error.WriteLine(user);")),
        new(
            "microsoft/semantic-kernel#12624",
            "a plugin that one agent adds is every agent's",
            "AGL0705",
            Served("readonly Microsoft.SemanticKernel.Kernel kernel = new();", "await Task.Yield(); kernel.Plugins.AddFromObject(this);"),
            Served("readonly Microsoft.SemanticKernel.Kernel kernel = new();", "await Task.Yield(); var own = kernel.Clone(); own.Plugins.AddFromObject(this);")),
        new(
            "dotnet/extensions#5515",
            "options that are passed along are changed for all",
            "AGL0705",
            Served("readonly ChatOptions options = new();", "options.Instructions = text; await client.GetResponseAsync(text, options, token);"),
            Served("readonly ChatOptions options = new();", "var own = options.Clone(); own.Instructions = text; await client.GetResponseAsync(text, own, token);")),
        new(
            "microsoft/semantic-kernel#2512",
            "plugins share one database context and get errors of its connection",
            "AGL0704",
            Orders("Db db", "await db.SaveChangesAsync();"),
            Orders("IServiceScopeFactory scopes", "await using var scope = scopes.CreateAsyncScope(); await scope.ServiceProvider.GetRequiredService<Db>().SaveChangesAsync();")),
        new(
            "microsoft/agent-framework#1613",
            "an executor with a state of its own is shared between runs",
            "AGL0703",
            Shareable("true"),
            Shareable("false")),
        new(
            "dotnet/extensions#6708",
            "the resilience of all clients stays around one that has its own, and sends its orders again",
            "AGL0103",
            OwnResilience(""),
            OwnResilience(".RemoveAllResilienceHandlers()"),
            Library.HttpResilience),
        new(
            "HangfireIO/Hangfire#1722",
            "a job that failed after its mail was sent sends it once more",
            "AGL0101",
            MailJob(""),
            MailJob(
                """
                var claimed = await shop.Mails.Where(m => m.Id == id && m.Sent == null).ExecuteUpdateAsync(m => m.SetProperty(x => x.Sent, DateTime.UtcNow));
                if (claimed == 0)
                    return;
                """),
            Library.Hangfire, Library.SendGrid, Library.EntityFramework),
        new(
            "Azure/azure-functions-host#3880",
            "a message of a queue is delivered again, and what it asks for is posted a second time",
            "AGL0101",
            QueueFunction(""),
            QueueFunction("request.Headers.Add(\"Idempotency-Key\", message.MessageId);"),
            Library.Functions),
        new(
            "App-vNext/Polly#671",
            "the next attempt does not wait for what an asynchronous lambda does before it",
            "AGL0708",
            Refreshing("onRetry"),
            Refreshing("onRetryAsync")),
    ];

    private static readonly Lazy<CSharpCompilation> Empty = new(() => CSharpCompilation.Create(
        "Thread",
        [Parse(Imports, "Imports.cs")],
        ReferencesWith(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)));

    private static IEnumerable<MetadataReference> ReferencesWith(params Library[] libraries) =>
    [
        .. Libraries.Framework,
        .. Libraries.With([Library.SemanticKernel, Library.ExtensionsAI, Library.AgentWorkflows, .. libraries]),
        SemanticKernelAgentsStub.Library.Reference,
        AutoGenAgentChatStub.Library.Reference,
    ];

    public static TheoryData<string> Names => [.. Threads.Select(thread => thread.Names)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Fault_is_reported(string names)
    {
        var thread = Threads.Single(t => t.Names == names);

        Assert.Contains(thread.Rule, await ReportsAsync(thread, thread.Before));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Code_without_the_fault_is_silent(string names)
    {
        var thread = Threads.Single(t => t.Names == names);

        Assert.Empty(await ReportsAsync(thread, thread.After));
    }

    private static async Task<IReadOnlyList<string>> ReportsAsync(PublicThread thread, string code)
    {
        var program = thread.Libraries.Length == 0 ? Empty.Value : Empty.Value.WithReferences(ReferencesWith(thread.Libraries));
        var compilation = program.AddSyntaxTrees(Parse(code, "Thread.cs"));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        return [.. (await AllRules.ReportsInAsync(compilation)).Select(report => report.Id).Distinct()];
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest), path);

    private static string Transport(string write) =>
        $$"""
        public sealed class Transport(System.IO.StreamWriter writer)
        {
            private readonly SemaphoreSlim turn = new(1);

            public Task CallAll(IEnumerable<string> messages) => Task.WhenAll(messages.Select(Send));

            private async Task Send(string message)
            {
                {{write}}
            }
        }
        """;

    private static string Agent(string body) =>
        $$"""
        public sealed class Agent(IChatClient client)
        {
            public async Task<string> Answer(string text, CancellationToken token)
            {
                {{body}}
            }
        }
        """;

    private static string Retry(string wait) =>
        $$"""
        public sealed class Files(HttpClient http)
        {
            public async Task<string> Read(string path, CancellationToken token)
            {
                for (var attempt = 1; attempt <= 4; attempt++)
                {
                    using var response = await http.GetAsync(path, token);
                    if (response.StatusCode != HttpStatusCode.TooManyRequests)
                        return await response.Content.ReadAsStringAsync(token);
                    {{wait}}
                }

                throw new TimeoutException();
            }
        }
        """;

    private static string Plugin(string arguments) =>
        $$"""
        using Microsoft.SemanticKernel;

        public sealed class Reports
        {
            [KernelFunction]
            public async Task<FunctionResult> Summarize(Kernel kernel, string text, CancellationToken token) =>
                await kernel.InvokePromptAsync("Summarize " + text, {{arguments}}, cancellationToken: token);
        }
        """;

    private static string Team(string manager) =>
        $$"""
        using Microsoft.SemanticKernel.Agents.Magentic;

        public static class Teams
        {
            public static MagenticManager Manager() => {{manager}};
        }
        """;

    private static string Chat(string chat) =>
        $$"""
        using Microsoft.AutoGen.AgentChat.GroupChat;
        using Microsoft.AutoGen.AgentChat.Terminations;

        public static class Chats
        {
            public static object Of(List<string> names) => {{chat}};
        }
        """;

    private static string Caller(string most) =>
        $$"""
        public static class Clients
        {
            public static IChatClient Of(IChatClient inner) =>
                new ChatClientBuilder(inner).UseFunctionInvocation(configure: calls => calls.MaximumIterationsPerRequest = {{most}}).Build();
        }
        """;

    private static string Handler(string status) =>
        $$"""
        public static class Policies
        {
            public static IAsyncPolicy<HttpResponseMessage> Retry() =>
                Policy<HttpResponseMessage>.HandleResult(response => response.StatusCode == {{status}})
                    .WaitAndRetryAsync(3, attempt => TimeSpan.FromSeconds(Math.Pow(2, attempt) + Random.Shared.NextDouble()));
        }
        """;

    private static string Served(string member, string code) =>
        $$"""
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.SemanticKernel;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public sealed class Tools(Desk desk)
        {
            [McpServerTool] public Task Ask(string text, CancellationToken token) => desk.AskAsync(text, token);
        }

        public sealed class Desk(IChatClient client)
        {
            public IChatClient Client => client;

            {{member}}

            public async Task AskAsync(string text, CancellationToken token)
            {
                {{code}}
            }
        }

        public static class Setup
        {
            public static void Add(IServiceCollection services) => services.AddSingleton<Desk>();
        }
        """;

    private static string Orders(string parameter, string code) =>
        $$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.DependencyInjection;

        public sealed class Db : DbContext;

        public sealed class Orders({{parameter}})
        {
            public async Task SaveAsync()
            {
                {{code}}
            }
        }

        public static class Setup
        {
            public static void Add(IServiceCollection services) => services.AddDbContext<Db>().AddSingleton<Orders>();
        }
        """;

    private static string Shareable(string isShareable) =>
        $$"""
        using Microsoft.Agents.AI.Workflows;

        public sealed class Collector() : Executor<string>("collector", declareCrossRunShareable: {{isShareable}})
        {
            readonly List<string> all = [];

            public override ValueTask HandleAsync(string message, IWorkflowContext context, CancellationToken cancellationToken = default)
            {
                all.Add(message);
                return default;
            }
        }
        """;

    private static string OwnResilience(string before) =>
        $$"""
        #pragma warning disable EXTEXP0001 // removing handlers is an experiment
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Http.Resilience;

        public sealed class Orders(IHttpClientFactory clients)
        {
            public async Task PlaceAsync(string order, CancellationToken token)
            {
                var http = clients.CreateClient("shop");
                using var answer = await http.PostAsync("orders", new StringContent(order), token);
                answer.EnsureSuccessStatusCode();
            }
        }

        public static class Setup
        {
            public static void Add(IServiceCollection services)
            {
                services.ConfigureHttpClientDefaults(every => every.AddStandardResilienceHandler());
                services.AddHttpClient("shop"){{before}}.AddStandardResilienceHandler(o => o.Retry.DisableForUnsafeHttpMethods());
            }
        }
        """;

    private static string MailJob(string claim) =>
        $$"""
        using Hangfire;
        using Microsoft.EntityFrameworkCore;
        using SendGrid;
        using SendGrid.Helpers.Mail;

        public class DueMail
        {
            public int Id { get; set; }
            public string To { get; set; } = "";
            public DateTime? Sent { get; set; }
        }

        public class Shop : DbContext
        {
            public DbSet<DueMail> Mails => Set<DueMail>();
        }

        public class Reminder(Shop shop, ISendGridClient sender)
        {
            public async Task SendAsync(int id)
            {
                {{claim}}
                var mail = await shop.Mails.SingleAsync(m => m.Id == id);
                var sent = await sender.SendEmailAsync(MailHelper.CreateSingleEmail(new EmailAddress("shop@example.com"), new EmailAddress(mail.To), "Due", "Today.", null));
                if (!sent.IsSuccessStatusCode)
                    throw new InvalidOperationException($"The mail was refused: {sent.StatusCode}");
            }
        }

        public static class Schedule
        {
            public static void Add(int id) => BackgroundJob.Enqueue<Reminder>(job => job.SendAsync(id));
        }
        """;

    private static string QueueFunction(string key) =>
        $$"""
        using Azure.Storage.Queues.Models;
        using Microsoft.Azure.Functions.Worker;

        public class NoteTaker(HttpClient http)
        {
            [Function("NoteTaker")]
            public async Task Run([QueueTrigger("notes")] QueueMessage message, CancellationToken token)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "notes") { Content = new StringContent(message.MessageText) };
                {{key}}
                using var answer = await http.SendAsync(request, token);
                answer.EnsureSuccessStatusCode();
            }
        }
        """;

    private static string Refreshing(string parameter) =>
        $$"""
        public class Login(HttpClient http)
        {
            public string Ticket { get; private set; } = "";

            public async Task RenewAsync(CancellationToken token) => Ticket = await http.GetStringAsync("ticket", token);
        }

        public class Bookings(HttpClient http, Login login)
        {
            public async Task<string> ReadAsync(string club, CancellationToken token)
            {
                var policy = Policy
                    .Handle<HttpRequestException>(e => e.StatusCode == HttpStatusCode.Unauthorized)
                    .WaitAndRetryAsync(2, n => TimeSpan.FromSeconds(n + Random.Shared.NextDouble()), {{parameter}}: async (e, wait) => await login.RenewAsync(token));
                return await policy.ExecuteAsync(async t =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, "bookings?club=" + club);
                    request.Headers.Authorization = new("Bearer", login.Ticket);
                    using var answer = await http.SendAsync(request, t);
                    answer.EnsureSuccessStatusCode();
                    return await answer.Content.ReadAsStringAsync(t);
                }, token);
            }
        }
        """;

    /// <summary>One wish, or several for the same.</summary>
    /// <param name="Names">The threads.</param>
    /// <param name="Wish">What they are about, in our words.</param>
    /// <param name="Rule">The rule that would have told.</param>
    /// <param name="Before">Code with the fault.</param>
    /// <param name="After">Code without it.</param>
    /// <param name="Libraries">What it refers to beside the usual.</param>
    private sealed record PublicThread(string Names, string Wish, string Rule, string Before, string After, params Library[] Libraries);
}

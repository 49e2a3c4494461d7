using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis.Facts;

/// <summary>Rules of each family follow calls into other projects, and say the same whether these are files, reference assemblies or compilations.</summary>
public sealed class CrossProjectTests
{
    private const string Payments = """
        namespace Billing;

        public sealed class PaymentsClient(HttpClient http)
        {
            public Task<HttpResponseMessage> SendAsync(string order, CancellationToken cancellation = default) =>
                http.PostAsJsonAsync("https://pay.example/refunds", new { order }, cancellation);
        }
        """;

    private const string Refunds = """
        namespace Orders;

        public interface IRefundService
        {
            Task PayAsync(string order, CancellationToken cancellation = default);

            Task<string> StatusAsync(string order);
        }

        internal sealed class RefundService(Billing.PaymentsClient payments) : IRefundService
        {
            public async Task PayAsync(string order, CancellationToken cancellation = default)
            {
                var answer = await payments.SendAsync(order, cancellation);
                answer.EnsureSuccessStatusCode();
            }

            public Task<string> StatusAsync(string order) => Task.FromResult(order);
        }
        """;

    private const string Services = """
        using Microsoft.Extensions.AI;
        using System.Net.Mail;

        namespace Infra;

        public interface IAssistant
        {
            Task<string> AskAsync(string question, CancellationToken cancellation = default);
        }

        internal sealed class Assistant(IChatClient chat) : IAssistant
        {
            public async Task<string> AskAsync(string question, CancellationToken cancellation = default) =>
                (await chat.GetResponseAsync(question, cancellationToken: cancellation)).Text;
        }

        public interface IMailer
        {
            Task SendAsync(string to, string text);

            Task<string> DraftAsync(string to);
        }

        public sealed class Mailer(SmtpClient smtp) : IMailer
        {
            public Task SendAsync(string to, string text) => smtp.SendMailAsync("desk@shop.example", to, "Your order", text);

            public Task<string> DraftAsync(string to) => Task.FromResult("Dear " + to);
        }

        public sealed class OrderStore(HttpClient http)
        {
            public Task<HttpResponseMessage> RemoveAsync(string order, CancellationToken cancellation = default) =>
                http.DeleteAsync("https://orders.example/orders/" + order, cancellation);

            public Task<string> ReadAsync(string order, CancellationToken cancellation = default) =>
                http.GetStringAsync("https://orders.example/orders/" + order, cancellation);

            public Task<string> CachedAsync(string order, CancellationToken cancellation = default) => Task.FromResult(order);
        }
        """;

    // What each body reports; a body without reports is the look-alike of one above it.
    public static TheoryData<string, string[]> Bodies => new()
    {
        {
            "[McpServerTool, Description(\"Mails\")] public async Task<string> Mail(string to) { await mailer.SendAsync(to, \"hello\"); return \"mailed\"; }",
            [
                "AGL0302 Info: Tool 'Desk.Mail' waits for the HTTP call 'SmtpClient.SendMailAsync' (Desk.Mail → IMailer.SendAsync → SmtpClient.SendMailAsync) and takes no 'CancellationToken': it continues after its caller has cancelled",
                "AGL0101 Warning: 'Desk.Mail' sends an email with 'SmtpClient.SendMailAsync' (Desk.Mail → IMailer.SendAsync → SmtpClient.SendMailAsync) each time it runs, without a stable idempotency key: check first whether it is already done, or record the operation's id once it is",
            ]
        },
        { "[McpServerTool, Description(\"Drafts\")] public async Task<string> Draft(string to) => await mailer.DraftAsync(to);", [] },
        {
            """
            public async Task Mails(string to)
            {
                for (var i = 0; i < 3; i++)
                    try { await mailer.SendAsync(to, "hello"); return; }
                    catch (IOException) { await Task.Delay(Random.Shared.Next(1000 << i)); }
            }
            """,
            ["AGL0103 Warning: 'SmtpClient.SendMailAsync' (IMailer.SendAsync → SmtpClient.SendMailAsync) is repeated by the loop when an attempt fails, although it may already have taken effect: check first whether it is already done"]
        },
        {
            "[McpServerTool(ReadOnly = true), Description(\"Looks\")] public async Task<string> Look(string order) { await mailer.SendAsync(order, \"\"); return order; }",
            [
                "AGL0104 Warning: 'Desk.Look' declares 'ReadOnly = true', but writes with 'SmtpClient.SendMailAsync' (Desk.Look → IMailer.SendAsync → SmtpClient.SendMailAsync): correct the hint or the code",
                "AGL0302 Info: Tool 'Desk.Look' waits for the HTTP call 'SmtpClient.SendMailAsync' (Desk.Look → IMailer.SendAsync → SmtpClient.SendMailAsync) and takes no 'CancellationToken': it continues after its caller has cancelled",
            ]
        },
        { "[McpServerTool(ReadOnly = true), Description(\"Looks\")] public async Task<string> Look(string order, CancellationToken ct) => await store.ReadAsync(order, ct);", [] },
        {
            """
            public async Task<string> Retry(string question)
            {
                while (true)
                    try { return await assistant.AskAsync(question); }
                    catch (Exception) { }
            }
            """,
            ["AGL0201 Warning: 'Desk.Retry' retries 'IAssistant.AskAsync' (IAssistant.AskAsync → IChatClient.GetResponseAsync) for as long as it fails: the 'catch' in line 12 leads to another attempt with no attempt limit, no deadline and no other exit"]
        },
        {
            "public async Task<string> Read(string order, CancellationToken cancellation) => await store.ReadAsync(order) + cancellation.CanBeCanceled;",
            ["AGL0301 Warning: 'Desk.Read' does not pass 'cancellation' to the HTTP call 'HttpClient.GetStringAsync' (Desk.Read → OrderStore.ReadAsync → HttpClient.GetStringAsync): the call continues after its caller has cancelled"]
        },
        { "public async Task<string> Read(string order, CancellationToken cancellation) => await store.CachedAsync(order) + cancellation.CanBeCanceled;", [] },
        {
            "public async Task<List<string>> All(IReadOnlyList<string> questions) => [.. await Task.WhenAll(questions.Select(question => assistant.AskAsync(question)))];",
            ["AGL0401 Info: 'Desk.All' starts the model call 'IChatClient.GetResponseAsync' (Desk.All → IAssistant.AskAsync → IChatClient.GetResponseAsync) for every item at once, and the length of 'questions' is known only at run time: limit how many run at the same time"]
        },
        {
            "public string Wait(string question) => assistant.AskAsync(question).Result;",
            ["AGL0601 Info: 'Desk.Wait' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' (Desk.Wait → IAssistant.AskAsync → IChatClient.GetResponseAsync) instead of awaiting it"]
        },
        {
            "public void Late(List<string> orders) => orders.ForEach(async order => await assistant.AskAsync(order));",
            ["AGL0708 Warning: 'List.ForEach' does not await this async lambda: 'IChatClient.GetResponseAsync' (IAssistant.AskAsync → IChatClient.GetResponseAsync) continues after its first await, and its end and its exceptions go unobserved"]
        },
        {
            "public void Start(string question) { _ = assistant.AskAsync(question); }",
            ["AGL0402 Info: 'Desk.Start' does not wait for the model call 'IChatClient.GetResponseAsync' (Desk.Start → IAssistant.AskAsync → IChatClient.GetResponseAsync), and its failure is lost"]
        },
        { "public void Start(string order) { _ = store.CachedAsync(order); }", [] },
        {
            """
            public async Task<List<string>> Names(string order)
            {
                try { return [await store.ReadAsync(order)]; }
                catch (Exception) { return []; }
            }
            """,
            ["AGL0503 Info: 'Desk.Names' turns every failure of the HTTP call 'HttpClient.GetStringAsync' (Desk.Names → OrderStore.ReadAsync → HttpClient.GetStringAsync) into an empty list: let the exception through, or return a value that callers can tell from success"]
        },
        {
            """
            public async Task<List<string>> Names(string order)
            {
                try { return [await store.CachedAsync(order)]; }
                catch (Exception) { return []; }
            }
            """,
            []
        },
        {
            """
            public async Task<string> Loop(string question, CancellationToken cancellation)
            {
                var answer = "";
                while (!answer.Contains("DONE"))
                    answer = await assistant.AskAsync(question + answer, cancellation);
                return answer;
            }
            """,
            ["AGL0901 Warning: 'Desk.Loop' repeats 'IAssistant.AskAsync' (IAssistant.AskAsync → IChatClient.GetResponseAsync) until the model's answer ends the loop: the condition in line 11 leads to another round with no round limit and no deadline"]
        },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Rules_follow_calls_into_another_project(string body, string[] expected)
    {
        var reports = await new TwoProjects(Library.McpServer).With("Infra", Services).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, $$"""
            using Infra;
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(IMailer mailer, OrderStore store, IAssistant assistant)
            {
                public override string ToString() => $"{mailer} {store} {assistant}";
            {{body}}
            }
            """);

        Assert.Equal(expected, reports.Select(report => System.Text.RegularExpressions.Regex.Replace(report, @"^(AGL\d+ \w+) \d+", "$1")));
    }

    [Fact]
    public async Task Path_leads_through_the_projects_between()
    {
        var reports = await new TwoProjects(Library.McpServer).With("Billing", Payments).With("Orders", Refunds).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, """
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class RefundTool(Orders.IRefundService refunds)
            {
                [McpServerTool, Description("Refunds an order")]
                public async Task<string> Refund(string order, CancellationToken cancellation)
                {
                    await refunds.PayAsync(order, cancellation);
                    return "refunded";
                }

                [McpServerTool, Description("Tells the state of a refund")]
                public Task<string> Status(string order) => refunds.StatusAsync(order);
            }
            """);

        Assert.Equal(
            ["AGL0101 Info 9: 'RefundTool.Refund' posts with 'HttpClient.PostAsJsonAsync' (RefundTool.Refund → IRefundService.PayAsync → PaymentsClient.SendAsync → HttpClient.PostAsJsonAsync) each time it runs, without a stable idempotency key: send an id derived from the operation, or check first whether it is already done"],
            reports);
    }

    [Fact]
    public async Task Workflow_is_told_what_another_project_reaches()
    {
        var reports = await new TwoProjects(Library.Temporal).With("Billing", Payments).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, """
            using Temporalio.Workflows;

            [Workflow]
            public class RefundWorkflow
            {
                [WorkflowRun]
                public async Task<int> RunAsync(string order, Billing.PaymentsClient payments) => (int)(await payments.SendAsync(order)).StatusCode;
            }
            """);

        var report = Assert.Single(reports, report => report.StartsWith("AGL1002 Warning 7: ", StringComparison.Ordinal));
        Assert.Contains("(RefundWorkflow.RunAsync → PaymentsClient.SendAsync → HttpClient.PostAsJsonAsync)", report, StringComparison.Ordinal);
    }

    // The project between says nothing of what becomes of the answer: the tool does.
    [Theory]
    [InlineData("(await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;", true)]
    [InlineData("return await (await payments.SendAsync(order)).Content.ReadAsStringAsync();", false)]
    public async Task What_becomes_of_an_answer_tells_what_a_request_is_for(string body, bool isOrder)
    {
        var reports = await new TwoProjects(Library.McpServer).With("Billing", Payments).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, $$"""
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(Billing.PaymentsClient payments)
            {
                [McpServerTool, Description("Takes an order")]
                public async Task<string> Take(string order) { {{body}} }
            }
            """);

        Assert.Equal(isOrder, reports.Any(report => report.StartsWith("AGL0101", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Interface_with_two_implementations_in_other_projects_is_not_followed()
    {
        const string Other = """
            namespace Infra.Testing;

            public sealed class NoMailer : IMailer
            {
                public Task SendAsync(string to, string text) => Task.CompletedTask;

                public Task<string> DraftAsync(string to) => Task.FromResult(to);
            }
            """;
        var reports = await new TwoProjects(Library.McpServer).With("Infra", Services).With("Fakes", Other).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, """
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(Infra.IMailer mailer)
            {
                [McpServerTool(ReadOnly = true), Description("Mails")]
                public async Task<string> Mail(string to) { await mailer.SendAsync(to, "hello"); return "mailed"; }
            }
            """);

        Assert.DoesNotContain(reports, report => report.Contains("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Registration_of_another_project_tells_which_implementation_runs()
    {
        const string Other = """
            using Microsoft.Extensions.DependencyInjection;

            namespace Infra.Setup;

            public sealed class NoMailer : IMailer
            {
                public Task SendAsync(string to, string text) => Task.CompletedTask;

                public Task<string> DraftAsync(string to) => Task.FromResult(to);
            }

            public static class Registered
            {
                public static IServiceCollection AddMail(this IServiceCollection services) => services.AddCore();

                private static IServiceCollection AddCore(this IServiceCollection services) => services.AddSingleton<IMailer, Mailer>();
            }
            """;
        const string Tools = """
            using Infra.Setup;
            using Microsoft.Extensions.DependencyInjection;
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(Infra.IMailer mailer)
            {
                [McpServerTool(ReadOnly = true), Description("Mails")]
                public async Task<string> Mail(string to) { await mailer.SendAsync(to, "hello"); return "mailed"; }

                public static void Set(IServiceCollection services) => services.AddMail();
            }
            """;
        var projects = new TwoProjects(Library.McpServer).With("Infra", Services).With("Setup", Other);

        Assert.Contains("registers Infra.IMailer as=Infra.Mailer lifetime=singleton", projects.Published["Setup"], StringComparison.Ordinal);
        Assert.Contains(await projects.ReportsAsync(OutputKind.DynamicallyLinkedLibrary, Tools), report => report.StartsWith("AGL0104", StringComparison.Ordinal));
        Assert.DoesNotContain(
            await projects.ReportsAsync(OutputKind.DynamicallyLinkedLibrary, Tools.Replace("services.AddMail()", "services.AddLogging()", StringComparison.Ordinal)),
            report => report.StartsWith("AGL0104", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AddScoped", true)]
    [InlineData("AddSingleton", false)]
    public async Task Singleton_holds_a_scoped_service_of_another_project(string lifetime, bool isCaptive)
    {
        var reports = await new TwoProjects(Library.McpServer).With("Store", $$"""
            using Microsoft.Extensions.DependencyInjection;

            namespace Store;

            public interface IOrders { string Find(string id); }

            internal sealed class Orders : IOrders { public string Find(string id) => id; }

            public static class StoreServices
            {
                public static IServiceCollection AddStore(this IServiceCollection services) => services.{{lifetime}}<IOrders, Orders>();
            }
            """).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, """
            using Microsoft.Extensions.DependencyInjection;
            using Store;

            public sealed class Desk(IOrders orders) { public override string ToString() => orders.Find("1"); }

            public static class Setup
            {
                public static void Add(IServiceCollection services) => services.AddStore().AddSingleton<Desk>();
            }
            """);

        Assert.Equal(isCaptive ? ["AGL0704 Warning 4: 'Desk' lives as long as the program and holds the scoped service 'IOrders': all calls share one instance"] : [], reports);
    }

    [Theory]
    [InlineData("Pay", true)]
    [InlineData("Look", false)]
    public async Task Generic_interface_is_followed_to_what_implements_it_for_the_same_types(string message, bool isFollowed)
    {
        var reports = await new TwoProjects(Library.McpServer).With("Handlers", """
            using System.Net.Mail;

            namespace Handlers;

            public interface IHandler<T> { Task<string> HandleAsync(T message); }

            public record Pay(string Order);

            public record Look(string Order);

            public sealed class PayHandler(SmtpClient smtp) : IHandler<Pay>
            {
                public async Task<string> HandleAsync(Pay message) { await smtp.SendMailAsync("a@b.example", "c@d.example", "pay", message.Order); return "paid"; }
            }

            public sealed class LookHandler : IHandler<Look>
            {
                public Task<string> HandleAsync(Look message) => Task.FromResult(message.Order);
            }
            """).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, $$"""
            using Handlers;
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(IHandler<{{message}}> handler)
            {
                [McpServerTool(ReadOnly = true), Description("Does it")]
                public async Task<string> Do(string order) => await handler.HandleAsync(new {{message}}(order));
            }
            """);

        Assert.Equal(isFollowed, reports.Any(report => report.StartsWith("AGL0104", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Guid.NewGuid().ToString()", true)]
    [InlineData("order", false)]
    public async Task Key_that_another_project_sends_changes_with_each_attempt(string key, bool changes)
    {
        var reports = await new TwoProjects(Library.McpServer).With("Billing", """
            namespace Billing;

            public sealed class PaymentsClient(HttpClient http)
            {
                public async Task PayAsync(string order, string operation)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "https://pay.example/charges") { Content = JsonContent.Create(new { order }) };
                    request.Headers.Add("Idempotency-Key", operation);
                    (await http.SendAsync(request)).EnsureSuccessStatusCode();
                }
            }
            """).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, $$"""
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(Billing.PaymentsClient payments)
            {
                [McpServerTool, Description("Pays")]
                public async Task<string> Pay(string order) { await payments.PayAsync(order, {{key}}); return "paid"; }
            }
            """);

        Assert.Equal(changes ? ["AGL0302", "AGL0102"] : ["AGL0302"], reports.Select(report => report.Split(' ')[0]));
    }

    [Theory]
    [InlineData("Clock.Today()", true)]
    [InlineData("Clock.Epoch()", false)]
    [InlineData("Clock.Safe()", false)]
    [InlineData("Clock.Both()", true)]
    public async Task Workflow_reads_a_clock_of_another_project(string call, bool differs)
    {
        var reports = await new TwoProjects(Library.Temporal).With("Common", """
            namespace Common;

            public static class Clock
            {
                public static DateTime Today() => DateTime.UtcNow.Date;

                public static DateTime Epoch() => DateTime.UnixEpoch;

                public static DateTime Safe() => Temporalio.Workflows.Workflow.InWorkflow ? Temporalio.Workflows.Workflow.UtcNow : DateTime.UtcNow;

                public static DateTime Both() => Safe() > DateTime.UtcNow ? Epoch() : Today();
            }
            """).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, $$"""
            using Common;
            using Temporalio.Workflows;

            [Workflow]
            public class Report
            {
                [WorkflowRun]
                public Task<string> RunAsync() => Task.FromResult({{call}}.ToString("O"));
            }
            """);

        Assert.Equal(differs ? ["AGL1001"] : [], reports.Select(report => report.Split(' ')[0]));
    }

    // The attempts of a client in another project, and of the loop around it.
    [Theory]
    [InlineData("for (var i = 0; i < 4; i++) try { return await http.GetStringAsync(url); } catch (HttpRequestException) when (i < 3) { await Task.Delay(Random.Shared.Next(1000 << i)); } throw new InvalidOperationException();", "4 (loop) × 3 (loop) = 12 attempts")]
    [InlineData("return await http.GetStringAsync(url);", null)]
    [InlineData("try { return await http.GetStringAsync(url); } catch (HttpRequestException) { return \"\"; }", null)]
    public async Task Retries_of_another_project_multiply(string body, string? product)
    {
        var projects = new TwoProjects(Library.McpServer).With("Orders", $$"""
            namespace Orders;

            public sealed class OrderClient(HttpClient http)
            {
                public async Task<string> ReadAsync(string url) { {{body}} }
            }
            """);
        var reports = await projects.ReportsAsync(OutputKind.DynamicallyLinkedLibrary, """
            public sealed class Desk(Orders.OrderClient orders)
            {
                public async Task<string> Read()
                {
                    for (var i = 0; i < 3; i++)
                        try { return await orders.ReadAsync("https://orders.example"); }
                        catch (HttpRequestException) when (i < 2) { await Task.Delay(Random.Shared.Next(1000 << i)); }
                    throw new InvalidOperationException();
                }
            }
            """);

        Assert.Equal(product != null, projects.Published["Orders"].Contains(" retries=4:loop", StringComparison.Ordinal));
        Assert.Equal(
            product == null ? [] : [$"AGL0204 Warning 5: 'HttpClient.GetStringAsync' is retried by 2 nested layers, which multiply: {product} (OrderClient.ReadAsync → HttpClient.GetStringAsync)"],
            reports.Where(report => report.StartsWith("AGL0204", StringComparison.Ordinal)));
    }

    // A service hands on to a client that another project implements and that tries again; a handler between them keeps the failure.
    [Theory]
    [InlineData("return await client.ReadAsync(url);", true)]
    [InlineData("try { return await client.ReadAsync(url); } catch (Exception) { return \"\"; }", false)]
    public async Task Retries_behind_an_open_call_multiply(string body, bool isStacked)
    {
        var reports = await new TwoProjects(Library.McpServer)
            .With("Contracts", "namespace Contracts; public interface IClient { Task<string> ReadAsync(string url); }")
            .With("Orders", $$"""namespace Orders; public sealed class OrderDesk(Contracts.IClient client) { public async Task<string> ReadAsync(string url) { {{body}} } }""")
            .With("Clients", """
                namespace Clients;

                internal sealed class Client(HttpClient http) : Contracts.IClient
                {
                    public async Task<string> ReadAsync(string url)
                    {
                        for (var i = 0; i < 4; i++)
                            try { return await http.GetStringAsync(url); }
                            catch (HttpRequestException) when (i < 3) { await Task.Delay(Random.Shared.Next(1000 << i)); }
                        throw new InvalidOperationException();
                    }
                }
                """)
            .ReportsAsync(OutputKind.DynamicallyLinkedLibrary, """
                public sealed class Desk(Orders.OrderDesk orders)
                {
                    public async Task<string> Read()
                    {
                        for (var i = 0; i < 3; i++)
                            try { return await orders.ReadAsync("https://orders.example"); }
                            catch (HttpRequestException) when (i < 2) { await Task.Delay(Random.Shared.Next(1000 << i)); }
                        throw new InvalidOperationException();
                    }
                }
                """);

        Assert.Equal(
            isStacked ? ["AGL0204 Warning 5: 'HttpClient.GetStringAsync' is retried by 2 nested layers, which multiply: 4 (loop) × 3 (loop) = 12 attempts (OrderDesk.ReadAsync → IClient.ReadAsync → HttpClient.GetStringAsync)"] : [],
            reports.Where(report => report.StartsWith("AGL0204", StringComparison.Ordinal)));
    }

    // What a model passes to a tool goes to a file that another project deletes.
    [Theory]
    [InlineData("File.Delete(\"/data/\" + name);", true)]
    [InlineData("Remove(\"/data/\" + name); static void Remove(string path) => File.Delete(path);", true)]
    [InlineData("File.Delete(\"/data/\" + Path.GetFileName(name));", false)]
    [InlineData("File.Delete(\"/data/notes\" + name.Length);", false)]
    public async Task Parameter_reaches_a_sink_in_another_project(string body, bool isReached)
    {
        var reports = await new TwoProjects(Library.McpServer).With("Notes", $$"""
            namespace Notes;

            public interface INotes { void Remove(string name); }

            internal sealed class NoteFiles : INotes { public void Remove(string name) { {{body}} } }
            """).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, """
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(Notes.INotes notes)
            {
                [McpServerTool(Destructive = true), Description("Removes a note")]
                public string Remove(string note) { notes.Remove(note); return "removed"; }

                [McpServerTool(Destructive = true), Description("Removes the first note")]
                public string RemoveFirst(string note) { notes.Remove("1"); return note; }
            }
            """);

        Assert.Equal(
            isReached ? ["AGL0801 Warning 7: 'note', which a model passes to 'Desk.Remove', reaches 'File.Delete' (Desk.Remove → NoteFiles.Remove) without a check: compare its full path with a root and its separator, or keep only the file name"] : [],
            reports.Where(report => report.StartsWith("AGL08", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Console.WriteLine(text);", true)]
    [InlineData("Console.Error.WriteLine(text);", false)]
    public async Task Another_project_writes_to_the_output_of_a_stdio_server(string body, bool writes)
    {
        var reports = await new TwoProjects(Library.McpServer).With("Common", $$"""
            namespace Common;

            public static class Trace { public static void Say(string text) { {{body}} } }
            """).ReportsAsync(OutputKind.ConsoleApplication, """
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Hosting;
            using Microsoft.Extensions.Logging;
            using ModelContextProtocol.Server;

            var builder = Host.CreateApplicationBuilder(args);
            builder.Logging.ClearProviders();
            builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<Desk>();
            await builder.Build().RunAsync();

            [McpServerToolType]
            public sealed class Desk
            {
                [McpServerTool, Description("Says it")]
                public string Say(string text) { Common.Trace.Say(text); return text; }
            }
            """);

        Assert.Equal(writes ? ["AGL1104"] : [], reports.Select(report => report.Split(' ')[0]));
    }

    // Agents and models of a project that adapts them to the engine: what workflow code asks them, they schedule.
    [Theory]
    [InlineData("var agent = Agents.Get(); return (await agent.RunAsync(order)).Text;", 0)]
    [InlineData("return (await Agents.AllAsync(new List<(DurableAgent, string)> { (Agents.Get(), order) }))[0].Text;", 0)]
    [InlineData("var model = new DurableModel(null!); return (await model.GetResponseAsync([])).Text;", 0)]
    [InlineData("var agent = Agents.Plain.Adapted(); return (await agent.RunAsync(order)).Text;", 0)]
    [InlineData("return (await Agents.Plain.RunAsync(order)).Text;", 1)]
    [InlineData("return (await Agents.AskAsync(order)).Text;", 1)]
    public async Task Workflow_asks_an_agent_that_another_project_adapts_to_the_engine(string body, int reports)
    {
        var found = await new TwoProjects(Library.Temporal, Library.AgentFramework).With("Adapters", """
            using Microsoft.Agents.AI;
            using Microsoft.Extensions.AI;
            using Temporalio.Activities;
            using Temporalio.Workflows;

            namespace Adapters;

            public class Asking
            {
                [Activity]
                public Task<AgentResponse> AskAsync(string text) => Task.FromResult(new AgentResponse());

                [Activity]
                public Task<ChatResponse> AnswerAsync(string text) => Task.FromResult(new ChatResponse());
            }

            public class DurableAgent(AIAgent inner) : DelegatingAIAgent(inner)
            {
                protected override Task<AgentResponse> RunCoreAsync(IEnumerable<ChatMessage> messages, AgentSession? session = null, AgentRunOptions? options = null, CancellationToken cancellationToken = default) =>
                    Workflow.ExecuteActivityAsync((Asking asking) => asking.AskAsync(""), new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
            }

            public class DurableModel(IChatClient inner) : DelegatingChatClient(inner)
            {
                public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
                    !Workflow.InWorkflow ? base.GetResponseAsync(messages, options, cancellationToken)
                        : Workflow.ExecuteActivityAsync((Asking asking) => asking.AnswerAsync(""), new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
            }

            public static class Agents
            {
                public static AIAgent Plain = null!;

                public static DurableAgent Get() => new(Plain);

                public static AIAgent Adapted(this AIAgent agent) => new DurableAgent(agent);

                public static async Task<AgentResponse[]> AllAsync(IEnumerable<(DurableAgent Agent, string Text)> requests)
                {
                    var answers = new List<Task<AgentResponse>>();
                    foreach (var request in requests)
                        answers.Add(request.Agent.RunAsync(request.Text));
                    return await Workflow.WhenAllAsync(answers);
                }

                public static Task<AgentResponse> AskAsync(string text) => Plain.RunAsync(text);
            }
            """).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, $$"""
            using Adapters;
            using Temporalio.Workflows;

            [Workflow]
            public class Writing
            {
                [WorkflowRun]
                public async Task<string> RunAsync(string order) { {{body}} }
            }
            """);

        Assert.Equal(reports, found.Count(report => report.StartsWith("AGL1002", StringComparison.Ordinal)));
    }
}

using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis.Facts;

/// <summary>Calls through interfaces that the calling project sees no implementation of: what runs is known to the project that composes the program.</summary>
public sealed class OpenCallTests
{
    private const string Contracts = """
        using System.Threading;

        namespace Contracts;

        public interface IPayments
        {
            Task PayAsync(string order, string? operation = null, CancellationToken cancellation = default);

            Task<HttpResponseMessage> SendAsync(string order);

            Task<string> ReadAsync(string order, CancellationToken cancellation = default);
        }

        public interface IOrders
        {
            Task<string> CloseAsync(string order, CancellationToken cancellation = default);
        }
        """;

    private const string Billing = """
        using Contracts;
        using Microsoft.Extensions.DependencyInjection;

        namespace Billing;

        internal sealed class Payments(HttpClient http) : IPayments
        {
            public async Task PayAsync(string order, string? operation = null, CancellationToken cancellation = default)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "https://pay.example/charges") { Content = JsonContent.Create(new { order }) };
                if (operation != null)
                    request.Headers.Add("Idempotency-Key", operation);
                (await http.SendAsync(request, cancellation)).EnsureSuccessStatusCode();
            }

            public Task<HttpResponseMessage> SendAsync(string order) => http.PostAsJsonAsync("https://pay.example/refunds", new { order });

            public Task<string> ReadAsync(string order, CancellationToken cancellation = default) => http.GetStringAsync("https://pay.example/refunds/" + order, cancellation);
        }

        public static class BillingServices
        {
            public static IServiceCollection AddBilling(this IServiceCollection services) => services.AddScoped<IPayments, Payments>();
        }
        """;

    private const string NoBilling = """
        using Contracts;

        namespace Testing;

        public sealed class NoPayments : IPayments
        {
            public Task PayAsync(string order, string? operation = null, CancellationToken cancellation = default) => Task.CompletedTask;

            public Task<HttpResponseMessage> SendAsync(string order) => Task.FromResult(new HttpResponseMessage());

            public Task<string> ReadAsync(string order, CancellationToken cancellation = default) => Task.FromResult(order);
        }
        """;

    private const string Tool = """
        using Contracts;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public sealed class OrderTools(IOrders orders)
        {
            [McpServerTool, System.ComponentModel.Description("Closes an order")]
            public async Task<string> Close(string order, CancellationToken cancellation) => await orders.CloseAsync(order, cancellation);
        }
        """;

    private const string Paid =
        "AGL0101 Info 8: 'OrderTools.Close' posts with 'HttpClient.PostAsJsonAsync' (OrderTools.Close → IOrders.CloseAsync → IPayments.SendAsync → HttpClient.PostAsJsonAsync) "
        + "each time it runs, without a stable idempotency key: ";

    // What the service between does, and which rules report it in the tool.
    public static TheoryData<string, string[]> Bodies => new()
    {
        { "(await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;", ["AGL0101"] },
        { "await SendAsync(order); return order; async Task SendAsync(string id) => (await payments.SendAsync(id)).EnsureSuccessStatusCode();", ["AGL0101"] },
        // The answer is what the caller asks for.
        { "return await (await payments.SendAsync(order)).Content.ReadAsStringAsync();", [] },
        // A look at what is there.
        { "if (await payments.ReadAsync(order, cancellation) == \"paid\") return order; (await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;", [] },
        { "return await payments.ReadAsync(order);", [] },
        { "return await payments.ReadAsync(order, cancellation);", [] },
        { "await Task.Delay(1, cancellation); return order;", [] },
        // A key that stays the same, and one that does not.
        { "await payments.PayAsync(order, order, cancellation); return order;", [] },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Call_is_followed_where_another_project_implements_it(string body, string[] rules)
    {
        var reports = await Projects(Orders(body)).With("Billing", Billing).ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool);

        Assert.Equal(rules, reports.Select(report => report.Split(' ')[0]).Where(id => id is not "AGL0302").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Path_names_the_interfaces()
    {
        var projects = Projects(Orders("(await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;")).With("Billing", Billing);

        Assert.Equal(
            """
            contract 0 Contracts.IPayments SendAsync
            type Orders.OrderService is=Contracts.IOrders
            member CloseAsync
            calls 0 passes=0

            """,
            projects.Published["Orders"]);
        Assert.Contains(await projects.ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool), report => report.StartsWith(Paid, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_implementation_nothing_is_reported() =>
        Assert.Empty(await Projects(Orders("(await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;")).ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool));

    [Fact]
    public async Task Project_that_composes_may_implement_the_interface_itself()
    {
        var projects = Projects(Orders("(await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;"));

        Assert.Contains(await projects.ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool, Billing), report => report.StartsWith(Paid, StringComparison.Ordinal));
        Assert.Empty(await projects.ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool, NoBilling));
    }

    [Theory]
    [InlineData("services.AddBilling()", true)]
    [InlineData("services.AddScoped<Contracts.IPayments, Testing.NoPayments>()", false)]
    [InlineData("services.AddLogging()", false)]
    public async Task Registration_tells_which_of_two_implementations_runs(string registration, bool isFollowed)
    {
        var reports = await Projects(Orders("(await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;")).With("Billing", Billing).With("Fakes", NoBilling)
            .ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool, $$"""
                using Billing;
                using Microsoft.Extensions.DependencyInjection;

                public static class Setup { public static void Add(IServiceCollection services) => {{registration}}; }
                """);

        Assert.Equal(isFollowed, reports.Any(report => report.StartsWith(Paid, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Call_stays_open_through_another_project_that_sees_no_implementation()
    {
        var projects = Projects(Orders("(await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;"))
            .With("Desk", "namespace Desk; public sealed class Counter(Contracts.IOrders orders) { public Task<string> DropAsync(string order) => orders.CloseAsync(order); }")
            .With("Billing", Billing);

        Assert.Contains("calls 0 via=IOrders.CloseAsync ", projects.Published["Desk"], StringComparison.Ordinal);
        Assert.Contains(
            await projects.ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool.Replace("IOrders orders", "Desk.Counter orders", StringComparison.Ordinal).Replace("CloseAsync(order, cancellation)", "DropAsync(order)", StringComparison.Ordinal)),
            report => report.Contains("(OrderTools.Close → Counter.DropAsync → IOrders.CloseAsync → IPayments.SendAsync → HttpClient.PostAsJsonAsync)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Interface_of_the_calling_project_is_implemented_by_a_project_that_refers_to_it()
    {
        var projects = new TwoProjects(Library.McpServer)
            .With("Orders", Contracts, Orders("(await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order;"))
            .With("Billing", Billing);

        Assert.Contains(await projects.ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool), report => report.StartsWith(Paid, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Decorator_hands_on_to_what_another_project_implements()
    {
        var projects = Projects("""
            using Contracts;

            namespace Orders;

            public sealed class LoggedPayments(IPayments inner) : IPayments
            {
                public Task PayAsync(string order, string? operation = null, CancellationToken cancellation = default) => inner.PayAsync(order, operation, cancellation);

                public Task<HttpResponseMessage> SendAsync(string order) => inner.SendAsync(order);

                public Task<string> ReadAsync(string order, CancellationToken cancellation = default) => inner.ReadAsync(order, cancellation);
            }
            """).With("Billing", Billing);

        Assert.Contains(
            await projects.ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", """
                using Contracts;
                using ModelContextProtocol.Server;

                [McpServerToolType]
                public sealed class OrderTools(Orders.LoggedPayments payments)
                {
                    [McpServerTool, System.ComponentModel.Description("Pays")]
                    public async Task<string> Close(string order) { (await payments.SendAsync(order)).EnsureSuccessStatusCode(); return order; }
                }
                """),
            report => report.Contains("(OrderTools.Close → LoggedPayments.SendAsync → IPayments.SendAsync → HttpClient.PostAsJsonAsync)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Guid.NewGuid().ToString()", true)]
    [InlineData("order", false)]
    public async Task Key_is_handed_on_through_an_open_call(string key, bool changes)
    {
        var reports = await Projects(Orders("await payments.PayAsync(order, operation, cancellation); return order;", ", string? operation = null"), "string CloseAsync")
            .With("Billing", Billing).ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", Tool.Replace("CloseAsync(order, cancellation)", $"CloseAsync(order, cancellation, {key})", StringComparison.Ordinal));

        Assert.Equal(changes ? ["AGL0102"] : [], reports.Select(report => report.Split(' ')[0]));
    }

    // Each service calls the other one's interface, and one of them calls what the tools' project implements, which calls the first again.
    [Theory]
    [InlineData("return Task.CompletedTask;")]
    [InlineData("return first.GoAsync(order);")]
    [InlineData("return second.GoAsync(order);")]
    public async Task Circles_end(string body)
    {
        var reports = await new TwoProjects(Library.McpServer)
            .With("Contracts", "namespace Contracts; public interface IFirst { Task GoAsync(string order); } public interface ISecond { Task GoAsync(string order); } public interface IThird { Task GoAsync(string order); }")
            .With("First", "using Contracts; namespace A; public sealed class First(ISecond second) : IFirst { public Task GoAsync(string order) => second.GoAsync(order); }")
            .With("Second", """
                using System.Net.Mail;
                using Contracts;

                namespace B;

                public sealed class Second(IFirst first, IThird third, SmtpClient smtp) : ISecond
                {
                    public async Task GoAsync(string order) { await first.GoAsync(order); await third.GoAsync(order); await smtp.SendMailAsync("a@b.example", "c@d.example", "closed", order); }
                }
                """)
            .ReportsAsync(OutputKind.ConsoleApplication, "await Task.Delay(1);", $$"""
                using Contracts;
                using ModelContextProtocol.Server;

                internal sealed class Third(IFirst first, ISecond second) : IThird
                {
                    public override string ToString() => $"{first} {second}";

                    public Task GoAsync(string order) { {{body}} }
                }

                [McpServerToolType]
                public sealed class OrderTools(IFirst first)
                {
                    [McpServerTool(ReadOnly = true), System.ComponentModel.Description("Goes")]
                    public async Task<string> Go(string order) { await first.GoAsync(order); return order; }
                }
                """);

        Assert.Contains(reports, report => report.StartsWith("AGL0104 Warning", StringComparison.Ordinal) && report.Contains("(OrderTools.Go → IFirst.GoAsync → ISecond.GoAsync → SmtpClient.SendMailAsync)", StringComparison.Ordinal));
    }

    [Fact]
    public void Interfaces_of_libraries_are_no_contracts_of_the_program() =>
        Assert.Equal("", new TwoProjects().With("Orders", """
            using Microsoft.Extensions.Logging;

            namespace Orders;

            public sealed class Kept(IDisposable file, ILogger log, IEqualityComparer<string> names, IServiceProvider services)
            {
                public void Close() { file.Dispose(); log.Log(LogLevel.Information, default, 0, null, (_, _) => ""); names.Equals("a", "b"); services.GetService(typeof(string)); }
            }
            """).Published["Orders"]);

    [Fact]
    public void Project_that_resolves_its_calls_publishes_none() =>
        Assert.Equal("", new TwoProjects().With("Orders", """
            namespace Orders;

            public interface INames { string NameOf(string id); }

            public sealed class Names : INames { public string NameOf(string id) => id; }

            public sealed class Desk(INames names) { public string Greet(string id) => "Dear " + names.NameOf(id); }
            """).Published["Orders"]);

    [Theory]
    [InlineData("retries=3:loop|n-reads:handler|unlimited:loop", 3)]
    [InlineData("retries=:|3|x:loop|3:|99999999999:loop|-1:loop|:loop", 0)]
    [InlineData("retries=", 0)]
    public void Retries_are_read_or_passed_over(string word, int layers)
    {
        var text = $"api 0 http-call System.Net.Http.HttpClient.GetAsync\ntype A.B\nmember C\nreaches 0 way=HttpClient.GetAsync {word}\n";
        var read = FactsText.Read(text, ApiCatalogue.BuiltIn, TestContext.Current.CancellationToken);

        Assert.Equal(layers, Assert.Single(read.Types["A.B"].Members["C"].Reached).Retries.Length);
        Assert.Equal(layers > 0, FactsText.Write(read) == text);
    }

    [Theory]
    [InlineData("calls 0\ncalls 7 via=A", 0)]
    [InlineData("calls 0 via=\ncalls 0 passes=x,1:2:3,,-1,99999999999:0,2:1 no-such-trait", 2)]
    public void Damaged_calls_are_passed_over(string lines, int calls)
    {
        var contract = calls == 0 ? "contract 0 A\n" : "contract 0 A.IB M\ncontract 0 A.IC M\n";
        var read = FactsText.Read(contract + "type A.B\nmember C\n" + lines, ApiCatalogue.BuiltIn, TestContext.Current.CancellationToken);

        var all = read.Types["A.B"].Members["C"].Calls;
        Assert.Equal(calls, all.Length);
        Assert.All(all, call => Assert.Equal("IB.M", call.Name));
        Assert.Equal(calls == 0 ? [] : [new Handover(2, 1)], all.SelectMany(call => call.Passes));
    }

    // An assembly that says of each member that it calls all others, through interfaces that it implements itself.
    [Fact]
    public async Task Hostile_calls_end()
    {
        var many = Enumerable.Range(0, 300).ToList();
        var source = "namespace Evil;\n"
            + string.Concat(many.Select(i => $"public interface I{i} {{ Task GoAsync(string order); }}\npublic sealed class C{i} : I{i} {{ public Task GoAsync(string order) => Task.CompletedTask; }}\n"));
        var facts = string.Concat(many.Select(i => $"contract {i} Evil.I{i} GoAsync\n"))
            + "api 0 http-call System.Net.Http.HttpClient.GetStringAsync\n"
            + string.Concat(many.Select(i => $"type Evil.C{i} is=Evil.I{i}\nmember GoAsync\nreaches 0 way=HttpClient.GetStringAsync\n" + string.Concat(many.Select(j => $"calls {(i * 7 + j) % 300} via={string.Join(">", Enumerable.Repeat("X.Y", j % 60))} passes=0,0:99 tokenless tokened used returned acts asks\n"))));
        var project = new TwoProjects(Library.McpServer).With("Evil", source, $"[assembly: System.Reflection.AssemblyMetadata(\"AgentLint.Facts/1\", {Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(facts, quote: true)})]");

        var reports = await AllRules.ReportsInAsync(project.Built(OutputKind.ConsoleApplication, "await Task.Delay(1);", """
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(Evil.I0 first)
            {
                [McpServerTool, System.ComponentModel.Description("Goes")]
                public async Task<string> Go(string order) { await first.GoAsync(order); return order; }
            }
            """));

        Assert.All(reports, report => Assert.StartsWith("AGL0", report.Id, StringComparison.Ordinal));
    }

    private static TwoProjects Projects(string orders, string? close = null) =>
        new TwoProjects(Library.McpServer)
            .With("Contracts", close == null ? Contracts : Contracts.Replace("CloseAsync(string order, CancellationToken cancellation = default)", "CloseAsync(string order, CancellationToken cancellation = default, string? operation = null)", StringComparison.Ordinal))
            .With("Orders", orders);

    private static string Orders(string body, string more = "") => $$"""
        using Contracts;

        namespace Orders;

        internal sealed class OrderService(IPayments payments) : IOrders
        {
            public override string ToString() => $"{payments}";

            public async Task<string> CloseAsync(string order, CancellationToken cancellation = default{{more}}) { {{body}} }
        }
        """;
}

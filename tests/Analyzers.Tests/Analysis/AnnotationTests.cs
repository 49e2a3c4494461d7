using AgentLint.Rules.CircuitBreaking;
using AgentLint.Rules.Coupling;
using AgentLint.Rules.Deadlines;
using AgentLint.Rules.DurableExecution;
using AgentLint.Rules.Idempotency;
using AgentLint.Rules.SharedState;
using AgentLint.Tests.Analysis.Facts;
using AgentLint.Tests.Repository;
using AgentLint.Tests.Rules;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Analysis;

/// <summary>Attributes say what members do: callers rely on it, and the members are held to it.</summary>
public sealed class AnnotationTests
{
    private const string Post = "(await http.PostAsJsonAsync(\"https://pay.example/charges\", order)).EnsureSuccessStatusCode();";

    private static readonly string Declarations = File.ReadAllText(Path.Combine(Checkout.Root, "src/Package/annotations/AgentLint.Annotations.cs"));

    [Fact]
    public Task Idempotent_method_is_relied_on_and_held_to_it() => Test<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
        public class Desk(Payments payments)
        {
            [AgentTool]
            public async Task<string> Pay(string order) { await payments.ChargeAsync(order); return "paid"; }
        }

        public class Payments(HttpClient http)
        {
            [Idempotent]
            public async Task ChargeAsync(string order) { {{Post.Replace("http.PostAsJsonAsync(\"https://pay.example/charges\", order)", "{|#0:http.PostAsJsonAsync(\"https://pay.example/charges\", order)|}")}} }
        }
        """)
        .Expect(Warning, "'Payments.ChargeAsync' posts with 'HttpClient.PostAsJsonAsync' each time it runs, without a stable idempotency key: send an id derived from the operation, or check first whether it is already done").RunAsync();

    [Theory]
    [InlineData("System.Attribute, System.ICloneable", false)]
    [InlineData("System.Attribute", true)]
    public Task Attribute_that_does_the_work_itself_is_no_promise_of_the_code(string bases, bool isReported)
    {
        var test = new RuleTest<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
            using System.Net.Http.Json;
            using Microsoft.Extensions.AI;

            [AttributeUsage(AttributeTargets.Method)]
            public sealed class IdempotentAttribute : {{bases}}
            {
                public object Clone() => this;
            }

            public class Payments(HttpClient http)
            {
                [Idempotent]
                public async Task ChargeAsync(string order) { {{Post.Replace("http.PostAsJsonAsync(\"https://pay.example/charges\", order)", "{|#0:http.PostAsJsonAsync(\"https://pay.example/charges\", order)|}", StringComparison.Ordinal)}} }
            }
            """).Reference(Library.ExtensionsAI);
        return (isReported ? test.Expect(Warning, "'Payments.ChargeAsync' posts with 'HttpClient.PostAsJsonAsync' each time it runs, without a stable idempotency key: send an id derived from the operation, or check first whether it is already done") : test).RunAsync();
    }

    [Fact]
    public Task Idempotent_method_that_sends_its_key_is_silent() => Test<AGL0101_SideEffectWithoutIdempotencyKey>("""
        public class Desk(Payments payments)
        {
            [AgentTool]
            public async Task<string> Pay(string order) { await payments.ChargeAsync(order); return "paid"; }
        }

        public class Payments(HttpClient http)
        {
            [Idempotent]
            public async Task ChargeAsync(string order)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "https://pay.example/charges") { Content = JsonContent.Create(new { order }) };
                request.Headers.Add("Idempotency-Key", order);
                (await http.SendAsync(request)).EnsureSuccessStatusCode();
            }
        }
        """).RunAsync();

    [Fact]
    public Task Without_the_attribute_the_tool_is_reported() => Test<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
        public class Desk(Payments payments)
        {
            [AgentTool]
            public async Task<string> Pay(string order) { await {|#0:payments.ChargeAsync(order)|}; return "paid"; }
        }

        public class Payments(HttpClient http)
        {
            public async Task ChargeAsync(string order) { {{Post}} }
        }
        """)
        .Expect(Info, "'Desk.Pay' posts with 'HttpClient.PostAsJsonAsync' (Desk.Pay → Payments.ChargeAsync → HttpClient.PostAsJsonAsync) each time it runs, without a stable idempotency key: send an id derived from the operation, or check first whether it is already done").RunAsync();

    [Theory]
    [InlineData("{|#0:Guid.NewGuid()|}.ToString()", true)]
    [InlineData("order", false)]
    public Task Key_has_to_be_the_same_in_each_attempt(string key, bool changes)
    {
        var test = Test<AGL0102_UnstableIdempotencyKey>($$"""
            public class Desk(IPayments payments)
            {
                [AgentTool]
                public async Task<string> Pay(string order) { await payments.ChargeAsync(order, {{key}}); return "paid"; }
            }

            public interface IPayments
            {
                Task ChargeAsync(string order, [IdempotencyKey] string operation);
            }
            """);
        return (changes ? test.Expect(Warning, "'Guid.NewGuid' gives a different 'IPayments.ChargeAsync(operation)' each time the model or the host that calls the tool runs this code again, so the receiver cannot recognize a repeated attempt") : test).RunAsync();
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(", order", false)]
    public Task Key_has_to_be_given(string key, bool isReported)
    {
        var test = Test<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
            public class Desk(IPayments payments)
            {
                [AgentTool]
                public async Task<string> Pay(string order) { await {|#0:payments.ChargeAsync(order{{key}})|}; return "paid"; }
            }

            public interface IPayments
            {
                Task ChargeAsync(string order, [IdempotencyKey] string? operation = null);
            }
            """);
        return (isReported ? test.Expect(Info, "'Desk.Pay' starts work with 'IPayments.ChargeAsync' each time it runs, without a stable idempotency key: pass 'operation' with the same value on every attempt") : test).RunAsync();
    }

    [Theory]
    [InlineData("request.Headers.Add(\"Idempotency-Key\", operation);", false)]
    [InlineData("", true)]
    public Task Key_has_to_be_sent(string send, bool isReported)
    {
        var test = Test<AGL0101_SideEffectWithoutIdempotencyKey>($$"""
            public class Payments(HttpClient http)
            {
                public async Task ChargeAsync(string order, [IdempotencyKey] string operation)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "https://pay.example/charges") { Content = JsonContent.Create(new { order }) };
                    {{send}}
                    (await {|#0:http.SendAsync(request)|}).EnsureSuccessStatusCode();
                }
            }
            """);
        return (isReported ? test.Expect(Warning, "'Payments.ChargeAsync' posts with 'HttpClient.SendAsync' each time it runs, without a stable idempotency key: send an id derived from the operation, or check first whether it is already done") : test).RunAsync();
    }

    [Theory]
    [InlineData("[RemoteCall] ", true)]
    [InlineData("", false)]
    public Task Remote_call_takes_the_token(string attribute, bool isReported)
    {
        var test = Test<AGL0301_DroppedCancellationToken>($$"""
            public interface ILedger
            {
                {{attribute}}Task<string> ReadAsync(string order, CancellationToken cancellation = default);
            }

            public class Desk(ILedger ledger)
            {
                public async Task<string> Read(string order, CancellationToken cancellation) => await ledger.{|#0:ReadAsync|}(order) + cancellation.CanBeCanceled;
            }
            """);
        return (isReported ? test.Expect(Warning, "'Desk.Read' does not pass 'cancellation' to the HTTP call 'ILedger.ReadAsync': the call continues after its caller has cancelled") : test).RunAsync();
    }

    [Theory]
    [InlineData("[Deterministic] ", "rate", false)]
    [InlineData("[Deterministic] ", "rate * {|#0:DateTime.UtcNow|}.Day", true)]
    [InlineData("", "rate * DateTime.UtcNow.Day", false)]
    public Task Deterministic_method_is_held_to_it(string attribute, string result, bool isReported)
    {
        var test = Test<AGL1001_NonDeterministicWorkflow>($$"""
            public static class Prices
            {
                {{attribute}}public static int Of(int rate) => {{result}};
            }
            """);
        return (isReported ? test.Expect(Warning, "'Prices.Of' is declared deterministic, but reads the clock with 'DateTime.UtcNow', which differs in each call; take it as a parameter") : test).RunAsync();
    }

    [Theory]
    [InlineData("[Deterministic] ", false)]
    [InlineData("", true)]
    public Task Workflow_relies_on_a_deterministic_method(string attribute, bool isReported)
    {
        var test = Test<AGL1001_NonDeterministicWorkflow>($$"""
            using Temporalio.Workflows;

            [Workflow]
            public class Order
            {
                [WorkflowRun]
                public Task<string> RunAsync() => Task.FromResult({|#1:Names.New()|});
            }

            public static class Names
            {
                {{attribute}}public static string New() => {|#0:Inner.New()|};
            }

            public static class Inner
            {
                public static string New() => Guid.NewGuid().ToString();
            }
            """).Reference(Library.Temporal);
        return (isReported
            ? test.Expect(Warning, "'Order.RunAsync' is replayed, but creates a new id with 'Guid.NewGuid' (Order.RunAsync → Names.New → Inner.New → Guid.NewGuid), which differs in each replay; use 'Workflow.NewGuid'", 1)
            : test.Expect(Warning, "'Names.New' is declared deterministic, but creates a new id with 'Guid.NewGuid' (Names.New → Inner.New → Guid.NewGuid), which differs in each call; take it as a parameter")).RunAsync();
    }

    [Theory]
    [InlineData("[ThreadSafe] ", "{|#0:count++|};", true)]
    [InlineData("[ThreadSafe] ", "Interlocked.Increment(ref count);", false)]
    [InlineData("", "count++;", false)]
    public Task Thread_safe_type_is_held_to_it(string attribute, string change, bool isReported)
    {
        var test = Test<AGL0703_UnguardedToolState>($$"""
            {{attribute}}public sealed class Counter
            {
                private int count;

                public int Next() { {{change}} return count; }
            }
            """);
        return (isReported ? test.Expect(Warning, "'Counter.count' is changed without a lock: 'Counter' is declared thread-safe, and it is reached from 'Counter.Next'") : test).RunAsync();
    }

    // A library's word about a type does not bind what derives from it.
    [Fact]
    public Task Type_that_derives_from_a_thread_safe_one_of_a_library_is_not_held_to_it() => Test<AGL0703_UnguardedToolState>("""
        public sealed class Names : System.Collections.Concurrent.ConcurrentDictionary<string, string>
        {
            private int count;

            public int Next() { count++; return count; }
        }
        """).RunAsync();

    [Theory]
    [InlineData("{|#0:count++|};", true)]
    [InlineData("Interlocked.Increment(ref count);", false)]
    public Task Type_behind_a_thread_safe_interface_of_the_program_is_held_to_it(string change, bool isReported)
    {
        var test = Test<AGL0703_UnguardedToolState>($$"""
            [ThreadSafe]
            public interface ICounter
            {
                int Next();
            }

            public sealed class Counter : ICounter
            {
                private int count;

                public int Next() { {{change}} return count; }
            }
            """);
        return (isReported ? test.Expect(Warning, "'Counter.count' is changed without a lock: 'Counter' is declared thread-safe, and it is reached from 'Counter.Next'") : test).RunAsync();
    }

    [Fact]
    public Task Known_by_name_wherever_it_is_declared() => new RuleTest<AGL1001_NonDeterministicWorkflow>("""
        using Acme.Rules;

        namespace Acme.Rules
        {
            [AttributeUsage(AttributeTargets.Method)]
            public sealed class DeterministicAttribute : Attribute;
        }

        public static class Prices
        {
            [Acme.Rules.DeterministicAttribute]
            public static int Of(int rate) => rate + {|#0:Random.Shared|}.Next(2);
        }
        """).Reference(Library.Temporal)
        .Expect(Warning, "'Prices.Of' is declared deterministic, but generates a random value with 'Random.Shared', which differs in each call; take it as a parameter").RunAsync();

    [Fact]
    public async Task Other_projects_rely_on_what_is_published()
    {
        var reports = await new TwoProjects(Library.McpServer, Library.Temporal).With("Billing", Declarations, """
            using AgentLint.Annotations;

            namespace Billing;

            public sealed class Payments(HttpClient http)
            {
                [Idempotent]
                public async Task OnceAsync(string order) => (await http.PutAsJsonAsync("https://pay.example/charges/" + order, order)).EnsureSuccessStatusCode();

                public async Task AgainAsync(string order) => (await http.PostAsJsonAsync("https://pay.example/charges", order)).EnsureSuccessStatusCode();

                [Idempotent]
                internal async Task HiddenAsync(string order) => await OnceAsync(order);
            }

            public interface IVault
            {
                Task StoreAsync(string order, [IdempotencyKey] string operation);
            }
            """).ReportsAsync(OutputKind.DynamicallyLinkedLibrary, """
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public sealed class Desk(Billing.Payments payments, Billing.IVault vault)
            {
                [McpServerTool, Description("Pays")]
                public async Task<string> Pay(string order) { await payments.OnceAsync(order); await payments.AgainAsync(order); await vault.StoreAsync(order, Guid.NewGuid().ToString()); return "paid"; }
            }
            """);

        Assert.Equal(["AGL0302", "AGL0101", "AGL0102"], reports.Select(report => report.Split(' ')[0]));
        Assert.Contains("Desk.Pay → Payments.AgainAsync → HttpClient.PostAsJsonAsync", reports[1], StringComparison.Ordinal);
        Assert.Contains("IVault.StoreAsync(operation)", reports[2], StringComparison.Ordinal);
    }

    private static RuleTest<TRule> Test<TRule>(string code)
        where TRule : AgentAnalyzer, new() => new(code, "global using AgentLint.Annotations; global using System.Net.Http.Json;", Declarations);
}

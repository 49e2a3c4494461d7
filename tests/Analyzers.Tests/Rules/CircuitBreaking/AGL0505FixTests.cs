using AgentLint.Fixes.CircuitBreaking;
using AgentLint.Rules.CircuitBreaking;
using Xunit;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>Work counts as done only where it was done.</summary>
public sealed class AGL0505FixTests
{
    [Theory]
    [InlineData("[|catch|] (Exception e) { Console.WriteLine(e); }", "catch (Exception e) { Console.WriteLine(e); throw; }")]
    [InlineData("[|catch|] { }", "catch { throw; }")]
    [InlineData("[|catch|] (Exception e) { Console.WriteLine(e); return; }", "catch (Exception e) { Console.WriteLine(e); throw; }")]
    public Task Consumer_lets_the_failure_through(string handler, string fixedHandler) =>
        new FixTest<AGL0505_FailureAcknowledged, AGL0505Fix_CompleteAfterSuccess>(Program(Consumer(handler)), Program(Consumer(fixedHandler))).Reference(Library.MassTransit).RunAsync("Acknowledge only after success");

    [Theory]
    [InlineData("foreach (var item in items) { try { await http.GetStringAsync(item.Text); } [|catch|] { } item.Sent = true; }", "foreach (var item in items) { try { await http.GetStringAsync(item.Text); } catch { continue; } item.Sent = true; }")]
    [InlineData("var item = items[0]; try { await http.GetStringAsync(item.Text); } [|catch|] { } item.Sent = true;", "var item = items[0]; try { await http.GetStringAsync(item.Text); } catch { throw; } item.Sent = true;")]
    public Task Item_is_left_open(string body, string fixedBody) =>
        new FixTest<AGL0505_FailureAcknowledged, AGL0505Fix_CompleteAfterSuccess>(Program(Loop(body)), Program(Loop(fixedBody))).Reference(Library.MassTransit).RunAsync("Acknowledge only after success");

    [Theory]
    [InlineData("foreach (var item in items) { try { await http.GetStringAsync(item.Text); } [|catch|] { } finally { item.Sent = true; } }")]
    [InlineData("if (ready) return; foreach (var item in items) { try { await http.GetStringAsync(item.Text); } [|catch|] { } } ready = true;")]
    public Task Marks_that_their_author_has_to_move(string body) =>
        new FixTest<AGL0505_FailureAcknowledged, AGL0505Fix_CompleteAfterSuccess>(Program(Loop(body)), Program(Loop(body))).Reference(Library.MassTransit).RunAsync(null);

    private static string Consumer(string handler) => $"public async Task Consume(ConsumeContext<Item> context) {{ try {{ await http.GetStringAsync(context.Message.Text); }} {handler} }}";

    private static string Loop(string body) => $"public Task Consume(ConsumeContext<Item> context) => Task.CompletedTask; public async Task RunAsync(List<Item> items) {{ {body} }}";

    private static string Program(string member) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Net.Http;
        using System.Threading.Tasks;
        using MassTransit;

        public class Item
        {
            public string Text { get; set; }
            public bool Sent { get; set; }
        }

        public class Orders(HttpClient http) : IConsumer<Item>
        {
            private bool ready;

            public bool Ready => ready;

            {{member}}
        }

        """;
}

using AgentLint.Rules.CircuitBreaking;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>Work that failed and is said to be done anyway is reported; work that is sent, or looked at, again is not.</summary>
public sealed class AGL0505Tests
{
    private const string Completes = ", and completes the message anyway: let the exception through, so that the message is delivered again";
    private const string Answers = ", and answers with success anyway: let the exception through, so that the event is sent again";

    // ---- Messages --------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("try { await PostAsync(message.Text); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); }")]
    [InlineData("try { await PostAsync(message.Text); } {|#0:catch|} { }")]
    [InlineData("try { await PostAsync(message.Text); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); return; }")]
    public Task Consumer_that_swallows(string body) => Consumer(body)
        .Expect(Warning, "'Orders.HandleBasicDeliverAsync' catches every failure of the write 'HttpClient.PostAsync' (Orders.HandleBasicDeliverAsync → Orders.PostAsync → HttpClient.PostAsync)" + Completes).RunAsync();

    [Theory]
    [InlineData("try { await PostAsync(message.Text); } catch (Exception e) { log.LogError(e, \"x\"); throw; }")]
    [InlineData("try { await PostAsync(message.Text); } catch (Exception e) { await SetAsideAsync(message, e); }")]
    [InlineData("try { await PostAsync(message.Text); } catch (Exception e) { failed.Add(message); }")]
    [InlineData("Exception? failure = null; try { await PostAsync(message.Text); } catch (Exception e) { failure = e; } if (failure != null) throw failure;")]
    [InlineData("try { await PostAsync(message.Text); } catch (HttpRequestException e) { log.LogError(e, \"x\"); }")]
    // One part of several: the others are done.
    [InlineData("foreach (var part in message.Text.Split(',')) { try { await PostAsync(part); } catch (Exception e) { log.LogError(e, \"x\"); } }")]
    public Task Consumer_that_lets_the_broker_know(string body) => Consumer(body).RunAsync();

    [Theory]
    [InlineData("await HandleAsync(consumerTag);", true)]
    [InlineData("foreach (var part in consumerTag.Split(',')) await HandleAsync(part);", false)]
    [InlineData("_ = HandleAsync(consumerTag);", false)]
    public Task Function_that_a_consumer_waits_for(string call, bool isReported)
    {
        var test = Program($$"""
            public override async Task HandleBasicDeliverAsync(string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken token = default)
            {
                {{call}}
            }

            private async Task HandleAsync(string text) { try { await PostAsync(text); } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); } }
            """);
        return (isReported ? test.Expect(Warning, "'Orders.HandleBasicDeliverAsync' catches every failure of the write 'HttpClient.PostAsync' (Orders.HandleAsync → Orders.PostAsync → HttpClient.PostAsync)" + Completes) : test).RunAsync();
    }

    [Theory]
    [InlineData("try { await PostAsync(e.ConsumerTag); } {|#0:catch|} (Exception x) { log.LogError(x, \"x\"); } await channel.{|#1:BasicAckAsync|}(e.DeliveryTag, false);", true)]
    [InlineData("try { await PostAsync(e.ConsumerTag); } {|#0:catch|} (Exception x) { log.LogError(x, \"x\"); } finally { await channel.{|#1:BasicAckAsync|}(e.DeliveryTag, false); }", true)]
    [InlineData("try { await PostAsync(e.ConsumerTag); await channel.BasicAckAsync(e.DeliveryTag, false); } catch (Exception x) { log.LogError(x, \"x\"); }", false)]
    [InlineData("try { await PostAsync(e.ConsumerTag); } catch (Exception x) { await channel.BasicNackAsync(e.DeliveryTag, false, true); return; } await channel.BasicAckAsync(e.DeliveryTag, false);", false)]
    [InlineData("try { await PostAsync(e.ConsumerTag); } catch (Exception x) { log.LogError(x, \"x\"); return; } await channel.BasicAckAsync(e.DeliveryTag, false);", false)]
    public Task Acknowledgement_behind_the_failure(string body, bool isReported)
    {
        var test = Program($$"""
            public void Start(AsyncEventingBasicConsumer consumer, IChannel channel) => consumer.ReceivedAsync += async (_, e) => { {{body}} };
            """);
        return (isReported ? test.Expect(Warning, "'lambda' catches every failure of the write 'HttpClient.PostAsync' (lambda → Orders.PostAsync → HttpClient.PostAsync)" + Completes) : test).RunAsync();
    }

    [Fact]
    public Task Bus_that_delivers_a_failed_message_once() => new RuleTest<AGL0505_FailureAcknowledged>("""
        using System.Net.Http;
        using Wolverine;
        public record Ship(string To);
        public static class ShipHandler
        {
            public static async Task Handle(Ship ship, HttpClient http)
            {
                try { await http.PostAsync("https://ship.example/orders", new StringContent(ship.To)); }
                {|#0:catch|} (Exception e) { Console.Error.WriteLine(e.Message); }
            }
        }
        """).Reference(Library.Wolverine)
        .Expect(Info, "'ShipHandler.Handle' catches every failure of the write 'HttpClient.PostAsync', and reports success to the bus: let the exception through, so that the bus applies its error handling").RunAsync();

    // ---- Webhooks --------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("try { await PostAsync(text); return Ok(); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); return Ok(); }")]
    [InlineData("try { await PostAsync(text); } {|#0:catch|} { } return Ok();")]
    [InlineData("try { await PostAsync(text); return Ok(); } {|#0:catch|} (Exception e) { return Ok(new { status = \"error\" }); }")]
    [InlineData("try { await PostAsync(text); return Ok(); } {|#0:catch|} (OperationCanceledException) { return Ok(\"going on\"); }")]
    [InlineData("try { await PostAsync(text); return Ok(); } {|#0:catch|} (TimeoutException) { return new OkResult(); }")]
    public Task Webhook_that_answers_well(string body) => Webhook(body)
        .Expect(Warning, "'HooksController.Receive' catches every failure of the write 'HttpClient.PostAsync' (HooksController.Receive → HooksController.PostAsync → HttpClient.PostAsync)" + Answers).RunAsync();

    [Theory]
    [InlineData("try { await PostAsync(text); return Ok(); } catch (Exception e) { log.LogError(e, \"x\"); return StatusCode(500); }")]
    [InlineData("try { await PostAsync(text); return Ok(); } catch (Exception e) { log.LogError(e, \"x\"); return Problem(); }")]
    [InlineData("try { await PostAsync(text); return Ok(); } catch (Exception e) { await KeepAsync(text); return Ok(); }")]
    // What cannot be read is no better the next time.
    [InlineData("try { await PostAsync(text); return Ok(); } catch (FormatException) { return Ok(); }")]
    [InlineData("try { await PostAsync(text); return Ok(); } catch (ArgumentException) { return BadRequest(); }")]
    public Task Webhook_that_tells(string body) => Webhook(body).RunAsync();

    [Theory]
    [InlineData("await {|#1:HandleAsync|}(text); return Ok();", true)]
    [InlineData("switch (text) { case \"paid\": await {|#1:HandleAsync|}(text); break; } return Ok();", true)]
    [InlineData("await HandleAsync(text); return text == \"\" ? Ok() : StatusCode(500);", false)]
    [InlineData("await HandleAsync(text); return StatusCode(500);", false)]
    [InlineData("foreach (var part in text.Split(',')) await HandleAsync(part); return Ok();", false)]
    [InlineData("_ = HandleAsync(text); return Ok();", false)]
    public Task Function_that_a_webhook_waits_for(string body, bool isReported)
    {
        var test = Webhook(body, member: $$"""private async Task HandleAsync(string text) { try { await PostAsync(text); } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); } }""");
        return (isReported ? test.Expect(Info, "'HooksController.Receive' catches every failure of the write 'HttpClient.PostAsync' (HooksController.HandleAsync → HooksController.PostAsync → HttpClient.PostAsync)" + Answers) : test).RunAsync();
    }

    [Fact]
    public Task Request_that_a_person_sends() => Webhook("try { await PostAsync(text); return Ok(); } catch (Exception e) { log.LogError(e, \"x\"); return Ok(); }", "orders").RunAsync();

    // ---- Items -----------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("try { await PostAsync(item.Text); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } {|#1:item.Sent = true|};", "item.Sent = true")]
    [InlineData("try { await PostAsync(item.Text); } {|#0:catch|} { } {|#1:item.State = State.Completed|};", "item.State = State.Completed")]
    [InlineData("try { await PostAsync(item.Text); } {|#0:catch|} { } finally { {|#1:item.IsProcessed = true|}; }", "item.IsProcessed = true")]
    [InlineData("try { await PostAsync(item.Text); } {|#0:catch|} { } await {|#1:MarkAsSentAsync|}(item);", "MarkAsSentAsync")]
    public Task Item_that_is_marked_as_done(string body, string mark) => Loop(body)
        .Expect(Warning, $"'Orders.RunAsync' catches every failure of the write 'HttpClient.PostAsync' (Orders.RunAsync → Orders.PostAsync → HttpClient.PostAsync), and marks the item as done anyway ('{mark}'): do so only after success").RunAsync();

    [Theory]
    [InlineData("try { await PostAsync(item.Text); item.Sent = true; } catch (Exception e) { log.LogError(e, \"x\"); }")]
    [InlineData("try { await PostAsync(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); continue; } item.Sent = true;")]
    [InlineData("try { await PostAsync(item.Text); } catch (Exception e) { item.Error = e.Message; } item.Sent = true;")]
    [InlineData("var ok = false; try { await PostAsync(item.Text); ok = true; } catch (Exception e) { log.LogError(e, \"x\"); } if (ok) item.Sent = true;")]
    [InlineData("try { await PostAsync(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); } item.Attempted = true;")]
    [InlineData("try { await PostAsync(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); } item.State = State.Failed;")]
    [InlineData("try { await PostAsync(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); } item.Sent = false;")]
    [InlineData("try { _ = int.Parse(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); } item.Sent = true;")]
    public Task Item_that_is_marked_by_what_was_done(string body) => Loop(body).RunAsync();

    // By what the program does with the mark, whatever it is called.
    [Theory]
    [InlineData("if (item.Hecho) continue; try { await PostAsync(item.Text); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } {|#1:item.Hecho = true|};", "item.Hecho = true")]
    [InlineData("if (seen.Contains(item.Text)) continue; try { await PostAsync(item.Text); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } seen.{|#1:Add|}(item.Text);", "Add")]
    [InlineData("switch (item.Text) { case \"a\": try { await PostAsync(item.Text); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } break; } {|#1:item.Sent = true|};", "item.Sent = true")]
    [InlineData("if (item.Text != \"\") { try { await PostAsync(item.Text); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } } {|#1:item.Sent = true|};", "item.Sent = true")]
    public Task Mark_that_the_program_asks_for(string body, string mark) => Loop(body)
        .Expect(Warning, $"'Orders.RunAsync' catches every failure of the write 'HttpClient.PostAsync' (Orders.RunAsync → Orders.PostAsync → HttpClient.PostAsync), and marks the item as done anyway ('{mark}'): do so only after success").RunAsync();

    [Theory]
    [InlineData("try { await PostAsync(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); } item.Visto = true;")]
    [InlineData("try { await PostAsync(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); } seen.Add(item.Text);")]
    [InlineData("if (seen.Contains(item.Text)) continue; try { await PostAsync(item.Text); seen.Add(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); }")]
    [InlineData("switch (item.Text) { case \"a\": try { await PostAsync(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); return; } break; } item.Sent = true;")]
    public Task Mark_that_nothing_asks_for(string body) => Loop(body).RunAsync();

    // The function that does the work takes its failure, and gives nothing back.
    [Theory]
    [InlineData("await SendAsync(item); {|#1:item.Sent = true|};", "item.Sent = true")]
    [InlineData("if (seen.Contains(item.Text)) continue; await SendAsync(item); seen.{|#1:Add|}(item.Text);", "Add")]
    [InlineData("if (!await TrySendAsync(item)) continue; item.Sent = true;", null)]
    [InlineData("await SendAsync(item); if (item.Error == null) item.Sent = true;", null)]
    [InlineData("await SendAsync(item); item.Attempted = true;", null)]
    public Task Item_that_a_caller_marks(string body, string? mark)
    {
        var test = Program($$"""
            public async Task RunAsync(List<Item> items) { foreach (var item in items) { {{body}} } }
            private async Task SendAsync(Item item) { try { await PostAsync(item.Text); } {{(mark == null ? "catch" : "{|#0:catch|}")}} (Exception e) { log.LogError(e, "x"); } }
            private async Task<bool> TrySendAsync(Item item) { try { await PostAsync(item.Text); return true; } catch (Exception e) { log.LogError(e, "x"); return false; } }
            """);
        return (mark == null ? test : test.Expect(Warning, $"'Orders.RunAsync' catches every failure of the write 'HttpClient.PostAsync' (Orders.SendAsync → Orders.PostAsync → HttpClient.PostAsync), and marks the item as done anyway ('{mark}'): do so only after success")).RunAsync();
    }

    // A function that keeps the mark in the database.
    [Theory]
    [InlineData("row.Hecho = true; await db.SaveChangesAsync();", true)]
    [InlineData("row.Hecho = true;", false)]
    [InlineData("row.Visto = true; await db.SaveChangesAsync();", false)]
    [InlineData("row.Text = \"\"; await db.SaveChangesAsync();", false)]
    public Task Mark_that_a_function_saves(string keep, bool isReported)
    {
        var test = new RuleTest<AGL0505_FailureAcknowledged>($$"""
            using Microsoft.EntityFrameworkCore;

            public class Item { public int Id { get; set; } public string Text { get; set; } = ""; public bool Hecho { get; set; } public bool Visto { get; set; } }

            public class Shop : DbContext { public DbSet<Item> Items => Set<Item>(); }

            public class Orders(HttpClient http, Shop db)
            {
                public async Task RunAsync()
                {
                    foreach (var item in await db.Items.Where(item => !item.Hecho).ToListAsync())
                    {
                        try { (await http.PostAsync("orders/" + item.Text, null)).EnsureSuccessStatusCode(); } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { Console.Error.WriteLine(e.Message); }
                        await {{(isReported ? "{|#1:KeepAsync|}" : "KeepAsync")}}(item.Id);
                    }
                }

                private async Task KeepAsync(int id)
                {
                    var row = await db.Items.FirstAsync(row => row.Id == id);
                    {{keep}}
                }
            }
            """).Reference(Library.EntityFramework);
        return (isReported ? test.Expect(Warning, "'Orders.RunAsync' catches every failure of the write 'HttpClient.PostAsync', and marks the item as done anyway ('KeepAsync'): do so only after success") : test).RunAsync();
    }

    [Theory]
    [InlineData("if (ready) return; foreach (var item in items) { try { await PostAsync(item.Text); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } } {|#1:ready = true|};", true)]
    [InlineData("if (ready) return; foreach (var item in items) await PostAsync(item.Text); ready = true;", false)]
    [InlineData("foreach (var item in items) { try { await PostAsync(item.Text); } catch (Exception e) { log.LogError(e, \"x\"); } } ready = true;", false)]
    public Task Flag_that_keeps_the_work_from_being_done_again(string body, bool isReported)
    {
        var test = Program($"public async Task RunAsync(List<Item> items) {{ {body} }}");
        return (isReported ? test.Expect(Warning, "'Orders.RunAsync' catches every failure of the write 'HttpClient.PostAsync' (Orders.RunAsync → Orders.PostAsync → HttpClient.PostAsync), and marks the item as done anyway ('ready = true'): do so only after success") : test).RunAsync();
    }

    private static RuleTest<AGL0505_FailureAcknowledged> Consumer(string body) => Program($$"""
        public override async Task HandleBasicDeliverAsync(string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken token = default)
        {
            var message = new Item { Text = consumerTag };
            {{body}}
        }
        """);

    private static RuleTest<AGL0505_FailureAcknowledged> Loop(string body) => Program($"public async Task RunAsync(List<Item> items) {{ foreach (var item in items) {{ {body} }} }}");

    private static RuleTest<AGL0505_FailureAcknowledged> Program(string member) => new RuleTest<AGL0505_FailureAcknowledged>($$"""
        #nullable enable annotations
        using Microsoft.Extensions.Logging;
        using RabbitMQ.Client;
        using RabbitMQ.Client.Events;

        public enum State { Open, Completed, Failed }

        public class Item
        {
            public string Text { get; set; } = "";
            public string? Error { get; set; }
            public bool Sent { get; set; }
            public bool IsProcessed { get; set; }
            public bool Attempted { get; set; }
            public bool Hecho { get; set; }
            public bool Visto { get; set; }
            public State State { get; set; }
        }

        public class Orders(HttpClient http, ILogger<Orders> log, IChannel own) : AsyncDefaultBasicConsumer(own)
        {
            private readonly List<Item> failed = [];
            private readonly HashSet<string> seen = [];
            private bool ready;

            public int Failed => failed.Count + (ready && log != null ? 1 : 0);

            {{member}}

            private async Task PostAsync(string text) => (await http.PostAsync("orders/" + text, null)).EnsureSuccessStatusCode();
            private Task SetAsideAsync(Item message, Exception failure) => Task.CompletedTask;
            private Task MarkAsSentAsync(Item item) => Task.CompletedTask;
        }
        """).Reference(Library.Hosting, Library.RabbitMQ);

    private static RuleTest<AGL0505_FailureAcknowledged> Webhook(string body, string route = "webhooks/shop", string member = "") => new RuleTest<AGL0505_FailureAcknowledged>($$"""
        using Microsoft.AspNetCore.Mvc;
        using Microsoft.Extensions.Logging;

        public class HooksController(HttpClient http, ILogger<HooksController> log) : ControllerBase
        {
            [HttpPost("{{route}}")]
            public async Task<IActionResult> Receive(string text) { {{body}} }

            public bool Logs => log != null;

            {{member}}

            private async Task PostAsync(string text) => (await http.PostAsync("orders/" + text, null)).EnsureSuccessStatusCode();
            private Task KeepAsync(string text) => Task.CompletedTask;
        }
        """).Reference(Library.Hosting, Library.AspNetCore);
}

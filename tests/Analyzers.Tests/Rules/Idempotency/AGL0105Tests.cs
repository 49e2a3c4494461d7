using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public sealed class AGL0105Tests
{
    private const string Head = """
        using System.Net.Http.Json;
        using MassTransit;
        using Microsoft.EntityFrameworkCore;
        public record Paid(int Order);
        public class Order { public int Id { get; set; } public bool IsPaid { get; set; } public bool IsTold { get; set; } }
        public class Shop : DbContext { public DbSet<Order> Orders => Set<Order>(); }
        public class Repository(Shop shop) { public async Task Save(Order order) { shop.Update(order); await shop.SaveChangesAsync(); } }
        public class Events(IPublishEndpoint bus) { public Task Tell(int id) => bus.Publish(new Paid(id)); }

        """;

    private static RuleTest<AGL0105_DualWriteWithoutOutbox> Shop(string body, string more = "", string members = "") => new(Head + $$"""
        public class Payments(Shop shop, Repository repository, Events events, IPublishEndpoint bus, HttpClient http)
        {
            public async Task Run(Order order) { {{body}} }
            {{members}}
        }
        {{more}}
        """);

    private const string Before = "before 'DbContext.SaveChangesAsync' saves the change: if saving fails, consumers act on a change that never happened; save first, or use an outbox that sends the message with the change";
    private const string After = "after 'DbContext.SaveChangesAsync' has saved the change: if the process ends in between, the message is lost; use an outbox that sends it with the change";

    [Fact]
    public Task Message_is_out_before_the_change_is_saved() => Shop("order.IsPaid = true; await {|#0:bus.Publish(new Paid(order.Id))|}; await shop.SaveChangesAsync();")
        .Expect(DiagnosticSeverity.Warning, $"'Payments.Run' publishes with 'IPublishEndpoint.Publish' {Before}").RunAsync();

    [Fact]
    public Task Message_may_be_lost() => Shop("order.IsPaid = true; await shop.SaveChangesAsync(); await {|#0:bus.Publish(new Paid(order.Id))|};")
        .Expect(DiagnosticSeverity.Info, $"'Payments.Run' publishes with 'IPublishEndpoint.Publish' {After}").RunAsync();

    [Fact]
    public Task Both_stand_below() => Shop("await {|#0:events.Tell(order.Id)|}; await repository.Save(order);")
        .Expect(DiagnosticSeverity.Warning, "'Payments.Run' publishes with 'IPublishEndpoint.Publish' (Payments.Run → Events.Tell → IPublishEndpoint.Publish) before 'DbContext.SaveChangesAsync' (Payments.Run → Repository.Save → DbContext.SaveChangesAsync) saves the change: if saving fails, consumers act on a change that never happened; save first, or use an outbox that sends the message with the change")
        .RunAsync();

    [Theory]
    [InlineData("if (order.IsPaid) await bus.Publish(new Paid(order.Id)); else await shop.SaveChangesAsync();")]
    [InlineData("if (order.IsPaid) { await bus.Publish(new Paid(order.Id)); return; } await shop.SaveChangesAsync();")]
    [InlineData("try { await shop.SaveChangesAsync(); } catch (DbUpdateException) { await bus.Publish(new Paid(order.Id)); }")]
    [InlineData("foreach (var row in await shop.Orders.Where(o => !o.IsTold).ToListAsync()) { await bus.Publish(new Paid(row.Id)); row.IsTold = true; await shop.SaveChangesAsync(); }")]
    [InlineData("await bus.Publish(new Paid(order.Id));")]
    [InlineData("await shop.SaveChangesAsync();")]
    [InlineData("var known = await shop.Orders.AnyAsync(o => o.Id == order.Id); if (!known) await bus.Publish(new Paid(order.Id));")]
    public Task One_of_the_two_or_a_relay(string body) => Shop(body).RunAsync();

    [Fact]
    public Task Outbox_of_the_bus_sends_both_or_neither() => Shop(
        "await bus.Publish(new Paid(order.Id)); await shop.SaveChangesAsync();",
        "public static class Setup { public static void UseEntityFrameworkOutbox() { } public static void Run() => UseEntityFrameworkOutbox(); }").RunAsync();

    [Theory]
    [InlineData("policies.UseDurableOutboxOnAllSendingEndpoints();", false)]
    [InlineData("", true)]
    public Task Durable_outbox_of_another_bus(string setup, bool isReported)
    {
        var call = isReported ? "{|#0:sender.PublishAsync(new Paid(order.Id))|}" : "sender.PublishAsync(new Paid(order.Id))";
        var test = Shop("await shop.SaveChangesAsync();", $$"""
            public class Refunds(Shop shop, Wolverine.IMessageBus sender)
            {
                public async Task Run(Order order) { await {{call}}; await shop.SaveChangesAsync(); }
            }
            public static class Setup { public static void Run(Wolverine.IPolicies policies) { {{setup}} } }
            """).Reference(Library.Wolverine);
        return isReported
            ? test.Expect(DiagnosticSeverity.Warning, $"'Refunds.Run' publishes with 'IMessageBus.PublishAsync' {Before}").RunAsync()
            : test.RunAsync();
    }

    [Fact]
    public Task Console_of_one_person_gets_a_suggestion() => Shop("await {|#0:bus.Publish(new Paid(order.Id))|}; await shop.SaveChangesAsync();")
        .Configure("agentlint.host = console")
        .Expect(DiagnosticSeverity.Info, $"'Payments.Run' publishes with 'IPublishEndpoint.Publish' {Before}").RunAsync();

    [Fact]
    public Task One_of_two_publishers_makes_a_suggestion() => Shop(
        "await shop.SaveChangesAsync();",
        """
        public interface ITeller { Task Tell(int id); }
        public class BusTeller(IPublishEndpoint bus) : ITeller { public Task Tell(int id) => bus.Publish(new Paid(id)); }
        public class SilentTeller : ITeller { public Task Tell(int id) => Task.CompletedTask; }
        public class Refunds(Shop shop, ITeller teller)
        {
            public async Task Run(Order order) { await {|#0:teller.Tell(order.Id)|}; await shop.SaveChangesAsync(); }
        }
        """)
        .Expect(DiagnosticSeverity.Info, $"'Refunds.Run' publishes with 'IPublishEndpoint.Publish' (Refunds.Run → ITeller.Tell → IPublishEndpoint.Publish) {Before}").RunAsync();

    [Fact]
    public Task Subscription_publishes_nothing() => Shop(
        "order.IsPaid = true; OnPaid(events.Tell); await shop.SaveChangesAsync();",
        "",
        "private readonly List<Func<int, Task>> told = []; private void OnPaid(Func<int, Task> tell) => told.Add(tell);").RunAsync();

    // A broker, or a workflow engine, runs it again until it has ended: the message follows then.
    [Theory]
    [InlineData("public class Handler(Shop shop, IPublishEndpoint bus) : IConsumer<Paid> { public async Task Consume(ConsumeContext<Paid> context) { await shop.SaveChangesAsync(); await bus.Publish(new Paid(1)); } }")]
    [InlineData("public class Handler(Shop shop, IPublishEndpoint bus) : IConsumer<Paid> { public Task Consume(ConsumeContext<Paid> context) => PayAsync(); private async Task PayAsync() { await shop.SaveChangesAsync(); await bus.Publish(new Paid(1)); } }")]
    public Task Message_after_the_change_in_code_that_runs_until_it_is_done(string handler) => Shop("", handler).RunAsync();

    [Theory]
    [InlineData("public class Handler(Shop shop, IPublishEndpoint bus) : IConsumer<Paid> { public async Task Consume(ConsumeContext<Paid> context) { await {|#0:bus.Publish(new Paid(1))|}; await shop.SaveChangesAsync(); } }", "Handler.Consume", "before")]
    [InlineData("public class Handler(Sender sender) : IConsumer<Paid> { public Task Consume(ConsumeContext<Paid> context) => sender.PayAsync(); } public class Sender(Shop shop, IPublishEndpoint bus) { public async Task PayAsync() { await shop.SaveChangesAsync(); await {|#0:bus.Publish(new Paid(1))|}; } } public class Desk(Sender sender) { public Task Close() => sender.PayAsync(); }", "Sender.PayAsync", "after")]
    public Task Message_before_the_change_or_in_code_that_others_run_too(string code, string function, string order) => Shop("", code)
        .Expect(order == "before" ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info, $"'{function}' publishes with 'IPublishEndpoint.Publish' {(order == "before" ? Before : After)}").RunAsync();

    // A helper that saves only what went wrong is another way through the function.
    [Fact]
    public Task Change_that_only_a_handler_of_a_helper_saves() => Shop(
        "await UploadAsync(); await bus.Publish(new Paid(order.Id));",
        members: "private async Task UploadAsync() { try { await http.GetAsync(\"a\"); } catch (HttpRequestException) { await shop.SaveChangesAsync(); throw; } }").RunAsync();

    // A line in a log table whose failure is swallowed is no change that the message is about.
    [Fact]
    public Task Change_whose_failure_is_swallowed() => Shop(
        "await bus.Publish(new Paid(order.Id)); await NoteAsync();",
        members: "private async Task NoteAsync() { try { await shop.SaveChangesAsync(); } catch (Exception) { Console.WriteLine(\"not noted\"); } }").RunAsync();

    [Fact]
    public Task Relay_that_has_its_rows_mark_themselves() => Shop(
        "foreach (var row in await shop.Set<Outgoing>().Where(o => !o.IsSent).ToListAsync()) { await bus.Publish(new Paid(row.Id)); row.MarkAsSent(); await shop.SaveChangesAsync(); }",
        "public class Outgoing { public int Id { get; set; } public bool IsSent { get; private set; } public void MarkAsSent() => IsSent = true; }").RunAsync();

    // ---- Limits -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Requests_are_not_looked_at() => Shop("await http.PostAsJsonAsync(\"payments\", order); await shop.SaveChangesAsync();").RunAsync();

    [Fact]
    public Task Outbox_of_another_project_is_not_seen() => Shop("await {|#0:bus.Publish(new Paid(order.Id))|}; await shop.SaveChangesAsync();")
        .Expect(DiagnosticSeverity.Warning, $"'Payments.Run' publishes with 'IPublishEndpoint.Publish' {Before}").RunAsync();
}

using AgentLint.Analysis;
using AgentLint.Model;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Calls whose target is not the method that they name.</summary>
public sealed class DispatchTests
{
    private const string Services = """
        public interface IPay { Task PayAsync(); }
        public class Card(HttpClient http) : IPay { public Task PayAsync() => http.PostAsync("cards", null); }
        public class Bank(HttpClient http) : IPay { public Task PayAsync() => http.PutAsync("banks", null); }
        public class Desk(IPay pay) { public Task M() => pay.PayAsync(); }
        """;

    private static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sender.Send(new Pay())", "Desk.M → PayHandler.Handle → HttpClient.PostAsync")]
    [InlineData("Go(new Pay())", "Desk.M → Desk.Go → PayHandler.Handle → HttpClient.PostAsync")]
    [InlineData("sender.Send(new Unknown())", null)]
    [InlineData("sender.Send((MediatR.IRequest<int>)null!)", null)]
    [InlineData("publisher.Publish(new Paid())", "Desk.M → Mailer.Handle → HttpClient.PutAsync")]
    public void Mediator_hands_a_message_to_the_handler_of_its_type(string call, string? path)
    {
        var program = Compiled.Referring([MediatRStub.Library.Reference], $$"""
            using MediatR;
            public record Pay : IRequest<int>; public record Unknown : IRequest<int>; public record Paid : INotification;
            public class PayHandler(HttpClient http) : IRequestHandler<Pay, int> { public async Task<int> Handle(Pay request, CancellationToken token) { await http.PostAsync("pay", null, token); return 1; } }
            public class Mailer(HttpClient http) : INotificationHandler<Paid> { public Task Handle(Paid paid, CancellationToken token) => http.PutAsync("mails", null, token); }
            public class Ledger : INotificationHandler<Paid> { public Task Handle(Paid paid, CancellationToken token) => Task.CompletedTask; }
            public class Desk(ISender sender, IPublisher publisher)
            {
                public Task M() => {{call}};
                Task Go(Pay pay) => sender.Send(pay);
                object Used => publisher;
            }
            """);

        Assert.Equal(path == null ? [] : [path], Paths(program, program.Summaries.Of(program.Method("Desk.M"), 8, Cancellation)));
    }

    [Fact]
    public void Sender_is_a_caller_of_the_handler()
    {
        var program = Compiled.Referring([MediatRStub.Library.Reference], """
            using MediatR;
            public record Pay : IRequest<int>; public record Ask : IRequest<int>;
            public class PayHandler : IRequestHandler<Pay, int> { public Task<int> Handle(Pay request, CancellationToken token) => Task.FromResult(1); }
            public class Desk(ISender sender) { public Task M() => sender.Send(new Pay()); public Task N() => sender.Send(new Ask()); }
            """);

        Assert.Equal(["M"], CallerIndex.Of(program.Model, Cancellation).Of(program.Method("PayHandler.Handle"), Cancellation).Select(caller => caller.Name));
    }

    [Theory]
    [InlineData("s.AddSingleton<IPay, Card>()", "Desk.M → IPay.PayAsync → HttpClient.PostAsync")]
    [InlineData("s.AddScoped<IPay, Bank>()", "Desk.M → IPay.PayAsync → HttpClient.PutAsync")]
    [InlineData("s.AddScoped<IPay>(p => new Bank(null!))", "Desk.M → IPay.PayAsync → HttpClient.PutAsync")]
    [InlineData("s.AddSingleton<IPay, Card>().AddSingleton<IPay, Bank>()", null)]
    [InlineData("s.AddSingleton<IPay>(p => Make())", null)]
    [InlineData("s", null)]
    public void Of_several_implementations_the_one_in_the_container_runs(string registration, string? path)
    {
        var program = Compiled.From(Services, $$"""public static class Setup { public static object R(IServiceCollection s) => {{registration}}; static IPay Make() => null!; static object Used() => Make(); }""");

        Assert.Equal(path == null ? [] : [path], Paths(program, program.Summaries.Of(program.Method("Desk.M"), 8, Cancellation)));
    }

    [Fact]
    public void Each_of_a_few_implementations_may_run()
    {
        var program = Compiled.From(Services);

        var summary = program.Summaries.MayOf(program.Method("Desk.M"), 8, Cancellation);

        Assert.Equal(["Desk.M → IPay.PayAsync → HttpClient.PostAsync", "Desk.M → IPay.PayAsync → HttpClient.PutAsync"], Paths(program, summary));
        Assert.All(summary.Effects, effect => Assert.True(effect.Witness.IsPossible));
        Assert.Equal(["Desk.M"], CallerIndex.Of(program.Model, Cancellation).Of(program.Method("Bank.PayAsync"), Cancellation).Select(caller => Witness.NameOf(caller)));
    }

    [Fact]
    public void More_than_a_few_implementations_say_nothing()
    {
        var program = Compiled.From(Services, string.Concat(Enumerable.Range(0, 4).Select(n => $"public class P{n} : IPay {{ public Task PayAsync() => Task.CompletedTask; }}")));

        Assert.Empty(program.Summaries.MayOf(program.Method("Desk.M"), 8, Cancellation).Effects);
    }

    [Fact]
    public void Decorator_calls_what_it_decorates()
    {
        var program = Compiled.From("""
            public interface IPay { Task PayAsync(); }
            public class Card(HttpClient http) : IPay { public Task PayAsync() => http.PostAsync("cards", null); }
            public class Logged(IPay inner) : IPay { public Task PayAsync() => inner.PayAsync(); }
            public class Desk(IPay pay) { public Task M() => pay.PayAsync(); }
            public static class Setup { public static object R(IServiceCollection s) => s.AddSingleton<IPay>(p => new Logged(new Card(null!))); }
            """);

        Assert.Equal(["Desk.M → IPay.PayAsync → IPay.PayAsync → HttpClient.PostAsync"], Paths(program, program.Summaries.Of(program.Method("Desk.M"), 8, Cancellation)));
    }

    [Fact]
    public void Interface_over_a_library_type_means_what_the_library_means()
    {
        var program = Compiled.From("""
            using Microsoft.EntityFrameworkCore;
            public class Order { public int Id { get; set; } }
            public interface IStore { DbSet<Order> Orders { get; } Task<int> SaveChangesAsync(CancellationToken token = default); }
            public class Store : DbContext, IStore { public DbSet<Order> Orders => Set<Order>(); }
            public class Desk(IStore store) { public Task M() { store.Orders.Add(new Order()); return store.SaveChangesAsync(); } }
            """);

        Assert.Contains("Desk.M → DbContext.SaveChangesAsync", Paths(program, program.Summaries.Of(program.Method("Desk.M"), 8, Cancellation)));
    }

    [Theory]
    [InlineData("private readonly Func<Task> send; public Desk(HttpClient http) => send = () => http.PostAsync(\"x\", null); public Task M() => send();", true)]
    [InlineData("private readonly HttpClient http = new(); private readonly Func<Task> send; public Desk() => send = Post; Task Post() => http.PostAsync(\"x\", null); public Task M() => send();", true)]
    [InlineData("private Func<Task> Send { get; } = () => new HttpClient().PostAsync(\"x\", null); public Task M() => Send();", true)]
    [InlineData("private readonly Func<Task> send; public Desk(Func<Task> given) => send = given; public Task M() => send();", false)]
    [InlineData("private Func<Task> send = () => new HttpClient().PostAsync(\"x\", null); public void Set(Func<Task> other) => send = other; public Task M() => send();", false)]
    [InlineData("public Func<Task> Send = () => new HttpClient().PostAsync(\"x\", null); public Task M() => Send();", false)]
    public void Delegate_that_a_field_holds_runs_where_it_is_called(string members, bool isFollowed)
    {
        var program = Compiled.From($$"""public class Desk { {{members}} }""");

        Assert.Equal(isFollowed, Paths(program, program.Summaries.Of(program.Method("Desk.M"), 8, Cancellation)).Any(path => path.EndsWith("HttpClient.PostAsync", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Paths(Compiled program, EffectSummary summary)
    {
        var root = program.Method("Desk.M");
        return summary.Effects.Where(effect => AgentLint.Catalogue.RoleQuestions.IsRemoteCall(effect.Entry)).Select(effect => effect.Witness.Describe(root));
    }
}

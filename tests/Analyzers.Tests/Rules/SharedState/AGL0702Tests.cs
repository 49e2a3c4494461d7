using AgentLint.Rules.SharedState;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>Conversations that branches share: reported where their turns can get mixed up, silent where each has its own, or they take turns.</summary>
public sealed class AGL0702Tests
{
    private const string Run = "used by 'AIAgent.RunAsync'";

    [Theory]
    [InlineData("var session = Begin(); var a = agent.RunAsync(items[0], {|#0:session|}); var b = agent.RunAsync(items[1], session); await Task.WhenAll(a, b);")]
    [InlineData("var session = await agent.CreateSessionAsync(); await Task.WhenAll(agent.RunAsync(items[0], {|#0:session|}), agent.RunAsync(items[1], session));")]
    [InlineData("var session = Begin(); await Task.WhenAll(items.Select(item => agent.RunAsync(item, {|#0:session|})));")]
    [InlineData("var session = Begin(); await Task.WhenAll(items.Select(async item => { await agent.RunAsync(item, {|#0:session|}); }));")]
    [InlineData("var session = Begin(); await Parallel.ForEachAsync(items, async (item, token) => await agent.RunAsync(item, {|#0:session|}));", Run, "session", "run by 'Parallel.ForEachAsync'")]
    [InlineData("var session = Begin(); var tasks = new List<Task>(); foreach (var item in items) tasks.Add(agent.RunAsync(item, {|#0:session|})); await Task.WhenAll(tasks);")]
    [InlineData("var session = Begin(); await Task.WhenAll(items.Select(One)); async Task One(string item) => await agent.RunAsync(item, {|#0:session|});")]
    [InlineData("var session = Begin(); var agents = new[] { agent, agent }; await Task.WhenAll(agents.Select(a => a.RunAsync(items[0], {|#0:session|})));")]
    [InlineData("await Task.WhenAll(items.Select(item => agent.RunAsync(item, {|#0:kept|})));", Run, "kept")]
    [InlineData("var session = Begin(); await Task.WhenAll(items.Select(item => {|#0:Ask(item, session)|}));", "used by 'AIAgent.RunAsync' (Desk.Ask → AIAgent.RunAsync)")]
    [InlineData("var session = Begin(); using var several = new SemaphoreSlim(3); await Task.WhenAll(items.Select(async item => { await several.WaitAsync(); try { await agent.RunAsync(item, {|#0:session|}); } finally { several.Release(); } }));")]
    // Started together, awaited one by one.
    [InlineData("var session = Begin(); var a = agent.RunAsync(\"a\", {|#0:session|}); var b = agent.RunAsync(\"b\", session); return (await a).Text + (await b).Text;", Run, "session", "started together")]
    [InlineData("var session = Begin(); var a = Task.Run(() => agent.RunAsync(\"a\", {|#0:session|})); var b = agent.RunAsync(\"b\", session); await a; await b;", Run, "session", "started together")]
    public Task Session_of_one_run(string body, string use = Run, string what = "session", string runs = "awaited by 'Task.WhenAll'") =>
        In(body).Expect(Warning, Message(what, use, runs)).RunAsync();

    [Theory]
    [InlineData("var history = new List<ChatMessage>(); await Task.WhenAll(items.Select(async item => { {|#0:history|}.Add(new(ChatRole.User, item)); var r = await client.GetResponseAsync(history); }));", "changed by 'List.Add' and sent by 'IChatClient.GetResponseAsync'")]
    [InlineData("IList<ChatMessage> history = []; await Task.WhenAll(items.Select(async item => { var r = await client.GetResponseAsync({|#0:history|}); history.Add(r.Messages[0]); }));", "sent by 'IChatClient.GetResponseAsync' and changed by 'ICollection.Add'")]
    [InlineData("var history = new List<ChatMessage>(); await Task.WhenAll(items.Select(async item => { var r = await client.GetResponseAsync({|#0:history|}); history.AddMessages(r); }));", "sent by 'IChatClient.GetResponseAsync' and changed by 'IList.AddMessages'")]
    [InlineData("var history = new List<ChatMessage>(); await Task.WhenAll(One(), Two()); async Task One() { {|#0:history|}.Add(new(ChatRole.User, \"1\")); await client.GetResponseAsync(history); } async Task Two() { history.Add(new(ChatRole.User, \"2\")); await client.GetResponseAsync(history); }", "changed by 'List.Add' and sent by 'IChatClient.GetResponseAsync'")]
    public Task History_that_grows(string body, string use) => In(body).Expect(Warning, Message("history", use)).RunAsync();

    [Theory]
    // Each has its own.
    [InlineData("await Task.WhenAll(items.Select(async item => { var session = await agent.CreateSessionAsync(); await agent.RunAsync(item, session); }));")]
    [InlineData("await Task.WhenAll(items.Select(item => agent.RunAsync(item, Begin())));")]
    [InlineData("var tasks = new List<Task>(); foreach (var item in items) { var session = Begin(); tasks.Add(agent.RunAsync(item, session)); } await Task.WhenAll(tasks);")]
    [InlineData("var first = Begin(); var second = Begin(); await Task.WhenAll(agent.RunAsync(\"a\", first), agent.RunAsync(\"b\", second));")]
    [InlineData("var sessions = items.ToDictionary(i => i, i => Begin()); await Task.WhenAll(items.Select(item => agent.RunAsync(item, sessions[item])));")]
    [InlineData("await Task.WhenAll(items.Select(item => agent.RunAsync(item)));")]
    [InlineData("await Task.WhenAll(items.Select(async item => { var history = new List<ChatMessage> { new(ChatRole.User, item) }; history.AddMessages(await client.GetResponseAsync(history)); }));")]
    [InlineData("var history = new List<ChatMessage>(); await Task.WhenAll(items.Select(async item => { var own = new List<ChatMessage>(history) { new(ChatRole.User, item) }; own.AddMessages(await client.GetResponseAsync(own)); }));")]
    [InlineData("AgentSession session; var tasks = new List<Task>(); foreach (var item in items) { session = Begin(); tasks.Add(agent.RunAsync(item, session)); } await Task.WhenAll(tasks);")]
    // One at a time.
    [InlineData("var session = Begin(); foreach (var item in items) await agent.RunAsync(item, session);")]
    [InlineData("var session = Begin(); using var gate = new SemaphoreSlim(1); await Task.WhenAll(items.Select(async item => { await gate.WaitAsync(); try { await agent.RunAsync(item, session); } finally { gate.Release(); } }));")]
    [InlineData("var session = Begin(); await Task.WhenAll(agent.RunAsync(\"a\", session), client.GetResponseAsync(\"b\"));")]
    [InlineData("var session = Begin(); var a = agent.RunAsync(\"a\", session); await a; var b = agent.RunAsync(\"b\", session); await b;")]
    [InlineData("var session = Begin(); var a = agent.RunAsync(\"a\", session); var first = await a; var b = agent.RunAsync(first.Text, session); await b;")]
    [InlineData("var session = Begin(); var a = await agent.RunAsync(\"a\", session); var b = await agent.RunAsync(a.Text, session);")]
    // Sent by many, changed by nobody; or changed when all have ended.
    [InlineData("var history = new List<ChatMessage>(); await Task.WhenAll(items.Select(item => client.GetResponseAsync(history)));")]
    [InlineData("var history = new List<ChatMessage>(); await Task.WhenAll(client.GetResponseAsync(history), client.GetResponseAsync(history));")]
    [InlineData("var history = new List<ChatMessage>(); var all = await Task.WhenAll(items.Select(item => client.GetResponseAsync(history))); foreach (var one in all) history.AddMessages(one);")]
    [InlineData("var history = new List<ChatMessage>(); await Task.WhenAll(One(), client.GetResponseAsync(\"b\")); async Task One() { history.Add(new(ChatRole.User, \"1\")); await client.GetResponseAsync(history); }")]
    // The session's own name is no run.
    [InlineData("var session = Begin(); await Task.WhenAll(items.Select(async item => { Console.WriteLine(session); await client.GetResponseAsync(item); }));")]
    public Task Conversations_that_stay_apart(string body) => In(body).RunAsync();

    [Theory]
    [InlineData("await Task.WhenAll({|#0:db|}.Set<Order>().FirstAsync(), db.Set<Order>().Where(o => o.Id > 1).ToListAsync());", "'IQueryable.FirstAsync' and 'IQueryable.ToListAsync'")]
    [InlineData("await Task.WhenAll(items.Select(async item => await {|#0:db|}.Orders.FindAsync(item)));", "'DbSet.FindAsync'")]
    [InlineData("await Task.WhenAll(items.Select(item => {|#0:Load(item)|}));", "'DbSet.FindAsync' (Desk.Load → DbSet.FindAsync)")]
    [InlineData("var a = {|#0:db|}.Orders.ToListAsync(); var b = db.Orders.CountAsync(); await a; await b;", "'IQueryable.ToListAsync' and 'IQueryable.CountAsync'", "started together")]
    public Task Context_of_one_operation(string body, string by, string runs = "awaited by 'Task.WhenAll'") =>
        In(body).Expect(Warning, $"'db' is used by {by} in concurrent branches ({runs}), although it serves one call at a time").RunAsync();

    [Theory]
    [InlineData("foreach (var item in items) await db.Orders.FindAsync(item);")]
    [InlineData("await Task.WhenAll(db.Orders.ToListAsync(), agent.RunAsync(\"a\"));")]
    [InlineData("await Task.WhenAll(items.Select(async item => { await using var own = new Shop(); return await own.Orders.FindAsync(item); }));")]
    [InlineData("var a = db.Orders.ToListAsync(); await a; var b = db.Orders.CountAsync(); await b;")]
    [InlineData("using var gate = new SemaphoreSlim(1); await Task.WhenAll(items.Select(async item => { await gate.WaitAsync(); try { await db.Orders.FindAsync(item); } finally { gate.Release(); } }));")]
    [InlineData("await Task.WhenAll(items.Select(item => { db.Orders.Add(new Order()); return agent.RunAsync(item); }));")]
    public Task Context_for_each_or_in_turns(string body) => In(body).RunAsync();

    /// <summary>The limits on the page.</summary>
    [Theory]
    [InlineData("var id = kept.ToString()!; await Task.WhenAll(items.Select(item => agent.RunAsync(item + id)));")]
    [InlineData("await Task.WhenAll(items.Select(item => agent.RunAsync(item)));")]
    [InlineData("var session = Begin(); await Task.WhenAll(Start(session)); List<Task> Start(AgentSession own) => [.. items.Select(item => agent.RunAsync(item, own))];")]
    public Task Conversation_that_is_not_followed(string body) => In(body).RunAsync();

    /// <summary>Whoever tests what runs at the same time means it.</summary>
    [Fact]
    public Task Tests_are_not_looked_at()
    {
        var test = In("var session = Begin(); await Task.WhenAll(items.Select(item => agent.RunAsync(item, session)));").Reference(typeof(FactAttribute));
        foreach (var name in new[] { "First", "Second", "Third" })
            test.TestState.Sources.Add($"public class {name}Tests {{ [Xunit.Fact] public void Runs() {{ }} }}");
        return test.RunAsync();
    }

    /// <summary>Messages that nobody sends are a result: what becomes of them is asked by AGL0706.</summary>
    [Fact]
    public Task Messages_that_are_collected_are_no_conversation() => In("var all = new List<ChatMessage>(); await Task.WhenAll(items.Select(async item => { var r = await client.GetResponseAsync(item); all.AddMessages(r); }));").RunAsync();

    [Fact]
    public Task Report_names_the_branches_and_every_use() => In("""
        var session = Begin();
        var a = {|#1:agent.RunAsync("a", {|#0:session|})|};
        var b = {|#2:agent.RunAsync("b", {|#3:session|})|};
        await {|#4:Task.WhenAll(a, b)|};
        """).ExpectPath(Warning, Message("session", Run), 0, 1, 2, 3, 4).RunAsync();

    private static string Message(string what, string use, string runs = "awaited by 'Task.WhenAll'") => $"'{what}' is {use} in concurrent branches ({runs}), so their turns are mixed up";

    [Theory]
    [InlineData("services.AddDbContext<Shop>(); services.AddScoped<Stock>(); services.AddScoped<Bills>();", true)]
    // Each service has a context of its own.
    [InlineData("services.AddDbContext<Shop>(ServiceLifetime.Transient); services.AddScoped<Stock>(); services.AddScoped<Bills>();", false)]
    [InlineData("services.AddScoped<Stock>(); services.AddScoped<Bills>();", false)]
    public Task Services_of_one_scope(string registrations, bool isReported)
    {
        var test = new RuleTest<AGL0702_SessionUsedConcurrently>($$"""
            using Microsoft.EntityFrameworkCore;
            using Microsoft.Extensions.DependencyInjection;

            public class Order { public int Id { get; set; } }
            public class Shop : DbContext { public DbSet<Order> Orders => Set<Order>(); }
            public class Stock(Shop db) { public async Task<Order?> Find(int id) => await db.Orders.FindAsync(id); }
            public class Bills(Shop shop) { public async Task<Order?> Find(int id) => await shop.Orders.FindAsync(id); }

            public class Desk(Stock stock, Bills bills)
            {
                public Task Both(int id) => Task.WhenAll({|#0:stock.Find(id)|}, bills.Find(id));
                public async Task One(int id) { await stock.Find(id); await bills.Find(id); }
            }

            static class Setup { static void Add(IServiceCollection services) { {{registrations}} } }
            """).Reference(Library.EntityFramework);
        return (isReported ? test.Expect(Warning, "'Shop' is used by 'DbSet.FindAsync' (Stock.Find → DbSet.FindAsync) and 'DbSet.FindAsync' (Bills.Find → DbSet.FindAsync) in concurrent branches (awaited by 'Task.WhenAll'), although it serves one call at a time") : test).RunAsync();
    }

    private static RuleTest<AGL0702_SessionUsedConcurrently> In(string body) => new RuleTest<AGL0702_SessionUsedConcurrently>(
        $$"""
        using Microsoft.Agents.AI;
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.AI;

        public class Order { public int Id { get; set; } }
        public class Shop : DbContext { public DbSet<Order> Orders => Set<Order>(); }

        public class Desk(IChatClient client, AIAgent agent, Shop db)
        {
            private readonly AgentSession kept = Begin();

            public async Task{{(body.Contains("return (", StringComparison.Ordinal) ? "<string>" : "")}} Run(IReadOnlyList<string> items)
            {
                {{body}}
            }

            private async Task<Order?> Load(string item) => await db.Orders.FindAsync(item);

            private async Task<string> Ask(string item, AgentSession session) => (await agent.RunAsync(item, session)).Text;

            private static AgentSession Begin() => new Talk();

            private sealed class Talk : AgentSession;
        }
        """).Reference(Library.AgentFramework);
}

using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>What counts as a call, and where it goes.</summary>
public sealed class CallGraphTests
{
    private const string Get = "new HttpClient().GetStringAsync(\"/\")";

    [Theory]
    [InlineData("Task Root() => Net.Get();", "Net.Get → HttpClient.GetStringAsync")]
    [InlineData("Task Root() => new Net().Instance();", "Net.Instance → HttpClient.GetStringAsync")]
    [InlineData("Task Root(Net? net) => net?.Instance()!;", "Net.Instance → HttpClient.GetStringAsync")]
    [InlineData("Task Root(Net net) => net.Extended();", "Net.Extended → HttpClient.GetStringAsync")]
    [InlineData("async Task Root(bool late) { if (late) return; foreach (var i in new[] { 1 }) await Net.Get(); }", "Net.Get → HttpClient.GetStringAsync")]
    [InlineData("async Task<string> Root(int n) => n switch { 0 => \"\", _ => await Net.Get() };", "Net.Get → HttpClient.GetStringAsync")]
    [InlineData("object Root() => Net.Property;", "Net.Property → HttpClient.GetStringAsync")]
    [InlineData("void Root(Net net) => net.Written = 1;", "Net.Written → HttpClient.GetStringAsync")]
    [InlineData("Net Root() => new() { Written = 1 };", "Net.Written → HttpClient.GetStringAsync")]
    [InlineData("void Root(Net net) => net.Written += 1;", "Net.Written → HttpClient.GetStringAsync")]
    [InlineData("void Root(Net net) => net.Written++;", "Net.Written → HttpClient.GetStringAsync")]
    [InlineData("bool Root(object o) => o is Net { Read: 1 };", "Net.Read → HttpClient.GetStringAsync")]
    [InlineData("object Root(Net net) => net[0];", "Net.this[] → HttpClient.GetStringAsync")]
    [InlineData("object Root(Net net) => net + net;", "Net.op_Addition → HttpClient.GetStringAsync")]
    [InlineData("object Root(Net net) { net += net; return net; }", "Net.op_Addition → HttpClient.GetStringAsync")]
    [InlineData("object Root(Net net) => !net;", "Net.op_LogicalNot → HttpClient.GetStringAsync")]
    [InlineData("object Root(Net net) => net++;", "Net.op_Increment → HttpClient.GetStringAsync")]
    [InlineData("string Root(Net net) => net;", "Net.op_Implicit → HttpClient.GetStringAsync")]
    [InlineData("object Root(Net net) => (int)net;", "Net.op_Explicit → HttpClient.GetStringAsync")]
    [InlineData("object Root() => Net.Make<int>();", "Net.Make → HttpClient.GetStringAsync")]
    [InlineData("object Root() => Generic<string>.Make();", "Generic.Make → HttpClient.GetStringAsync")]
    [InlineData("object Root() => Net.Sequence().First();", "Net.Sequence → HttpClient.GetStringAsync")]
    [InlineData("async Task Root() { await foreach (var text in Net.Stream()) return; }", "Net.Stream → HttpClient.GetStringAsync")]
    [InlineData("Task Root() { return Local(); Task Local() => Net.Get(); }", "Local → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("Task Root() { Func<Task> run = () => Net.Get(); return run(); }", "Net.Get → HttpClient.GetStringAsync")]
    [InlineData("Task Root() { Func<Task> run = Net.Get; return run(); }", "Net.Get → HttpClient.GetStringAsync")]
    [InlineData("Task Root() { Func<Task> run = Net.Get; return run.Invoke(); }", "Net.Get → HttpClient.GetStringAsync")]
    [InlineData("Task? Root() { Func<Task>? run = Net.Get; return run?.Invoke(); }", "Net.Get → HttpClient.GetStringAsync")]
    [InlineData("Task Root() => ((Func<Task>)(() => Net.Get()))();", "Net.Get → HttpClient.GetStringAsync")]
    public void Call_is_followed(string root, string path) => Assert.Equal([path], Paths(root));

    [Theory]
    [InlineData("Task Root() => Task.Run(() => Net.Get());")]
    [InlineData("Task Root() => Task.Run(Net.Get);")]
    [InlineData("Task Root() => Task.Run(async delegate { await Net.Get(); });")]
    [InlineData("Task Root(int[] all) => Task.WhenAll(all.Select(i => Net.Get()));")]
    [InlineData("Task Root(int[] all) => Task.WhenAll(all.Select(async i => await Net.Get()).ToList());")]
    [InlineData("Task Root(int[] all) => Parallel.ForEachAsync(all, async (i, stop) => await Net.Get());")]
    [InlineData("void Root(List<int> all) => all.ForEach(i => Net.Get());")]
    [InlineData("Task Root(Task t) => t.ContinueWith(_ => Net.Get());")]
    [InlineData("async Task Root(Polly.ResiliencePipeline p) => await p.ExecuteAsync(async stop => await Net.Get());")]
    [InlineData("Task Root() => Invokes(() => Net.Get()); Task Invokes(Func<Task> f) => f();")]
    [InlineData("Task Root() => Invokes(Net.Get); Task Invokes(Func<Task> f) => f();")]
    [InlineData("Task Root() => Invokes(() => Net.Get()); Task Invokes(Func<Task> f) => f.Invoke();")]
    [InlineData("void Root() => Invokes(() => Net.Get()); void Invokes(Func<Task>? f) => f?.Invoke();")]
    [InlineData("void Root() => Invokes(f: () => Net.Get(), n: 1); void Invokes(int n, Func<Task> f) { for (; n > 0; n--) f(); }")]
    [InlineData("void Root() => new Invoker(() => Net.Get()); class Invoker { public Invoker(Func<Task> f) => f(); }")]
    [InlineData("Task Root() => Hands(() => Net.Get()); Task Hands(Func<Task> f) => Invokes(f); Task Invokes(Func<Task> f) => f();")]
    [InlineData("Task Root() => Hands(() => Net.Get()); Task Hands(Func<Task> f) => Task.Run(f);")]
    [InlineData("Task Root() => Hands(() => Net.Get()); Task Hands(Func<Task> f) => Task.Run(() => f());")]
    [InlineData("Task Root() => Hands(() => Net.Get()); Task Hands(Func<Task> f) { return Local(); Task Local() => f(); }")]
    [InlineData("Task Root() => Walk(3, () => Net.Get()); Task Walk(int n, Func<Task> f) => n > 0 ? Walk(n - 1, f) : f();")]
    [InlineData("void Root() => Generic(() => Net.Get()); T Generic<T>(Func<T> f) => f();")]
    public void Delegate_that_runs_now_is_part_of_its_method(string root) =>
        Assert.Contains("Net.Get → HttpClient.GetStringAsync", Paths(root));

    [Theory]
    [InlineData("Func<Task>? stored; void Root() => stored = () => Net.Get();")]
    [InlineData("Func<Task>? stored; void Root() { stored = Net.Get; }")]
    [InlineData("Func<Task> Root() => () => Net.Get();")]
    [InlineData("Func<Task> Root() => Net.Get;")]
    [InlineData("void Root() { Func<Task> unused = () => Net.Get(); }")]
    [InlineData("void Root(List<Func<Task>> all) => all.Add(() => Net.Get());")]
    [InlineData("event EventHandler? Done; void Root() => Done += (_, _) => Net.Get();")]
    [InlineData("event Func<Task>? Done; void Root() => Done += Net.Get;")]
    [InlineData("void Root(IServiceCollection services) => services.AddSingleton(_ => Net.Get());")]
    [InlineData("object Root() => AIFunctionFactory.Create(() => Net.Get());")]
    [InlineData("object Root() => nameof(Net.Get) + nameof(Net.Property);")]
    [InlineData("void Root() { Task Unused() => Net.Get(); }")]
    [InlineData("void Root() => Keeps(() => Net.Get()); Func<Task>? kept; void Keeps(Func<Task> f) => kept = f;")]
    [InlineData("void Root() => Subscribes(() => Net.Get()); event Action? Done; void Subscribes(Func<Task> f) => Done += () => f();")]
    [InlineData("void Root() => Keeps(() => Net.Get()); Func<Task>? kept; void Keeps(Func<Task> f) => kept = () => f();")]
    [InlineData("void Root() => Walk(3, () => Net.Get()); void Walk(int n, Func<Task> f) { if (n > 0) Walk(n - 1, f); }")]
    public void Delegate_that_may_never_run_is_not_followed(string root) => Assert.Empty(Paths(root));

    [Theory]
    [InlineData("interface IStep { Task Run(); } class Only : IStep { public Task Run() => Net.Get(); }", "IStep.Run → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("interface IStep { Task Run(); } class Only : IStep { Task IStep.Run() => Net.Get(); }", "IStep.Run → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("interface IStep { Task Run() => Net.Get(); } class Only : IStep;", "IStep.Run → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("interface IStep { Task Run(); } class Base : IStep { public Task Run() => Net.Get(); } class Derived : Base;", "IStep.Run → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("interface IStep { Task Run(); } abstract class Base : IStep { public abstract Task Run(); } class Only : Base { public override Task Run() => Net.Get(); }", "IStep.Run → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("abstract class IStep { public abstract Task Run(); } class Only : IStep { public override Task Run() => Net.Get(); }", "IStep.Run → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("class IStep { public virtual Task Run() => Net.Get(); }", "IStep.Run → Net.Get → HttpClient.GetStringAsync")]
    public void Virtual_call_with_one_implementation_is_followed(string types, string path) =>
        Assert.Equal([path], Paths("Task Root(IStep step) => step.Run(); " + types));

    [Theory]
    [InlineData("interface IStep { Task Run(); }")]
    [InlineData("interface IStep { Task Run(); } class One : IStep { public Task Run() => Net.Get(); } class Two : IStep { public Task Run() => Net.Get(); }")]
    [InlineData("interface IStep { Task Run() => Net.Get(); } class One : IStep; class Two : IStep { public Task Run() => Task.CompletedTask; }")]
    [InlineData("abstract class IStep { public abstract Task Run(); } class One : IStep { public override Task Run() => Net.Get(); } class Two : One { public override Task Run() => Net.Get(); }")]
    [InlineData("class IStep { public virtual Task Run() => Net.Get(); } class Other : IStep { public override Task Run() => Task.CompletedTask; }")]
    public void Virtual_call_with_several_implementations_is_not_followed(string types) =>
        Assert.Empty(Paths("Task Root(IStep step) => step.Run(); " + types));

    [Fact]
    public void Call_of_base_goes_to_base() =>
        Assert.Equal(["Base.Run → HttpClient.GetStringAsync"], Compiled.From($$"""
            class Base { public virtual Task Run() => {{Get}}; }
            class Derived : Base { public override Task Run() => base.Run(); }
            """).Paths("Derived.Run"));

    [Fact]
    public void Generic_interface_with_one_implementation_is_followed() =>
        Assert.Equal(["IStep.Run → Net.Get → HttpClient.GetStringAsync"], Paths(
            "Task Root(IStep<int> step) => step.Run(1); interface IStep<T> { Task Run(T input); } class Only<T> : IStep<T> { public Task Run(T input) => Net.Get(); }"));

    [Fact]
    public void Interface_of_a_library_is_not_followed_into_the_source() =>
        Assert.Empty(Paths("void Root(IDisposable d) => d.Dispose(); class Only : IDisposable { public void Dispose() => Net.Get(); }"));

    [Theory]
    [InlineData("class Made { public Made() => Net.Get(); }", "new Made → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("class Made { private readonly Task field = Net.Get(); }", "new Made → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("class Made { public Task Property { get; } = Net.Get(); }", "new Made → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("class Made { private readonly Task field = Net.Get(); public Made() : this(1) { } private Made(int n) { } }", "new Made → new Made → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("class Made : Base { public Made() : base(1) { } } class Base { public Base(int n) => Net.Get(); }", "new Made → new Base → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("class Made() : Base(1); class Base { public Base(int n) => Net.Get(); }", "new Made → new Base → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("class Made() : Base(Net.Get()); class Base { public Base(Task t) { } }", "new Made → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("class Made() { private readonly Task field = Net.Get(); }", "new Made → Net.Get → HttpClient.GetStringAsync")]
    [InlineData("record Made() { public Task Property { get; } = Net.Get(); }", "new Made → Net.Get → HttpClient.GetStringAsync")]
    public void Constructor_runs_its_initializers_and_its_chain(string type, string path) => Assert.Equal([path], Paths("object Root() => new Made(); " + type));

    [Fact]
    public void Initializers_run_once_in_a_chain_of_constructors()
    {
        var code = Compiled.From($$"""
            class Made
            {
                private readonly Task field = {{Get}};
                public Made() : this(1) { }
                public Made(int n) { }
            }
            class User { object Root() => new Made(); }
            """);

        Assert.Equal(["new Made → new Made → HttpClient.GetStringAsync"], code.Paths("Root"));
    }

    [Fact]
    public void Static_and_instance_initializers_are_told_apart() =>
        Assert.Empty(Paths("object Root() => new Made(); class Made { private static readonly Task field = Net.Get(); }"));

    [Fact]
    public void Partial_types_and_methods_are_one() =>
        Assert.Equal(["Desk.Ask → HttpClient.GetStringAsync"], Compiled.From(
            "partial class Desk { Task Root() => Ask(); private partial Task Ask(); }",
            $"partial class Desk {{ private partial Task Ask() => {Get}; }}").Paths("Root"));

    [Fact]
    public void Partial_method_that_is_asked_about_is_its_implementation() =>
        Assert.Equal(["HttpClient.GetStringAsync"], Compiled.From(
            $"partial class Desk {{ private partial Task Ask(); }} partial class Desk {{ private partial Task Ask() => {Get}; }}").Paths("Desk.Ask"));

    [Fact]
    public void Initializers_of_all_parts_run() =>
        Assert.Equal(["HttpClient.GetStringAsync"], Compiled.From(
            "partial class Desk { public Desk() { } }",
            $"partial class Desk {{ private readonly Task field = {Get}; }}").Paths("Desk..ctor"));

    [Fact]
    public void Method_in_another_file_is_followed() =>
        Assert.Equal(["Net.Get → HttpClient.GetStringAsync"], Compiled.From("class Desk { Task Root() => Net.Get(); }", $"class Net {{ public static Task Get() => {Get}; }}").Paths("Root"));

    [Fact]
    public void Method_of_an_assembly_without_facts_is_not_followed()
    {
        var other = Compiled.From($$"""
            public interface IStep { Task Run(); }
            public class Net : IStep
            {
                private readonly Task field = {{Get}};
                public Net() { }
                public Net(Func<Task> f) => f();
                public static Task Get() => {{Get}};
                public static Task Property => {{Get}};
                public Task Run() => {{Get}};
                public static Task Invokes(Func<Task> f) => f();
            }
            """);
        var code = Compiled.Referring([other.Emitted()], $$"""
            class Desk : Net
            {
                Task Root(IStep step) { step.Run(); new Net(); new Net(() => {{Get}}); new Desk(); _ = Net.Property; Net.Invokes(() => {{Get}}); return Net.Get(); }
            }
            """);

        var summary = code.Summaries.Of(code.Method("Root"), 8, TestContext.Current.CancellationToken);

        Assert.Empty(summary.Effects);
        Assert.False(summary.IsCut);
    }

    [Fact]
    public void Method_of_another_project_is_answered_by_that()
    {
        var other = Compiled.From($"public class Net {{ public static Task Get() => {Get}; }}");
        var code = Compiled.Referring([other.Compilation.ToMetadataReference()], "class Desk { }");

        Assert.Equal(["HttpClient.GetStringAsync"], Compiled.Paths(code.Summaries.Of(other.Method("Net.Get"), 8, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Local_delegate_that_calls_itself_ends() =>
        Assert.Equal(["HttpClient.GetStringAsync"], Compiled.Broken($$"""
            class Desk { void Root() { Func<int, Task> again = n => n > 0 ? again(n - 1) : {{Get}}; again(3); } }
            """).Paths("Root"));

    [Fact]
    public void Local_delegates_that_call_each_other_twice_are_read_once()
    {
        var chain = string.Concat(Enumerable.Range(1, 40).Select(i => $"Action a{i} = () => {{ a{i - 1}(); a{i - 1}(); }};"));

        Assert.Equal(["HttpClient.GetStringAsync"], Compiled.From($$"""
            class Desk { void Root() { Action a0 = () => {{Get}}; {{chain}} a40(); } }
            """).Paths("Root"));
    }

    [Fact]
    public void Delegate_that_is_handed_round_and_round_is_not_run()
    {
        var again = string.Concat(Enumerable.Repeat("Walk(f); ", 300));

        Assert.Empty(Paths($"void Root() => Walk(() => Net.Get()); void Walk(Func<Task> f) {{ {again} }}"));
    }

    private static IEnumerable<string> Paths(string members) => Compiled.From($$"""
        class Desk { {{members}} }
        """, $$"""
        class Net
        {
            public static Task<string> Get() => {{Get}};
            public Task Instance() => {{Get}};
            public static Task Property => {{Get}};
            public int Read { get { {{Get}}; return 1; } }
            public int Written { get => 1; set => {{Get}}; }
            public Task this[int index] => {{Get}};
            public static Net operator +(Net left, Net right) { {{Get}}; return left; }
            public static Net operator !(Net net) { {{Get}}; return net; }
            public static Net operator ++(Net net) { {{Get}}; return net; }
            public static implicit operator string(Net net) { {{Get}}; return ""; }
            public static explicit operator int(Net net) { {{Get}}; return 1; }
            public static Task Make<T>() => {{Get}};
            public static IEnumerable<int> Sequence() { {{Get}}; yield return 1; }
            public static async IAsyncEnumerable<string> Stream() { yield return await {{Get}}; }
        }
        static class Extensions { public static Task Extended(this Net net) => {{Get}}; }
        class Generic<T> { public static Task Make() => {{Get}}; }
        """).Paths("Root");
}

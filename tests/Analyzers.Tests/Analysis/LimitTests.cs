using AgentLint.Analysis;
using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>What the analysis does not see. Each is on the page docs/analysis.md, by the test's name.</summary>
public sealed class LimitTests
{
    private const string Get = "new HttpClient().GetStringAsync(\"/\")";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("void Root() { using var d = new D(); } class D : IDisposable { public void Dispose() => Net.Get(); }")]
    [InlineData("async Task Root() { await using var d = new D(); } class D : IAsyncDisposable { public ValueTask DisposeAsync() => new(Net.Get()); }")]
    [InlineData("void Root(All all) { foreach (var i in all) { } } class All { public One GetEnumerator() { Net.Get(); return new(); } } class One { public int Current => 1; public bool MoveNext() => false; }")]
    [InlineData("async Task Root(Own own) => await own; class Own { public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() { Net.Get(); return default; } }")]
    [InlineData("void Root(Pair pair) { var (a, b) = pair; } class Pair { public void Deconstruct(out int a, out int b) { Net.Get(); a = b = 1; } }")]
    [InlineData("void Root(Own own) => own.Done += () => { }; class Own { public event Action Done { add => Net.Get(); remove { } } }")]
    [InlineData("object Root() => new Derived(); class Base { protected Base() => Net.Get(); } class Derived : Base;")]
    [InlineData("int Root() => Own.N; class Own { public static int N = 1; static Own() => Net.Get(); }")]
    public void Calls_that_the_compiler_inserts_are_not_followed(string members) => Assert.Empty(Paths(members));

    [Theory]
    [InlineData("void Root() => typeof(Net).GetMethod(\"Get\")!.Invoke(null, null);")]
    [InlineData("void Root(dynamic net) => net.Get();")]
    [InlineData("void Root() => Activator.CreateInstance(typeof(Own)); class Own { public Own() => Net.Get(); }")]
    [InlineData("T Root<T>() where T : Own, new() => new T(); class Own { public Own() => Net.Get(); }")]
    public void Reflection_and_dynamic_calls_are_not_followed(string members) => Assert.Empty(Paths(members));

    [Theory]
    [InlineData("Func<Task> field = () => Net.Get(); void Set(Func<Task> other) => field = other; Task Root() => field();")]
    [InlineData("Func<Task> Make() => () => Net.Get(); Task Root() => Make()();")]
    [InlineData("Task Root() { Func<Task>[] all = [() => Net.Get()]; return all[0](); }")]
    [InlineData("Task Root() { Func<Task> late; late = () => Net.Get(); return late(); }")]
    [InlineData("Task Root(Func<Task> given) => given();")]
    [InlineData("Task Root() => All(() => Net.Get()); Task All(params Func<Task>[] all) => all[0]();")]
    [InlineData("Task Root() => Alias(() => Net.Get()); Task Alias(Func<Task> f) { var g = f; return g(); }")]
    [InlineData("Task Root() => Kept(() => Net.Get()); Task Kept(Func<Task> f) { Func<Task> g = () => f(); return g(); }")]
    public void Delegate_that_is_kept_somewhere_is_not_followed(string members) => Assert.Empty(Paths(members));

    [Theory]
    [InlineData("void Root() => new Thread(() => Net.Get()).Start();")]
    [InlineData("void Root() => ThreadPool.QueueUserWorkItem(_ => Net.Get());")]
    [InlineData("void Root(Timer t) => new Timer(_ => Net.Get());")]
    public void Delegate_of_a_library_that_the_catalogue_does_not_know_is_not_followed(string members) => Assert.Empty(Paths(members));

    [Theory]
    [InlineData("void Root() { if (false) Net.Get(); }")]
    [InlineData("void Root() { return; Net.Get(); }")]
    [InlineData("void Root(bool never) { if (never) Net.Get(); }")]
    public void Conditions_do_not_count_for_summaries(string members) => Assert.Single(Paths(members));

    [Theory]
    [InlineData("await run.Task; Use({|t:run.Other|}.Result);")]
    [InlineData("await all[0]; Use({|t:all[1]|}.Result);")]
    [InlineData("await Task.WhenAll(all); all[0] = Start(); Use({|t:all[0]|}.Result);")]
    [InlineData("await Task.WhenAll(list); list.Add(Start()); Use({|t:list[0]|}.Result);")]
    public void Parts_of_a_variable_end_together(string body) => Assert.True(HasEnded(body));

    [Theory]
    [InlineData("await field; Renew(); Use({|t:field|}.Result);")]
    [InlineData("await t; Action renew = () => t = Start(); renew(); Use({|t:t|}.Result);")]
    [InlineData("await t; void Local() => t = Start(); Local(); Use({|t:t|}.Result);")]
    public void Assignment_elsewhere_is_not_seen(string body) => Assert.True(HasEnded(body));

    [Fact]
    public void Await_in_the_same_statement_is_not_seen() => Assert.False(HasEnded("Use(await t + {|t:t|}.Result);"));

    [Fact]
    public void Await_in_another_method_is_not_seen() => Assert.False(HasEnded("await Ready(); Use({|t:field|}.Result);"));

    [Theory]
    [InlineData("Func<int> f = () => {|t:t|}.Result; await t; Use(f());")]
    [InlineData("await t; Use(Local()); int Local() => {|t:t|}.Result;")]
    public void Function_that_runs_after_the_await_is_not_known_to(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("var done = t.IsCompleted; if (done) Use({|t:t|}.Result);")]
    [InlineData("if (t.IsCompleted == true) Use({|t:t|}.Result);")]
    [InlineData("if (t.Status is TaskStatus.RanToCompletion) Use({|t:t|}.Result);")]
    [InlineData("switch (t.Status) { case TaskStatus.RanToCompletion: Use({|t:t|}.Result); break; }")]
    [InlineData("if (all.All(one => one.IsCompleted)) Use({|t:all[0]|}.Result);")]
    public void Test_in_another_form_is_not_seen(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("await Task.WhenAll(new List<Task<int>> { t, u }); Use({|t:t|}.Result);")]
    [InlineData("foreach (var one in all) await one; Use({|t:all[0]|}.Result);")]
    [InlineData("await t.Logged(); Use({|t:t|}.Result);")]
    [InlineData("await Both(t, u); Use({|t:t|}.Result);")]
    [InlineData("var alias = t; await alias; Use({|t:t|}.Result);")]
    public void Await_by_other_means_is_not_seen(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("class User { async Task M(Desk desk) => desk.Ask(); }", 1)]
    [InlineData("class User { async Task M(Shop shop) => shop.Front.Ask(); }", 0)]
    public void Helper_of_a_type_that_the_file_does_not_mention_is_not_found(string caller, int found)
    {
        var code = Compiled.From(
            caller,
            "public class Desk(IChatClient chat) { public string Ask() => chat.GetResponseAsync(\"\").Result.Text; }",
            "public class Shop(Desk desk) { public Desk Front => desk; }");

        Assert.Equal(found, BlockingHelpers.Of(code.Model).CallsIn(code.Compilation.SyntaxTrees.Single(tree => tree.FilePath == "File1.cs"), Cancellation).Count());
    }

    [Theory]
    [InlineData("class C { void Root() { Func<int> f = () => 1; AIFunctionFactory.Create(f); } }")]
    [InlineData("class C { void Root() => Add(Tool); object Add(Delegate d) => AIFunctionFactory.Create(d); int Tool() => 1; }")]
    [InlineData("class C { void Root(System.Reflection.MethodInfo m) => AIFunctionFactory.Create(m, this); public int Tool() => 1; }")]
    public void Tool_that_is_handed_over_indirectly_has_no_role(string source)
    {
        var code = Compiled.From(source);

        Assert.All(code.Compilation.GetTypeByMetadataName("C")!.GetMembers().OfType<Microsoft.CodeAnalysis.IMethodSymbol>(), m => Assert.Equal(MethodRoles.None, code.Model.RolesOf(m, Cancellation)));
    }

    [Theory]
    [InlineData("class C { void Root() { foreach (var m in typeof(C).GetMethods()) AIFunctionFactory.Create(m, this); } public int Tool() => 1; int Own() => 1; }")]
    [InlineData("class C { object Root() => typeof(C).GetMethods().Select(m => AIFunctionFactory.Create(m, this)).ToList(); public int Tool() => 1; int Own() => 1; }")]
    public void Public_methods_of_a_type_that_are_handed_over_one_by_one_are_tools(string source)
    {
        var code = Compiled.From(source);

        Assert.Equal(["Tool"], code.Compilation.GetTypeByMetadataName("C")!.GetMembers().OfType<Microsoft.CodeAnalysis.IMethodSymbol>().Where(m => code.Model.RolesOf(m, Cancellation) == MethodRoles.Tool).Select(m => m.Name));
    }

    [Fact]
    public void First_overload_stands_for_a_method_named_by_reflection()
    {
        var code = Compiled.From("class C { public void Tool(int n) { } public void Tool(string s) { } object R() => AIFunctionFactory.Create(typeof(C).GetMethod(nameof(Tool), [typeof(string)])!, this); }");

        Assert.Equal("Tool(int)", Assert.Single(code.Model.RoleRegistrations(Cancellation)).Method!.ToDisplayString(Microsoft.CodeAnalysis.SymbolDisplayFormat.CSharpShortErrorMessageFormat).Split('.')[^1]);
    }

    [Fact]
    public void Inherited_implementation_of_an_interface_has_no_role()
    {
        var code = Compiled.From("class Base { public Task Consume(MassTransit.ConsumeContext<string> c) => null!; } class C : Base, MassTransit.IConsumer<string>;");

        Assert.Equal(MethodRoles.None, code.Model.RolesOf(code.Method("Consume"), Cancellation));
    }

    private static IEnumerable<string> Paths(string members) => Compiled.From($$"""
        #pragma warning disable
        class Desk { {{members}} }
        class Net { public static Task<string> Get() => {{Get}}; }
        """).Paths("Root");

    private static bool HasEnded(string body)
    {
        var code = Compiled.From($$"""
            #pragma warning disable
            record Run(Task<int> Task, Task<int> Other);
            static class Tasks { public static async Task<int> Logged(this Task<int> t) => await t; }
            class Desk
            {
                Task<int> field = Start();
                static Task<int> Start() => Task.Run(() => 1);
                static Task Both(Task t, Task u) => Task.WhenAll(t, u);
                async Task Ready() => await field;
                void Renew() => field = Start();
                static void Use(int n) { }
                async Task Root(Task<int> t, Task<int> u, Task<int>[] all, List<Task<int>> list, Run run) { {{body}} }
            }
            """);
        return EndedTasks.Of(code.Model).HasEnded(code.Operation("t"), code.SemanticsOf("t"), Cancellation);
    }
}

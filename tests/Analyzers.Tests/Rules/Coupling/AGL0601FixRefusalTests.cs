using Microsoft.CodeAnalysis;
using Xunit;
using static AgentLint.Tests.Rules.Coupling.AwaitInstead;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Where the fix of AGL0601 is not offered.</summary>
public class AGL0601FixRefusalTests
{
    /// <summary>A tree holds apart what a token that is missing would part; in its text, two lines become one expression.</summary>
    [Fact]
    public Task Statement_that_runs_on_from_one_that_does_not_parse() =>
        Unparsed("async Task M(CancellationToken t)\n{\n    Thread.Sleep\n    Thread.[|Sleep|](2000);\n    await Task.Delay(1, t);\n}", null);

    [Fact]
    public Task Code_that_does_not_parse_elsewhere_is_no_obstacle() =>
        Unparsed(
            "void Other()\n{\n    var x = ;\n}\n\nasync Task M(CancellationToken t)\n{\n    Thread.[|Sleep|](2000);\n    await Task.Delay(1, t);\n}",
            "void Other()\n{\n    var x = ;\n}\n\nasync Task M(CancellationToken t)\n{\n    await Task.Delay(2000, t);\n    await Task.Delay(1, t);\n}");

    /// <summary>Where top-level statements do not parse, an await among them can take a program its entry point: an error of no file.</summary>
    [Fact]
    public Task Program_that_could_not_be_started_any_more()
    {
        const string Code = """
            using System.Net.Http;
            using Microsoft.Extensions.AI;

            var http = new HttpClient()
            http = new HttpClient();
            System.Console.WriteLine(Agent.Ask(http, "a").Length);

            static class Agent
            {
                public static string Ask(HttpClient http, string q)
                {
                    return Get();

                    string Get() => http.GetStringAsync(q).[|Result|];
                }

                public static int Length(HttpClient http) => Ask(http, "b").Length;
            }

            """;
        var test = File(Code, Code);
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        test.CompilerDiagnostics = CompilerDiagnostics.None;
        return test.RunAsync(Title);
    }

    private static Task Unparsed(string members, string? fixedMembers)
    {
        var test = File(In(members), In(fixedMembers ?? members));
        test.CompilerDiagnostics = CompilerDiagnostics.None;
        return test.RunAsync(Title);
    }

    [Theory]
    [InlineData("C(string q) : this(null!, null!, null!) { new HttpClient().GetAsync(q).[|Wait|](); }")]
    [InlineData("C() : this(null!, null!, new(new HttpClient().GetStringAsync(\"\").[|Result|], \"\")) { }")]
    [InlineData("static C() { new HttpClient().GetAsync(\"\").[|Wait|](); }")]
    [InlineData("~C() { http.GetAsync(\"\").[|Wait|](); }")]
    [InlineData("string P => http.GetStringAsync(\"\").[|Result|];")]
    [InlineData("string P { get { return http.GetStringAsync(\"\").[|Result|]; } }")]
    [InlineData("string this[int i] { get => http.GetStringAsync(\"\").[|Result|]; set { } }")]
    [InlineData("event Action E { add { http.GetAsync(\"\").[|Wait|](); } remove { } }")]
    [InlineData("public static string operator +(C a, C b) => new HttpClient().GetStringAsync(\"\").[|Result|];")]
    [InlineData("public static implicit operator string(C a) => new HttpClient().GetStringAsync(\"\").[|Result|];")]
    [InlineData("string f = new HttpClient().GetStringAsync(\"\").[|Result|];")]
    [InlineData("string P { get; } = new HttpClient().GetStringAsync(\"\").[|Result|];")]
    [InlineData("IEnumerable<string> M() { yield return http.GetStringAsync(\"\").[|Result|]; }")]
    [InlineData("void M(ref int x) => http.GetAsync(\"\").[|Wait|]();")]
    [InlineData("void M(out int x) { x = 0; http.GetAsync(\"\").[|Wait|](); }")]
    [InlineData("void M(in int x) => http.GetAsync(\"\").[|Wait|]();")]
    [InlineData("void M(ReadOnlySpan<char> x) => http.GetAsync(\"\").[|Wait|]();")]
    [InlineData("unsafe void M(int* x) => http.GetAsync(\"\").[|Wait|]();")]
    [InlineData("ref int M(int[] x) { http.GetAsync(\"\").[|Wait|](); return ref x[0]; }")]
    [InlineData("Span<int> M(int[] x) { http.GetAsync(\"\").[|Wait|](); return x; }")]
    [InlineData("IAsyncEnumerable<int> M(IAsyncEnumerable<int> x) { http.GetAsync(\"\").[|Wait|](); return x; }")]
    [InlineData("Task M() { http.GetAsync(\"\").[|Wait|](); return null!; }")]
    [InlineData("Task<int> M() { http.GetAsync(\"\").[|Wait|](); return default!; }")]
    [InlineData("[STAThread]\nvoid M() => http.GetAsync(\"\").[|Wait|]();")]
    [InlineData("public override string ToString() => http.GetStringAsync(\"\").[|Result|];")]
    [InlineData("partial void M(string q);\npartial void M(string q) => http.GetAsync(q).[|Wait|]();")]
    public Task Members(string member) => NotOffered(member);

    [Theory]
    [InlineData("lock (q) { var x = http.GetStringAsync(q).[|Result|]; }")]
    [InlineData("try { } catch (Exception) when (http.GetStringAsync(q).[|Result|] == \"\") { }")]
    [InlineData("var x = from a in new[] { q } select http.GetStringAsync(a).[|Result|];")]
    [InlineData("var x = from a in new[] { q } where http.GetStringAsync(a).[|Result|] == \"\" select a;")]
    [InlineData("var x = from a in new[] { q } from b in http.GetStringAsync(a).[|Result|] select b;")]
    [InlineData("unsafe { var x = http.GetStringAsync(q).[|Result|]; }")]
    [InlineData("Span<int> s = stackalloc int[1]; http.GetAsync(q).[|Wait|](); s[0] = 1;")]
    [InlineData("var s = q.AsSpan(); while (s.Length > 0) { s = s[1..]; http.GetAsync(q).[|Wait|](); }")]
    [InlineData("var a = new int[1]; ref var s = ref a[0]; http.GetAsync(q).[|Wait|](); s = 1;")]
    [InlineData("foreach (var c in q.AsSpan()) http.GetAsync(q).[|Wait|]();")]
    [InlineData("using (new Lock().EnterScope()) http.GetAsync(q).[|Wait|]();")]
    [InlineData("using var scope = new Lock().EnterScope(); http.GetAsync(q).[|Wait|]();")]
    [InlineData("var x = Take(q.AsSpan(), http.GetStringAsync(q).[|Result|]);")]
    [InlineData("Monitor.Enter(q); http.GetAsync(q).[|Wait|](); Monitor.Exit(q);")]
    [InlineData("var m = new Mutex(); m.WaitOne(); http.GetAsync(q).[|Wait|](); m.ReleaseMutex();")]
    [InlineData("try { http.GetAsync(q).[|Wait|](); } catch (AggregateException) { }")]
    [InlineData("try { var x = http.GetStringAsync(q).[|Result|]; } catch (Exception e) when (e is AggregateException) { }")]
    [InlineData("try { Task.[|WaitAll|](http.GetAsync(q)); } catch (Exception e) { Console.WriteLine(e.InnerException!.Message); }")]
    public Task Places(string statement) => NotOffered($"async Task M(string q)\n{{\n    {statement}\n}}\n\nint Take(ReadOnlySpan<char> a, string b) => 0;");

    [Theory]
    [InlineData("lock (http.GetStringAsync(q).[|Result|]) { }", "lock (await http.GetStringAsync(q)) { }")]
    [InlineData("var x = from a in http.GetStringAsync(q).[|Result|] select a;", "var x = from a in await http.GetStringAsync(q) select a;")]
    [InlineData("var x = from a in q join b in http.GetStringAsync(q).[|Result|] on a equals b select a;", "var x = from a in q join b in await http.GetStringAsync(q) on a equals b select a;")]
    [InlineData("var s = q.AsSpan(); var n = s.Length; http.GetAsync(q).[|Wait|]();", "var s = q.AsSpan(); var n = s.Length; await http.GetAsync(q);")]
    [InlineData("var s = http.GetStringAsync(q).[|Result|].AsSpan(); var n = s.Length;", "var s = (await http.GetStringAsync(q)).AsSpan(); var n = s.Length;")]
    [InlineData("try { } catch (AggregateException) { http.GetAsync(q).[|Wait|](); }", "try { } catch (AggregateException) { await http.GetAsync(q); }")]
    [InlineData("try { http.GetAsync(q).GetAwaiter().[|GetResult|](); } catch (AggregateException) { }", "try { await http.GetAsync(q); } catch (AggregateException) { }")]
    public Task Places_beside_these(string statement, string mended) =>
        Fixed($"async Task M(string q)\n{{\n    {statement}\n}}", $"async Task M(string q)\n{{\n    {mended}\n}}");

    [Theory]
    [InlineData("Action f = () => http.GetAsync(q).[|Wait|]();")]
    [InlineData("Func<string> f = () => http.GetStringAsync(q).[|Result|];")]
    [InlineData("var f = () => http.GetStringAsync(q).[|Result|];")]
    [InlineData("Delegate f = () => http.GetStringAsync(q).[|Result|];")]
    [InlineData("var f = new[] { q }.Select(x => http.GetStringAsync(x).[|Result|]);")]
    [InlineData("new List<string>().ForEach(x => http.GetAsync(x).[|Wait|]());")]
    [InlineData("Expression<Func<string>> f = () => http.GetStringAsync(q).[|Result|];")]
    [InlineData("Expression<Func<Task<string>>> f = () => Task.FromResult(http.GetStringAsync(q).[|Result|]);")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += (_, _) => http.GetAsync(q).[|Wait|]();")]
    public Task Lambdas(string statement) => NotOffered($"void M(string q)\n{{\n    {statement}\n}}");

    [Theory]
    [InlineData("string P => M(\"\");")]
    [InlineData("void N() { Func<string, string> f = M; }")]
    [InlineData("void N() { var f = M; }")]
    [InlineData("void N() { var x = new[] { \"\" }.Select(M); }")]
    [InlineData("void N() { var x = new[] { \"\" }.Select(q => M(q)); }")]
    [InlineData("void N() { AIFunctionFactory.Create((Func<string, string>)M); }")]
    [InlineData("void N(C? c) { var x = c?.M(\"\"); }")]
    [InlineData("void N(C? c) { c?.M(\"\").Trim(); }")]
    [InlineData("void N() { lock (http) M(\"\"); }")]
    [InlineData("void N() { try { M(\"\"); } catch (AggregateException) { } }")]
    [InlineData("public override int GetHashCode() => N();\nint N() => M(\"\").Length;")]
    [InlineData("class D(C c) : C(null!, null!, null!) { string N = c.[|M|](\"\"); }")]
    public Task Callers(string caller) => NotOffered("string M(string q) => http.GetStringAsync(q).[|Result|];\n\n" + caller);

    [Theory]
    [InlineData("interface I { string M(); }\nclass A(HttpClient http) : I { public string M() => http.GetStringAsync(\"\").[|Result|]; }")]
    [InlineData("interface I { string M(); }\nclass A(HttpClient http) : I { string I.M() => http.GetStringAsync(\"\").[|Result|]; }")]
    [InlineData("interface I { string M(); }\nclass A(HttpClient http) { public string M() => http.GetStringAsync(\"\").[|Result|]; }\nclass B(HttpClient http) : A(http), I;")]
    [InlineData("interface I { HttpClient Http { get; } string M() => Http.GetStringAsync(\"\").[|Result|]; }")]
    [InlineData("abstract class A { public abstract string M(); }\nclass B(HttpClient http) : A { public override string M() => http.GetStringAsync(\"\").[|Result|]; }")]
    [InlineData("class A(HttpClient http) { public virtual string M() => http.GetStringAsync(\"\").[|Result|]; }\nclass B(HttpClient http) : A(http) { public override string M() => \"\"; }")]
    [InlineData("struct S(HttpClient http) { int n; string M() { n++; return http.GetStringAsync(\"\").[|Result|]; } }")]
    public Task Members_of_a_hierarchy(string types) => NotOffered(types);

    [Theory]
    [InlineData("interface I { Task<string> M(); }\nclass A(HttpClient http) : I { public Task<string> M() => Task.FromResult(http.GetStringAsync(\"\").[|Result|]); }",
        "interface I { Task<string> M(); }\nclass A(HttpClient http) : I { public async Task<string> M() => await http.GetStringAsync(\"\"); }")]
    [InlineData("private partial Task<string> M(string q);\nprivate partial Task<string> M(string q) => Task.FromResult(http.GetStringAsync(q).[|Result|]);",
        "private partial Task<string> M(string q);\nprivate async partial Task<string> M(string q) => await http.GetStringAsync(q);")]
    public Task Members_that_return_tasks_already(string types, string mended) => Fixed(types, mended);

    [Theory]
    [InlineData("class Other { string N(Agent a) => a.M(\"\"); }", false)]
    [InlineData("class Other { System.Func<string, string> N(Agent a) => a.M; }", false)]
    [InlineData("class Other { object N(Agent a) => nameof(a.M) + Microsoft.Extensions.AI.AIFunctionFactory.Create(a.M); }", true)]
    public Task Callers_in_another_document(string other, bool isOffered)
    {
        const string Code = "using System.Net.Http;\nusing System.Threading.Tasks;\n\nclass Agent(HttpClient http)\n{\n    public string M(string q) => http.GetStringAsync(q).[|Result|];\n}\n";
        const string Mended = "using System.Net.Http;\nusing System.Threading.Tasks;\n\nclass Agent(HttpClient http)\n{\n    public async Task<string> M(string q) => await http.GetStringAsync(q);\n}\n";
        var test = File(Code, isOffered ? Mended : Code);
        test.TestState.Sources.Add(other);
        test.FixedState.Sources.Add(other);
        return test.RunAsync(Title + " and make 'M' asynchronous");
    }

    [Fact]
    public Task Callers_in_another_project()
    {
        var test = File("class Other { string N(Agent a) => a.M(\"\"); }", "class Other { string N(Agent a) => a.M(\"\"); }");
        var library = test.TestState.AdditionalProjects["Library"];
        library.Sources.Add("using System.Net.Http;\n\npublic class Agent(HttpClient http)\n{\n    public string M(string q) => http.GetStringAsync(q).[|Result|];\n}\n");
        Libraries.AddTo(library);
        test.TestState.AdditionalProjectReferences.Add("Library");
        return test.RunAsync(Title);
    }
}

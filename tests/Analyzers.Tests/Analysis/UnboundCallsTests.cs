using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Analysis.Agents;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>What is read without binding is what the compiler says, or nothing.</summary>
public sealed class UnboundCallsTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    // Each member of Desk says something that is easily mistaken.
    private const string Program = """
        using static Helpers;
        public interface IWriter { Task<string> WriteAsync(string q); }
        public interface IEditor : IWriter { Task<string> EditAsync(string q); }
        public class Writer(IChatClient chat) : IEditor
        {
            public async Task<string> WriteAsync(string q) => (await chat.GetResponseAsync("Write " + q)).Text;
            public async Task<string> EditAsync(string q) => await WriteAsync(q + "!");
            public static async Task<string> SharedAsync(IChatClient model, string q) => (await model.GetResponseAsync("Shared " + q)).Text;
            public static Writer Make(IChatClient model) => new(model);
        }
        public class Overloads(IChatClient chat)
        {
            public async Task<string> AskAsync(string q) => (await chat.GetResponseAsync("A " + q)).Text;
            public async Task<string> AskAsync(int q) => await AskAsync("number " + q);
            public Task<string> Same<T>(T q) => AskAsync(q + "");
            public async Task<string> ManyAsync(string q, params string[] more) => await AskAsync(q + more.Length);
            public async Task<string> MaybeAsync(string q, int times = 1) => await AskAsync(q + times);
        }
        public abstract class Base(IChatClient chat)
        {
            public virtual async Task<string> RunAsync(string q) => (await chat.GetResponseAsync("Base " + q)).Text;
            public abstract Task<string> StopAsync(string q);
            public async Task<string> HideAsync(string q) => (await chat.GetResponseAsync("Hide " + q)).Text;
        }
        public class Derived(IChatClient chat, Base inner) : Base(chat)
        {
            public override async Task<string> RunAsync(string q) => await inner.RunAsync(q + "1") + await base.RunAsync(q + "2");
            public override async Task<string> StopAsync(string q) => await RunAsync(q + "stop");
            public new async Task<string> HideAsync(string q) => await base.HideAsync(q + "hidden");
        }
        public static class Helpers
        {
            public static async Task<string> ExtendAsync(this Writer writer, string q) => await writer.WriteAsync(q + "extended");
            public static async Task<string> ImportedAsync(Writer writer) => await writer.WriteAsync("imported");
            public static async Task<string> GetResponseAsync(this Overloads overloads, string q) => await overloads.AskAsync(q + "extension");
        }
        public class Desk(IChatClient chat, IWriter writer, IEditor editor, Writer Writer, Overloads overloads, Derived derived, Base other, Desk next, Func<string, Task<string>> asks)
        {
            private readonly IChatClient field = chat;
            private IChatClient Property => field;
            private Writer Made { get; } = Writer.Make(chat);
            public async Task<string> Direct(string q) => (await chat.GetResponseAsync("q: " + q)).Text;
            public async Task<string> OnField(string q) => (await field.GetResponseAsync("q: " + q).ConfigureAwait(false)).Text;
            public async Task<string> OnProperty(string q) => (await Property.GetResponseAsync("q: " + q)).Text;
            public async Task<string> OnThis(string q) => await this.Direct(q + "this");
            public Task<string> Returned(string q) { return Direct(q + "returned"); }
            public Task<string> Arrow(string q) => Returned(q + "arrow");
            public async Task Statement(string q) => await Arrow(q + "statement");
            public async Task HandsOver(string q) { _ = Direct(q + "over"); await Task.Yield(); }
            public async Task Later(string q) { var task = Direct(q + "later"); await Task.Yield(); await task; }
            public string Blocks(string q) => Direct(q + "blocks").Result;
            public async Task<string> Forwards(string q) => (await chat.GetResponseAsync(q)).Text;
            public async Task<string> ForwardsModel(IChatClient model, string q) => (await model.GetResponseAsync("m: " + q)).Text;
            public async Task<string> Named(string q) => (await chat.GetResponseAsync(options: null, chatMessage: "m: " + q)).Text;
            public async Task<string> ByInterface(string q) => await writer.WriteAsync(q + "interface") + await editor.WriteAsync(q + "inherited") + await editor.EditAsync(q + "edit");
            public async Task<string> ColorColor(string q) => await Writer.WriteAsync(q + "instance") + await Writer.SharedAsync(chat, q + "static");
            public async Task<string> Overloaded(string q) => await overloads.AskAsync(q + "overload") + await overloads.AskAsync(1) + await overloads.Same(q);
            public async Task<string> Optional(string q) => await overloads.ManyAsync(q + "many", "a", "b", "c") + await overloads.MaybeAsync(q + "maybe");
            public async Task<string> Extended(string q) => await Writer.ExtendAsync(q) + await overloads.GetResponseAsync(q + "own extension");
            public async Task<string> Imported() => await ImportedAsync(Made);
            public async Task<string> Virtual(string q) => await derived.RunAsync(q + "virtual") + await other.RunAsync(q + "base") + await other.StopAsync(q + "stop") + await derived.HideAsync(q);
            public async Task<string> Structural(string q) => (await chat.GetResponseAsync("s: " + q)).Text + await next.Structural(q + "next");
            public async Task<string> InLocal(string q) { var local = Made; return await local.WriteAsync(q + "local"); }
            public async Task<string> Shadowed(string q) { Func<string, Task<string>> Direct = asks; return await Direct(q + "shadow"); }
            public async Task<string> LocalFunction(string q) { return await Direct(q + "1"); async Task<string> Direct(string p) => await Arrow(p + "local function"); }
            public async Task<string> Lambda(string q) => await Task.Run(async () => await Arrow(q + "lambda"));
            public async Task<string> Query(string q) { await Task.Yield(); return string.Join("", from p in new[] { q } select Blocks(p)); }
            public async Task<string> Conditional(string q) => await (Made?.WriteAsync(q + "conditional") ?? Arrow(q + "else"));
            public async Task<string> Choice(string q) => await (q.Length > 1 ? Direct(q + "one") : Arrow(q + "two"));
            public async Task<string> Together(string q) => string.Join("", await Task.WhenAll(Direct(q + "a"), Arrow(q + "b")));
            public string Name(string q) => nameof(Direct) + q;
            public Func<string, Task<string>> Group() => Direct;
            public async Task<string> Nested(string q) => await Arrow(await Direct(q + "inner") + "outer");
            public async Task<string> Indexed(string q) { var text = await Direct(q); return text[1..]; }
        }
        """;

    [Fact]
    public void A_name_means_what_the_compiler_says()
    {
        var program = Compiled.From(Program);
        var calls = UnboundCalls.Of(program.Model);
        var answered = new List<string>();
        foreach (var tree in program.Compilation.SyntaxTrees)
        {
            var semantics = program.Compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot(Cancellation).DescendantNodes().OfType<SimpleNameSyntax>())
                if (calls.At(name, Cancellation) is { } call)
                {
                    var bound = Definition(Assert.IsType<IMethodSymbol>(semantics.GetSymbolInfo(name, Cancellation).Symbol, exactMatch: false));
                    Assert.Contains(bound, call.Candidates.Select(Definition), SymbolEqualityComparer.Default);
                    Assert.Equal(name.FirstAncestorOrSelf<InvocationExpressionSyntax>(), call.Site);
                    answered.Add(call.Site.ToString());
                }
        }

        Assert.Contains("chat.GetResponseAsync(\"q: \" + q)", answered);
        Assert.Contains("this.Direct(q + \"this\")", answered);
        Assert.Contains("editor.WriteAsync(q + \"inherited\")", answered);
        Assert.Contains("next.Structural(q + \"next\")", answered);
        Assert.Contains("ImportedAsync(Made)", answered);
        // Which overload, which extension, which local: the compiler's business.
        Assert.DoesNotContain("overloads.AskAsync(1)", answered);
        Assert.DoesNotContain("Writer.ExtendAsync(q)", answered);
        Assert.DoesNotContain("local.WriteAsync(q + \"local\")", answered);
        Assert.DoesNotContain("Direct(q + \"shadow\")", answered);
        Assert.DoesNotContain("Direct(q + \"1\")", answered);
        Assert.DoesNotContain("base.RunAsync(q + \"2\")", answered);
    }

    // In the middle of writing, and where a library is missing.
    [Fact]
    public void A_call_that_does_not_compile_counts_where_its_name_is_clear()
    {
        var program = Compiled.Broken(
            """
            public class Writer(IChatClient chat) { public async Task<string> WriteAsync(string q) => (await chat.GetResponseAsync("w " + q)).Text; }
            public class Reader(IChatClient chat) { public async Task<string> ReadAsync(Missing q) => (await chat.GetResponseAsync("r " + q)).Text; }
            public class Desk(Writer writer, Reader reader)
            {
                public async Task<string> AskAsync(string q) => await writer.WriteAsync({|clear:unknown|});
                public async Task<string> ReadAsync(string q) => await reader.ReadAsync({|unclear:unknown|});
            }
            """);
        var calls = UnboundCalls.Of(program.Model);
        UnboundCall? Around(string mark) =>
            calls.At(program.Node(mark).FirstAncestorOrSelf<InvocationExpressionSyntax>()!.Expression.DescendantNodes().OfType<SimpleNameSyntax>().Last(), Cancellation);

        Assert.Equal("WriteAsync", Assert.Single(Around("clear")!.Candidates).Name);
        Assert.Null(Around("unclear"));
    }

    [Fact]
    public void What_is_read_without_binding_is_what_binding_says()
    {
        var program = Compiled.From(Program);
        var read = Describe(new AgentGraphBuilder(program.Model, Cancellation).Build());
        var bound = Describe(new AgentGraphBuilder(program.Model, Cancellation) { BindsAll = true }.Build());

        Assert.Equal(bound, read);
        Assert.True(read.Count > 35);
    }

    [Fact]
    public void Plain_calls_need_no_binding()
    {
        var program = Compiled.From(Program);
        var functions = new AgentGraphBuilder(program.Model, Cancellation).Build().Select(node => node.Function).OfType<IMethodSymbol>().ToImmutableHashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var unbound = new UnboundFunctions(program.Model, functions, functions.Contains);
        IEnumerable<string> Read() => functions.Where(function => unbound.CallsOf(function, Cancellation) != null).Select(function => function.ContainingType.Name + "." + function.Name);

        string[] plain = ["Desk.Direct", "Desk.OnField", "Desk.OnThis", "Desk.Returned", "Desk.Arrow", "Desk.Statement", "Desk.Structural", "Desk.Nested", "Desk.ByInterface"];
        Assert.Empty(plain.Except(Read()));
        Assert.DoesNotContain("Desk.Later", Read());
        Assert.DoesNotContain("Desk.HandsOver", Read());
        Assert.DoesNotContain("Desk.Blocks", Read());
        Assert.DoesNotContain("Desk.Forwards", Read());
        Assert.DoesNotContain("Desk.Lambda", Read());
        Assert.DoesNotContain("Desk.Together", Read());
        Assert.DoesNotContain("Desk.Choice", Read());
    }

    private static IMethodSymbol Definition(IMethodSymbol method) => (method.ReducedFrom ?? method).OriginalDefinition;

    private static List<string> Describe(ImmutableArray<AgentNode> nodes) =>
    [
        .. nodes.Select(node =>
            $"{node} forwards={node.IsForwarder} answers={string.Join(",", node.Answers)}"
            + string.Concat(node.Edges.Select(e => $"\n  {e.Site} → {e.To} {e.Kind} {e.Wait} own={e.IsOwn} structural={e.IsStructural} {e.Callee}"))),
    ];
}

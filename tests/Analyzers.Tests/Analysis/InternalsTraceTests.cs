using AgentLint.Analysis;
using AgentLint.Analysis.Branches;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Facts;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Sharing;
using AgentLint.Analysis.Values;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using AgentLint.Tests.Analysis.Facts;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>The traces in docs/internals: each page's program, and what its engine answers.</summary>
public sealed class InternalsTraceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Trace_of_the_catalogue()
    {
        var code = On("catalogue-and-model");

        var use = Assert.Single(code.Model.Query(entry => entry.Role == CatalogueRole.HttpCall).In(TreeOf(code), Cancellation));

        Assert.Equal(4, NameIndex.Of(TreeOf(code), Cancellation).CountWithin(TreeOf(code).GetRoot(Cancellation).FullSpan, "GetStringAsync", 10));
        Assert.Equal(2, NameIndex.Of(TreeOf(code), Cancellation).Uses("GetStringAsync", TreeOf(code).GetRoot(Cancellation)).Count());
        Assert.Equal("http.GetStringAsync", use.Name.Parent!.ToString());
        Assert.Equal("System.Net.Http.HttpClient", use.Entry.Type);
    }

    [Fact]
    public void Trace_of_the_call_graph()
    {
        var code = On("call-graph");

        var calls = CallGraph.Of(code.Model).CallsOf(code.Method("Close"), Cancellation);

        Assert.Equal(
            ["IStore.Save → FileStore.Save", "Task.Run → Task.Run", "Desk.Log → Desk.Log"],
            calls.Select(call => $"{Witness.NameOf(call.Named)} → {(call.Target is { } target ? Witness.NameOf(target) : "?")}"));
    }

    [Fact]
    public void Trace_of_a_summary()
    {
        var code = On("effect-summaries");

        Assert.Equal(["Desk.Draft → Desk.Send → HttpClient.GetStringAsync"], code.Paths("Plan"));
        var cut = code.Summaries.Of(code.Method("Plan"), 1, Cancellation);
        Assert.Empty(cut.Effects);
        Assert.True(cut.IsCut);
    }

    [Fact]
    public void Trace_of_a_flow()
    {
        var code = On("forward-flow");

        Assert.Equal(["gate"], LocksAt(code, "first++"));
        Assert.Empty(LocksAt(code, "second++"));
    }

    [Fact]
    public void Trace_of_a_value()
    {
        var code = On("value-origins");

        var client = new ValueSources(code.Model, Cancellation).Of(OperationAt(code, "http", "GetStringAsync"), out var isClientComplete);
        var seconds = new ValueSources(code.Model, Cancellation).Of(OperationAt(code, "seconds", "FromSeconds"), out var isComplete);
        var address = new ValueSources(code.Model, Cancellation).Of(OperationAt(code, "address", "GetStringAsync"), out _);

        Assert.Equal(["new()"], client.Select(source => source.Syntax.ToString()));
        Assert.True(isClientComplete);
        Assert.Equal(["5", "60", "10"], seconds.Select(source => source.Syntax.ToString()));
        Assert.True(isComplete);
        Assert.IsType<IParameterReferenceOperation>(Assert.Single(address), exactMatch: false);
    }

    [Fact]
    public void Trace_of_taint()
    {
        var code = On("taint");

        var found = Assert.Single(Taint.Of(code.Model, Cancellation).Findings);

        Assert.Equal("Start(command)", found.Site.FirstAncestorOrSelf<InvocationExpressionSyntax>()!.ToString());
        Assert.Equal("Process.Start(program, \"--once\")", found.Hit.Site.FirstAncestorOrSelf<InvocationExpressionSyntax>()!.ToString());
        Assert.Equal(" (Runner.Run → Runner.Start)", found.Way);
        Assert.Equal(3, Taint.Of(code.Model, Cancellation).Runs);
    }

    [Fact]
    public void Trace_of_a_key()
    {
        var code = On("keys");

        var key = KeyFlow.Of(code.Model).From(OperationAt(code, "Guid.NewGuid()", "Send"), Cancellation)!;
        var write = code.Summaries.Of(code.Method("Pay"), 8, Cancellation).First(entry => entry.Role == CatalogueRole.Effect)!;

        Assert.Equal("Idempotency-Key", key.Name);
        Assert.Equal("request.Headers.Add(\"Idempotency-Key\", key)", key.Site.ToString());
        Assert.Equal(["Send(order, Guid.NewGuid().ToString())"], key.Calls.Select(call => call.ToString()));
        Assert.True(OperationKeys.Of(code.Model).Identify(write, Cancellation));
    }

    [Fact]
    public void Trace_of_a_cycle()
    {
        var code = On("cycles");

        var cycle = Assert.Single(Cycles.Of(code.Model).In(TreeOf(code), 8, Cancellation));

        var path = Assert.Single(cycle.Paths);
        Assert.Equal((CycleShape.Loop, CycleKind.Retry, 3), (cycle.Shape, cycle.Kind, cycle.Attempts));
        Assert.Equal((GuardKind.Counter, "failures"), (path.Guard!.Kind, path.Guard.Variable!.Name));
        Assert.Equal(PathFacts.Failed | PathFacts.Waited | PathFacts.Token | PathFacts.Guarded, path.Facts);
        Assert.Equal(DelayGrowth.Constant, Assert.Single(path.Delays).Growth);
        Assert.Null(cycle.Unguarded);
    }

    [Fact]
    public void Trace_of_a_retry_scope()
    {
        var code = On("retry-scopes", Library.ExtensionsAI);

        var scopes = RetryRegions.Of(code.Model, 8, Cancellation).In(TreeOf(code));

        Assert.Equal(
            ["token => http.GetStringAsync(\"https://example.com/\", token): 5", "async token => await work(token): 5"],
            scopes.Select(scope => $"{scope.Body}: {Assert.Single(scope.Layers).Tries}"));
    }

    [Fact]
    public void Trace_of_a_lock()
    {
        var code = On("locks");

        Assert.Equal(["gate"], LocksAt(code, "lines.Add(line)"));
    }

    [Fact]
    public void Trace_of_branches()
    {
        var code = On("concurrency");

        var change = Assert.Single(BranchFindings.Of(code.Model).ChangesIn(SemanticsOf(code), Cancellation));

        Assert.Equal("awaited by 'Task.WhenAll'", change.Group.Describe());
        Assert.NotNull(Assert.Single(change.Group.Branches).Round);
        Assert.Equal("texts", Assert.Single(change.Changes).Path.Name);
    }

    [Fact]
    public void Trace_of_sharing()
    {
        var code = On("lifetimes-and-sharing", Library.AspNetCore);

        var variable = Assert.Single(SharedVariables.Of(code.Model).In(SemanticsOf(code), Cancellation));

        Assert.Equal(("count", OwnerKind.Singleton), (variable.Variable.Name, variable.Owner.Kind));
        Assert.Equal("'Counter' is registered by AddSingleton in File1.cs", variable.Owner.Text);
        Assert.Equal(MethodKind.AnonymousFunction, Assert.Single(variable.Entrance.Roots).MethodKind);
    }

    [Fact]
    public void Trace_of_tasks()
    {
        var code = On("completed-tasks");

        Assert.True(EndedTasks.Of(code.Model).HasEnded(OperationAt(code, "first", "first.Result"), SemanticsOf(code), Cancellation));
        Assert.False(EndedTasks.Of(code.Model).HasEnded(OperationAt(code, "third", "third.Result"), SemanticsOf(code), Cancellation));
    }

    [Fact]
    public void Trace_of_a_handler()
    {
        var code = On("failure-handlers");
        var clause = TreeOf(code).GetRoot(Cancellation).DescendantNodes().OfType<CatchClauseSyntax>().Single();
        var handlers = new Handlers(code.Model, SemanticsOf(code), Cancellation);

        var ways = handlers.Of(clause)!;

        Assert.True(handlers.TakesAll(clause));
        Assert.Equal((HandlerExits.GoesOn, "Note(e)", "failure = e.Message"), (ways.Exits, Assert.Single(ways.Logs).Syntax.ToString(), Assert.Single(ways.Deeds).Syntax.ToString()));
        Assert.NotNull(ways.Replacement);
    }

    [Fact]
    public void Trace_of_facts()
    {
        var page = Page("facts");

        var text = new TwoProjects().With("Shared", Program("facts")).Published["Shared"];

        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Contains(line.Trim(), page, StringComparison.Ordinal);
    }

    // Where a page says which rule reports its program.
    [Theory]
    [InlineData("concurrency", "AGL0706")]
    [InlineData("lifetimes-and-sharing", "AGL0703")]
    [InlineData("completed-tasks", "AGL0601")]
    public async Task Program_is_reported(string page, string rule)
    {
        var code = On(page, Library.AspNetCore);

        Assert.Contains(rule, Page(page), StringComparison.Ordinal);
        Assert.Contains(await AllRules.ReportsInAsync(code.Compilation), report => report.Id == rule);
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(Checkout.Root, "docs", "internals", name + ".md")).ReplaceLineEndings("\n");

    // The first block of C# on the page.
    private static string Program(string page)
    {
        var text = Page(page);
        var start = text.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static Compiled On(string page, params Library[] libraries) => Compiled.Using(libraries, Program(page));

    private static SyntaxTree TreeOf(Compiled code) => code.Compilation.SyntaxTrees.Last();

    private static SemanticModel SemanticsOf(Compiled code) => code.Model.SemanticsOf(TreeOf(code));

    private static SyntaxNode NodeAt(Compiled code, string text) => TreeOf(code).GetRoot(Cancellation).DescendantNodes().First(node => node.ToString() == text);

    // An expression within the smallest expression that begins with, or calls, what is named.
    private static IOperation OperationAt(Compiled code, string text, string within)
    {
        var around = TreeOf(code).GetRoot(Cancellation).DescendantNodes().OfType<ExpressionSyntax>()
            .Last(node => node is InvocationExpressionSyntax or MemberAccessExpressionSyntax && node.ToString().Contains(within, StringComparison.Ordinal) && node.DescendantNodes().Any(part => part.ToString() == text));
        return SemanticsOf(code).GetOperation(around.DescendantNodes().OfType<ExpressionSyntax>().First(node => node.ToString() == text), Cancellation)!;
    }

    private static IEnumerable<string> LocksAt(Compiled code, string text) => LockSets.Of(code.Model).HeldAt(NodeAt(code, text), Cancellation).Select(gate => gate.Name);
}

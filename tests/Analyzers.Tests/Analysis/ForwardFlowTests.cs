using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Analysis.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>The worklist engine and the graphs that it works on, by a flow that knows which markers have been passed on every path.</summary>
public sealed class ForwardFlowTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("A(); {|here:Here()|};", "A")]
    [InlineData("{|here:Here()|}; A();", "")]
    [InlineData("A(); B(); {|here:Here()|};", "A B")]
    [InlineData("if (c) A(); {|here:Here()|};", "")]
    [InlineData("if (c) A(); else A(); {|here:Here()|};", "A")]
    [InlineData("if (c) { A(); {|here:Here()|}; }", "A true")]
    [InlineData("if (c) { A(); } else { {|here:Here()|}; }", "false")]
    [InlineData("if (!c) { } else { {|here:Here()|}; }", "true")]
    [InlineData("if (!c) return; {|here:Here()|};", "true")]
    [InlineData("if (c) { A(); return; } {|here:Here()|};", "false")]
    [InlineData("if (c) A(); else throw new Exception(); {|here:Here()|};", "A true")]
    [InlineData("while (c) A(); {|here:Here()|};", "false")]
    [InlineData("while (c) { {|here:Here()|}; A(); }", "true")]
    [InlineData("do { A(); } while (c); {|here:Here()|};", "A false")]
    [InlineData("do { {|here:Here()|}; A(); } while (c);", "")]
    [InlineData("for (A(); c; B()) { {|here:Here()|}; }", "A true")]
    [InlineData("for (A(); ; B()) { C(); if (c) break; } {|here:Here()|};", "A C true")]
    [InlineData("foreach (var i in new[] { 1 }) A(); {|here:Here()|};", "")]
    [InlineData("A(); foreach (var i in new[] { 1 }) {|here:Here()|};", "A")]
    [InlineData("switch (n) { case 0: A(); break; default: A(); B(); break; } {|here:Here()|};", "A")]
    [InlineData("switch (n) { case 0: A(); break; } {|here:Here()|};", "")]
    [InlineData("_ = n switch { 0 => A(), _ => A() }; {|here:Here()|};", "A")]
    [InlineData("_ = n switch { 0 => A(), _ => {|here:Here()|} };", "")]
    [InlineData("_ = c ? A() : A(); {|here:Here()|};", "A")]
    [InlineData("_ = c && A() > 0; {|here:Here()|};", "")]
    [InlineData("_ = A() > 0 && B() > 0 && {|here:Here()|} > 0;", "A B")]
    [InlineData("again: A(); if (c) goto again; {|here:Here()|};", "A false")]
    [InlineData("goto skip; skip: A(); {|here:Here()|};", "A")]
    [InlineData("A(); throw new Exception(); {|here:Here()|};", null)]
    [InlineData("return; {|here:Here()|};", null)]
    [InlineData("using var d = Make(); A(); {|here:Here()|};", "A")]
    [InlineData("lock (this) { A(); } {|here:Here()|};", "A")]
    public void Branches_and_loops(string body, string? known) => Assert.Equal(known, Known(body));

    [Theory]
    [InlineData("try { A(); } catch { } {|here:Here()|};", "")]
    [InlineData("try { A(); } catch { throw; } {|here:Here()|};", "A")]
    [InlineData("try { A(); } catch { A(); } {|here:Here()|};", "A")]
    [InlineData("try { A(); B(); } catch { {|here:Here()|}; }", "")]
    [InlineData("A(); try { B(); } catch { {|here:Here()|}; }", "A")]
    [InlineData("A(); try { B(); } catch when ({|here:Here()|} > 0) { }", "A")]
    [InlineData("A(); try { B(); } catch when (C() > 0) { {|here:Here()|}; }", "A C")]
    [InlineData("try { A(); } finally { {|here:Here()|}; }", "")]
    [InlineData("A(); try { B(); return; } finally { {|here:Here()|}; }", "A")]
    [InlineData("try { A(); } finally { B(); } {|here:Here()|};", "A B")]
    [InlineData("try { A(); } finally { if (c) B(); } {|here:Here()|};", "A")]
    [InlineData("try { A(); } finally { Forget(); } {|here:Here()|};", "")]
    [InlineData("try { try { A(); } finally { B(); } } finally { C(); } {|here:Here()|};", "A B C")]
    [InlineData("try { A(); } finally { try { B(); } finally { C(); } } {|here:Here()|};", "A B C")]
    [InlineData("while (c) { try { A(); break; } finally { B(); } } {|here:Here()|};", "")]
    [InlineData("while (true) { try { A(); break; } finally { B(); } } {|here:Here()|};", "A B")]
    [InlineData("A(); try { Forget(); A(); } catch { {|here:Here()|}; }", "")]
    [InlineData("try { A(); } catch (InvalidOperationException) { A(); B(); } catch (Exception) { A(); } {|here:Here()|};", "A")]
    public void Exceptions(string body, string? known) => Assert.Equal(known, Known(body));

    [Theory]
    [InlineData("Action f = () => { A(); {|here:Here()|}; };", "A")]
    [InlineData("A(); Action f = () => { {|here:Here()|}; };", "")]
    [InlineData("A(); Action f = () => {|here:Here()|};", "")]
    [InlineData("Func<Action> f = () => { B(); return () => { A(); {|here:Here()|}; }; };", "A")]
    [InlineData("Action f = () => { try { Action g = () => { A(); {|here:Here()|}; }; } catch { } };", "A")]
    [InlineData("try { Action f = () => { try { A(); {|here:Here()|}; } finally { } }; } finally { }", "A")]
    [InlineData("void Local() { A(); {|here:Here()|}; }", "A")]
    [InlineData("int Local() => A() + {|here:Here()|};", "A")]
    [InlineData("void Local() { void Inner() { A(); {|here:Here()|}; } }", "A")]
    [InlineData("Action f = () => { void Inner() { A(); {|here:Here()|}; } };", "A")]
    [InlineData("void Local() { Action f = () => { A(); {|here:Here()|}; }; }", "A")]
    [InlineData("if (c) { void Local() { A(); {|here:Here()|}; } }", "A")]
    [InlineData("Action f = delegate { A(); {|here:Here()|}; };", "A")]
    [InlineData("_ = new[] { 1 }.Select(i => A() + {|here:Here()|});", "A")]
    public void Nested_functions_have_their_own_flow(string body, string? known) => Assert.Equal(known, Known(body));

    [Theory]
    [InlineData("int M() => A() + {|here:Here()|};")]
    [InlineData("int P => A() + {|here:Here()|};")]
    [InlineData("int P { get => A() + {|here:Here()|}; }")]
    [InlineData("int P { get { A(); return {|here:Here()|}; } }")]
    [InlineData("int this[int i] => A() + {|here:Here()|};")]
    [InlineData("event Action E { add { A(); {|here:Here()|}; } remove { } }")]
    [InlineData("int P { get; } = A() + {|here:Here()|};")]
    [InlineData("int field = A() + {|here:Here()|};")]
    [InlineData("static int field = 1, other = A() + {|here:Here()|};")]
    [InlineData("Func<int> field = () => A() + {|here:Here()|};")]
    [InlineData("public Desk() { A(); {|here:Here()|}; }")]
    [InlineData("public Desk() : this(A()) { {|here:Here()|}; } Desk(int n) { }")]
    [InlineData("public Desk() : this(A() + {|here:Here()|}) { } Desk(int n) { }")]
    [InlineData("static Desk() { A(); {|here:Here()|}; }")]
    [InlineData("~Desk() { A(); {|here:Here()|}; }")]
    [InlineData("public static int operator +(Desk x) => A() + {|here:Here()|};")]
    [InlineData("public static implicit operator int(Desk x) => A() + {|here:Here()|};")]
    public void Every_kind_of_member_has_a_flow(string member) => Assert.Equal("A", Passed.Before(Compiled.From(Desk(member))));

    [Fact]
    public void Top_level_statements_have_a_flow() =>
        Assert.Equal("A", Passed.Before(Compiled.Program("static class Steps { public static int A() => 1; public static int Here() => 1; }", "Steps.A();\nSystem.Console.WriteLine({|here:Steps.Here()|});")));

    [Fact]
    public void Lambda_in_top_level_statements_has_a_flow() =>
        Assert.Equal("A", Passed.Before(Compiled.Program("static class Steps { public static int A() => 1; public static int Here() => 1; }", "Func<int> f = () => Steps.A() + {|here:Steps.Here()|};\nf();")));

    [Theory]
    [InlineData("class C { void M(int n = {|here:1|}) { } }")]
    [InlineData("enum E { One = {|here:1|} }")]
    [InlineData("[Obsolete({|here:\"\"|})] class C { }")]
    [InlineData("class B(int n); class C() : B({|here:1|});")]
    [InlineData("abstract class C { public abstract int M(int n = {|here:1|}); }")]
    public void Place_outside_of_code_has_none(string source)
    {
        var code = Compiled.From(source);
        var function = FlowGraphs.FunctionAround(code.Node("here"));

        Assert.Null(function == null || FlowGraphs.Of(function, code.SemanticsOf("here"), Cancellation) is not { } graph ? null : new Passed().Solve(graph, Cancellation).Before(code.Node("here")));
    }

    [Theory]
    [InlineData("class C { void M() { A(); {|here:Here()|}; ")]
    [InlineData("class C { int M() => {|here:Here()|} + ; }")]
    [InlineData("class C { void M() { Action f = () => { {|here:Here()|}; } }")]
    [InlineData("void M() { {|here:Here()|}; }")]
    [InlineData("class C { int P { get { {|here:Here()|} }")]
    [InlineData("class C { void M() { goto nowhere; {|here:Here()|}; } }")]
    public void Code_that_does_not_compile_has_a_flow_or_none(string source)
    {
        var code = Compiled.Broken(source);
        var function = FlowGraphs.FunctionAround(code.Node("here"));

        var graph = function == null ? null : FlowGraphs.Of(function, code.SemanticsOf("here"), Cancellation);

        Assert.True(graph == null || new Passed().Solve(graph, Cancellation) != null);
    }

    [Fact]
    public void Cancellation_ends_the_flow()
    {
        var code = Compiled.From(Desk("void M() { {|here:Here()|}; }"));
        var graph = FlowGraphs.Of(FlowGraphs.FunctionAround(code.Node("here"))!, code.SemanticsOf("here"), Cancellation)!;

        Assert.ThrowsAny<OperationCanceledException>(() => new Passed().Solve(graph, new CancellationToken(canceled: true)));
    }

    // Handlers know it from the statement before.
    [Theory]
    [InlineData("try { A(); MANY } catch { {|here:Here()|}; }")]
    [InlineData("try { try { A(); MANY } finally { B(); } } catch { {|here:Here()|}; }")]
    public void Statement_that_changes_nothing_is_not_joined(string body)
    {
        Assert.Equal(JoinsIn(2), JoinsIn(50));

        int JoinsIn(int statements)
        {
            var code = Compiled.From(Desk($"void M() {{ {body.Replace("MANY", string.Concat(Enumerable.Repeat("Here(); ", statements)))} }}"));
            var flow = new Passed();
            flow.Run(FlowGraphs.Of(FlowGraphs.FunctionAround(code.Node("here"))!, code.SemanticsOf("here"), Cancellation)!, Cancellation);
            return flow.Joins;
        }
    }

    private static string? Known(string body) => Passed.Before(Compiled.From(Desk($"void M(bool c, int n) {{ {body} }}")));

    private static string Desk(string member) => $$"""
        #pragma warning disable
        class Desk
        {
            static int A() => 1;
            static int B() => 1;
            static int C() => 1;
            static int Here() => 1;
            static void Forget() { }
            static IDisposable Make() => new System.IO.MemoryStream();
            {{member}}
        }
        """;

    private sealed record Names(ImmutableSortedSet<string> All)
    {
        public bool Equals(Names? other) => other != null && All.SetEquals(other.All);

        public override int GetHashCode() => All.Count;

        public override string ToString() => string.Join(' ', All);
    }

    /// <summary>Which of A, B and C have been called on every path, and what the condition 'c' was.</summary>
    private sealed class Passed : ForwardFlow<Names>
    {
        protected override Names Initial { get; } = new([]);

        public static string? Before(Compiled code)
        {
            var semantics = code.SemanticsOf("here");
            var function = FlowGraphs.FunctionAround(code.Node("here"));
            var graph = function == null ? null : FlowGraphs.Of(function, semantics, Cancellation);
            Assert.NotNull(graph);
            // 'A() + Here()' is one statement: what it has passed itself is added.
            var before = new Passed().Solve(graph, Cancellation).Before(code.Node("here"));
            return before == null ? null : new Names(before.All.Union(Left(code.Node("here")))).ToString();
        }

        public int Joins { get; private set; }

        protected override Names Join(Names left, Names right)
        {
            Joins++;
            return new(left.All.Intersect(right.All));
        }

        protected override Names Transfer(IOperation operation, Names state)
        {
            foreach (var part in operation.DescendantsAndSelf())
                if (part is IInvocationOperation { TargetMethod.Name: var name })
                    state = name == "Forget" ? Initial : name is "A" or "B" or "C" ? new(state.All.Add(name)) : state;
            return state;
        }

        protected override Names Assume(IOperation condition, bool outcome, Names state)
        {
            if (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
                return Assume(not.Operand, !outcome, state);
            return condition is IParameterReferenceOperation { Parameter.Name: "c" } ? new(state.All.Add(outcome ? "true" : "false")) : state;
        }

        private static IEnumerable<string> Left(SyntaxNode here) =>
            here.Parent is Microsoft.CodeAnalysis.CSharp.Syntax.BinaryExpressionSyntax { Left: Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax { Expression: Microsoft.CodeAnalysis.CSharp.Syntax.IdentifierNameSyntax or Microsoft.CodeAnalysis.CSharp.Syntax.MemberAccessExpressionSyntax } left } && left.ToString().EndsWith("A()", StringComparison.Ordinal)
                ? ["A"]
                : [];
    }
}

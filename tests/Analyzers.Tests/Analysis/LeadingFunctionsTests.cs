using AgentLint.Analysis.Summaries;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Which functions may lead to a place, by the text alone: never fewer than do, and few others.</summary>
public sealed class LeadingFunctionsTests
{
    private const string Model = "public class Model { public void Ask() { } } ";

    [Theory]
    // By what stands around the place, and by who calls that in turn.
    [InlineData("class One { public void Goal(Model m) { Way(m); } void Way(Model m) { m.Ask(); } }")]
    [InlineData("class One { public void Way(Model m) { m.Ask(); } } class Two { public void Goal(One one, Model m) { one.Way(m); } }")]
    // Optional and further arguments, and the receiver of an extension.
    [InlineData("class One { void Way(Model m, int n = 0) { m.Ask(); } public void Goal(Model m) { Way(m); } }")]
    [InlineData("class One { void Way(params Model[] all) { all[0].Ask(); } public void Goal(Model m) { Way(m, m, m); } }")]
    [InlineData("static class One { public static void Way(this Model m, int n) { m.Ask(); } public static void Goal(Model m) { m.Way(1); } }")]
    [InlineData("static class One { public static void Way(this Model m, int n) { m.Ask(); } public static void Goal(Model m) { Way(m, 1); } }")]
    // The interface says what may be left out.
    [InlineData("interface IWay { void Way(Model m, int n = 0); } class One : IWay { public void Way(Model m, int n) { m.Ask(); } } class Two { public void Goal(IWay way, Model m) { way.Way(m); } }")]
    [InlineData("interface IWay { void Way(Model m); } class One : IWay { void IWay.Way(Model m) { m.Ask(); } } class Two { public void Goal(IWay way, Model m) { way.Way(m); } }")]
    // A group of methods is a value.
    [InlineData("class One { static void Way(Model m, int n) { m.Ask(); } public System.Action<Model, int> Goal() => Way; }")]
    [InlineData("class One { static void Way(Model m, int n) { m.Ask(); } public void Goal(System.Collections.Generic.List<Model> all) { System.Linq.Enumerable.Aggregate(all, 0, Take); int Take(int n, Model m) { Way(m, n); return n; } } }")]
    // Properties are asked, set, and matched.
    [InlineData("class One { Model m = new(); public int Way { get { m.Ask(); return 1; } } } class Two { public string Goal(One one) => one.Way.ToString(); }")]
    [InlineData("class One { Model m = new(); public int Way { set { m.Ask(); } } } class Two { public void Goal() { _ = new One { Way = 1 }; } }")]
    [InlineData("class One { Model m = new(); public int Way { get { m.Ask(); return 1; } } } class Two { public bool Goal(One one) => one is { Way: 1 }; }")]
    // Another part of the type, and a type within it.
    [InlineData("partial class One { void Way(Model m) { m.Ask(); } } partial class One { public void Goal(Model m) { Way(m); } }")]
    [InlineData("class One { static void Way(Model m) { m.Ask(); } class Two { public void Goal(Model m) { Way(m); } } }")]
    // A local function that calls another one.
    [InlineData("class One { public void Goal(Model m) { Two(); void Two() { Way(); } void Way() { m.Ask(); } } }")]
    public void What_may_lead_there_is_found(string source) => Assert.Contains("Goal", LeadingTo("Ask", source));

    [Theory]
    // Another number of arguments.
    [InlineData("class One { void Way(Model m, int n) { m.Ask(); } void Way(Model m) { } public void Goal(Model m) { Way(m); } }")]
    [InlineData("class One { public void Way(Model m) { m.Ask(); } } class Two { public void Way(Model m, int n) { } public void Goal(Model m) { Way(m, 1); } }")]
    // What a type keeps to itself, and what a function does.
    [InlineData("class One { void Way(Model m) { m.Ask(); } } class Two { public void Way(Model m) { } public void Goal(Model m) { Way(m); } }")]
    [InlineData("class One { public void Other(Model m) { Way(); void Way() { m.Ask(); } } } class Two { public void Way() { } public void Goal() { Way(); } }")]
    // Neither a type, nor what is asked for a member, nor the name of an argument is a method.
    [InlineData("class One { public void Way(Model m) { m.Ask(); } } class Two { public void Goal() { Three.Way way = default; } } class Three { public struct Way { } }")]
    [InlineData("class One { public void Way(Model m) { m.Ask(); } } class Two { string Way = \"\"; public int Goal() => Way.Length; }")]
    [InlineData("class One { public void Way(Model m) { m.Ask(); } } class Two { void Other(int Way) { } public void Goal() { Other(Way: 1); } }")]
    [InlineData("class One { public void Way(Model m) { m.Ask(); } } class Two { int Way; public void Goal() { Way = 1; } }")]
    // Words are no names.
    [InlineData("class One { public void Way(Model m) { m.Ask(); } } class Two { /* Way */ public string Goal() => \"Way\"; }")]
    public void What_cannot_lead_there_is_not_found(string source) => Assert.DoesNotContain("Goal", LeadingTo("Ask", source));

    [Fact]
    public void A_place_leads_on_from_the_functions_around_it()
    {
        const string Source = "class One { public void Goal() { Way(); void Way() { Start(); } } void Start() { } void Other() { } }";
        var program = Compiled.From(Source);
        var found = LeadingFunctions.From(program.Compilation, tree => ([], tree.ToString() == Source ? [Source.IndexOf("Start", StringComparison.Ordinal)] : []), TestContext.Current.CancellationToken);

        Assert.Equal(["Goal", "Way"], found.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_means_a_function_by_the_way_it_is_used()
    {
        var program = Compiled.Broken(Model + "class One { public void Way(Model m) { m.Ask(); } void Other(Model m) { Way(m); Way(m, 1); Way.Length(); } }");
        var found = LeadingFunctions.From(program.Compilation, _ => (["Ask"], []), TestContext.Current.CancellationToken);
        var names = program.Compilation.SyntaxTrees.SelectMany(tree => tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes()).OfType<SimpleNameSyntax>()
            .Where(name => name.Identifier.ValueText == "Way");

        Assert.Equal(["Way(m)"], names.Where(found.MayBeMeantBy).Select(name => name.Parent!.ToString()));
    }

    private static IReadOnlyCollection<string> LeadingTo(string name, string source) =>
        LeadingFunctions.From(Compiled.From(Model + source).Compilation, _ => ([name], []), TestContext.Current.CancellationToken).Names;
}

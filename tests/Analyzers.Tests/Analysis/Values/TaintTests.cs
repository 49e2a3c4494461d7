using AgentLint.Analysis;
using AgentLint.Analysis.Values;
using Xunit;

namespace AgentLint.Tests.Analysis.Values;

/// <summary>Which values reach <c>Sql(…)</c>, a sink of the test's own catalogue, and by which way.</summary>
public sealed class TaintTests
{
    private const string Catalogue = """
        taint-source App.Model.Say kind=answer
        sink App.Base.Sql kind=sql parameter=text
        sink App.Base.Open kind=path parameter=path access=write
        sink App.Base.Fetch kind=address parameter=address
        sink App.Base.Read kind=parse parameter=text
        verifier App.Base.Validate
        verifier App.Base.Plain clears=all
        human-input App.Base.Ask
        """;

    private const string Base = """
        using System.IO;
        using System.Text;
        using System.Text.Json;
        using System.Text.RegularExpressions;
        namespace App;
        public class Model { public string Say() => ""; public string[] Words { get; } = []; }
        public record Plan(string Text, int Number) { public string? Note { get; set; } public string Upper => Text.ToUpperInvariant(); }
        public class Box { public string? Content; public void Put(string text) => Content = text; public string Take() => Content + ""; }
        public class Base
        {
            public static void Sql(string text) { }
            public static void Open(string path) { }
            public static void Fetch(string address) { }
            public static void Read(string text) { }
            public static bool Validate(string text) => text.Length < 5;
            public static string Plain(string text) => text;
            public static bool Ask() => false;
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // ---- how values are followed -------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var a = model.Say(); Sql(a);")]
    [InlineData("string a; a = model.Say(); Sql(a);")]
    [InlineData("Sql(\"select \" + model.Say());")]
    [InlineData("Sql($\"select {model.Say()}\");")]
    [InlineData("Sql(string.Format(\"select {0}\", model.Say()));")]
    [InlineData("Sql(string.Concat(\"a\", model.Say()));")]
    [InlineData("Sql(string.Join(\",\", new[] { model.Say() }));")]
    [InlineData("var a = \"\"; a += model.Say(); Sql(a);")]
    [InlineData("var b = new StringBuilder(); b.Append(\"x\").Append(model.Say()); Sql(b.ToString());")]
    [InlineData("Sql(model.Say().Trim().ToUpperInvariant());")]
    [InlineData("Sql(model.Say().Split(' ')[0]);")]
    [InlineData("Sql(flag ? model.Say() : \"select 1\");")]
    [InlineData("string? a = null; Sql(a ?? model.Say());")]
    [InlineData("Sql(model?.Say()!);")]
    [InlineData("string a; if (flag) a = model.Say(); else a = \"x\"; Sql(a);")]
    [InlineData("var a = \"x\"; for (var i = 0; i < 2; i++) { Sql(a); a = model.Say(); }")]
    [InlineData("try { throw new Exception(); } catch { } finally { Sql(model.Say()); }")]
    [InlineData("switch (model.Say()) { case var text: Sql(text); break; }")]
    [InlineData("if (model.Say() is { Length: > 3 } text) Sql(text);")]
    [InlineData("object o = model.Say(); Sql((string)o);")]
    public void Text_is_followed(string code) => Assert.NotEmpty(FlowsOf(code));

    [Theory]
    [InlineData("var p = new Plan(model.Say(), 1); Sql(p.Text);")]
    [InlineData("var p = new Plan(\"\", 1) { Note = model.Say() }; Sql(p.Note!);")]
    [InlineData("var p = new Plan(\"\", 1); p.Note = model.Say(); Sql(p.Note);")]
    [InlineData("var p = new Plan(\"\", 1) with { Text = model.Say() }; Sql(p.Text);")]
    [InlineData("var p = new Plan(model.Say(), 1); Sql(p.Upper);")]
    [InlineData("var t = (1, model.Say()); Sql(t.Item2);")]
    [InlineData("var (n, text) = (1, model.Say()); Sql(text);")]
    [InlineData("var o = new { A = model.Say() }; Sql(o.A);")]
    [InlineData("var l = new List<string>(); l.Add(model.Say()); Sql(l[0]);")]
    [InlineData("var l = new List<string> { model.Say() }; foreach (var x in l) Sql(x);")]
    [InlineData("string[] l = [model.Say()]; Sql(l[0]);")]
    [InlineData("var d = new Dictionary<string, string>(); d[\"a\"] = model.Say(); Sql(d[\"a\"]);")]
    [InlineData("var d = new Dictionary<string, string> { [\"a\"] = model.Say() }; if (d.TryGetValue(\"a\", out var x)) Sql(x);")]
    [InlineData("foreach (var w in model.Say().Split(',').Select(w => w.Trim()).Where(w => w.Length > 0)) Sql(w);")]
    [InlineData("var p = JsonSerializer.Deserialize<Plan>(model.Say())!; Sql(p.Text);")]
    [InlineData("using var d = JsonDocument.Parse(model.Say()); Sql(d.RootElement.GetProperty(\"sql\").GetString()!);")]
    [InlineData("Sql(JsonSerializer.Serialize(new { a = model.Say() }));")]
    [InlineData("var q = new Queue<string>(); q.Enqueue(model.Say()); Sql(q.Dequeue());")]
    public void Data_is_followed(string code) => Assert.NotEmpty(FlowsOf(code));

    [Theory]
    [InlineData("Run(model.Say()); void Run(string text) => Sql(text);")]
    [InlineData("Sql(Make()); string Make() => model.Say();")]
    [InlineData("Action run = () => Sql(model.Say()); run();")]
    [InlineData("var text = model.Say(); Action run = () => Sql(text); run();")]
    [InlineData("var text = \"\"; void Fill() { text = model.Say(); } Fill(); Sql(text);")]
    [InlineData("Sql(await Task.Run(() => model.Say()));")]
    [InlineData("Sql(await Task.FromResult(model.Say()));")]
    [InlineData("model.Say().Split(',').ToList().ForEach(x => Sql(x));")]
    [InlineData("foreach (var x in model.Say().Split(',').Select(Id)) Sql(x); string Id(string s) => s;")]
    public void Functions_are_followed(string code) => Assert.NotEmpty(FlowsOf(code));

    [Theory]
    [InlineData("Sql(Helper()); } private string Helper() => model.Say(); void Other() {", "C.Helper → C.Run")]
    [InlineData("Deep(model.Say()); } private void Deep(string a) => Deeper(a); private void Deeper(string b) => Sql(b); void Other() {", "C.Run → C.Deep → C.Deeper")]
    [InlineData("Sql(Same(model.Say())); } private static string Same(string text) => \"x\" + text; void Other() {", "C.Run")]
    [InlineData("var b = new Box(); b.Put(model.Say()); Sql(b.Take()); } void Other() {", "C.Run")]
    [InlineData("Fill(out var text); Sql(text); } private void Fill(out string text) => text = model.Say(); void Other() {", "C.Run")]
    [InlineData("Sql(Pair().Second); } private (int First, string Second) Pair() => (1, model.Say()); void Other() {", "C.Pair → C.Run")]
    [InlineData("Twice(model.Say(), 3); } private void Twice(string a, int n) { if (n == 0) Sql(a); else Twice(a, n - 1); } void Other() {", "C.Run → C.Twice")]
    [InlineData("One(model.Say()); } private void One(string a) => Two(a); private void Two(string a) { One(a); Sql(a); } void Other() {", "C.Run → C.One → C.Two")]
    public void Methods_are_followed_with_the_way(string code, string way) =>
        Assert.StartsWith(way, Assert.Single(FlowsOf(code), flow => flow.Function.Name == "Run") is var found ? WayOf(found) : "", StringComparison.Ordinal);

    [Fact]
    public void Field_that_another_method_fills_is_a_may()
    {
        var flow = Assert.Single(FlowsOf("last = model.Say(); } private string? last; void Other() { Sql(last!);"));

        Assert.Equal("Other", flow.Function.Name);
        Assert.True(flow.Hit.Facts.Traits.HasFlag(TaintTraits.May));
    }

    [Fact]
    public void Value_out_of_json_is_known_for_parsed() =>
        Assert.True(Assert.Single(FlowsOf("Sql(JsonSerializer.Deserialize<Plan>(model.Say())!.Text);"), flow => flow.Hit.Member.Name == "Sql").Hit.Facts.Traits.HasFlag(TaintTraits.Parsed));

    // ---- what is not tainted -------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("Sql(\"select 1\");")]
    [InlineData("var a = model.Say(); Sql(\"x\");")]
    [InlineData("var a = model.Say(); a = \"x\"; Sql(a);")]
    [InlineData("Sql($\"{model.Say().Length}\");")]
    [InlineData("Sql($\"{int.Parse(model.Say())}\");")]
    [InlineData("Sql($\"{JsonSerializer.Deserialize<Plan>(model.Say())!.Number}\");")]
    [InlineData("var p = new Plan(\"select 1\", 1) { Note = model.Say() }; Sql(p.Text);")]
    [InlineData("var t = (model.Say(), \"x\"); Sql(t.Item2);")]
    [InlineData("var d = new Dictionary<string, string> { [\"a\"] = \"select 1\" }; Sql(d[model.Say()]);")]
    [InlineData("var d = new Dictionary<string, string> { [\"a\"] = \"select 1\" }; Sql(d.GetValueOrDefault(model.Say(), \"\"));")]
    [InlineData("if (table.TryGetValue(model.Say(), out var x)) Sql(x); } private static readonly Dictionary<string, string> table = []; void Other() {")]
    [InlineData("Sql(File.ReadAllText(Path.GetFileName(model.Say())));")]
    [InlineData("foreach (var n in model.Say().Split(',').Select(x => x.Length)) Sql($\"{n}\");")]
    [InlineData("Sql(Plain(model.Say()));")]
    public void Not_tainted(string code) => Assert.DoesNotContain(FlowsOf(code), flow => flow.Hit.Member.Name == "Sql");

    // ---- conditions -------------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("if (a == \"x\") Sql(a);")]
    [InlineData("if (a != \"x\") return; Sql(a);")]
    [InlineData("if (a is \"x\" or \"y\") Sql(a);")]
    [InlineData("if (a is not (\"x\" or \"y\")) return; Sql(a);")]
    [InlineData("switch (a) { case \"x\": Sql(a); break; }")]
    [InlineData("if (known.Contains(a)) Sql(a);")]
    [InlineData("if (!known.Contains(a)) throw new Exception(); Sql(a);")]
    [InlineData("if (flag && known.Contains(a)) Sql(a);")]
    [InlineData("if (!flag || !known.Contains(a)) return; Sql(a);")]
    [InlineData("var ok = flag && known.Contains(a); if (ok) Sql(a);")]
    [InlineData("var ok = known.Contains(a) ? true : false; if (!ok) return; Sql(a);")]
    [InlineData("if (known.Any(k => k == a)) Sql(a);")]
    [InlineData("if (a.All(char.IsLetter)) Sql(a);")]
    [InlineData("if (Regex.IsMatch(a, \"^x$\")) Sql(a);")]
    [InlineData("if (Guid.TryParse(a, out _)) Sql(a);")]
    [InlineData("if (Validate(a)) Sql(a);")]
    [InlineData("if (Ask()) Sql(a);")]
    [InlineData("if (!Ask()) return; Sql(a);")]
    [InlineData("if (Good(a)) Sql(a); bool Good(string s) => known.Contains(s);")]
    [InlineData("Must(a); Sql(a); void Must(string s) { if (!known.Contains(s)) throw new Exception(); }")]
    [InlineData("var b = \"select \" + a; if (!known.Contains(a)) return; Sql(b);")]
    [InlineData("while (!known.Contains(a)) a = model.Say(); Sql(a);")]
    public void Checked(string code) => Assert.Empty(FlowsOf("var a = model.Say(); " + code));

    [Theory]
    [InlineData("if (a.Contains(\"drop\")) return; Sql(a);")]
    [InlineData("if (known.Contains(a)) return; Sql(a);")]
    [InlineData("if (known.Any(k => a.Contains(k))) return; Sql(a);")]
    [InlineData("if (flag || known.Contains(a)) Sql(a);")]
    [InlineData("if (known.Contains(a)) { } Sql(a);")]
    [InlineData("if (a != null && a.Length < 100) Sql(a);")]
    [InlineData("var other = model.Say(); if (known.Contains(other)) Sql(a);")]
    [InlineData("if (known.Contains(a)) { a = model.Say(); Sql(a); }")]
    [InlineData("Sql(a); if (!known.Contains(a)) return;")]
    [InlineData("try { Must(a); } catch { } Sql(a); void Must(string s) { if (!known.Contains(s)) throw new Exception(); }")]
    [InlineData("var ok = known.Contains(a); Sql(a);")]
    [InlineData("if (Path.GetExtension(a) == \".sql\") Sql(a);")]
    [InlineData("var b = Plain(a); Sql(a);")]
    [InlineData("if (Ask()) Console.WriteLine(); Sql(a);")]
    [InlineData("var isGood = Validate(a); Console.WriteLine(isGood); Sql(a);")]
    public void Not_checked(string code) => Assert.NotEmpty(FlowsOf("var a = model.Say(); " + code));

    [Theory]
    [InlineData("Open(a);", true)]
    [InlineData("Open(Path.Combine(root, a));", true)]
    [InlineData("Open(Path.GetFullPath(Path.Combine(root, a)));", true)]
    [InlineData("Open(Path.Combine(root, Path.GetFileName(a)));", false)]
    [InlineData("var p = Path.GetFullPath(a); if (p.StartsWith(root + \"/\")) Open(p);", false)]
    [InlineData("var p = Path.GetFullPath(a); if (Inside(p)) Open(p); bool Inside(string s) => s == root || s.StartsWith(root + \"/\");", false)]
    [InlineData("var home = root.EndsWith('/') ? root : root + \"/\"; var p = Path.GetFullPath(a); if (p.StartsWith(home)) Open(p);", false)]
    [InlineData("var p = Path.GetFullPath(a); if (p.StartsWith(root)) Open(p);", true)]
    [InlineData("if (a.StartsWith(root + \"/\")) Open(a);", true)]
    [InlineData("var p = Path.GetFullPath(a); if (p.StartsWith(root + \"/\")) Open(a);", true)]
    [InlineData("if (Path.GetRelativePath(root, a).StartsWith(\"..\")) return; Open(a);", false)]
    [InlineData("if (a.Contains(\"..\")) return; Open(a);", true)]
    [InlineData("if (a.Contains(\"..\") || Path.IsPathRooted(a)) return; Open(a);", false)]
    public void Paths(string code, bool isTainted) => Assert.Equal(isTainted, FlowsOf("var a = model.Say(); var root = \"/data\"; " + code).Any());

    [Theory]
    [InlineData("Fetch(a);", true)]
    [InlineData("Fetch(\"https://\" + a);", true)]
    [InlineData("Fetch($\"https://{a}/x\");", true)]
    [InlineData("Fetch($\"https://host/{a}\");", false)]
    [InlineData("Fetch(\"items/\" + a);", false)]
    [InlineData("Fetch(root + a);", false)]
    [InlineData("if (new Uri(a).Host == \"host\") Fetch(a);", false)]
    [InlineData("if (new Uri(a).Scheme == \"https\") Fetch(a);", true)]
    [InlineData("if (a.StartsWith(\"https://host/\")) Fetch(a);", false)]
    [InlineData("if (a.StartsWith(\"https://host\")) Fetch(a);", true)]
    public void Addresses(string code, bool isTainted) => Assert.Equal(isTainted, FlowsOf("var a = model.Say(); var root = Environment.MachineName; " + code).Any());

    // ---- bounds -----------------------------------------------------------------------------------------------------------------------

    [Fact]
    public void Order_of_files_does_not_matter()
    {
        const string One = "using static App.Base; namespace App; public class A(Model model) { public void Run() => new B().Go(model.Say()); }";
        const string Two = "using static App.Base; namespace App; public class B { public void Go(string text) { if (text.Length > 1) Go(text.Substring(1)); Sql(text); } }";

        Assert.Equal(
            Flows(Compiled.With(Catalogue, Base, One, Two)).Select(WayOf),
            Flows(Compiled.With(Catalogue, Base, Two, One)).Select(WayOf));
    }

    [Fact]
    public void Function_is_analysed_once_for_each_choice_of_parameters()
    {
        var calls = string.Concat(Enumerable.Range(0, 40).Select(i => $"Deep{i}(model.Say());"));
        var helpers = string.Concat(Enumerable.Range(0, 40).Select(i => $"private void Deep{i}(string text) => Last(text);"));
        var engine = EngineOf($"{calls} }} {helpers} private void Last(string text) => Sql(text); void Other() {{");

        Assert.Equal(40, engine.Findings.Length);
        Assert.InRange(engine.Runs, 42, 50);
        Assert.False(engine.IsCut);
    }

    [Fact]
    public void Nothing_is_analysed_without_a_sink()
    {
        var engine = Taint.Of(Compiled.With(Catalogue.Replace("sink", "# sink", StringComparison.Ordinal), "namespace App; public class Model { public string Say() => \"\"; } public class C(Model model) { string Run() => model.Say(); }").Model, Cancellation);

        Assert.Equal(0, engine.Runs);
    }

    [Fact]
    public void Functions_that_call_each_other_end() =>
        Assert.NotEmpty(FlowsOf("Ping(model.Say()); } string Ping(string a) => a.Length > 9 ? Pong(a + \"x\") : a; string Pong(string b) { Sql(b); return Ping(b) + Pong(b); } void Other() {"));

    private static Taint EngineOf(string code) =>
        Taint.Of(Compiled.With(Catalogue, Base, $$"""
            using System.IO;
            using System.Text;
            using System.Text.Json;
            using System.Text.RegularExpressions;
            using static App.Base;
            namespace App;
            public class C(Model model, HashSet<string> known, bool flag)
            {
                public async Task Run() { await Task.Yield(); {{code}} }
            }
            """).Model, Cancellation);

    private static IEnumerable<TaintFinding> FlowsOf(string code) => EngineOf(code).Findings.Where(flow => flow.Hit.Member.ContainingType.Name == "Base");

    private static IEnumerable<TaintFinding> Flows(Compiled program) => Taint.Of(program.Model, Cancellation).Findings;

    private static string WayOf(TaintFinding flow) =>
        string.Join(" → ", flow.Hit.Facts.Via.Select(step => step.Called).Append(flow.Function).Concat(flow.Hit.Calls.Select(step => step.Called)).Select(Witness.NameOf));
}

using AgentLint.Catalogue;
using AgentLint.Model;
using AgentLint.Tests.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Model;

/// <summary>Where names stand in a file, by its characters; and what they are used for, by binding.</summary>
public sealed class NameIndexTests
{
    private static readonly NameSet Names = new(["Wait", "Result", "Schließen"]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("class C { void M() { t.Wait(); } }", "Wait()")]
    [InlineData("class C { void M() { Wait(); Wait(); } }", "Wait(); Wait()", "Wait()")]
    [InlineData("class C { void M() { t.Wait<int>(); } }", "Wait<int>()")]
    [InlineData("class C { void M() { t?.Wait(); } }", "Wait()")]
    [InlineData("class C { void M() { x = nameof(Wait); } }", "Wait)")]
    [InlineData("class C { void M() { x = $\"{Wait}\"; } }", "Wait}")]
    [InlineData("#if X\n#else\nclass C { int x = Wait; }\n#endif", "Wait;")]
    [InlineData("class C { void M() { (Wait: 1, t).ToString(); } }", "Wait: 1")]
    [InlineData("Wait();", "Wait();")]
    public void Name_is_used(string source, params string[] at)
    {
        var uses = Uses(source, "Wait");

        Assert.Equal(at.Length, uses.Count);
        Assert.All(uses.Zip(at), pair => Assert.StartsWith(pair.Second, source[pair.First.SpanStart..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("class C { /* Wait */ } // Wait")]
    [InlineData("/// <see cref=\"Wait\"/>\nclass C { }")]
    [InlineData("class C { string s = \"Wait\", t = \"\"\"Wait\"\"\", u = @\"Wait\"; char c = 'W'; }")]
    [InlineData("class C { void Wait() { } }")]
    [InlineData("class Wait { int Result; }")]
    [InlineData("class C { void M(int Wait) { } }")]
    [InlineData("#if Wait\nclass C { int x = Wait; }\n#endif")]
    [InlineData("class C { int x = Waiting + _Wait + WAIT; }")]
    public void Name_is_not_used(string source) => Assert.Empty(Uses(source, "Wait"));

    [Fact]
    public void Names_of_other_alphabets_are_found() => Assert.Single(Uses("class C { void M() { t.Schließen(); } }", "Schließen"));

    [Theory]
    [InlineData("class C { void M() { t.@Wait(); } }")]
    [InlineData("class C { void M() { t.W\\u0061it(); } }")]
    public void Verbatim_and_escaped_names_are_missed(string source) => Assert.Empty(Uses(source, "Wait"));

    [Fact]
    public void Index_is_made_once_per_file()
    {
        var tree = CSharpSyntaxTree.ParseText("class C { }", cancellationToken: Cancellation);
        var index = NameIndex.Of(tree, Cancellation);

        Assert.Same(index, NameIndex.Of(tree, Cancellation));
        Assert.NotSame(index, NameIndex.Of(CSharpSyntaxTree.ParseText("class C { }", cancellationToken: Cancellation), Cancellation));
    }

    [Fact]
    public void Names_that_stand_in_a_file_are_listed_in_the_order_of_the_text()
    {
        var index = NameIndex.Of(CSharpSyntaxTree.ParseText("class C { int Result => 1; /* Wait */ int x = Result; }", cancellationToken: Cancellation), Cancellation);

        Assert.Equal(["Result", "Wait"], index.Among(Names));
        Assert.True(index.MentionsAny(Names));
        Assert.True(index.Mentions("Wait"));
        Assert.True(index.Mentions("class"));
        Assert.False(index.Mentions("Schließen"));
        Assert.False(index.MentionsAny(new NameSet(["Wai", "Resul", "Results", ""])));
    }

    [Fact]
    public void Places_of_a_word_are_in_order_and_whole()
    {
        const string Source = "await a; awaited; await b; /* await */ Await";
        var index = NameIndex.Of(CSharpSyntaxTree.ParseText(Source, cancellationToken: Cancellation), Cancellation);

        Assert.Equal([0, 18, 30], index.PositionsOf("await"));
        Assert.Equal([Source.Length - "Await".Length], index.PositionsOf("Await"));
        Assert.Empty(index.PositionsOf("b a"));
    }

    [Fact]
    public void Words_are_counted_within_a_part()
    {
        var index = NameIndex.Of(CSharpSyntaxTree.ParseText("await a; await b; await c;", cancellationToken: Cancellation), Cancellation);

        Assert.Equal(2, index.CountWithin(new TextSpan(1, 20), "await", most: 5));
        Assert.Equal(1, index.CountWithin(new TextSpan(0, 30), "await"));
        Assert.Equal(0, index.CountWithin(new TextSpan(1, 8), "await"));
    }

    /// <summary>Two English words of one hash, by which words are looked up.</summary>
    [Fact]
    public void Words_of_one_hash_are_told_apart()
    {
        var index = NameIndex.Of(CSharpSyntaxTree.ParseText("liquid costarring liquid costarring", cancellationToken: Cancellation), Cancellation);

        Assert.Equal(NameSet.HashOf("liquid"), NameSet.HashOf("costarring"));
        Assert.Equal([0, 18], index.PositionsOf("liquid"));
        Assert.Equal([7, 25], index.PositionsOf("costarring"));
        Assert.Equal(["liquid", "costarring"], index.Among(new NameSet(["costarring", "liquid"])));
        Assert.Equal(["costarring"], index.Among(new NameSet(["costarring"])));
        Assert.Equal(2, index.CountWithin(new TextSpan(0, 35), "costarring", most: 9));
    }

    /// <summary>A table of all words must find what a walk over them finds, whatever falls into one bucket.</summary>
    [Fact]
    public void Every_word_of_a_long_text_is_found_where_it_stands()
    {
        var words = Enumerable.Range(0, 5_000).Select(i => "w" + (i % 701)).ToArray();
        var index = NameIndex.Of(CSharpSyntaxTree.ParseText(string.Join(" ", words), cancellationToken: Cancellation), Cancellation);
        var places = words.Aggregate((Places: new List<int>(), At: 0), (sum, word) => (Append(sum.Places, sum.At), sum.At + word.Length + 1)).Places;

        foreach (var word in words.Distinct())
            Assert.Equal(places.Where((_, i) => words[i] == word), index.PositionsOf(word));

        static List<int> Append(List<int> list, int place)
        {
            list.Add(place);
            return list;
        }
    }

    [Theory]
    [InlineData("class C { void M(Task<int> t) => _ = {|use:t.Result|}; }", "blocking-wait System.Threading.Tasks.Task`1.Result")]
    [InlineData("class C { void M(Task t) => t.Wait(); class Task { public void Wait() { } } }", null)]
    [InlineData("class C { void M() => Thread.Sleep(1); }", "sleep System.Threading.Thread.Sleep")]
    [InlineData("using static System.Threading.Thread; class C { void M() => Sleep(1); }", "sleep System.Threading.Thread.Sleep")]
    [InlineData("using T = System.Threading.Thread; class C { void M() => T.Sleep(1); }", "sleep System.Threading.Thread.Sleep")]
    [InlineData("class C { void M() => Sleep(1); void Sleep(int n) { } }", null)]
    [InlineData("class C { string M() => nameof(Thread.Sleep); }", null)]
    public void Query_gives_what_names_mean(string source, string? entry) => Assert.Equal(entry == null ? [] : [entry], Query(source));

    [Fact]
    public void Static_member_that_is_imported_for_all_files_is_found() =>
        Assert.Equal(["sleep System.Threading.Thread.Sleep"], Query("class C { void M() => Sleep(1); }", "global using static System.Threading.Thread;"));

    [Fact]
    public void Static_member_of_a_global_alias_is_found() =>
        Assert.Equal(["sleep System.Threading.Thread.Sleep"], Query("class C { void M() => T.Sleep(1); }", "global using T = System.Threading.Thread;"));

    /// <summary>A static member is looked for where its type is named, or everywhere where the type is imported.</summary>
    [Theory]
    [InlineData("Rest()", "global using static Own.Pauses;")]
    [InlineData("P.Rest()", "global using P = Own.Pauses;")]
    [InlineData("Own.Pauses.Rest()", "")]
    [InlineData("1.Rest()", "global using Own;")]
    public void Static_member_of_a_users_catalogue_is_found(string call, string import)
    {
        var code = Compiled.With(
            "sleep Own.Pauses.Rest", $"class C {{ void M() => {call}; }}", $"{import} namespace Own {{ static class Pauses {{ public static void Rest() {{ }} public static void Rest(this int n) {{ }} }} }}");

        Assert.Equal(["sleep Own.Pauses.Rest"], Query(code));
    }

    /// <summary>A member of an object may be used where nothing names its type, and as a method group.</summary>
    [Theory]
    [InlineData("sleep Own.Bed.Rest", "class C : Own.Make { Action M() => It().Rest; }", "Bed")]
    [InlineData("sleep Own.Bed.Rest", "class C : Own.Bed { Action M() => Rest; }", "Bed")]
    [InlineData("sleep Own.Sofa.Rest\nsleep Own.Bed.Rest", "class C : Own.Make { void M() => It().Rest(); }", "Bed")]
    public void Member_of_an_object_is_found_without_its_type(string catalogue, string source, string type)
    {
        var code = Compiled.With(
            catalogue,
            source,
            "namespace Own { class Bed { public void Rest() { } } class Sofa { public void Rest() { } } class Make { public Bed It() => new(); } }");

        Assert.Equal([$"sleep Own.{type}.Rest"], Query(code));
    }

    [Theory]
    [InlineData("global using static System.Threading.Thread;", "Thread", true)]
    [InlineData("global using T = System.Threading.Thread;", "Thread", true)]
    [InlineData("global using T = System.Collections.Generic.List<System.Threading.Thread>;", "List", true)]
    [InlineData("global using D = global::System.Collections.Generic.Dictionary<string, System.Threading.Thread>.KeyCollection;", "KeyCollection", true)]
    [InlineData("global using static global::Pauses; static class Pauses;", "Pauses", true)]
    [InlineData("global using static Pauses; static class Pauses;", "Pauses", true)]
    [InlineData("global using static System.Threading.Thread;", "Threading", false)]
    [InlineData("global using System.Threading;", "Threading", false)]
    [InlineData("using static System.Threading.Thread;", "Thread", false)]
    [InlineData("using T = System.Threading.Thread;", "Thread", false)]
    public void Type_is_imported_for_all_files(string import, string type, bool isImported) =>
        Assert.Equal(isImported, Compiled.From(import).Model.IsImportedGlobally(type));

    [Theory]
    [InlineData("global using static ;")]
    [InlineData("global using P = ;")]
    [InlineData("global using P = List<")]
    [InlineData("global using P = (int, int);")]
    [InlineData("global using P = int[];")]
    public void Import_without_a_name_imports_nothing(string import) =>
        Assert.False(Compiled.Broken(import).Model.IsImportedGlobally("P"));

    [Fact]
    public void Uses_are_in_the_order_of_the_text() =>
        Assert.Equal(
            ["sleep System.Threading.Thread.Sleep", "blocking-wait System.Threading.Tasks.Task.Wait", "sleep System.Threading.Thread.Sleep"],
            Query("class C { void M(Task t) { Thread.Sleep(1); t.Wait(); Thread.Sleep(1); } }"));

    private static IEnumerable<string> Query(params string[] sources) => Query(Compiled.From(sources));

    private static IEnumerable<string> Query(Compiled code) =>
        code.Model.Query(e => e.Role is CatalogueRole.BlockingWait or CatalogueRole.Sleep)
            .In(code.Compilation.SyntaxTrees.Single(tree => tree.FilePath == "File1.cs"), Cancellation)
            .Select(use => $"{CatalogueGrammar.NameOf(use.Entry.Role)} {use.Entry.Type}.{use.Name.Identifier.ValueText}");

    private static List<Microsoft.CodeAnalysis.CSharp.Syntax.SimpleNameSyntax> Uses(string source, string name)
    {
        var tree = CSharpSyntaxTree.ParseText(source, cancellationToken: Cancellation);
        return [.. NameIndex.Of(tree, Cancellation).Uses(name, tree.GetRoot(Cancellation))];
    }
}

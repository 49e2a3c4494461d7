using AgentLint.Catalogue;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Catalogue;

public sealed class CatalogueParserTests
{
    [Fact]
    public void Line_is_role_symbol_and_facts()
    {
        var entry = ReadOne("""effect Acme.Billing.InvoiceClient.Send,SendAsync kind=payment key=header:Idempotency-Key class=conditional""");

        Assert.Equal(CatalogueRole.Effect, entry.Role);
        Assert.Equal("Acme.Billing.InvoiceClient", entry.Type);
        Assert.Equal("InvoiceClient", entry.SimpleTypeName);
        Assert.Equal(["Send", "SendAsync"], entry.Members);
        Assert.Equal("payment", entry["kind"]);
        Assert.Equal("header:Idempotency-Key", entry["key"]);
        Assert.Null(entry["verb"]);
        Assert.Equal("test.txt", entry.Source);
        Assert.Equal(1, entry.Line);
    }

    [Fact]
    public void Role_of_a_type_takes_the_whole_symbol()
    {
        var entry = ReadOne("session Acme.Chat+Log`2");

        Assert.Equal("Acme.Chat+Log`2", entry.Type);
        Assert.Equal("Log`2", entry.SimpleTypeName);
        Assert.Empty(entry.Members);
    }

    [Theory]
    [InlineData("model-call A.B..ctor", "A.B", ".ctor")]
    [InlineData("model-call A.B`1.*", "A.B`1", "*")]
    [InlineData("model-call A.B+C.Ask*", "A.B+C", "Ask*")]
    [InlineData("model-call Ä.Ö.Größe", "Ä.Ö", "Größe")]
    public void Member_may_be_constructor_prefix_or_any_identifier(string line, string type, string member)
    {
        var entry = ReadOne(line);

        Assert.Equal(type, entry.Type);
        Assert.Equal([member], entry.Members);
    }

    [Fact]
    public void Flag_has_the_value_true() => Assert.Equal("true", ReadOne("model-call A.B.C blocking")["blocking"]);

    [Fact]
    public void Value_with_blanks_stands_in_quotes() =>
        Assert.Equal("as of version 2 # and later", ReadOne("model-call A.B.C note=\"as of version 2 # and later\"")["note"]);

    [Fact]
    public void List_is_separated_by_commas() =>
        Assert.Equal(["Acme.Core", "Acme.Http"], ReadOne("library Acme assemblies=Acme.Core,,Acme.Http").List("assemblies"));

    [Fact]
    public void Missing_list_is_empty() => Assert.Empty(ReadOne("library Acme").List("assemblies"));

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("2.0", true)]
    [InlineData("3.0", false)]
    [InlineData("0.9", false)]
    public void Versions_bound_where_an_entry_holds(string version, bool holds) =>
        Assert.Equal(holds, ReadOne("model-call A.B.C since=1.0 until=3.0").HoldsFor(Version.Parse(version)));

    [Theory]
    [InlineData("Ask", true)]
    [InlineData("AskAsync", true)]
    [InlineData("Tell", true)]
    [InlineData("TellAsync", false)]
    [InlineData("", false)]
    public void Star_ends_a_prefix(string member, bool named) =>
        Assert.Equal(named, ReadOne("model-call A.B.Ask*,Tell").NamesMember(member));

    [Theory]
    [InlineData("")]
    [InlineData("   \t ")]
    [InlineData("# model-call A.B.C")]
    [InlineData("  # model-call A.B.C")]
    public void Blank_and_comment_say_nothing(string line)
    {
        var file = Parse(line);

        Assert.Empty(file.Entries);
        Assert.Empty(file.Errors);
    }

    [Fact]
    public void Comment_ends_a_line() => Assert.Empty(ReadOne("model-call A.B.C # blocking").Facts);

    [Theory]
    [InlineData("model-cal A.B.C", "'model-cal' is not a role")]
    [InlineData("ModelCall A.B.C", "'ModelCall' is not a role")]
    [InlineData("\"\" A.B.C", "'' is not a role")]
    [InlineData("model-call", "'model-call' names no symbol")]
    [InlineData("model-call blocking=true", "'model-call' names no symbol")]
    [InlineData("model-call Name", "'Name' does not have the form Namespace.Type.Member")]
    [InlineData("model-call A.B.", "'A.B.' does not have the form Namespace.Type.Member")]
    [InlineData("model-call A.B.C,,D", "'A.B.C,,D' does not have the form Namespace.Type.Member")]
    [InlineData("model-call A.B.C()", "'A.B.C()' does not have the form Namespace.Type.Member")]
    [InlineData("model-call A..B.C", "'A..B.C' does not have the form Namespace.Type.Member")]
    [InlineData("model-call A.B.*Async", "'A.B.*Async' does not have the form Namespace.Type.Member")]
    [InlineData("session A.List<B>", "'A.List<B>' does not have the form Namespace.Type")]
    [InlineData("session A.1B", "'A.1B' does not have the form Namespace.Type")]
    [InlineData("model-call A.B.C kind=http", "'kind' is not a fact of 'model-call'")]
    [InlineData("model-call A.B.C =x", "'' is not a fact of 'model-call'")]
    [InlineData("model-call A.B.C async=", "'async' has no value")]
    [InlineData("model-call A.B.C async=X async=Y", "'async' is given twice")]
    [InlineData("model-call A.B.C since=new", "'new' is not a version")]
    [InlineData("model-call A.B.C until=3", "'3' is not a version")]
    [InlineData("model-call A.B.C blocking=no", "'no' is not a value of 'blocking', which takes true")]
    [InlineData("resilient-execute A.B.C blocking=maybe", "'maybe' is not a value of 'blocking', which takes true")]
    [InlineData("service-registration A.B.C lifetime=static", "'static' is not a value of 'lifetime', which takes singleton, scoped, transient")]
    [InlineData("tool-factory A.B.C delegate=first", "'first' is not a value of 'delegate', which takes #")]
    [InlineData("tool-factory A.B.C delegate=-1", "'-1' is not a value of 'delegate', which takes #")]
    [InlineData("timeout A.B.C default=30", "'30' is not a value of 'default', which takes #s, #ms, infinite")]
    [InlineData("timeout A.B.C default=s", "'s' is not a value of 'default', which takes #s, #ms, infinite")]
    [InlineData("effect A.B.C key=header:", "'header:' is not a value of 'key', which takes header:*, property:*, parameter:*, entity:*")]
    [InlineData("effect A.B.C class=safe", "'safe' is not a value of 'class', which takes non-idempotent, idempotent, conditional, by-verb, by-sql, by-change")]
    public void Error_says_what_is_wrong_and_spans_the_words(string line, string problem)
    {
        var file = Parse("  " + line + "  ");

        var error = Assert.Single(file.Errors);
        Assert.Equal(problem, error.Problem);
        Assert.Equal(new TextSpan(2, line.Length), error.Span);
        Assert.Empty(file.Entries);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("\u2028")]
    public void Error_on_one_line_leaves_the_others(string newLine)
    {
        var text = string.Join(newLine, "model-call A.B.C", "nonsense here", "agent A.D");

        var file = Parse(text);

        Assert.Equal([1, 3], file.Entries.Select(e => e.Line));
        Assert.Equal("nonsense here", text.Substring(Assert.Single(file.Errors).Span.Start, "nonsense here".Length));
    }

    [Fact]
    public void Comment_behind_an_error_is_not_part_of_it() => Assert.Equal(new TextSpan(0, 8), Assert.Single(Parse("nonsense # note").Errors).Span);

    [Theory]
    [InlineData("model-call \"A.B.C")]
    [InlineData("model-call A.B.C note=\"never closed")]
    [InlineData("\"")]
    [InlineData("\0")]
    [InlineData("model-call A.B.\0")]
    [InlineData("model-call A.B.C note=\0")]
    [InlineData("model-call .")]
    [InlineData("model-call ..ctor")]
    [InlineData("model-call A..ctor.ctor")]
    [InlineData("model-call ,")]
    [InlineData("model-call `")]
    [InlineData("session +")]
    [InlineData("session `1")]
    [InlineData("library \"\"")]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("model-call A.B.C ==")]
    [InlineData("model-call A.B.C \"\"")]
    [InlineData("model-call A.B.C since=99999999999.0")]
    [InlineData("\ud800")]
    [InlineData("model-call \ud83d\ude00.\u202e.\u0301")]
    [InlineData("\ufeffmodel-call A.B.C")]
    public void Strange_line_is_an_entry_or_an_error_and_no_exception(string line)
    {
        var file = Parse(line);

        Assert.Equal(1, file.Entries.Length + file.Errors.Length);
        Assert.All(file.Errors, error => Assert.InRange(error.Span.End, 1, line.Length));
    }

    [Fact]
    public void Unclosed_quote_ends_with_its_line()
    {
        var file = Parse("model-call A.B.C note=\"never closed\nagent A.D");

        Assert.Equal(["never closed", null], file.Entries.Select(e => e["note"]));
    }

    [Fact]
    public void Huge_lines_are_read()
    {
        var members = string.Join(",", Enumerable.Range(0, 100_000).Select(i => "M" + i));

        var file = Parse("model-call A.B." + members + "\n" + new string('x', 1_000_000) + "\nmodel-call A.B.C note=\"" + new string(' ', 1_000_000));

        Assert.Equal(100_000, file.Entries[0].Members.Length);
        Assert.Equal(2, file.Entries.Length);
        Assert.Single(file.Errors);
    }

    [Fact]
    public void Any_text_is_read_without_an_exception()
    {
        string[] words = ["model-call", "effect", "library", "A.B.C", "A.B..ctor", "=", "\"", "#", "\0", ",", "*", "`1", "since=1.0", "kind=http", "\r\n", " ", "\t", "é", "..", "+"];
        var random = new Random(20_240_601);
        for (var round = 0; round < 5_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));

            var file = Parse(text);

            Assert.All(file.Errors, error => Assert.True(error.Span.End <= text.Length && error.Span.Length > 0, text));
        }
    }

    [Theory]
    [MemberData(nameof(RolesAndFacts))]
    public void Every_fact_of_every_role_can_be_written(string role, string fact, string value)
    {
        Assert.True(CatalogueGrammar.TryGetRole(role, out var parsed));

        var entry = ReadOne(role + (CatalogueGrammar.TargetOf(parsed) == CatalogueTarget.Member ? " A.B.C " : " A.B ") + fact + "=" + value);

        Assert.Equal(value, entry[fact]);
        Assert.Equal(role, CatalogueGrammar.NameOf(entry.Role));
    }

    public static IEnumerable<TheoryDataRow<string, string, string>> RolesAndFacts() =>
        from name in CatalogueGrammar.RoleNames
        let role = CatalogueGrammar.TryGetRole(name, out var found) ? found : throw new InvalidOperationException(name)
        from fact in CatalogueGrammar.FactsOf(role)
        from value in CatalogueGrammar.ValuesOf(role, fact) is { IsEmpty: false } values ? values : [fact is "since" or "until" ? "1.2" : "text"]
        select new TheoryDataRow<string, string, string>(name, fact, value.Replace("#", "12").Replace("*", "rest"));

    private static CatalogueFile Parse(string text) => CatalogueParser.Parse("test.txt", SourceText.From(text));

    private static CatalogueEntry ReadOne(string line)
    {
        var file = Parse(line);
        Assert.Empty(file.Errors);
        return Assert.Single(file.Entries);
    }
}

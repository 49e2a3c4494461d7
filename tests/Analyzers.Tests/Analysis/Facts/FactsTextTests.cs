using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Analysis.Facts;

/// <summary>What is published, and that no text of others does harm.</summary>
public sealed class FactsTextTests
{
    private const string Client = """
        namespace Billing;

        public sealed class PaymentsClient(HttpClient http)
        {
            public Task<HttpResponseMessage> SendAsync(string order) => http.PostAsJsonAsync("https://pay.example/refunds", new { order });

            public Task<string> ReadAsync(string order) => http.GetStringAsync("https://pay.example/refunds/" + order);

            public Task<string> ReadAsync(int order) => http.GetStringAsync("https://pay.example/refunds/" + order);

            public string Describe(string order) => "refund of " + order;

            private Task<string> SecretAsync() => http.GetStringAsync("https://pay.example/secret");
        }
        """;

    [Fact]
    public void Says_what_visible_members_reach()
    {
        var text = Publish(Client);

        Assert.Equal(
            """
            api 0 http-call System.Net.Http.HttpClient.GetStringAsync
            api 1 effect System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync class=non-idempotent key=header:Idempotency-Key kind=http verb=POST
            api 2 http-call System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync
            type Billing.PaymentsClient
            member ReadAsync(System.Int32)
            reaches 0 way=HttpClient.GetStringAsync tokenless
            member ReadAsync(System.String)
            reaches 0 way=HttpClient.GetStringAsync tokenless
            member SendAsync
            reaches 1 way=HttpClient.PostAsJsonAsync changes repeats unkeyed open unnamed
            reaches 2 tokenless

            """,
            text);
    }

    [Fact]
    public void Two_runs_give_the_same_text() => Assert.Equal(Publish(Client), Publish(Client));

    [Fact]
    public void Text_reads_as_it_was_written()
    {
        var text = Publish(Client);

        Assert.Equal(text, FactsText.Write(Read(text)));
    }

    [Theory]
    [InlineData("order) => http.PostAsJsonAsync", "order) /* sends */ => http.PostAsJsonAsync")]
    [InlineData("\"refund of \" + order", "\"a refund of \" + order.Trim()")]
    [InlineData("https://pay.example/refunds/", "https://billing.example/refunds/")]
    public void Change_without_a_fact_changes_no_text(string before, string after) =>
        Assert.Equal(Publish(Client), Publish(Client.Replace(before, after, StringComparison.Ordinal)));

    [Fact]
    public void Change_with_a_fact_changes_the_text() =>
        Assert.NotEqual(Publish(Client), Publish(Client.Replace("public string Describe(string order) => \"refund of \" + order;", "public Task<string> Describe(string order) => SecretAsync();", StringComparison.Ordinal)));

    [Fact]
    public void Project_that_reaches_nothing_publishes_nothing() => Assert.Equal("", Publish("namespace Contracts; public record Order(string Id);"));

    [Fact]
    public void Program_publishes_nothing() =>
        Assert.Equal("", TwoProjects.Publish(new TwoProjects().Compile("App", OutputKind.ConsoleApplication, [], "Console.WriteLine(await new HttpClient().GetStringAsync(\"https://pay.example\"));")).Published);

    [Fact]
    public void Property_turns_it_off()
    {
        var project = new TwoProjects().Compile("Billing", OutputKind.DynamicallyLinkedLibrary, [], Client);
        var driver = CSharpGeneratorDriver.Create(
            [new FactsGenerator().AsSourceGenerator()],
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            optionsProvider: new BuildProperties(["AgentLintFacts"], value: "false"));

        Assert.Empty(driver.RunGenerators(project, TestContext.Current.CancellationToken).GetRunResult().GeneratedTrees);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\n\n\0\n\"\"\"\n= = =\nreaches\nmember\ntype")]
    [InlineData("reaches 0 way=A\nmember M\nreaches 0 way=A")]
    [InlineData("api 0 http-call\napi x no-such-role A.B\napi 1 http-call A.B no-such-fact\ntype A\nmember B\nreaches 1 way=A.B\nreaches 99999999999 way=A.B")]
    [InlineData("api 0 http-call A.B\ntype A\nmember B\nreaches 0\nreaches 0 way=")]
    public void Damaged_text_says_nothing(string text) => Assert.DoesNotContain(Read(text).Types.Values.SelectMany(type => type.Members.Values), member => !member.Reached.IsEmpty);

    [Fact]
    public void Lines_of_a_newer_version_are_passed_over()
    {
        var text = Publish(Client);
        var newer = text.Replace("type ", "owns Billing quota=3\ntype ", StringComparison.Ordinal).Replace("reaches ", "dances 1 way=none\nreaches ", StringComparison.Ordinal).Replace(" way=", " tempo=quick way=", StringComparison.Ordinal);

        Assert.Equal(text, FactsText.Write(Read(newer)));
    }

    [Fact]
    public void Endless_text_is_not_read()
    {
        var line = "api 0 http-call System.Net.Http.HttpClient.GetAsync\ntype A\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"member M{i}\nreaches 0 way=A\n"));

        Assert.True(Read(line).IsEmpty);
        Assert.True(Read(new string('x', 5_000_000)).IsEmpty);
    }

    private static string Publish(params string[] sources) =>
        TwoProjects.Publish(new TwoProjects().Compile("Billing", OutputKind.DynamicallyLinkedLibrary, [], sources)).Published;

    private static AssemblyFacts Read(string text) => FactsText.Read(text, ApiCatalogue.BuiltIn, TestContext.Current.CancellationToken);
}

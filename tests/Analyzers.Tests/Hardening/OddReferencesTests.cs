using System.Collections.Immutable;
using AgentLint.Tests.Repository;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Hardening;

/// <summary>Packages in other versions, incomplete, twice or contradicted: a report, a clear problem or silence, never an exception.</summary>
public sealed class OddReferencesTests
{
    private const string Usings = "global using System; global using System.Net.Http; global using System.Threading.Tasks;\n";

    private const string Tool = """
        using System.ComponentModel;
        using Microsoft.Extensions.AI;

        public class Tools(HttpClient http)
        {
            [Description("Charges a card")]
            public async Task<string> ChargeAsync(string card) => await (await http.PostAsync("https://pay.example/charges", new StringContent(card))).Content.ReadAsStringAsync();

            public AITool Make() => AIFunctionFactory.Create(ChargeAsync);
        }
        """;

    [Fact]
    public async Task Policy_of_polly_7()
    {
        var reports = await ReportsAsync(
            """
            using Polly;

            public class Gateway(HttpClient http)
            {
                private readonly IAsyncPolicy policy = Policy.Handle<HttpRequestException>().RetryForeverAsync();

                public Task<string> ReadAsync() => policy.ExecuteAsync(() => http.GetStringAsync("https://gateway.example/"));
            }
            """,
            [.. Libraries.Framework, .. Library.Polly7.References]);

        Assert.Contains("AGL0201", reports.Select(d => d.Id));
    }

    [Fact]
    public async Task Test_attributes_of_two_major_versions_of_mstest()
    {
        const string Code = """
            using Microsoft.VisualStudio.TestTools.UnitTesting;

            [TestClass]
            public class GatewayTests
            {
                [TestMethod]
                public void Reads() => Assert.IsTrue(new HttpClient().GetStringAsync("https://gateway.example/").Result.Length > 0);
            }
            """;
        foreach (var library in new[] { Library.MSTest3, Library.MSTest })
            Assert.Empty(await ReportsAsync(Code, [.. Libraries.Framework, .. Libraries.All, .. library.References]));
    }

    [Theory]
    [InlineData("Microsoft.Extensions.AI.Abstractions")]
    [InlineData("Microsoft.Extensions.DependencyInjection.Abstractions")]
    [InlineData("System.ClientModel")]
    [InlineData("Polly.Core")]
    public async Task Assembly_that_others_refer_to_is_missing(string missing)
    {
        var code = Tool + """

            public class Registered
            {
                public void Add(Microsoft.Extensions.DependencyInjection.IServiceCollection services, Polly.ResiliencePipeline pipeline, OpenAI.Chat.ChatClient chat)
                {
                    Microsoft.Extensions.DependencyInjection.McpServerServiceCollectionExtensions.AddMcpServer(services);
                    pipeline.Execute(() => chat.CompleteChat("Hello"));
                }
            }
            """;

        await ReportsAsync(code, [.. Libraries.Framework, .. Libraries.All.Where(library => Path.GetFileNameWithoutExtension(library.FilePath) != missing)], compiles: false);
    }

    [Fact]
    public async Task Type_that_two_assemblies_declare()
    {
        var copy = new Stub("Copy", """
            namespace Microsoft.Extensions.AI
            {
                public class AITool { }
                public static class AIFunctionFactory { public static AITool Create(System.Delegate method) => new AITool(); }
            }
            """);

        // Which one is meant is an error in the program; where only one is in reach, it is the tool's.
        await ReportsAsync(Tool, [.. Libraries.Framework, .. Libraries.All, copy.Reference], compiles: false);
        var reports = await ReportsAsync(Tool, [.. Libraries.Framework, .. Libraries.All, copy.Reference.WithAliases(["copy"])]);

        Assert.Contains("AGL0101", reports.Select(d => d.Id));
    }

    [Theory]
    [InlineData("effect System.Net.Http.HttpClient.PostAsync kind=http class=idempotent")]
    [InlineData("effect System.Net.Http.HttpClient.PostAsync kind=payment class=non-idempotent")]
    [InlineData("library System.Net.Http assemblies=Acme.Other")]
    [InlineData("http-call System.Net.Http.HttpClient.PostAsync blocking async=PostAsync")]
    [InlineData("ignore System.Net.Http.HttpClient.PostAsync")]
    [InlineData("agent Microsoft.Extensions.AI.AIFunctionFactory\nmodel-client System.Net.Http.HttpClient\nsession System.Net.Http.HttpClient")]
    public async Task Users_catalogue_that_contradicts_the_built_in_one(string lines)
    {
        var reports = await ReportsAsync(Tool, [.. Libraries.Framework, .. Libraries.All], files: [new Catalogue(lines)]);

        Assert.Equal(reports.Select(d => d.ToString()), (await ReportsAsync(Tool, [.. Libraries.Framework, .. Libraries.All], files: [new Catalogue(lines)])).Select(d => d.ToString()));
        Assert.Equal(lines.StartsWith("ignore", StringComparison.Ordinal), !reports.Any(d => d.Id == "AGL0101"));
    }

    private static async Task<ImmutableArray<Diagnostic>> ReportsAsync(string code, IEnumerable<MetadataReference> references, bool compiles = true, ImmutableArray<AdditionalText> files = default)
    {
        var compilation = CSharpCompilation.Create(
            "Program",
            [CSharpSyntaxTree.ParseText(Usings, path: "Usings.cs"), CSharpSyntaxTree.ParseText(code, path: "Program.cs")],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        if (compiles)
            Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        var reports = await AllRules.ReportsInAsync(compilation, files);
        Assert.DoesNotContain("AD0001", reports.Select(d => d.Id));
        return reports;
    }

    private sealed class Catalogue(string lines) : AdditionalText
    {
        public override string Path => "/AgentLint.own.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(lines);
    }
}

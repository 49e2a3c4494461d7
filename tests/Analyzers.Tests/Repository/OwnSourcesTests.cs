using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>All rules are silent on the product's own sources.</summary>
public sealed class OwnSourcesTests
{
    // The product knows no agent library, and would not be looked at. So that it is, one of its types is taken for an agent.
    private const string Catalogue = "agent AgentLint.RuleAnalyzer\nagent AgentLint.AgentCodeFix\n";

    public static TheoryData<string> Projects => ["Analyzers", "CodeFixes"];

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task Nothing_is_reported_in(string project)
    {
        var sources = project == "Analyzers" ? ProductSources.Analyzers : ProductSources.CodeFixes;

        Assert.NotNull(AgentModel.TryGet(sources, ApiCatalogue.BuiltIn.With([CatalogueParser.Parse("AgentLint.own.txt", SourceText.From(Catalogue))])));
        Assert.Empty(await AllRules.ReportsInAsync(sources, [new CatalogueText()]));
    }

    [Fact]
    public async Task Fault_in_such_sources_is_reported()
    {
        const string Fault = "class Fault { async System.Threading.Tasks.Task M() { await System.Threading.Tasks.Task.Yield(); System.Threading.Thread.Sleep(1000); } }";
        var sources = ProductSources.Analyzers.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Fault, new CSharpParseOptions(LanguageVersion.Preview), "Fault.cs", cancellationToken: TestContext.Current.CancellationToken));

        var report = Assert.Single(await AllRules.ReportsInAsync(sources, [new CatalogueText()]));

        Assert.Equal(("AGL0601", "Fault.cs"), (report.Id, report.Location.SourceTree?.FilePath));
    }

    private sealed class CatalogueText : AdditionalText
    {
        private readonly SourceText text = SourceText.From(Catalogue);

        public override string Path => "AgentLint.own.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => text;
    }
}

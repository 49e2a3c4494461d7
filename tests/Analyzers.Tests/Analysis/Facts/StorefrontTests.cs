using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis.Facts;

/// <summary>The sample in four projects: what its tools do is found in the projects behind them.</summary>
public sealed class StorefrontTests
{
    [Fact]
    public async Task Findings_lead_through_the_projects()
    {
        var shop = new TwoProjects(Library.McpServer, Library.EntityFramework)
            .With("Storefront.Contracts", SourcesOf("Contracts"))
            .With("Storefront.Application", SourcesOf("Application"))
            .With("Storefront.Infrastructure", SourcesOf("Infrastructure"));

        Assert.Equal("", shop.Published["Storefront.Contracts"]);
        GeneratedFile.AssertCurrent("samples/Storefront/findings.txt", string.Join('\n', await shop.ReportsAsync(OutputKind.ConsoleApplication, SourcesOf("Api"))) + "\n");
    }

    private static string[] SourcesOf(string project) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "samples", "Storefront", "Storefront." + project), "*.cs")
            .Order(StringComparer.Ordinal).Select(File.ReadAllText),
    ];
}

using AgentLint.Catalogue;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Catalogue;

/// <summary>docs/catalogue.md says what the grammar is.</summary>
public sealed class CataloguePageTests
{
    private static readonly string[] EverywhereFacts = ["since", "until", "note", "old", "derived"];
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "catalogue.md"));

    [Fact]
    public void Table_has_a_row_for_every_role_in_order_with_its_facts()
    {
        var rows = Lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split(" | ")).ToList();

        Assert.Equal(CatalogueGrammar.RoleNames.Select(Row), rows.Select(cells => string.Join(" | ", cells[..3])));
        Assert.All(rows, cells => Assert.True(cells.Length == 4 && cells[3].Length > " |".Length, cells[0] + " | has no meaning"));
    }

    [Fact]
    public void Example_can_be_read()
    {
        var example = Lines.SkipWhile(line => line != "```text").Skip(1).TakeWhile(line => line != "```");

        var file = CatalogueParser.Parse("example", SourceText.From(string.Join("\n", example)));

        Assert.NotEmpty(file.Entries);
        Assert.Empty(file.Errors);
    }

    private static string Row(string name)
    {
        CatalogueGrammar.TryGetRole(name, out var role);
        var facts = CatalogueGrammar.FactsOf(role).Except(EverywhereFacts).Select(fact => CatalogueGrammar.ValuesOf(role, fact) switch
        {
            ["true"] => $"`{fact}` flag",
            { IsEmpty: true } => $"`{fact}=`",
            var values => $"`{fact}=` {string.Join(", ", values.Select(value => $"`{value}`"))}",
        });
        return $"| `{name}` | {CatalogueGrammar.TargetOf(role).ToString().ToLowerInvariant()} | {string.Join("; ", facts)}";
    }
}

using AgentLint.Rules.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

public sealed class AGL0802Tests
{
    private static RuleTest<AGL0802_UnverifiedOutputToSharedState> Reader(string members) =>
        new($$"""
            using System.Collections.Generic;
            using System.Text.Json;
            using System.Threading.Tasks;
            using Microsoft.EntityFrameworkCore;
            using Microsoft.Extensions.AI;

            public class Invoice { public int Id { get; set; } public string Supplier { get; set; } = ""; public string Text { get; set; } = ""; }
            public class Books : DbContext { public DbSet<Invoice> Invoices => Set<Invoice>(); }

            public class Reader(IChatClient client, Books books, HashSet<string> suppliers)
            {
            {{members}}
            }
            """);

    [Theory]
    [InlineData("    public async Task Run() { var invoice = JsonSerializer.Deserialize<Invoice>((await client.GetResponseAsync(\"?\")).Text)!; books.Invoices.Add({|#0:invoice|}); }", "'invoice'")]
    [InlineData("    public async Task Run() { var read = JsonSerializer.Deserialize<Invoice>((await client.GetResponseAsync(\"?\")).Text)!; var invoice = new Invoice { Supplier = read.Supplier }; books.Add({|#0:invoice|}); }", "'invoice'")]
    public Task Stored_as_fact(string members, string value) =>
        Reader(members).Expect(DiagnosticSeverity.Info, $"{value} from 'IChatClient.GetResponseAsync' is stored with '{(members.Contains("Invoices.Add") ? "DbSet.Add" : "DbContext.Add")}' without validation: validate it, or store it as a proposal").RunAsync();

    [Theory]
    [InlineData("    public async Task Run() { var text = (await client.GetResponseAsync(\"?\")).Text; books.Invoices.Add(new Invoice { Text = text }); }")]
    [InlineData("    public async Task Run(Invoice invoice) { await client.GetResponseAsync(\"?\"); books.Invoices.Add(invoice); }")]
    [InlineData("    public async Task Run() { var read = JsonSerializer.Deserialize<Invoice>((await client.GetResponseAsync(\"?\")).Text)!; if (!suppliers.Contains(read.Supplier)) return; books.Invoices.Add(new Invoice { Supplier = read.Supplier }); }")]
    public Task Silent(string members) => Reader(members).RunAsync();
}

using AgentLint.Catalogue;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Catalogue;

public sealed class BuiltInCatalogueTests
{
    [Fact]
    public void What_lets_the_rules_run_is_found_without_reading_the_rest() =>
        Assert.Multiple(
            () => Assert.Equal(ApiCatalogue.BuiltIn.Activation.Alone.Order(), ApiCatalogue.BuiltInActivation.Alone.Order()),
            () => Assert.Equal(ApiCatalogue.BuiltIn.Activation.Together.Keys.Order(), ApiCatalogue.BuiltInActivation.Together.Keys.Order()));

    [Fact]
    public void Every_line_can_be_read()
    {
        Assert.NotEmpty(ApiCatalogue.BuiltIn.Files);
        Assert.Empty(ApiCatalogue.BuiltIn.Files.SelectMany(file => file.Errors.Select(error => $"{file.Name}: {error.Problem}")));
    }

    [Fact]
    public void Nothing_is_said_twice()
    {
        var said = from entry in ApiCatalogue.BuiltIn.Entries
                   from member in entry.Members.DefaultIfEmpty("")
                   group entry by (entry.Role, entry.Type, member, entry["of"], entry["api"], entry.Since, entry.Until);

        Assert.Empty(said.Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(e => e.Source + ":" + e.Line))}"));
    }

    [Fact]
    public void Every_role_has_an_entry() =>
        Assert.Empty(CatalogueGrammar.RoleNames.Except(ApiCatalogue.BuiltIn.Entries.Select(e => CatalogueGrammar.NameOf(e.Role))));

    [Fact]
    public void Every_entry_belongs_to_a_library()
    {
        foreach (var file in ApiCatalogue.BuiltIn.Files)
            Assert.Equal((file.Name, CatalogueRole.Library), (file.Name, file.Entries[0].Role));
    }

    [Fact]
    public void Every_library_names_its_assemblies() =>
        Assert.Empty(ApiCatalogue.BuiltIn.Of(CatalogueRole.Library).Where(library => library.List("assemblies").IsEmpty).Select(library => library.ToString()));

    [Fact]
    public void Blocking_call_names_its_asynchronous_sibling() =>
        Assert.Empty(ApiCatalogue.BuiltIn.Entries.Where(e => e.Has("blocking") && !e.Has("async")).Select(e => e.ToString()));

    [Fact]
    public void Effect_says_what_it_does_and_whether_it_may_be_repeated() =>
        Assert.Empty(ApiCatalogue.BuiltIn.Of(CatalogueRole.Effect).Where(e => !e.Has("kind") || !e.Has("class")).Select(e => e.ToString()));

    [Theory]
    [InlineData("Microsoft.Extensions.AI.Abstractions", true)]
    [InlineData("Microsoft.Agents.AI.Workflows", true)]
    [InlineData("Microsoft.SemanticKernel.Abstractions", true)]
    [InlineData("ModelContextProtocol.Core", true)]
    [InlineData("Polly.Core", true)]
    [InlineData("Temporalio", true)]
    [InlineData("MassTransit.Abstractions", true)]
    [InlineData("Stripe.net", true)]
    [InlineData("SendGrid", true)]
    [InlineData("Azure.Messaging.ServiceBus", true)]
    [InlineData("Confluent.Kafka", true)]
    [InlineData("RabbitMQ.Client", true)]
    [InlineData("Wolverine", true)]
    [InlineData("Rebus", true)]
    [InlineData("NATS.Client.Core", true)]
    [InlineData("Hangfire.Core", true)]
    [InlineData("Quartz", true)]
    [InlineData("Microsoft.Azure.Functions.Worker.Core", true)]
    [InlineData("Microsoft.Agents.Builder", true)]
    [InlineData("Amazon.Lambda.DurableExecution", true)]
    [InlineData("System.Net.Http", false)]
    [InlineData("System.Runtime", false)]
    [InlineData("Microsoft.AspNetCore", false)]
    [InlineData("Microsoft.Extensions.Http", false)]
    [InlineData("Microsoft.EntityFrameworkCore", false)]
    [InlineData("MediatR", false)]
    [InlineData("Microsoft.Extensions.DependencyInjection.Abstractions", false)]
    public void Only_libraries_with_which_a_known_fault_can_happen_switch_the_analyzer_on(string assembly, bool activates) =>
        Assert.Equal(activates, ApiCatalogue.BuiltIn.Activation.IsGivenBy([assembly]));

    [Theory]
    [InlineData("Microsoft.EntityFrameworkCore")]
    [InlineData("Dapper")]
    [InlineData("Azure.Storage.Blobs")]
    [InlineData("Microsoft.Azure.Cosmos.Client")]
    public void Database_or_storage_switches_the_analyzer_on_beside_a_host(string assembly)
    {
        Assert.False(ApiCatalogue.BuiltIn.Activation.IsGivenBy([assembly, "Microsoft.Extensions.Logging"]));
        Assert.True(ApiCatalogue.BuiltIn.Activation.IsGivenBy([assembly, "Microsoft.Extensions.Hosting.Abstractions"]));
        Assert.True(ApiCatalogue.BuiltIn.Activation.IsGivenBy(["Microsoft.Extensions.Hosting.Abstractions", assembly]));
    }

    [Fact]
    public void Host_alone_switches_nothing_on() =>
        Assert.False(ApiCatalogue.BuiltIn.Activation.IsGivenBy(["Microsoft.Extensions.Hosting.Abstractions", "Microsoft.AspNetCore", "System.Runtime"]));

    [Fact]
    public void Assembly_is_not_both_passive_and_active()
    {
        var passive = ApiCatalogue.BuiltIn.Of(CatalogueRole.Library).Where(e => e.Has("passive")).SelectMany(e => e.List("assemblies"));

        Assert.Empty(passive.Intersect(ApiCatalogue.BuiltIn.Activation.Alone));
    }

    [Fact]
    public void Users_entries_come_after_the_built_in_ones_and_are_indexed()
    {
        var file = CatalogueParser.Parse("AgentLint.acme.txt", SourceText.From("agent-call Acme.Bot.Ask\nmodel-call Acme.Model.Tell*\nagent Acme.Bot\nlibrary Acme assemblies=Acme.Bots\nignore Acme.Bot.Close"));

        var catalogue = ApiCatalogue.BuiltIn.With([file]);

        Assert.Equal("Acme.Bot", Assert.Single(catalogue.MembersNamed("Ask")).Type);
        Assert.Equal("Acme.Model", Assert.Single(catalogue.PrefixesOf("Model"), e => e.Type.StartsWith("Acme.", StringComparison.Ordinal)).Type);
        Assert.Equal(CatalogueRole.Agent, Assert.Single(catalogue.TypesNamed("Bot")).Role);
        Assert.Contains("Acme.Bots", catalogue.Activation.Alone);
        Assert.Equal(["Acme.Bot", "Acme.Model"], catalogue.UserTypes.Order(StringComparer.Ordinal));
        Assert.Equal(file, catalogue.Files[^1]);
        Assert.Same(ApiCatalogue.BuiltIn, ApiCatalogue.BuiltIn.With([]));
    }
}

using AgentLint.Rules.Observability;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Observability;

/// <summary>Sources of telemetry that no listener names.</summary>
public sealed class AGL1102Tests
{
    [Theory]
    [InlineData("tracing.AddSource(\"Shop.Orders\")", "'Shop.Orders'")]
    [InlineData("tracing.AddSource(\"Shop.Orders\", \"Other*\")", "'Shop.Orders', 'Other*'")]
    [InlineData("tracing.AddSource(\"A\", \"B\", \"C\", \"D\")", "'A', 'B', 'C' and others")]
    public Task Source_of_the_program(string listening, string names) =>
        Program("static readonly ActivitySource Source = {|#0:new(\"Shop\")|};", listening)
            .Expect(Warning, $"Source 'Shop' has no listener: 'AddSource' names {names}; add 'Shop' there").RunAsync();

    [Fact]
    public Task Source_that_a_client_records_under() =>
        Program("static IChatClient Record(IChatClient client) => client.AsBuilder().{|#0:UseOpenTelemetry|}(sourceName: \"Shop\").Build();", "tracing.AddSource(\"Experimental.Microsoft.Extensions.AI\")", isCall: true)
            .Expect(Warning, "Source 'Shop' has no listener: 'AddSource' names 'Experimental.Microsoft.Extensions.AI'; add 'Shop' there").RunAsync();

    [Fact]
    public Task Source_that_a_client_records_under_by_default() =>
        Program("static IChatClient Record(IChatClient client) => client.AsBuilder().{|#0:UseOpenTelemetry|}().Build();", "tracing.AddSource(\"Microsoft.Extensions.AI\")", isCall: true)
            .Expect(Warning, "Source 'Experimental.Microsoft.Extensions.AI' has no listener: 'AddSource' names 'Microsoft.Extensions.AI'; add 'Experimental.Microsoft.Extensions.AI' there").RunAsync();

    [Theory]
    [InlineData("tracing.AddSource(\"Shop\")")]
    [InlineData("tracing.AddSource(\"shop\")")]
    [InlineData("tracing.AddSource(\"Sh*\")")]
    [InlineData("tracing.AddSource(\"*op\", \"Other\")")]
    [InlineData("tracing.AddSource(\"*\")")]
    [InlineData("tracing.AddSource(Environment.CommandLine)")]
    [InlineData("tracing.AddSource(new[] { \"Other\", Environment.CommandLine })")]
    [InlineData("tracing.AddSource(Name)")]
    [InlineData("tracing")]
    public Task Heard_or_not_known(string listening) => Program("const string Name = \"Shop\"; static readonly ActivitySource Source = new(Name);", listening).RunAsync();

    [Fact]
    public Task Meter_beside_a_source_of_the_same_name() =>
        new RuleTest<AGL1102_UnlistenedSource>("""
            using System.Diagnostics;
            using System.Diagnostics.Metrics;
            using OpenTelemetry.Metrics;
            using OpenTelemetry.Trace;

            public static class Telemetry
            {
                static readonly ActivitySource Source = new ActivitySource("Shop");
                static readonly Meter Meter = {|#0:new Meter("Shop")|};
                public static void Add(TracerProviderBuilder tracing, MeterProviderBuilder metrics)
                {
                    tracing.AddSource("Shop");
                    metrics.AddMeter("Shop.Orders");
                }
            }
            """).Reference(Library.OpenTelemetry)
            .Expect(Warning, "Source 'Shop' has no listener: 'AddMeter' names 'Shop.Orders'; add 'Shop' there").RunAsync();

    [Fact]
    public Task Client_that_records_in_a_service_that_listens_to_nothing() => Service("{|#0:client.AsBuilder().UseOpenTelemetry()|}.Build()", "")
        .Expect(Info, "Source 'Experimental.Microsoft.Extensions.AI' has no listener: the program sets up no provider; add one, and 'Experimental.Microsoft.Extensions.AI' to it").RunAsync();

    [Theory]
    [InlineData("client.AsBuilder().UseOpenTelemetry().Build()", "public static void Listen(IServiceCollection services) => services.AddOpenTelemetry();")]
    [InlineData("client.AsBuilder().UseOpenTelemetry().Build()", "public static void Listen(System.Diagnostics.ActivityListener listener) => System.Diagnostics.ActivitySource.AddActivityListener(listener);")]
    [InlineData("client", "static readonly System.Diagnostics.ActivitySource Source = new(\"Shop\");")]
    public Task Service_that_listens_or_records_nothing(string client, string member) => Service(client, member).RunAsync();

    private static RuleTest<AGL1102_UnlistenedSource> Service(string client, string member) => new RuleTest<AGL1102_UnlistenedSource>($$"""
        using Microsoft.AspNetCore.Builder;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;

        public static class Shop
        {
            public static void Main(string[] args) => WebApplication.CreateBuilder(args).Build().Run();

            public static IChatClient Record(IChatClient client) => {{client}};

            {{member}}
        }
        """)
        { TestState = { OutputKind = OutputKind.ConsoleApplication } }.Reference(Library.OpenTelemetry, Library.ExtensionsAI, Library.AspNetCore);

    private static RuleTest<AGL1102_UnlistenedSource> Program(string members, string listening, bool isCall = false) =>
        new RuleTest<AGL1102_UnlistenedSource>($$"""
            using System.Diagnostics;
            using Microsoft.Extensions.AI;
            using OpenTelemetry.Trace;

            public static class Telemetry
            {
                {{(isCall ? members.Replace("client.AsBuilder().{|#0:UseOpenTelemetry|}", "{|#0:client.AsBuilder().UseOpenTelemetry", StringComparison.Ordinal).Replace(").Build();", ")|}.Build();", StringComparison.Ordinal) : members)}}
                public static void Add(TracerProviderBuilder tracing) => _ = {{listening}};
            }
            """).Reference(Library.OpenTelemetry, Library.ExtensionsAI);
}

using AgentLint.Rules.Observability;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Observability;

/// <summary>Programs that compose a model client of which no trace tells.</summary>
public sealed class AGL1101Tests
{
    private const string Message = "'IServiceCollection.AddChatClient' builds a model client, and nothing in this program records its calls: add '.UseOpenTelemetry()' to the client or agent";

    [Fact]
    public Task Web_service_without_telemetry() => Service("builder.Services.{|#0:AddChatClient|}(client);").Expect(Info, Message).RunAsync();

    // A kernel records by itself: the program only has to listen.
    [Fact]
    public Task Web_service_with_a_kernel() => Service("builder.Services.{|#0:AddKernel|}(); System.Console.WriteLine(client);", "using Microsoft.SemanticKernel;\n")
        .Expect(Info, "'IServiceCollection.AddKernel' builds a model client, and nothing in this program records its calls: add '.AddSource(\"Microsoft.SemanticKernel*\")' to the tracing of the program")
        .Reference(Library.SemanticKernel).RunAsync();

    [Fact]
    public Task Second_composition_of_the_same_program_is_not_reported() =>
        Service("builder.Services.{|#0:AddChatClient|}(client); builder.Services.AddKeyedChatClient(\"other\", client);").Expect(Info, Message).RunAsync();

    [Fact]
    public Task Web_service_that_traces_http_alone() =>
        Service("""
            builder.Services.{|#0:AddChatClient|}(client);
            builder.Services.AddOpenTelemetry().WithTracing(tracing => {|#1:tracing.AddSource("Shop")|});
            """)
            .ExpectPath(Info, Message, 0, 1).RunAsync();

    [Theory]
    [InlineData("builder.Services.AddChatClient(client).UseOpenTelemetry();")]
    [InlineData("builder.Services.AddChatClient(client.AsBuilder().UseFunctionInvocation().UseOpenTelemetry().Build());")]
    [InlineData("builder.Services.AddSingleton(client);")]
    public Task Recorded_or_not_composed_here(string composition) => Service(composition).RunAsync();

    // Another project may wrap the client that it registers; one that cannot does not count.
    [Theory]
    [InlineData("public static class Shared { public static IChatClient Wrap(IChatClient client) => client.AsBuilder().UseOpenTelemetry().Build(); }", 0)]
    [InlineData("public static class Shared { public static string Wrap(string text) => text; }", 1)]
    public async Task Project_that_brings_telemetry(string shared, int reports)
    {
        var all = await new Analysis.Facts.TwoProjects(Library.ExtensionsAI, Library.AspNetCore).With("Shared", (reports == 0 ? "using Microsoft.Extensions.AI;\n" : "") + shared).ReportsAsync(OutputKind.ConsoleApplication, """
            using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.AI;
            using Microsoft.Extensions.DependencyInjection;

            var builder = WebApplication.CreateBuilder(args);
            IChatClient client = null!;
            builder.Services.AddChatClient(client);
            builder.Build().Run();
            """);

        Assert.Equal(reports, all.Count(report => report.StartsWith("AGL1101", StringComparison.Ordinal)));
    }

    [Fact]
    public Task Library_leaves_telemetry_to_its_host() =>
        new RuleTest<AGL1101_UninstrumentedModelClient>("""
            using Microsoft.Extensions.AI;
            using Microsoft.Extensions.DependencyInjection;

            public static class Setup
            {
                public static void Add(IServiceCollection services, IChatClient client) => services.AddChatClient(client);
            }
            """).Reference(Library.ExtensionsAI).RunAsync();

    [Fact]
    public Task Console_program_for_one_person() =>
        new RuleTest<AGL1101_UninstrumentedModelClient>("""
            using Microsoft.Extensions.AI;

            IChatClient client = null!;
            var chat = client.AsBuilder().UseFunctionInvocation().Build();
            Console.WriteLine(await chat.GetResponseAsync(Console.ReadLine()!));
            """)
        { TestState = { OutputKind = OutputKind.ConsoleApplication } }.Reference(Library.ExtensionsAI).RunAsync();

    private static RuleTest<AGL1101_UninstrumentedModelClient> Service(string composition, string imports = "") =>
        new RuleTest<AGL1101_UninstrumentedModelClient>($$"""
            {{imports}}using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.AI;
            using Microsoft.Extensions.DependencyInjection;
            using OpenTelemetry.Trace;

            IChatClient client = null!;
            var builder = WebApplication.CreateBuilder(args);
            {{composition}}
            builder.Build().Run();
            """)
        { TestState = { OutputKind = OutputKind.ConsoleApplication } }.Reference(Library.ExtensionsAI, Library.AspNetCore, Library.OpenTelemetry);
}

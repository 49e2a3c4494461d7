using AgentLint.Analysis.Core;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis.Core;

/// <summary>How a program is run.</summary>
public sealed class ProgramHostTests
{
    private const string Nothing = "class Program { static void Main() { } }";

    private static HostKind HostOf(string source, OutputKind output = OutputKind.ConsoleApplication)
    {
        var program = Compiled.From(source).Compilation;
        return ProgramHost.Of(
            AgentLint.Model.AgentModel.TryGet(program.WithOptions(program.Options.WithOutputKind(output)), AgentLint.Catalogue.ApiCatalogue.BuiltIn)!,
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Library_has_unknown_callers() => Assert.Equal(HostKind.Library, HostOf("public class C { }", OutputKind.DynamicallyLinkedLibrary));

    [Fact]
    public void Plain_executable_is_for_one_person() => Assert.Equal(HostKind.Console, HostOf(Nothing));

    [Fact]
    public void Executable_that_is_built_for_windows_is_a_desktop_program() => Assert.Equal(HostKind.Desktop, HostOf(Nothing, OutputKind.WindowsApplication));

    [Theory]
    [InlineData("public record Due(string Id); public class C : MassTransit.IConsumer<Due> { public Task Consume(MassTransit.ConsumeContext<Due> c) => Task.CompletedTask; }")]
    [InlineData("public class C : Microsoft.Extensions.Hosting.BackgroundService { protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask; }")]
    public void Consumer_or_background_service_makes_a_service(string type) => Assert.Equal(HostKind.Service, HostOf(Nothing + type));

    [Fact]
    public void Background_service_that_reads_from_the_console_does_not() => Assert.Equal(
        HostKind.Console,
        HostOf(Nothing + """
            public class C : Microsoft.Extensions.Hosting.BackgroundService
            {
                protected override async Task ExecuteAsync(CancellationToken stop) { while (Console.ReadLine() is { } line) await Task.Delay(line.Length, stop); }
            }
            """));

    [Fact]
    public void Server_over_standard_input_is_local() => Assert.Equal(
        HostKind.LocalServer,
        HostOf("class Program { static void Main() { new ServiceCollection().AddMcpServer().WithStdioServerTransport(); } }"));
}

using AgentLint.Rules.Observability;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Observability;

/// <summary>Console output of a server that speaks its protocol over standard output.</summary>
public sealed class AGL1104Tests
{
    private const string Stdio = "builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<Shop>();";
    private const string Quiet = "builder.Logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);";

    [Fact]
    public Task Tool_that_prints() =>
        Server(Quiet + Stdio, "{|#0:Console.WriteLine(order)|};")
            .Expect(Warning, "'Shop.Find' writes to standard output with 'Console.WriteLine', where the client of this server reads protocol messages; write to standard error").RunAsync();

    [Fact]
    public Task Tool_that_prints_through_a_helper() =>
        Server(Quiet + Stdio, "{|#0:Log.Note(order)|};")
            .Expect(Warning, "'Shop.Find' writes to standard output with 'Console.WriteLine' (Shop.Find → Log.Note → Console.WriteLine), where the client of this server reads protocol messages; write to standard error").RunAsync();

    [Theory]
    [InlineData("builder.Logging.{|#0:AddConsole|}();")]
    [InlineData("builder.Logging.{|#0:AddConsole|}(options => options.FormatterName = \"simple\");")]
    [InlineData("builder.Logging.{|#0:AddSimpleConsole|}();")]
    public Task Logger_that_prints(string logging)
    {
        var name = logging.Contains("Simple", StringComparison.Ordinal) ? "AddSimpleConsole" : "AddConsole";
        return Server(logging + Stdio, "").Expect(Warning, $"The logger of this server writes to standard output with 'ILoggingBuilder.{name}', where the client of this server reads protocol messages; write to standard error").RunAsync();
    }

    [Theory]
    [InlineData("var before = Console.Out; var own = new System.IO.StringWriter(); Console.SetOut(own); try { own.Write(order); } finally { Console.SetOut(before); }")]
    [InlineData("var before = Console.Out; Console.Error.WriteLine(before == System.IO.TextWriter.Null);")]
    public Task Writer_that_is_kept_to_be_put_back(string tool) => Server(Quiet + Stdio, tool).RunAsync();

    [Fact]
    public Task Writer_that_is_kept_and_written_to() => Server(Quiet + Stdio, "var output = {|#0:Console.Out|}; output.WriteLine(order);")
        .Expect(Warning, "'Shop.Find' writes to standard output with 'Console.Out', where the client of this server reads protocol messages; write to standard error").RunAsync();

    [Fact]
    public Task Logger_that_the_host_brings_along() =>
        Server(Stdio, "", "Host.{|#0:CreateApplicationBuilder|}(args)")
            .Expect(Info, "The logger of this server writes to standard output with 'Host.CreateApplicationBuilder', where the client of this server reads protocol messages; write to standard error").RunAsync();

    [Theory]
    [InlineData(Quiet + Stdio, "Console.Error.WriteLine(order);", "Host.CreateApplicationBuilder(args)")]
    [InlineData("builder.Logging.ClearProviders();" + Stdio, "", "Host.CreateApplicationBuilder(args)")]
    [InlineData(Stdio, "", "Host.CreateEmptyApplicationBuilder(null)")]
    [InlineData("if (args.Length == 0) { Console.WriteLine(\"usage\"); return; }" + Quiet + Stdio, "", "Host.CreateApplicationBuilder(args)")]
    [InlineData("builder.Services.AddMcpServer().WithTools<Shop>();", "Console.WriteLine(order);", "Host.CreateApplicationBuilder(args)")]
    public Task Standard_error_or_no_stdio_server(string setup, string tool, string host) => Server(setup, tool, host).RunAsync();

    private static RuleTest<AGL1104_ConsoleInStdioServer> Server(string setup, string tool, string host = "Host.CreateApplicationBuilder(args)") =>
        new RuleTest<AGL1104_ConsoleInStdioServer>($$"""
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Hosting;
            using Microsoft.Extensions.Logging;
            using ModelContextProtocol.Server;

            var builder = {{host}};
            {{setup}}
            await builder.Build().RunAsync();

            [McpServerToolType]
            public class Shop
            {
                [McpServerTool]
                public static string Find(string order)
                {
                    {{tool}}
                    return order;
                }
            }

            static class Log
            {
                public static void Note(string text) => Console.WriteLine(text);
            }
            """)
        { TestState = { OutputKind = OutputKind.ConsoleApplication } }.Reference(Library.Hosting);
}

using AgentLint.Rules.Observability;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Observability;

/// <summary>Prompts and answers that are recorded in every environment.</summary>
public sealed class AGL1103Tests
{
    private const string Kernel = "Microsoft.SemanticKernel.Experimental.GenAI.EnableOTelDiagnosticsSensitive";

    [Theory]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => telemetry.{|#0:EnableSensitiveData|} = true);", "OpenTelemetryChatClient.EnableSensitiveData")]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => { const bool on = true; telemetry.{|#0:EnableSensitiveData|} = on; });", "OpenTelemetryChatClient.EnableSensitiveData")]
    [InlineData("new OpenTelemetryChatClient(client) { {|#0:EnableSensitiveData|} = true };", "OpenTelemetryChatClient.EnableSensitiveData")]
    [InlineData("AppContext.{|#0:SetSwitch|}(\"" + Kernel + "\", true);", Kernel)]
    public Task Always_on(string statement, string name) =>
        Program(statement).Expect(Warning, $"'{name}' is enabled in every environment, so production telemetry contains prompts, answers and tool arguments; enable it in development only").RunAsync();

    [Theory]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => telemetry.EnableSensitiveData = isDevelopment);")]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => telemetry.EnableSensitiveData = false);")]
    [InlineData("if (isDevelopment) client.AsBuilder().UseOpenTelemetry(configure: telemetry => telemetry.EnableSensitiveData = true);")]
    [InlineData("client.AsBuilder().UseOpenTelemetry(configure: telemetry => { if (isDevelopment) telemetry.EnableSensitiveData = true; });")]
    [InlineData("AppContext.SetSwitch(\"" + Kernel + "\", isDevelopment);")]
    [InlineData("AppContext.SetSwitch(\"Another.Switch\", true);")]
    [InlineData("""

        #if !RELEASE
        AppContext.SetSwitch("Microsoft.SemanticKernel.Experimental.GenAI.EnableOTelDiagnosticsSensitive", true);
        #endif

        """)]
    public Task Off_or_asked_for(string statement) => Program(statement).RunAsync();

    private static RuleTest<AGL1103_SensitiveDataCaptured> Program(string statement) =>
        new RuleTest<AGL1103_SensitiveDataCaptured>($$"""
            using Microsoft.Extensions.AI;

            public static class Setup
            {
                public static void Add(IChatClient client, bool isDevelopment)
                {
                    {{statement}}
                }
            }
            """).Reference(Library.ExtensionsAI, Library.SemanticKernel);
}

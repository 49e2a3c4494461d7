using AgentLint.Fixes.CircuitBreaking;
using AgentLint.Rules.CircuitBreaking;
using Xunit;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>The model is told a text of the program's own, and what the exception says is in the log.</summary>
public sealed class AGL0504FixTests
{
    [Theory]
    [InlineData("return [|e.ToString()|];", "log.LogError(e, \"{Function} failed\", nameof(ReadAsync)); return \"The call failed.\";")]
    [InlineData("return $\"Failed: {[|e|]}\";", "log.LogError(e, \"{Function} failed\", nameof(ReadAsync)); return \"The call failed.\";")]
    [InlineData("log.LogWarning(e, \"x\"); return \"Failed: \" + [|e.Message|];", "log.LogWarning(e, \"x\"); return \"The call failed.\";")]
    [InlineData("log.LogWarning(\"x\"); return JsonSerializer.Serialize(new { error = [|e.ToString()|] });", "log.LogError(e, \"{Function} failed\", nameof(ReadAsync)); log.LogWarning(\"x\"); return JsonSerializer.Serialize(new { error = \"The call failed.\" });")]
    public Task Text_of_ones_own(string handler, string fixedHandler) =>
        new FixTest<AGL0504_ExceptionDetailsToModel, AGL0504Fix_StableText>(Program(handler), Program(fixedHandler)).Reference(Library.Hosting).Configure("agentlint.AGL0504.messages = true").RunAsync("Return a fixed text and log the exception");

    [Fact]
    public Task No_fix_without_a_log()
    {
        var code = Program("return [|e.ToString()|];").Replace(", ILogger<Desk> log", "", StringComparison.Ordinal).Replace("log != null", "http != null", StringComparison.Ordinal);
        return new FixTest<AGL0504_ExceptionDetailsToModel, AGL0504Fix_StableText>(code, code).Reference(Library.Hosting).RunAsync(null);
    }

    private static string Program(string handler) => $$"""
        using System;
        using System.ComponentModel;
        using System.Net.Http;
        using System.Text.Json;
        using System.Threading.Tasks;
        using Microsoft.Extensions.Logging;
        using ModelContextProtocol.Server;

        public class Desk(HttpClient http, ILogger<Desk> log)
        {
            public bool Logs => log != null;

            [McpServerTool, Description("Reads a page.")]
            public async Task<string> ReadAsync(string page)
            {
                try { return await http.GetStringAsync(page); }
                catch (Exception e) { {{handler}} }
            }

            public string Write(object o) => JsonSerializer.Serialize(o);
        }

        """;
}

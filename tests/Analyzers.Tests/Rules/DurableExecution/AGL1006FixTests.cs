using AgentLint.Fixes.DurableExecution;
using AgentLint.Rules.DurableExecution;
using Xunit;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>The failure of an activity goes on to the engine.</summary>
public sealed class AGL1006FixTests
{
    [Theory]
    [InlineData("catch (Exception) { Console.WriteLine(order); return \"\"; }", "catch (Exception) { Console.WriteLine(order); throw; }")]
    [InlineData("catch { return \"\"; }", "catch { throw; }")]
    public Task Handler_ends_by_rethrowing(string handler, string fixedHandler) =>
        new FixTest<AGL1006_SwallowedActivityFailure, AGL1006Fix_Rethrow>(
            Imports + AGL1006Tests.Program($"try {{ return await http.GetStringAsync(order); }} {handler.Replace("catch", "[|catch|]", StringComparison.Ordinal)}"),
            Imports + AGL1006Tests.Program($"try {{ return await http.GetStringAsync(order); }} {fixedHandler}")).Reference(Library.Temporal)
            .RunAsync("Rethrow, so that the engine retries");

    private const string Imports = """
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;

        """;
}

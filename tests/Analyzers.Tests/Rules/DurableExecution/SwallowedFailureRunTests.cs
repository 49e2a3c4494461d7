using AgentLint.Fixes.DurableExecution;
using AgentLint.Rules.DurableExecution;
using Xunit;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>An activity before and after AgentLint's own fix, compiled and run by what runs activities: something that runs them again until they do not fail.</summary>
public sealed class SwallowedFailureRunTests
{
    [Fact]
    public async Task Activity_is_run_again_after_the_fix()
    {
        var code = Imports + AGL1006Tests.Program("try { return await http.GetStringAsync(\"http://shop.test/\" + order); } [|catch|] (Exception) { Console.Error.WriteLine(order); return \"\"; }");
        var mended = code.Replace("[|catch|]", "catch", StringComparison.Ordinal).Replace("return \"\";", "throw;", StringComparison.Ordinal);
        await new FixTest<AGL1006_SwallowedActivityFailure, AGL1006Fix_Rethrow>(code, mended).Reference(Library.Temporal).RunAsync(null);

        Assert.Equal(("", 1), await RunAsync(code));
        Assert.Equal(("answer", 2), await RunAsync(mended));

        static async Task<(string Result, int Runs)> RunAsync(string code)
        {
            using var server = CountingServer.FailingFirst(1);
            var shop = Activator.CreateInstance(RunnableProgram.Load(code, [Library.Temporal]).GetType("Shop")!, server.Client)!;
            for (var run = 1; ; run++)
                try
                {
                    return (await (Task<string>)shop.GetType().GetMethod("ShipAsync")!.Invoke(shop, ["order"])!, run);
                }
                catch (HttpRequestException) when (run < 5)
                {
                    // As the engine does.
                }
        }
    }

    private const string Imports = """
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;

        """;
}

using AgentLint.Rules.DurableExecution;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>Activities that hide their failures from the engine.</summary>
public sealed class AGL1006Tests
{
    private const string Message = "'Shop.ShipAsync' catches every failure of 'HttpClient.GetStringAsync' and returns as if it had succeeded, so it is never retried; let the exception through, or return a result that says it failed";

    [Theory]
    [InlineData("{|#0:catch|} { return \"\"; }")]
    [InlineData("{|#0:catch|} (Exception) { return string.Empty; }")]
    [InlineData("{|#0:catch|} (Exception error) { Console.WriteLine(error); return \"unknown\"; }")]
    [InlineData("catch (ArgumentException) { throw; } {|#0:catch|} (Exception) { return null!; }")]
    public Task Handler_that_returns_a_result(string handler) => Activity(handler).Expect(Info, Message).RunAsync();

    [Theory]
    [InlineData("catch (Exception error) { Console.WriteLine(error); throw; }")]
    [InlineData("catch (Exception error) { throw new InvalidOperationException(\"no shop\", error); }")]
    [InlineData("catch (Exception error) { return \"failed: \" + error.Message; }")]
    [InlineData("catch (HttpRequestException) { return \"\"; }")]
    [InlineData("catch (Exception error) when (error is TimeoutException) { return \"\"; }")]
    [InlineData("finally { Console.WriteLine(order); }")]
    public Task Failure_that_goes_on(string handler) => Activity(handler).RunAsync();

    [Fact]
    public Task Handler_around_local_work() =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program("""
            try { return int.Parse(order).ToString(); }
            catch (Exception) { return ""; }
            """)).Reference(Library.Temporal).RunAsync();

    [Fact]
    public Task Handler_in_a_function_that_is_no_activity() =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program("try { return await http.GetStringAsync(order); } catch { return \"\"; }").Replace("[Activity]", "", StringComparison.Ordinal)).Reference(Library.Temporal).RunAsync();

    private static RuleTest<AGL1006_SwallowedActivityFailure> Activity(string handler) =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program($"try {{ return await http.GetStringAsync(order); }} {handler}")).Reference(Library.Temporal);

    internal static string Program(string body) => $$"""
        using Temporalio.Activities;

        public class Shop(HttpClient http)
        {
            [Activity]
            public async Task<string> ShipAsync(string order)
            {
                {{body}}
            }
        }
        """;
}

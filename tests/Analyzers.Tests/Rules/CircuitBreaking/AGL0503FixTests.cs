using AgentLint.Fixes.CircuitBreaking;
using AgentLint.Rules.CircuitBreaking;
using Xunit;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>Failures go on to the callers; answers are asked for their status.</summary>
public sealed class AGL0503FixTests
{
    [Theory]
    [InlineData("try { return await http.GetStringAsync(name); } [|catch|] { return \"\"; }", "try { return await http.GetStringAsync(name); } catch { throw; }")]
    [InlineData("try { return await http.GetStringAsync(name); } [|catch|] (Exception e) { Console.WriteLine(e); return \"\"; /* none */ }", "try { return await http.GetStringAsync(name); } catch (Exception e) { Console.WriteLine(e); throw; /* none */ }")]
    [InlineData("var text = \"\"; try { text = await http.GetStringAsync(name); } [|catch|] (Exception e) { Console.WriteLine(e); } return text;", "var text = \"\"; try { text = await http.GetStringAsync(name); } catch (Exception e) { Console.WriteLine(e); throw; } return text;")]
    [InlineData("try { return await http.GetStringAsync(name); } [|catch|] { return \"\"; } finally { Console.WriteLine(name); }", "try { return await http.GetStringAsync(name); } catch { throw; } finally { Console.WriteLine(name); }")]
    public Task Handler_ends_by_rethrowing(string body, string fixedBody) =>
        new FixTest<AGL0503_FailureDisguisedAsResult, AGL0503Fix_Rethrow>(Program(body), Program(fixedBody)).RunAsync("Let the failure through to the callers");

    [Theory]
    [InlineData("try { await http.[|PostAsync|](name, null); } catch (Exception e) { throw new InvalidOperationException(name, e); } return name;", "try { (await http.PostAsync(name, null)).EnsureSuccessStatusCode(); } catch (Exception e) { throw new InvalidOperationException(name, e); } return name;")]
    [InlineData("try { _ = await http.[|PostAsync|](name, null); } catch (Exception e) { throw new InvalidOperationException(name, e); } return name;", "try { (await http.PostAsync(name, null)).EnsureSuccessStatusCode(); } catch (Exception e) { throw new InvalidOperationException(name, e); } return name;")]
    public Task Dropped_answer_throws(string body, string fixedBody) =>
        new FixTest<AGL0503_FailureDisguisedAsResult, AGL0503Fix_EnsureSuccess>(Program(body), Program(fixedBody)).RunAsync("Throw when the response reports an error");

    [Fact]
    public Task Answer_is_asked_before_it_is_read() => new FixTest<AGL0503_FailureDisguisedAsResult, AGL0503Fix_EnsureSuccess>(
        Program("""
            // asks
                    using var answer = await http.[|PostAsync|]("orders/new", null); // first
                    return await answer.Content.ReadAsStringAsync();
            """),
        Program("""
            // asks
                    using var answer = await http.PostAsync("orders/new", null); // first
                    answer.EnsureSuccessStatusCode();
                    return await answer.Content.ReadAsStringAsync();
            """)).RunAsync("Throw when the response reports an error");

    private static string Program(string body) => $$"""
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;

        public class Desk(HttpClient http)
        {
            public async Task<string> RunAsync(string name)
            {
                {{body}}
            }
        }

        """;
}

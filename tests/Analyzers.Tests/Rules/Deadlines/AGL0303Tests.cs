using AgentLint.Rules.Deadlines;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>Calls that nothing ends but the other side, for programs that switch the rule on.</summary>
public sealed class AGL0303Tests
{
    [Fact]
    public void Rule_is_off_by_default() => Assert.False(AGL0303_CallWithoutDeadline.Rule.Descriptor.IsEnabledByDefault);

    [Fact]
    public Task Body_that_the_timeout_of_the_client_does_not_cover() => Desk("""
        using var response = await http.{|#0:SendAsync|}(new HttpRequestMessage(), HttpCompletionOption.ResponseHeadersRead);
        await response.Content.ReadAsStreamAsync();
        """)
        .Expect(Warning, "'Desk.RunAsync' sets no deadline for the HTTP call 'HttpClient.SendAsync': the body is read after the headers, where the client's timeout no longer applies")
        .RunAsync();

    [Theory]
    [InlineData("await model.GetResponseAsync(text, cancellationToken: token);")]
    [InlineData("await http.GetStringAsync(text);")]
    [InlineData("await model.GetResponseAsync(text);")]
    [InlineData("using var response = await http.SendAsync(new HttpRequestMessage(), HttpCompletionOption.ResponseHeadersRead, token); await response.Content.ReadAsStreamAsync(token);")]
    [InlineData("using var response = await http.SendAsync(new HttpRequestMessage()); await response.Content.ReadAsStreamAsync();")]
    public Task Call_that_ends(string code) => Desk(code).RunAsync();

    [Fact]
    public Task Body_that_another_function_reads_is_not_seen() => Desk("""
        using var response = await http.SendAsync(new HttpRequestMessage(), HttpCompletionOption.ResponseHeadersRead);
        await Bodies.ReadAsync(response);
        """).RunAsync();

    private static RuleTest<AGL0303_CallWithoutDeadline> Desk(string code) => new($$"""
        using Microsoft.Extensions.AI;

        public static class Bodies { public static Task<string> ReadAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(); }

        public class Desk(IChatClient model, HttpClient http)
        {
            public object[] All => [model, http];

            public async Task RunAsync(string text, CancellationToken token)
            {
                {{code}}
            }
        }
        """);
}

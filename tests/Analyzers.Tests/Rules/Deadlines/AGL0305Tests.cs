using AgentLint.Rules.Deadlines;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>Handlers that take the cancellation of their caller's token for a failure and let the work go on are reported; those that end it are not.</summary>
public sealed class AGL0305Tests
{
    private const string Ask = "await model.GetResponseAsync(page, cancellationToken: token);";
    private const string Start = "'Digest.RunAsync' catches the cancellation of 'token' at the model call 'IChatClient.GetResponseAsync'";

    // ---- Loops --------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("{|#0:catch|} (Exception e) { Console.WriteLine(e.Message); }")]
    [InlineData("{|#0:catch|} { failed++; }")]
    [InlineData("{|#0:catch|} (OperationCanceledException) { failed++; }")]
    [InlineData("catch (HttpRequestException) { throw; } {|#0:catch|} (Exception) { failed++; continue; }")]
    [InlineData("{|#0:catch|} (Exception e) when (e is not ArgumentException) { failed++; }")]
    public Task Loop_that_goes_on(string handler) => Loop($"try {{ {Ask} }} {handler}")
        .Expect(Warning, Start + ", and the loop continues with the next item: let the cancellation through")
        .RunAsync();

    [Theory]
    [InlineData("catch (OperationCanceledException) { throw; } catch (Exception) { failed++; }")]
    [InlineData("catch (Exception e) when (e is not OperationCanceledException) { failed++; }")]
    [InlineData("catch (Exception e) { if (e is OperationCanceledException) throw; failed++; }")]
    [InlineData("catch (Exception) when (!token.IsCancellationRequested) { failed++; }")]
    [InlineData("catch (Exception) { token.ThrowIfCancellationRequested(); failed++; }")]
    [InlineData("catch (Exception) { failed++; await Task.Delay(100, token); }")]
    [InlineData("catch (HttpRequestException) { failed++; }")]
    [InlineData("catch (Exception) { failed++; break; }")]
    [InlineData("catch (Exception) { failed++; return; }")]
    [InlineData("catch (Exception e) { throw new InvalidOperationException(\"x\", e); }")]
    public Task Handler_that_lets_it_through(string handler) => Loop($"try {{ {Ask} }} {handler}").RunAsync();

    [Theory]
    [InlineData("token.ThrowIfCancellationRequested(); try { await model.GetResponseAsync(page, cancellationToken: token); } catch (Exception) { failed++; }")]
    [InlineData("try { await model.GetResponseAsync(page, cancellationToken: token); } catch (Exception) { failed++; } await Task.Delay(10, token);")]
    [InlineData("if (token.IsCancellationRequested) break; try { await model.GetResponseAsync(page, cancellationToken: token); } catch (Exception) { failed++; }")]
    // What ends it is the work's own time limit.
    [InlineData("using var limit = new CancellationTokenSource(1000); try { await model.GetResponseAsync(page, cancellationToken: limit.Token); } catch (Exception) { failed++; }")]
    // The call is not given the token: nothing ends it.
    [InlineData("try { await model.GetResponseAsync(page); } catch (Exception) { failed++; }")]
    [InlineData("try { await Task.Delay(10, token); } catch (Exception) { failed++; }")]
    public Task Loop_that_ends(string body) => Loop(body).RunAsync();

    // The token of a helper ends only the calls that the helper gives it to.
    [Theory]
    [InlineData("await Task.Delay(1, token); await model.GetResponseAsync(page);", false)]
    [InlineData("await Task.Delay(1, token); await model.GetResponseAsync(page, cancellationToken: token);", true)]
    public Task Helper_that_may_drop_the_token(string body, bool isReported)
    {
        var test = Member($$"""
            public async Task<int> AskAllAsync(string[] pages, CancellationToken token)
            {
                var failed = 0;
                foreach (var page in pages)
                {
                    try { await HelpAsync(page, token); } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception) { failed++; }
                }

                return failed;
            }

            private async Task HelpAsync(string page, CancellationToken token) { {{body}} }
            """);
        return (isReported
            ? test.Expect(Warning, "'Digest.AskAllAsync' catches the cancellation of 'token' at the model call 'IChatClient.GetResponseAsync' (Digest.AskAllAsync → Digest.HelpAsync → IChatClient.GetResponseAsync), and the loop continues with the next item: let the cancellation through")
            : test).RunAsync();
    }

    [Fact]
    public Task Sequence_that_ends_with_the_token() => Member("""
        public async Task RunAsync(IAsyncEnumerable<string> pages, CancellationToken token)
        {
            await foreach (var page in pages.WithCancellation(token))
                try { await model.GetResponseAsync(page, cancellationToken: token); } catch (Exception) { failed++; }
        }
        """).RunAsync();

    // ---- What comes next ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("try { await model.GetResponseAsync(page, cancellationToken: token); } {|#0:catch|} (Exception) { failed++; } await model.GetResponseAsync(page);", "the function continues with 'GetResponseAsync'")]
    [InlineData("try { await model.GetResponseAsync(page, cancellationToken: token); } {|#0:catch|} (OperationCanceledException) { return \"It took too long.\"; } return page;", "the caller receives a result")]
    public Task Work_or_result_is_a_suggestion(string body, string end) => Once(body + (body.EndsWith("page;", StringComparison.Ordinal) ? "" : " return page;"))
        .Expect(Info, Start + ", and " + end + ": let the cancellation through")
        .RunAsync();

    [Theory]
    [InlineData("try { await model.GetResponseAsync(page, cancellationToken: token); } catch (Exception) { failed++; } await model.GetResponseAsync(page, cancellationToken: token); return page;")]
    [InlineData("try { await model.GetResponseAsync(page, cancellationToken: token); } catch (Exception) { failed++; } return page;")]
    [InlineData("try { await model.GetResponseAsync(page, cancellationToken: token); } catch (OperationCanceledException) when (!token.IsCancellationRequested) { return \"It took too long.\"; } return page;")]
    [InlineData("try { await model.GetResponseAsync(page, cancellationToken: token); } catch (OperationCanceledException) { return null; } return page;")]
    public Task Work_that_ends(string body) => Once(body).RunAsync();

    // ---- Timeouts that end a service -------------------------------------------------------------------------------------------

    private const string Timeout = "'Digest.RunAsync' catches a timeout of the model call 'IChatClient.GetResponseAsync', and ends the loop as if 'token' were canceled: catch it only when 'token.IsCancellationRequested'";

    [Theory]
    [InlineData("while (!token.IsCancellationRequested)", "{|#0:catch|} (OperationCanceledException) { break; } catch (Exception) { failed++; }", true)]
    [InlineData("while (true)", "{|#0:catch|} (TaskCanceledException) { Console.WriteLine(\"x\"); return; } catch { failed++; }", true)]
    [InlineData("while (await timer.WaitForNextTickAsync(token))", "{|#0:catch|} (OperationCanceledException) { break; } catch (Exception) { failed++; }", true)]
    [InlineData("await foreach (var other in pages.ReadAllAsync(token))", "{|#0:catch|} (OperationCanceledException) { break; } catch (Exception) { failed++; }", true)]
    // The host learns of the timeout where nothing else catches it.
    [InlineData("while (!token.IsCancellationRequested)", "{|#0:catch|} (OperationCanceledException) { break; }", false)]
    public Task Service_that_a_timeout_ends(string loop, string handler, bool isProven) => Service($"{loop} {{ try {{ {Ask} }} {handler} }}")
        .Expect(isProven ? Warning : Info, Timeout)
        .RunAsync();

    [Fact]
    public Task Service_that_a_timeout_ends_from_without() => Service($"try {{ while (!token.IsCancellationRequested) {{ {Ask} }} }} {{|#0:catch|}} (OperationCanceledException) {{ Console.WriteLine(\"x\"); }}")
        .Expect(Info, Timeout)
        .RunAsync();

    [Theory]
    [InlineData("while (!token.IsCancellationRequested) { try { " + Ask + " } catch (OperationCanceledException) when (token.IsCancellationRequested) { break; } catch (Exception) { failed++; } }")]
    [InlineData("while (!token.IsCancellationRequested) { try { " + Ask + " } catch (OperationCanceledException) { if (token.IsCancellationRequested) break; failed++; } }")]
    [InlineData("while (!token.IsCancellationRequested) { try { " + Ask + " } catch (OperationCanceledException) { throw; } }")]
    [InlineData("while (!token.IsCancellationRequested) { try { " + Ask + " } catch (OperationCanceledException) { failed++; } }")]
    [InlineData("while (!token.IsCancellationRequested) { try { " + Ask + " } catch (HttpRequestException) { break; } }")]
    // Nothing but the token ends a delay.
    [InlineData("while (!token.IsCancellationRequested) { try { await Task.Delay(9, token); } catch (OperationCanceledException) { break; } } " + Ask)]
    // The timeout is taken nearer to the call.
    [InlineData("while (!token.IsCancellationRequested) { try { try { " + Ask + " } catch (Exception) { failed++; } await Task.Delay(9, token); } catch (OperationCanceledException) { break; } }")]
    [InlineData("while (!token.IsCancellationRequested) { try { try { " + Ask + " } catch (Exception e) when (e is not OperationCanceledException || !token.IsCancellationRequested) { failed++; } await Task.Delay(9, token); } catch (OperationCanceledException) { break; } }")]
    [InlineData("try { while (!token.IsCancellationRequested) { try { " + Ask + " } catch (Exception) { failed++; } await Task.Delay(9, token); } } catch (OperationCanceledException) { }")]
    // A loop that ends by itself.
    [InlineData("for (var n = 0; n < 3; n++) { try { " + Ask + " } catch (OperationCanceledException) { break; } }")]
    [InlineData("while (failed < 3) { try { " + Ask + " } catch (OperationCanceledException) { break; } }")]
    public Task Service_that_asks_the_token_or_goes_on(string body) => Service(body).RunAsync();

    [Fact]
    public Task Loop_whose_end_is_a_result() => Member($$"""
        public async Task<int> RunAsync(string page, CancellationToken token)
        {
            while (!token.IsCancellationRequested) { try { {{Ask}} } catch (OperationCanceledException) { break; } }
            return failed;
        }
        """).RunAsync();

    // ---- Limits ---------------------------------------------------------------------------------------------------------------

    [Fact]
    public Task While_loop_is_not_looked_at() => Member("""
        public async Task RunAsync(Queue<string> pages, CancellationToken token)
        {
            while (pages.Count > 0)
                try { await model.GetResponseAsync(pages.Dequeue(), cancellationToken: token); } catch (Exception) { failed++; }
        }
        """).RunAsync();

    [Fact]
    public Task Handler_that_calls_what_throws_is_reported() => Loop($"try {{ {Ask} }} {{|#0:catch|}} (Exception e) {{ Fail(e); }}")
        .Expect(Warning, Start + ", and the loop continues with the next item: let the cancellation through")
        .RunAsync();

    private static RuleTest<AGL0305_SwallowedCancellation> Loop(string body) => Member($$"""
        public async Task RunAsync(IEnumerable<string> pages, CancellationToken token)
        {
            foreach (var page in pages)
            {
                {{body}}
            }
        }
        """);

    private static RuleTest<AGL0305_SwallowedCancellation> Service(string body) => Member($$"""
        public async Task RunAsync(string page, System.Threading.Channels.ChannelReader<string> pages, PeriodicTimer timer, CancellationToken token)
        {
            {{body}}
        }
        """);

    private static RuleTest<AGL0305_SwallowedCancellation> Once(string body) => Member($$"""
        public async Task<string?> RunAsync(string page, CancellationToken token)
        {
            {{body}}
        }
        """);

    private static RuleTest<AGL0305_SwallowedCancellation> Member(string member) => new($$"""
        #nullable enable
        using Microsoft.Extensions.AI;

        public class Digest(IChatClient model)
        {
            private int failed;

            public int Failed => failed;

            {{member}}

            private static void Fail(Exception failure) => throw new InvalidOperationException("x", failure);
        }
        """);
}

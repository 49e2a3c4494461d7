using AgentLint.Fixes.Deadlines;
using AgentLint.Rules.Deadlines;
using Xunit;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>A handler lets the cancellation through that its caller asked for, and keeps everything else.</summary>
public sealed class AGL0305FixTests
{
    [Theory]
    [InlineData("[|catch|] (Exception e)", "catch (Exception e) when (e is not OperationCanceledException || !token.IsCancellationRequested)")]
    [InlineData("[|catch|] (Exception)", "catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested)")]
    [InlineData("[|catch|]", "catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested)")]
    [InlineData("[|catch|] (OperationCanceledException)", "catch (OperationCanceledException) when (!token.IsCancellationRequested)")]
    [InlineData("[|catch|] (Exception e) when (e is not ArgumentException)", "catch (Exception e) when ((e is not OperationCanceledException || !token.IsCancellationRequested) && e is not ArgumentException)")]
    public Task Handler(string handler, string mended) =>
        new FixTest<AGL0305_SwallowedCancellation, AGL0305Fix_LetCancellationThrough>(File(handler), File(mended)).RunAsync("Let the caller's cancellation through");

    [Fact]
    public Task Service() =>
        new FixTest<AGL0305_SwallowedCancellation, AGL0305Fix_AskToken>(Loop("[|catch|] (OperationCanceledException)"), Loop("catch (OperationCanceledException) when (token.IsCancellationRequested)"))
            .RunAsync("Catch only the cancellation of the token");

    private static string Loop(string handler) => $$"""
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public class Digest(IChatClient model)
        {
            public int Failed { get; private set; }

            public async Task RunAsync(CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    try
                    {
                        await model.GetResponseAsync("next", cancellationToken: token);
                    }
                    {{handler}}
                    {
                        break; // the end
                    }
                    catch (Exception)
                    {
                        Failed++;
                    }
                }
            }
        }

        """;

    private static string File(string handler) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public class Digest(IChatClient model)
        {
            public int Failed { get; private set; }

            public async Task RunAsync(IEnumerable<string> pages, CancellationToken token)
            {
                foreach (var page in pages)
                {
                    try
                    {
                        await model.GetResponseAsync(page, cancellationToken: token);
                    }
                    {{handler}}
                    {
                        Failed++; // and on
                    }
                }
            }
        }

        """;
}

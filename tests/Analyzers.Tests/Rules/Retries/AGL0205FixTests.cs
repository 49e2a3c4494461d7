using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0205FixTests
{
    [Theory]
    [InlineData("[|catch|] (Exception)", "catch (Exception exception) when (exception is not OperationCanceledException)")]
    [InlineData("[|catch|] (Exception e)", "catch (Exception e) when (e is not OperationCanceledException)")]
    [InlineData("[|catch|]", "catch (Exception exception) when (exception is not OperationCanceledException)")]
    [InlineData("[|catch|] when (attempt < 3)", "catch (Exception exception) when (exception is not OperationCanceledException && attempt < 3)")]
    [InlineData("[|catch|] (Exception) when (attempt < 3)", "catch (Exception exception) when (exception is not OperationCanceledException && attempt < 3)")]
    [InlineData("[|catch|] (Exception e) when (attempt < 3 || e is IOException)", "catch (Exception e) when (e is not OperationCanceledException && (attempt < 3 || e is IOException))")]
    [InlineData("[|catch|] (Exception e) // all", "catch (Exception e) when (e is not OperationCanceledException) // all")]
    public Task Cancellation_is_let_through(string handler, string fixedHandler) => Fixed("", handler, fixedHandler);

    [Fact]
    public Task Own_check_is_let_through() => Fixed(
        "if (uri.Length == 0) throw new ArgumentException(uri);",
        "[|catch|] (Exception) when (attempt < 3)",
        "catch (Exception exception) when (exception is not ArgumentException && attempt < 3)",
        token: "");

    [Fact]
    public async Task Both_are_let_through_one_after_the_other()
    {
        const string Check = "if (uri.Length == 0) throw new ArgumentException(uri);";
        const string One = "[|catch|] (Exception e) when (e is not ArgumentException && attempt < 3)";
        await Fixed(Check, "[|catch|] (Exception e) when (attempt < 3)", One);
        await Fixed(Check, One, "catch (Exception e) when (e is not OperationCanceledException && e is not ArgumentException && attempt < 3)");
    }

    [Theory]
    [InlineData("[|catch|] (ArgumentException)")]
    [InlineData("[|catch|] (OperationCanceledException)")]
    [InlineData("catch (HttpRequestException e) when ([|e.StatusCode != System.Net.HttpStatusCode.NotFound|])")]
    public Task Not_offered_where_the_handler_is_for_that(string handler) => Fixed("", handler, handler);

    private static Task Fixed(string check, string handler, string fixedHandler, string token = ", token") =>
        new FixTest<AGL0205_RetryOfPermanentFailure, AGL0205Fix_LetThrough>(In(check, handler, token), In(check, fixedHandler, token))
        {
            NumberOfIncrementalIterations = handler == fixedHandler ? 0 : 1,
            NumberOfFixAllIterations = handler == fixedHandler ? 0 : 1,
            NumberOfFixAllInDocumentIterations = handler == fixedHandler ? 0 : 1,
            NumberOfFixAllInProjectIterations = handler == fixedHandler ? 0 : 1,
        }.RunAsync("Let the failure through to the caller");

    private static string In(string check, string handler, string token) => $$"""
        using System;
        using System.IO;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;

        class C(HttpClient http)
        {
            async Task<string> M(string uri, CancellationToken token)
            {
                for (var attempt = 0; attempt < 5; attempt++)
                {
                    try
                    {
                        {{check}}
                        return await http.GetStringAsync(uri{{token}});
                    }
                    {{handler}}
                    {
                        await Task.Delay(1000 * attempt + 1);
                    }
                }

                return "";
            }
        }

        """;
}

using System.Net;
using AgentLint.Fixes.CircuitBreaking;
using AgentLint.Rules.CircuitBreaking;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>Programs before and after AgentLint's own fixes, compiled and run against a server that is down: what their callers take for an answer.</summary>
public sealed class AnswerRunTests
{
    private const string Usings = """
        using System;
        using System.ComponentModel;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Microsoft.Extensions.Logging;
        using ModelContextProtocol.Server;

        """;

    private const string Empty = Usings + """
        public static class Work
        {
            public static async Task<string> Run(HttpClient http)
            {
                try
                {
                    return await http.GetStringAsync("orders");
                }
                [|catch|] (Exception e)
                {
                    Console.Error.WriteLine(e.GetType());
                    return "";
                }
            }
        }
        """;

    private const string Unread = Usings + """
        public static class Work
        {
            public static async Task<string> Run(HttpClient http)
            {
                using var answer = await http.[|PostAsync|]("orders/new", null);
                return await answer.Content.ReadAsStringAsync();
            }
        }
        """;

    private const string Details = Usings + """
        public class Work(HttpClient http, ILogger log)
        {
            public bool Logs => log != null;

            [McpServerTool, Description("Reads a page.")]
            public async Task<string> ReadAsync(string page)
            {
                try
                {
                    return await http.GetStringAsync(page);
                }
                catch (Exception e)
                {
                    return [|e.ToString()|];
                }
            }
        }
        """;

    [Fact]
    public async Task Failure_is_no_empty_answer()
    {
        var mended = Empty.Replace("[|catch|]", "catch", StringComparison.Ordinal).Replace("return \"\";", "throw;", StringComparison.Ordinal);
        await new FixTest<AGL0503_FailureDisguisedAsResult, AGL0503Fix_Rethrow>(Empty, mended).RunAsync(null);

        Assert.Equal("", await AskAsync(Empty));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(mended))).StatusCode);
    }

    [Fact]
    public async Task Page_of_an_error_is_no_answer()
    {
        var mended = Unread.Replace("[|PostAsync|](\"orders/new\", null);\n", "PostAsync(\"orders/new\", null);\n        answer.EnsureSuccessStatusCode();\n", StringComparison.Ordinal);
        await new FixTest<AGL0503_FailureDisguisedAsResult, AGL0503Fix_EnsureSuccess>(Unread, mended).RunAsync(null);

        Assert.Equal("down", await AskAsync(Unread));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(mended));
    }

    [Fact]
    public async Task Model_is_not_told_what_the_exception_says()
    {
        var mended = Details.Replace("return [|e.ToString()|];", "log.LogError(e, \"{Function} failed\", nameof(ReadAsync));\n            return \"The call failed.\";", StringComparison.Ordinal);
        await new FixTest<AGL0504_ExceptionDetailsToModel, AGL0504Fix_StableText>(Details, mended).Reference(Library.Hosting).RunAsync(null);

        var (before, silent) = await ReadAsync(Details);
        Assert.Contains("AnswerRunTests", before, StringComparison.Ordinal);
        Assert.Null(silent);
        var (after, logged) = await ReadAsync(mended);
        Assert.Equal("The call failed.", after);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Assert.IsType<HttpRequestException>(logged).StatusCode);

        static async Task<(string Told, Exception? Logged)> ReadAsync(string code)
        {
            using var server = new CountingServer(_ => throw new HttpRequestException(nameof(AnswerRunTests), null, HttpStatusCode.ServiceUnavailable));
            var log = new LastLog();
            var work = Activator.CreateInstance(RunnableProgram.Load(code, [Library.Hosting]).GetType("Work")!, server.Client, log)!;
            return (await (Task<string>)work.GetType().GetMethod("ReadAsync")!.Invoke(work, ["page"])!, log.Failure);
        }
    }

    private static async Task<string> AskAsync(string code)
    {
        using var server = CountingServer.FailingFirst(int.MaxValue);
        return await RunnableProgram.Run<Func<HttpClient, Task<string>>>(code)(server.Client);
    }

    private sealed class LastLog : ILogger
    {
        public Exception? Failure { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Failure = exception;
    }
}

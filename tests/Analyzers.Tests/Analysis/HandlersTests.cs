using AgentLint.Analysis;
using AgentLint.Analysis.Flow;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>What handlers take, and what they do on their ways out.</summary>
public sealed class HandlersTests
{
    [Theory]
    [InlineData("catch { }")]
    [InlineData("catch (Exception) { }")]
    [InlineData("catch (SystemException) { }")]
    [InlineData("catch (Exception e) when (e is not OperationCanceledException) { }")]
    [InlineData("catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException)) { }")]
    [InlineData("catch (Exception) when (!token.IsCancellationRequested) { }")]
    public void Takes_all(string handler) => Assert.True(Read(handler).TakesAll);

    [Theory]
    [InlineData("catch (HttpRequestException) { }")]
    [InlineData("catch (OperationCanceledException) { }")]
    [InlineData("catch (Exception e) when (e is HttpRequestException) { }")]
    [InlineData("catch (Exception) when (token.IsCancellationRequested) { }")]
    [InlineData("catch (Exception) when (count < 3) { }")]
    public void Takes_some(string handler) => Assert.False(Read(handler).TakesAll);

    [Theory]
    [InlineData("catch (OperationCanceledException) { }", true)]
    [InlineData("catch (TaskCanceledException) { }", true)]
    [InlineData("catch (TimeoutException) { }", true)]
    [InlineData("catch (OperationCanceledException) when (token.IsCancellationRequested) { }", false)]
    [InlineData("catch (Exception) { }", false)]
    [InlineData("catch { }", false)]
    public void Takes_timeouts(string handler, bool does) => Assert.Equal(does, Read(handler).TakesTimeouts);

    [Theory]
    [InlineData("catch { throw; }", HandlerExits.Throws)]
    [InlineData("catch { }", HandlerExits.GoesOn)]
    [InlineData("catch { return 1; }", HandlerExits.Returns)]
    [InlineData("catch { if (count > 1) return 1; }", HandlerExits.Returns | HandlerExits.GoesOn)]
    [InlineData("catch { if (count > 1) throw; return 1; }", HandlerExits.Throws | HandlerExits.Returns)]
    [InlineData("catch { continue; }", HandlerExits.Jumps)]
    [InlineData("catch { if (count > 1) break; }", HandlerExits.Jumps | HandlerExits.GoesOn)]
    [InlineData("catch { return count > 1 ? throw new InvalidOperationException() : 1; }", HandlerExits.Throws | HandlerExits.Returns)]
    [InlineData("catch { Func<int> later = () => throw new InvalidOperationException(); }", HandlerExits.GoesOn)]
    public void Is_left(string handler, object exits) => Assert.Equal((HandlerExits)exits, Read(handler).Ways.Exits);

    [Theory]
    [InlineData("catch { }", 0, 0)]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); }", 1, 0)]
    [InlineData("catch (Exception e) { log.LogError(\"{Text}\", string.Join(',', e.Message.Split('.'))); }", 1, 0)]
    [InlineData("catch (Exception e) { Console.WriteLine(e.ToString()); Console.Error.WriteLine(e); }", 2, 0)]
    [InlineData("catch (Exception e) { System.Diagnostics.Activity.Current?.SetStatus(System.Diagnostics.ActivityStatusCode.Error); }", 1, 0)]
    [InlineData("catch (Exception e) { Note(e); }", 1, 0)]
    [InlineData("catch (Exception e) { Written(log, e); }", 1, 0)]
    [InlineData("catch (Exception e) { var text = e.Message; log.LogError(text); }", 1, 0)]
    // Undone, or let go of.
    [InlineData("catch (Exception e) { transaction.Rollback(); stream.Dispose(); }", 0, 0)]
    [InlineData("catch (Exception e) { Keep(e); }", 0, 1)]
    [InlineData("catch (Exception e) { failed = true; count++; }", 0, 2)]
    [InlineData("catch (Exception e) { all.Add(e); }", 0, 1)]
    [InlineData("catch (Exception e) { this.last = e; }", 0, 1)]
    [InlineData("catch (Exception e) { var other = Other(); }", 0, 1)]
    [InlineData("catch (Exception e) { told?.Invoke(e); }", 0, 1)]
    // What is given back, or thrown, is looked at apart.
    [InlineData("catch (Exception e) { return Other(); }", 0, 0)]
    [InlineData("catch (Exception e) { throw new InvalidOperationException(Other().ToString(), e); }", 0, 0)]
    // What stands in a function runs when it is called.
    [InlineData("catch (Exception e) { Action later = () => Keep(e); }", 0, 0)]
    public void Does(string handler, int logs, int deeds)
    {
        var ways = Read(handler).Ways;

        Assert.Equal((logs, deeds), (ways.Logs.Length, ways.Deeds.Length));
    }

    private static (bool TakesAll, bool TakesTimeouts, HandlerWays Ways) Read(string handler)
    {
        var program = Compiled.From($$"""
            using Microsoft.Extensions.Logging;
            class Desk(ILogger log, List<Exception> all, Action<Exception> told, CancellationToken token, System.Data.IDbTransaction transaction, System.IO.Stream stream)
            {
                private Exception? last;
                private bool failed;
                private int count;
                int Run()
                {
                    while (true)
                    {
                        try { _ = int.Parse("1"); }
                        {{handler}}
                        return 0;
                    }

                    return 0;
                }
                private void Note(Exception e) => log.LogWarning(e, "x");
                [LoggerMessage(Level = LogLevel.Error, Message = "x")] private static void Written(ILogger log, Exception e) => throw new NotSupportedException();
                private void Keep(Exception e) { log.LogWarning(e, "x"); all.Add(e); }
                private int Other() => all.Count + (failed ? count : 0) + (last == null ? 0 : 1);
            }
            """);
        var cancellation = TestContext.Current.CancellationToken;
        var tree = program.Compilation.SyntaxTrees.Last();
        var handlers = new Handlers(program.Model, program.Compilation.GetSemanticModel(tree), cancellation);
        var clause = tree.GetRoot(cancellation).DescendantNodes().OfType<CatchClauseSyntax>().First();
        return (handlers.TakesAll(clause), handlers.TakesTimeouts(clause), handlers.Of(clause)!);
    }
}

using AgentLint.Rules.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

public sealed class AGL0804Tests
{
    private static RuleTest<AGL0804_FailOpenApproval> Desk(string members) =>
        new($$"""
            using System;
            using System.Collections.Generic;
            using System.Data.Common;
            using System.Linq;
            using System.Threading;
            using System.Threading.Tasks;
            using Dapper;
            using Microsoft.Extensions.AI;
            using ModelContextProtocol.Protocol;
            using ModelContextProtocol.Server;

            public class Desk(DbConnection database, McpServer server, ISet<string> harmless)
            {
            {{members}}
            }
            """);

    private static Task Reported(string members, string message, DiagnosticSeverity severity = DiagnosticSeverity.Warning) =>
        Desk(members).Expect(severity, message).RunAsync();

    [Theory]
    [InlineData("    public AIContent Answer(ToolApprovalRequestContent request) => request.CreateResponse({|#0:true|});")]
    [InlineData("    public AIContent? Answer(AIContent content) => content is ToolApprovalRequestContent request ? request.CreateResponse(approved: {|#0:true|}) : null;")]
    [InlineData("    public void Answer(ChatMessage message, List<AIContent> answers) { foreach (var request in message.Contents.OfType<ToolApprovalRequestContent>()) answers.Add(request.CreateResponse({|#0:true|})); }")]
    public Task Always_yes(string members) =>
        Reported(members, "'ToolApprovalRequestContent.CreateResponse' approves every request: decide based on the tool and its arguments, or ask a person");

    [Theory]
    [InlineData("    public AIContent Answer(ToolApprovalRequestContent request) => request.CreateResponse(false);")]
    [InlineData("    public AIContent Answer(ToolApprovalRequestContent request) => request.CreateResponse(Console.ReadLine() == \"y\");")]
    [InlineData("    public AIContent Answer(ToolApprovalRequestContent request) { if (Console.ReadLine() == \"y\") return request.CreateResponse(true); return request.CreateResponse(false); }")]
    [InlineData("    public AIContent? Answer(ToolApprovalRequestContent request) => request.ToolCall is FunctionCallContent call && harmless.Contains(call.Name) ? request.CreateResponse(true) : null;")]
    [InlineData("    public bool Ask() { try { return Console.ReadLine() == \"y\"; } catch (Exception) { return false; } }")]
    [InlineData("    public bool Ask(string tool) { if (harmless.Contains(tool)) return true; return Console.ReadLine() == \"y\"; }")]
    public Task Decided(string members) => Desk(members).RunAsync();

    [Fact]
    public Task Yes_when_asking_fails() =>
        Reported(
            "    public bool Ask() { try { return Console.ReadLine() == \"y\"; } catch (Exception) { return {|#0:true|}; } }",
            "'Desk.Ask' approves when asking fails: treat this case as a refusal");

    [Fact]
    public Task Yes_when_nobody_can_be_asked() =>
        Reported(
            """
                public async Task<bool> Ask()
                {
                    if (server.ClientCapabilities?.Elicitation is null)
                        return {|#0:true|};
                    return (await server.ElicitAsync(new ElicitRequestParams { Message = "?" })).IsAccepted;
                }
            """,
            "'Desk.Ask' approves when no person can be asked: treat this case as a refusal");

    [Fact]
    public Task Done_when_nobody_can_be_asked() =>
        Reported(
            """
                public async Task<T> Ask<T>(Func<T> tool)
                {
                    if (server.ClientCapabilities?.Elicitation == null)
                        return {|#0:tool()|};
                    if (!(await server.ElicitAsync(new ElicitRequestParams { Message = "?" })).IsAccepted)
                        throw new InvalidOperationException("No");
                    return tool();
                }
            """,
            "'Desk.Ask' approves when no person can be asked: treat this case as a refusal");

    [Fact]
    public Task Yes_when_nobody_answers() =>
        Reported(
            """
                public void Run() { var key = Ask(); if (key == ConsoleKey.Y || key == ConsoleKey.Enter) Console.WriteLine("runs"); }
                private static ConsoleKey Ask() { var read = Task.Run(() => Console.ReadKey(true)); return read.Wait(3000) ? read.Result.Key : {|#0:ConsoleKey.Enter|}; }
            """,
            "'Desk.Ask' returns a value that means approval when no answer arrives: treat this case as a refusal");

    [Fact]
    public Task Default_that_means_no() =>
        Desk(
            """
                public void Run() { var key = Ask(); if (key == ConsoleKey.Y || key == ConsoleKey.Enter) Console.WriteLine("runs"); }
                private static ConsoleKey Ask() { var read = Task.Run(() => Console.ReadKey(true)); return read.Wait(3000) ? read.Result.Key : ConsoleKey.N; }
            """).RunAsync();

    [Fact]
    public Task Flag_that_the_model_fills_in() =>
        Reported(
            """
                [McpServerTool] public async Task<string> Drop({|#0:bool confirm|})
                {
                    if (!confirm)
                        return "Set confirm to true.";
                    await database.ExecuteAsync("drop table orders");
                    return "dropped";
                }
            """,
            "'confirm' is set by the model and counts as the approval of 'Desk.Drop': let the host ask a person",
            DiagnosticSeverity.Info);

    [Fact]
    public Task Flag_of_what_can_be_taken_back() =>
        Desk("    [McpServerTool] public async Task<string> Close(bool confirm) { if (!confirm) return \"\"; await database.ExecuteAsync(\"update orders set done = 1\"); return \"closed\"; }").RunAsync();
}

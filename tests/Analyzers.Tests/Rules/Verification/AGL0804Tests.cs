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

    // ---- a tool that grants the approval of another one -------------------------------------------------------------------------

    private static string Home(string approve, string unlock) => $$"""
        using System;
        using System.Data.Common;
        using System.Threading.Tasks;
        using Dapper;
        using ModelContextProtocol.Server;

        public class Home(DbConnection database)
        {
            public bool IsApproved { get; set; }
            public bool IsOpen { get; set; }

            {{approve}}

            {{unlock}}
        }
        """;

    private const string Approve = "[McpServerTool] public string Approve(string action) { {|#0:IsApproved = true|}; return action; }";
    private const string Unlock = "[McpServerTool] public string Unlock() { if (!IsApproved) return \"ask first\"; IsOpen = true; return \"open\"; }";

    private static RuleTest<AGL0804_FailOpenApproval> Tools(string approve, string unlock) => new(Home(approve, unlock));

    [Fact]
    public Task Tool_that_grants_an_approval() =>
        Tools(Approve, Unlock)
            .Expect(DiagnosticSeverity.Info, "a model can call 'Home.Approve', which grants the approval that 'Home.Unlock' asks for: let the host ask a person").RunAsync();

    [Fact]
    public Task Tool_that_grants_the_approval_of_a_deletion() =>
        Tools(Approve, "[McpServerTool] public async Task<string> Clear() { if (!this.IsApproved) return \"ask first\"; await database.ExecuteAsync(\"DELETE FROM orders\"); return \"cleared\"; }")
            .Expect(DiagnosticSeverity.Warning, "a model can call 'Home.Approve', which grants the approval that 'Home.Clear' asks for: let the host ask a person").RunAsync();

    [Theory]
    [InlineData("public string Approve(string action) { IsApproved = true; return action; }", Unlock)]
    [InlineData("[McpServerTool] public string Approve(string action) { if (Console.ReadLine() == \"y\") IsApproved = true; return action; }", Unlock)]
    [InlineData("[McpServerTool] public string Approve(string code, string given) { if (code == given) IsApproved = true; return code; }", Unlock)]
    [InlineData("[McpServerTool] public string Approve(string action) { IsApproved = false; return action; }", Unlock)]
    [InlineData("[McpServerTool] public string Open(string action) { IsOpen = true; return action; }", "[McpServerTool] public string Close() { if (!IsOpen) return \"closed\"; IsOpen = false; return \"ok\"; }")]
    [InlineData("[McpServerTool] public string Approve(string action) { IsApproved = true; return action; }", "public string Unlock() { if (!IsApproved) return \"ask first\"; IsOpen = true; return \"open\"; }")]
    [InlineData("[McpServerTool] public string Approve(string action) { IsApproved = true; return action; }", "[McpServerTool] public string State() => IsApproved ? \"approved\" : \"open\";")]
    public Task Approval_that_a_model_does_not_grant(string approve, string unlock) => Tools(approve, unlock).RunAsync();

    // ---- a decision that is not read ------------------------------------------------------------------------------------------------

    private static RuleTest<AGL0804_FailOpenApproval> Orchestrator(string body) => new RuleTest<AGL0804_FailOpenApproval>($$"""
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.DurableTask;

        public class Review : TaskOrchestrator<string, string>
        {
            public override async Task<string> RunAsync(TaskOrchestrationContext context, string order)
            {
                {{body}}
                return order;
            }
        }
        """).Reference(Library.DurableTask);

    [Theory]
    [InlineData("bool isReviewed = await context.{|#0:WaitForExternalEvent<bool>|}(\"Reviewed\"); await context.CallActivityAsync(\"Ship\", order);")]
    [InlineData("if (order.Length > 3) { await context.{|#0:WaitForExternalEvent<bool>|}(\"Reviewed\"); } await context.CallActivityAsync(\"Ship\", order);")]
    public Task Decision_that_is_not_read(string body) =>
        Orchestrator(body).Expect(DiagnosticSeverity.Info,
            "the decision that 'TaskOrchestrationContext.WaitForExternalEvent' returns is not read, so the workflow continues after a refusal: branch on it, or wait for an event without a value").RunAsync();

    [Theory]
    [InlineData("if (await context.WaitForExternalEvent<bool>(\"Reviewed\")) await context.CallActivityAsync(\"Ship\", order);")]
    [InlineData("var isReviewed = await context.WaitForExternalEvent<bool>(\"Reviewed\"); if (!isReviewed) return \"\"; await context.CallActivityAsync(\"Ship\", order);")]
    [InlineData("await context.WaitForExternalEvent<object>(\"Continue\"); await context.CallActivityAsync(\"Ship\", order);")]
    [InlineData("var review = context.WaitForExternalEvent<bool>(\"Reviewed\"); await Task.WhenAny(review, context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None)); await context.CallActivityAsync(\"Ship\", order);")]
    [InlineData("await context.CallActivityAsync(\"Ship\", order); await context.WaitForExternalEvent<bool>(\"Received\");")]
    public Task Decision_that_is_read_or_changes_nothing(string body) => Orchestrator(body).RunAsync();
}

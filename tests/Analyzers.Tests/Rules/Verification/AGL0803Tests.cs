using AgentLint.Rules.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

public sealed class AGL0803Tests
{
    private static RuleTest<AGL0803_UnguardedDestructiveTool> Desk(string members) =>
        new($$"""
            using System;
            using System.Data.Common;
            using System.Net.Mail;
            using System.Threading.Tasks;
            using Dapper;
            using Microsoft.Extensions.AI;
            using ModelContextProtocol.Server;

            public class Desk(DbConnection database, SmtpClient smtp)
            {
            {{members}}
                private Task<int> Remove(int ticket) => database.ExecuteAsync("delete from tickets where id = @ticket", new { ticket });
                private Task<int> Run(string sql) => database.ExecuteAsync(sql);
                private Task Mail(string text) => smtp.SendMailAsync("a@b.c", "d@e.f", "", text);
                private Task<int> Close(int ticket) => database.ExecuteAsync("update tickets set done = 1 where id = @ticket", new { ticket });
                private async Task<int> Careful(int ticket) => Console.ReadLine() == "y" ? await Remove(ticket) : 0;
            }
            """);

    [Theory]
    [InlineData("Remove", "removes data with 'IDbConnection.ExecuteAsync'", DiagnosticSeverity.Info)]
    [InlineData("Mail", "sends with 'SmtpClient.SendMailAsync'", DiagnosticSeverity.Info)]
    [InlineData("Run", "runs the text in 'sql' with 'IDbConnection.ExecuteAsync'", DiagnosticSeverity.Warning)]
    public Task Destructive(string tool, string what, DiagnosticSeverity severity) =>
        Desk($"    public ChatOptions Options() => new() {{ Tools = [{{|#0:AIFunctionFactory.Create({tool})|}}] }};")
            .Expect(severity, $"'Desk.{tool}' {what}, and a model can call it without approval: require approval, or check in the tool what is allowed")
            .RunAsync();

    [Theory]
    [InlineData("    public ChatOptions Options() => new() { Tools = [AIFunctionFactory.Create(Close)] };")]
    [InlineData("    public ChatOptions Options() => new() { Tools = [AIFunctionFactory.Create(Careful)] };")]
    [InlineData("    public ChatOptions Options() => new() { Tools = [new ApprovalRequiredAIFunction(AIFunctionFactory.Create(Remove))] };")]
    [InlineData("    public ChatOptions Options() { var remove = AIFunctionFactory.Create(Remove); return new() { Tools = [new ApprovalRequiredAIFunction(remove)] }; }")]
    [InlineData("    public McpServerTool Options() => McpServerTool.Create(Remove);")]
    public Task Silent(string members) => Desk(members).RunAsync();
}

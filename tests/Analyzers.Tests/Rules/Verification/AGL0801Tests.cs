using AgentLint.Rules.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

public sealed class AGL0801Tests
{
    private const string Head = """
        using System;
        using System.Collections.Generic;
        using System.ComponentModel;
        using System.Data.Common;
        using System.Diagnostics;
        using System.IO;
        using System.Linq;
        using System.Net.Http;
        using System.Text;
        using System.Text.Json;
        using System.Text.RegularExpressions;
        using System.Threading;
        using System.Threading.Tasks;
        using Dapper;
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;

        public enum Report { Sales, Stock }
        public record Plan(string Sql, string File);

        """;

    private static RuleTest<AGL0801_UnverifiedOutputToSink> Desk(string members) =>
        new(Head + $$"""
            public class Desk(IChatClient client, DbConnection database, HttpClient http, string root)
            {
                private static readonly HashSet<string> Allowed = ["select 1", "select 2"];
            {{members}}
            }
            """);

    private static Task Reported(string members, string value, string sink, string way = "", DiagnosticSeverity severity = DiagnosticSeverity.Warning) =>
        Desk(members).Expect(severity, $"{value} reaches '{sink}'{way} without a check: {CureOf(sink)}").RunAsync();

    private static Task Silent(string members) => Desk(members).RunAsync();

    private static string CureOf(string sink) => sink.Split('.')[0] switch
    {
        "Process" or "ProcessStartInfo" or "new ProcessStartInfo" => "start a fixed program with an argument list and no shell, or ask a person first",
        "File" or "Directory" => "compare its full path with a root and its separator, or keep only the file name",
        "HttpClient" => "compare its host with a list of allowed hosts",
        _ => "pass values as parameters, or let the model choose among fixed statements",
    };

    [Theory]
    [InlineData("var filter = $\"Name eq '{name}'\"; await foreach (var row in table.QueryAsync<TableEntity>(filter: {|#0:filter|})) return row.RowKey; return \"\";", true)]
    [InlineData("await foreach (var row in table.QueryAsync<TableEntity>(row => row.RowKey == name)) return row.RowKey; return \"\";", false)]
    [InlineData("await foreach (var row in table.QueryAsync<TableEntity>(filter: TableClient.CreateQueryFilter($\"Name eq {name}\"))) return row.RowKey; return \"\";", false)]
    public Task Filter_of_a_table(string code, bool isReported)
    {
        var test = new RuleTest<AGL0801_UnverifiedOutputToSink>($$"""
            using Azure.Data.Tables;
            using ModelContextProtocol.Server;
            [McpServerToolType]
            public class Tools(TableClient table) { [McpServerTool] public async Task<string> Find(string name) { {{code}} } }
            """).Reference(Library.Tables);
        return (isReported ? test.Expect(DiagnosticSeverity.Warning, "'name', which a model passes to 'Tools.Find', reaches 'TableClient.QueryAsync' without a check: pass values as parameters, or let the model choose among fixed statements") : test).RunAsync();
    }

    [Fact]
    public Task Answer_as_sql() =>
        Reported(
            """
            public async Task Run(string question)
            {
                var answer = (await client.GetResponseAsync(question)).Text;
                await database.ExecuteAsync({|#0:answer|});
            }
            """,
            "'answer' from 'IChatClient.GetResponseAsync'",
            "IDbConnection.ExecuteAsync");

    [Fact]
    public Task Way_through_several_methods() =>
        Reported(
            """
            private async Task<string> Ask(string question) { var answer = await client.GetResponseAsync(question); return answer.Text.Trim(); }
            public async Task Run(string question) { var sql = await Ask(question); {|#0:|}await Query({|#1:sql|}); }
            private Task Query(string text) { using var command = database.CreateCommand(); command.CommandText = text; return command.ExecuteNonQueryAsync(); }
            """.Replace("{|#0:|}", "").Replace("{|#1:sql|}", "{|#0:sql|}"),
            "'sql' from 'IChatClient.GetResponseAsync'",
            "DbCommand.CommandText",
            " (Desk.Ask → Desk.Run → Desk.Query)");

    [Fact]
    public Task Parameter_of_a_tool() =>
        Reported(
            "[McpServerTool] public Task<int> Run(string sql) => database.ExecuteAsync({|#0:sql|});",
            "'sql', which a model passes to 'Desk.Run',",
            "IDbConnection.ExecuteAsync");

    [Theory]
    [InlineData("[McpServerTool] public Task<int> Run(int id) => database.ExecuteAsync($\"delete from notes where id = {id}\");")]
    [InlineData("[McpServerTool] public Task<int> Run(Report report) => database.ExecuteAsync($\"delete from {report}\");")]
    [InlineData("[McpServerTool] public Task<int> Run(string id) => database.ExecuteAsync(\"delete from notes where id = @id\", new { id });")]
    [InlineData("[McpServerTool] public Task<int> Run(string sql) { if (!Allowed.Contains(sql)) throw new ArgumentException(); return database.ExecuteAsync(sql); }")]
    [InlineData("[McpServerTool] public Task<int> Run(string name) => database.ExecuteAsync(name switch { \"a\" => \"delete from a\", _ => \"delete from b\" });")]
    [InlineData("[McpServerTool] public Task<int> Run(string name) { switch (name) { case \"a\": case \"b\": return database.ExecuteAsync(\"delete from \" + name); default: throw new ArgumentException(); } }")]
    [InlineData("[McpServerTool] public Task<int> Run(string sql) { if (!sql.TrimStart().StartsWith(\"SELECT\", StringComparison.OrdinalIgnoreCase)) return Task.FromResult(0); return database.ExecuteAsync(sql); }")]
    [InlineData("[McpServerTool] public Task<int> Run(string name) { if (!Enum.TryParse<Report>(name, out var report)) return Task.FromResult(0); return database.ExecuteAsync(\"delete from \" + report); }")]
    [InlineData("[McpServerTool] public Task<int> Run(string name) { if (!Regex.IsMatch(name, \"^[a-z]+$\")) return Task.FromResult(0); return database.ExecuteAsync(\"delete from \" + name); }")]
    [InlineData("[McpServerTool] public Task<int> Run(string sql) { Console.WriteLine(sql); if (Console.ReadLine() != \"y\") return Task.FromResult(0); return database.ExecuteAsync(sql); }")]
    [InlineData("[McpServerTool] public Task<int> Run(string sql) { if (!IsKnown(sql)) return Task.FromResult(0); return database.ExecuteAsync(sql); } private static bool IsKnown(string text) => Allowed.Contains(text);")]
    [InlineData("[McpServerTool] public Task<int> Run(string sql) { Check(sql); return database.ExecuteAsync(sql); } private static void Check(string text) { if (!Allowed.Contains(text)) throw new ArgumentException(); }")]
    [InlineData("[McpServerTool] public Task<int> Run(string sql) { var isKnown = sql.Length > 0 && Allowed.Contains(sql); if (!isKnown) return Task.FromResult(0); return database.ExecuteAsync(sql); }")]
    public Task Checked_or_of_a_closed_type(string members) => Silent(members);

    [Theory]
    [InlineData("if (sql.Contains(\"DROP\")) return Task.FromResult(0);")]
    [InlineData("if (Regex.IsMatch(sql, \"DROP|DELETE\")) return Task.FromResult(0);")]
    [InlineData("if (IsBad(sql)) return Task.FromResult(0);")]
    [InlineData("if (!IsGood(sql)) return Task.FromResult(0);")]
    [InlineData("if (!Allowed.Contains(other)) return Task.FromResult(0);")]
    [InlineData("if (string.IsNullOrWhiteSpace(sql)) return Task.FromResult(0);")]
    [InlineData("if (!Allowed.Contains(sql)) Console.WriteLine(\"unknown\");")]
    [InlineData("var clean = Clean(sql);")]
    public Task Guard_that_does_not_guard(string guard) =>
        Reported(
            "[McpServerTool] public Task<int> Run(string sql, string other) { " + guard + """
             return database.ExecuteAsync({|#0:sql|}); }
                private static readonly string[] Words = ["DROP", "DELETE"];
                private static bool IsBad(string text) => Words.Any(word => text.Contains(word));
                private static bool IsGood(string text) => !Words.Any(word => text.Contains(word));
                private static string Clean(string text) => Regex.Replace(text, "[^a-z]", "");
            """,
            "'sql', which a model passes to 'Desk.Run',",
            "IDbConnection.ExecuteAsync");

    [Fact]
    public Task Command_of_a_shell() =>
        Reported(
            "[McpServerTool] public void Run(string command) => Process.Start(\"/bin/bash\", {|#0:$\"-c \\\"{command}\\\"\"|});",
            "'command', which a model passes to 'Desk.Run',",
            "Process.Start");

    [Fact]
    public Task Argument_of_a_shell() =>
        Reported(
            "[McpServerTool] public void Run(string command) { var start = new ProcessStartInfo(\"bash\"); start.ArgumentList.Add(\"-c\"); start.ArgumentList.Add({|#0:command|}); Process.Start(start); }",
            "'command', which a model passes to 'Desk.Run',",
            "ProcessStartInfo.ArgumentList");

    [Fact]
    public Task Argument_of_a_program() =>
        Silent("[McpServerTool] public void Run(string branch) { var start = new ProcessStartInfo(\"git\"); start.ArgumentList.Add(\"checkout\"); start.ArgumentList.Add(branch); Process.Start(start); }");

    [Theory]
    [InlineData("File.Delete({|#0:path|});", "File.Delete")]
    [InlineData("File.Delete({|#0:Path.Combine(root, path)|});", "File.Delete")]
    [InlineData("if (path.Contains(\"..\")) return; File.Delete({|#0:Path.Combine(root, path)|});", "File.Delete")]
    [InlineData("if (Path.GetExtension(path) != \".txt\") return; File.Delete({|#0:path|});", "File.Delete")]
    [InlineData("if (!File.Exists(path)) return; File.WriteAllText({|#0:path|}, \"\");", "File.WriteAllText")]
    public Task Path_that_leads_anywhere(string body, string sink) =>
        Reported("[McpServerTool] public void Run(string path) { " + body + " }", "'path', which a model passes to 'Desk.Run',", sink);

    [Theory]
    [InlineData("File.Delete(Path.Combine(root, Path.GetFileName(path)));")]
    [InlineData("var full = Path.GetFullPath(Path.Combine(root, path)); if (!full.StartsWith(root + Path.DirectorySeparatorChar)) return; File.Delete(full);")]
    [InlineData("var home = Path.GetFullPath(root) + \"/\"; var full = Path.GetFullPath(path, home); if (!full.StartsWith(home)) throw new ArgumentException(); File.Delete(full);")]
    [InlineData("if (path.Contains(\"..\") || Path.IsPathRooted(path)) return; File.Delete(Path.Combine(root, path));")]
    [InlineData("if (path.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0) return; File.Delete(Path.Combine(root, path));")]
    [InlineData("File.Delete(Inside(path)); string Inside(string name) { var full = Path.GetFullPath(Path.Combine(root, name)); return full.StartsWith(root + Path.DirectorySeparatorChar) ? full : throw new ArgumentException(); }")]
    public Task Path_that_stays_inside(string body) => Silent("[McpServerTool] public void Run(string path) { " + body + " }");

    [Fact]
    public Task Address_that_a_model_gives() =>
        Reported("[McpServerTool] public Task<string> Run(string url) => http.GetStringAsync({|#0:url|});", "'url', which a model passes to 'Desk.Run',", "HttpClient.GetStringAsync", severity: DiagnosticSeverity.Info);

    [Theory]
    [InlineData("[McpServerTool] public Task<string> Run(string city) => http.GetStringAsync($\"https://weather.example.com/{city}\");")]
    [InlineData("[McpServerTool] public Task<string> Run(string city) => http.GetStringAsync(\"cities/\" + city);")]
    [InlineData("[McpServerTool] public Task<string> Run(string url) { if (!url.StartsWith(\"https://weather.example.com/\")) throw new ArgumentException(); return http.GetStringAsync(url); }")]
    [InlineData("[McpServerTool] public Task<string> Run(string url) { var uri = new Uri(url); if (uri.Host != \"weather.example.com\") throw new ArgumentException(); return http.GetStringAsync(uri); }")]
    public Task Address_whose_host_is_settled(string members) => Silent(members);
}

using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public class AGL0104Tests
{
    private const string Head = """
        using System.Data.Common;
        using System.Net.Http.Json;
        using System.Net.Mail;
        using Dapper;
        using Microsoft.EntityFrameworkCore;
        using ModelContextProtocol.Server;

        public class Note { public int Id { get; set; } public string Text { get; set; } = ""; public bool IsDone { get; set; } }
        public class Notes : DbContext { public DbSet<Note> All => Set<Note>(); }
        public interface IMail { Task SendAsync(string text); }
        public class Mail(SmtpClient smtp) : IMail { public Task SendAsync(string text) => smtp.SendMailAsync("a@b.c", "d@e.f", "", text); }

        """;

    private static RuleTest<AGL0104_MisdeclaredToolContract> Tool(string declaration, string members) =>
        new(Head + $$"""
            [McpServerToolType]
            public class Tools(HttpClient http, DbConnection database, Notes notes, IMail mail, SmtpClient smtp)
            {
                [McpServerTool({{declaration}})]
            {{members}}
            }
            """);

    private static Task Reported(string declaration, string members, string declared, string what) =>
        Tool(declaration, members).Expect(DiagnosticSeverity.Warning, $"'Tools.Run' declares '{declared}', but {what}: correct the hint or the code").RunAsync();

    private static Task Silent(string declaration, string members) => Tool(declaration, members).RunAsync();

    [Fact]
    public Task Mail_is_no_read() =>
        Reported(
            "Name = \"run\", {|#0:ReadOnly = true|}",
            "public Task Run(string text) => smtp.SendMailAsync(\"a@b.c\", \"d@e.f\", \"\", text);",
            "ReadOnly = true",
            "writes with 'SmtpClient.SendMailAsync'");

    [Fact]
    public Task Path_to_the_write_is_said() =>
        Reported(
            "{|#0:ReadOnly = true|}",
            "public Task Run(string text) => Tell(text); private async Task Tell(string text) { await mail.SendAsync(text); }",
            "ReadOnly = true",
            "writes with 'SmtpClient.SendMailAsync' (Tools.Run → Tools.Tell → IMail.SendAsync → SmtpClient.SendMailAsync)");

    [Fact]
    public Task Mail_repeats() =>
        Reported("{|#0:Idempotent = true|}", "public Task Run(string text) => mail.SendAsync(text);", "Idempotent = true", "takes effect again on every 'SmtpClient.SendMailAsync' (Tools.Run → IMail.SendAsync → SmtpClient.SendMailAsync)");

    [Theory]
    [InlineData("[DllImport(\"user32.dll\")] private static extern void mouse_event(uint flags, int x, int y, int data, nuint extra);", "mouse_event(0x800, 0, 0, 120, 0)", "mouse_event")]
    [InlineData("[DllImport(\"user32\")] private static extern void keybd_event(byte key, byte scan, uint flags, nuint extra);", "keybd_event(65, 0, 0, 0)", "keybd_event")]
    [InlineData("[LibraryImport(\"user32.dll\")] private static partial void mouse_event(uint flags, int x, int y, int data, nuint extra); private static partial void mouse_event(uint flags, int x, int y, int data, nuint extra) { }", "mouse_event(0x800, 0, 0, 120, 0)", "mouse_event")]
    public Task Input_is_made_again(string import, string call, string function) => Input("{|#0:Idempotent = true|}", import, call)
        .Expect(DiagnosticSeverity.Warning, $"'Tools.Run' declares 'Idempotent = true', but takes effect again on every 'Tools.{function}': correct the hint or the code").RunAsync();

    [Theory]
    [InlineData("Idempotent = true", "[DllImport(\"user32.dll\")] private static extern bool SetCursorPos(int x, int y);", "SetCursorPos(1, 2)")]
    [InlineData("Idempotent = true", "[DllImport(\"mine.dll\")] private static extern void mouse_event(int x);", "mouse_event(1)")]
    [InlineData("Idempotent = true", "[DllImport(\"user32.dll\", EntryPoint = \"GetCursorPos\")] private static extern void mouse_event(int x);", "mouse_event(1)")]
    [InlineData("Idempotent = true", "private static void mouse_event(int x) { }", "mouse_event(1)")]
    [InlineData("Idempotent = false", "[DllImport(\"user32.dll\")] private static extern void mouse_event(uint flags, int x, int y, int data, nuint extra);", "mouse_event(0x800, 0, 0, 120, 0)")]
    public Task Function_that_makes_no_input(string declaration, string import, string call) => Input(declaration, import, call).RunAsync();

    private static RuleTest<AGL0104_MisdeclaredToolContract> Input(string declaration, string import, string call) => new(
        $$"""
        using System.Runtime.InteropServices;
        using ModelContextProtocol.Server;
        [McpServerToolType]
        public partial class Tools
        {
            [McpServerTool({{declaration}})] public void Run() { {{call}}; }
            {{import}}
        }
        """);

    [Theory]
    [InlineData("ReadOnly = false")]
    [InlineData("Idempotent = false")]
    [InlineData("Name = \"mail\"")]
    [InlineData("Destructive = false")]
    public Task To_promise_less_than_one_keeps_is_no_lie(string declaration) => Silent(declaration, "public Task Run(string text) => mail.SendAsync(text);");

    [Fact]
    public Task All_that_is_broken_is_one_report() =>
        Reported(
            "{|#0:ReadOnly = true|}, Idempotent = true, Destructive = false",
            "public Task Run(string sql) => database.ExecuteAsync(sql);",
            "ReadOnly = true, Idempotent = true, Destructive = false",
            "runs the text in 'sql' with 'IDbConnection.ExecuteAsync'");

    [Fact]
    public Task What_was_begun_is_taken_back() =>
        Silent("Destructive = false", "public async Task Run(int id) { try { await http.PutAsync(\"mails/\" + id, null); } catch { await http.DeleteAsync(\"mails/\" + id); throw; } }");

    [Fact]
    public Task Post_whose_address_is_an_order() =>
        Reported(
            "{|#0:Idempotent = true|}",
            "public async Task<string> Run(string node) { var answer = await http.PostAsync($\"nodes/{node}/restart\", new StringContent(node)); return await answer.Content.ReadAsStringAsync(); }",
            "Idempotent = true",
            "takes effect again on every 'HttpClient.PostAsync'");

    [Theory]
    [InlineData("foreach (var step in Steps) await database.ExecuteAsync(step);")]
    [InlineData("await database.ExecuteAsync(Steps[0]);")]
    [InlineData("foreach (var step in new List<string> { \"DROP TABLE terms\" }) await database.ExecuteAsync(step);")]
    public Task Statement_is_an_element_of_a_list(string body) =>
        Reported(
            "{|#0:ReadOnly = true|}",
            "public async Task Run() { " + body + " } private static readonly string[] Steps = [\"DROP TABLE chunks\", \"CREATE TABLE chunks AS SELECT 1\"];",
            "ReadOnly = true",
            "writes with 'IDbConnection.ExecuteAsync'");

    [Theory]
    [InlineData("foreach (var step in Steps) await database.ExecuteAsync(step);")]
    [InlineData("foreach (var step in given) await database.ExecuteAsync(step.Trim());")]
    public Task Statement_that_reads_is_an_element_of_a_list(string body) =>
        Silent("ReadOnly = true", "public async Task Run() { " + body + " } private static readonly string[] Steps = [\"SELECT 1\", \"SELECT 2\"]; private static string[] given = null!;");

    [Theory]
    [InlineData("public Task Run(string page, string text) => http.PutAsJsonAsync($\"pages/{page}\", text);")]
    [InlineData("public Task Run(string page, string text) => http.PutAsync(\"pages/\" + page, new StringContent(text));")]
    public Task Put_replaces_what_is_there(string method) => Tool("{|#0:Destructive = false|}", method)
        .Expect(DiagnosticSeverity.Info, $"'Tools.Run' declares 'Destructive = false', but replaces existing data with 'HttpClient.{(method.Contains("Json", StringComparison.Ordinal) ? "PutAsJsonAsync" : "PutAsync")}': correct the hint or the code").RunAsync();

    [Theory]
    [InlineData("public Task Run(string text) => http.PutAsJsonAsync($\"pages/{Guid.NewGuid()}\", text);")]
    [InlineData("public Task Run(string text) => http.PutAsJsonAsync(\"settings\", text);")]
    [InlineData("public async Task Run(string page, string text) { if ((await http.GetAsync($\"pages/{page}\")).IsSuccessStatusCode) return; await http.PutAsJsonAsync($\"pages/{page}\", text); }")]
    public Task Put_that_makes_something(string method) => Silent("Destructive = false", method);

    [Fact]
    public Task What_was_read_is_changed_and_written_back() =>
        Reported(
            "{|#0:Idempotent = true|}",
            "public async Task Run(int id) { var count = await http.GetFromJsonAsync<int>(\"basket\"); await http.PutAsJsonAsync(\"basket\", count + id); }",
            "Idempotent = true",
            "changes 'count' again on every 'HttpClient.PutAsJsonAsync'");

    [Fact]
    public Task File_that_the_caller_names_is_overwritten() =>
        Reported(
            "{|#0:Destructive = false|}",
            "public void Run(string path) { if (!path.StartsWith(\"notes/\")) return; File.WriteAllText(path, \"\"); }",
            "Destructive = false",
            "overwrites data with 'File.WriteAllText'");

    [Theory]
    [InlineData("public void Run(string path) { if (File.Exists(path)) return; File.WriteAllText(path, \"\"); }")]
    [InlineData("public void Run(string text) { File.WriteAllText(\"notes.txt\", text); }")]
    public Task File_that_is_new_or_the_tools_own(string members) => Silent("Destructive = false", members);

    // ---- SQL --------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("var command = database.CreateCommand(); command.CommandText = sql; await command.ExecuteReaderAsync();", "DbCommand.ExecuteReaderAsync")]
    [InlineData("var text = sql.Trim(); await database.QueryAsync(text);", "IDbConnection.QueryAsync")]
    [InlineData("if (string.IsNullOrEmpty(sql)) return; await database.QueryAsync(sql ?? \"\");", "IDbConnection.QueryAsync")]
    [InlineData("Console.Error.WriteLine(sql); await database.QueryAsync(sql);", "IDbConnection.QueryAsync")]
    public Task Text_of_the_caller_is_anything(string body, string call) =>
        Reported("{|#0:ReadOnly = true|}", $"public async Task Run(string sql) {{ {body} }}", "ReadOnly = true", $"runs the text in 'sql' with '{call}'");

    [Fact]
    public Task Text_is_followed_through_calls() =>
        Reported(
            "{|#0:Destructive = false|}",
            "public Task Run(string sql) => Query(sql, 3); private async Task Query(string text, int n) { var all = text; await database.QueryAsync(all); }",
            "Destructive = false",
            "runs the text in 'sql' with 'IDbConnection.QueryAsync' (Tools.Run → Tools.Query → IDbConnection.QueryAsync)");

    [Fact]
    public Task Text_in_what_is_handed_over_is_anything() =>
        Reported("{|#0:ReadOnly = true|}", "public Task Run(Question q) => database.QueryAsync(q.Sql); public record Question(string Sql);", "ReadOnly = true", "runs the text in 'q' with 'IDbConnection.QueryAsync'");

    [Theory]
    [InlineData("Guard.Check(sql); await database.QueryAsync(sql);")]
    [InlineData("if (!Guard.IsRead(sql)) return; await database.QueryAsync(sql);")]
    [InlineData("if (!sql.StartsWith(\"SELECT\")) return; await database.QueryAsync(sql);")]
    [InlineData("switch (sql) { case \"a\": await database.QueryAsync(sql); break; }")]
    [InlineData("var safe = Guard.Clean(sql); await database.QueryAsync(safe);")]
    [InlineData("sql = \"select 1\"; await database.QueryAsync(sql);")]
    public Task Text_that_is_looked_at_may_be_sound(string body) =>
        Tool("ReadOnly = true", $"public async Task Run(string sql) {{ {body} }} static class Guard {{ public static void Check(string s) {{ }} public static bool IsRead(string s) => true; public static string Clean(string s) => \"\"; }}").RunAsync();

    [Theory]
    [InlineData("ReadOnly", "select * from notes")]
    [InlineData("ReadOnly", "with x as (select 1) select * from x -- delete from y")]
    [InlineData("ReadOnly", "select 'delete', \\\"drop\\\" from [update]")]
    [InlineData("ReadOnly", "select replace(text, 'a', 'b') from notes for update")]
    [InlineData("ReadOnly", "exec list_notes")]
    [InlineData("Idempotent", "insert into notes values (1) on conflict do nothing")]
    [InlineData("Idempotent", "if not exists (select 1 from notes) insert into notes values (1)")]
    [InlineData("Idempotent", "insert or ignore into notes values (1)")]
    [InlineData("Idempotent", "merge into notes using x on 1 = 1 when matched then update set a = 1 when not matched then insert values (1)")]
    [InlineData("Idempotent", "update notes set done = 1, text = @text where id = @id and n = n + 1")]
    [InlineData("Idempotent", "delete from notes where id = 1")]
    public Task Constant_text_is_read(string hint, string sql) => Silent($"{hint} = true", $"public Task Run() => database.ExecuteAsync(\"{sql}\");");

    [Theory]
    [InlineData("ReadOnly", "insert into notes values (1)", "writes with")]
    [InlineData("ReadOnly", "select * into copy from notes", "writes with")]
    [InlineData("ReadOnly", "select 1; drop table notes", "writes with")]
    [InlineData("ReadOnly", "WITH x AS (SELECT 1) DELETE FROM notes", "writes with")]
    [InlineData("Idempotent", "insert into notes (text) values ('a')", "takes effect again on every")]
    [InlineData("Idempotent", "update stock set amount = amount - 1", "changes 'amount' again on every")]
    [InlineData("Idempotent", "update stock set amount += 1", "changes 'amount' again on every")]
    public Task Constant_text_tells(string hint, string sql, string what) =>
        Reported($"{{|#0:{hint} = true|}}", $"public Task Run() => database.ExecuteAsync(\"{sql}\");", $"{hint} = true", $"{what} 'IDbConnection.ExecuteAsync'");

    [Theory]
    [InlineData("\"delete from notes where id = @id\"")]
    [InlineData("$\"truncate table {name}\"")]
    [InlineData("\"drop table \" + name")]
    public Task Removing_is_destructive(string sql) =>
        Reported("{|#0:Destructive = false|}", $"public Task Run(string name) => database.ExecuteAsync({sql}, new {{ id = 1 }});", "Destructive = false", "removes data with 'IDbConnection.ExecuteAsync'");

    [Fact]
    public Task Each_text_counts() =>
        Reported(
            "{|#0:ReadOnly = true|}",
            "public async Task Run() { await database.ExecuteAsync(\"select 1\"); await database.ExecuteAsync(\"delete from notes\"); }",
            "ReadOnly = true",
            "writes with 'IDbConnection.ExecuteAsync'");

    // ---- HTTP -------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("ReadOnly", "await http.PostAsJsonAsync(\"mails\", 1);", "writes with 'HttpClient.PostAsJsonAsync'")]
    [InlineData("ReadOnly", "(await http.PostAsync(\"mails\", null).ConfigureAwait(false)).EnsureSuccessStatusCode();", "writes with 'HttpClient.PostAsync'")]
    [InlineData("Idempotent", "using var answer = await http.PostAsync(\"mails\", null); answer.EnsureSuccessStatusCode();", "takes effect again on every 'HttpClient.PostAsync'")]
    [InlineData("ReadOnly", "using var request = new HttpRequestMessage(HttpMethod.Post, \"mails\"); await http.SendAsync(request);", "writes with 'HttpClient.SendAsync'")]
    [InlineData("ReadOnly", "await http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, \"mails/1\"));", "writes with 'HttpClient.SendAsync'")]
    [InlineData("ReadOnly", "await http.SendAsync(new HttpRequestMessage { Method = new HttpMethod(\"delete\") });", "writes with 'HttpClient.SendAsync'")]
    [InlineData("ReadOnly", "var request = new HttpRequestMessage(); request.Method = HttpMethod.Delete; await http.SendAsync(request);", "writes with 'HttpClient.SendAsync'")]
    [InlineData("Idempotent", "http.DefaultRequestHeaders.Add(\"X-Trace\", \"Idempotency-Key\"); await http.PostAsync(\"mails\", null);", "takes effect again on every 'HttpClient.PostAsync'")]
    [InlineData("ReadOnly", "await http.PutAsync(\"mails/1\", null);", "writes with 'HttpClient.PutAsync'")]
    public Task Request_that_is_no_question(string hint, string body, string what) =>
        Reported($"{{|#0:{hint} = true|}}", $"public async Task Run() {{ {body} }}", $"{hint} = true", what);

    [Fact]
    public Task Deletion_is_destructive() =>
        Reported("{|#0:Destructive = false|}", "public Task Run(int id) => http.DeleteAsync(\"mails/\" + id);", "Destructive = false", "removes data with 'HttpClient.DeleteAsync'");

    [Theory]
    [InlineData("ReadOnly", "using var answer = await http.PostAsync(\"search\", null); return await answer.Content.ReadAsStringAsync();")]
    [InlineData("ReadOnly", "var answer = await http.PostAsync(\"search\", null); return Read(answer);")]
    [InlineData("ReadOnly", "return await (await http.PostAsync(\"search\", null)).Content.ReadAsStringAsync();")]
    [InlineData("ReadOnly", "return await http.GetStringAsync(\"a\");")]
    [InlineData("ReadOnly", "await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, \"a\")); return null;")]
    [InlineData("Idempotent", "await http.PutAsync(\"a/1\", null); return null;")]
    [InlineData("Idempotent", "await http.DeleteAsync(\"a/1\"); return null;")]
    [InlineData("Idempotent", "var request = new HttpRequestMessage(HttpMethod.Post, \"a\"); request.Headers.Add(\"Idempotency-Key\", \"1\"); await http.SendAsync(request); return null;")]
    [InlineData("Idempotent", "var request = new HttpRequestMessage(HttpMethod.Post, \"a\"); request.Headers.TryAddWithoutValidation(Header, \"1\"); await http.SendAsync(request); return null;")]
    [InlineData("Idempotent", "using var own = new HttpClient(); own.DefaultRequestHeaders.Add(\"Repeatability-Request-ID\", \"1\"); await own.PostAsync(\"a\", null); return null;")]
    [InlineData("ReadOnly", "var method = HttpMethod.Get; await http.SendAsync(new HttpRequestMessage(method, \"a\")); return null;")]
    public Task Request_that_may_be_a_question(string hint, string body) =>
        Silent($"{hint} = true", $"public async Task<string> Run() {{ {body} }} string Read(HttpResponseMessage m) => \"\"; private static readonly string Header = \"X-Idempotency-Key\";");

    [Fact]
    public Task Answer_of_a_retried_request_is_looked_for_behind_the_retry() =>
        Reported(
            "{|#0:ReadOnly = true|}",
            "public async Task Run(Polly.ResiliencePipeline p) { using var answer = await p.ExecuteAsync(async t => await http.PostAsync(\"mails\", null, t)); answer.EnsureSuccessStatusCode(); }",
            "ReadOnly = true",
            "writes with 'HttpClient.PostAsync'");

    // ---- entities, files, commands ----------------------------------------------------------------------------------

    [Fact]
    public Task Saved_changes_are_written() =>
        Reported("{|#0:ReadOnly = true|}", "public async Task Run(string text) { notes.All.Add(new Note { Text = text }); await notes.SaveChangesAsync(); }", "ReadOnly = true", "writes with 'DbContext.SaveChangesAsync'");

    [Theory]
    [InlineData("ReadOnly", "public Task Run(int id) => notes.All.FirstAsync(n => n.Id == id);")]
    [InlineData("ReadOnly", "public void Run(string text) { notes.All.Add(new Note { Text = text }); }")]
    [InlineData("Idempotent", "public async Task Run(int id) { (await notes.All.FirstAsync(n => n.Id == id)).IsDone = true; await notes.SaveChangesAsync(); }")]
    public Task Entities_that_are_not_saved_or_not_added(string hint, string members) => Silent($"{hint} = true", members);

    [Fact]
    public Task File_that_the_caller_names_is_written() =>
        Reported("{|#0:ReadOnly = true|}", "public Task Run(string path) => File.WriteAllTextAsync(path, \"\");", "ReadOnly = true", "writes with 'File.WriteAllTextAsync'");

    [Fact]
    public Task File_that_the_caller_names_is_removed() =>
        Reported("{|#0:Destructive = false|}", "public void Run(string path) => File.Delete(path);", "Destructive = false", "removes data with 'File.Delete'");

    [Fact]
    public Task File_of_its_own_is_nobodys_business() =>
        Silent("ReadOnly = true, Destructive = false", "public void Run() { var path = Path.GetTempFileName(); File.WriteAllText(path, \"\"); File.Delete(path); }");

    [Fact]
    public Task Command_of_the_caller_is_anything() =>
        Reported("{|#0:Destructive = false|}", "public void Run(string command) { System.Diagnostics.Process.Start(\"bash\", command); }", "Destructive = false", "runs the text in 'command' with 'Process.Start'");

    [Fact]
    public Task Command_of_its_own_is_not_known() =>
        Silent("ReadOnly = true, Destructive = false", "public void Run(string name) { System.Diagnostics.Process.Start(\"git\", \"status\"); }");

    // ---- checks, models, other attributes --------------------------------------------------------------------------

    [Theory]
    [InlineData("var known = await http.GetStringAsync(\"sent/\" + text); if (known == \"yes\") return; await mail.SendAsync(text);")]
    [InlineData("if (await notes.All.AnyAsync(n => n.Text == text)) return; await mail.SendAsync(text);")]
    [InlineData("var note = await notes.All.FirstAsync(n => n.Text == text); if (!note.IsDone) { await mail.SendAsync(text); }")]
    public Task Who_asks_first_may_be_idempotent(string body) => Silent("Idempotent = true", $"public async Task Run(string text) {{ {body} }}");

    [Fact]
    public Task Check_of_the_arguments_makes_nothing_idempotent() =>
        Reported("{|#0:Idempotent = true|}", "public async Task Run(string text) { if (text.Length == 0) return; await mail.SendAsync(text); }", "Idempotent = true", "takes effect again on every 'SmtpClient.SendMailAsync' (Tools.Run → IMail.SendAsync → SmtpClient.SendMailAsync)");

    [Fact]
    public Task To_ask_a_model_is_to_read() =>
        Silent("ReadOnly = true", "public Task Run(Microsoft.Extensions.AI.IChatClient client, string text) => client.GetResponseAsync([new Microsoft.Extensions.AI.ChatMessage(Microsoft.Extensions.AI.ChatRole.User, text)]);");

    [Fact]
    public Task Attribute_of_a_host_with_the_hints_of_the_protocol() =>
        new RuleTest<AGL0104_MisdeclaredToolContract>(Head + """
            public class CommandAttribute : Attribute { public bool ReadOnly { get; set; } public bool Destructive { get; set; } }
            public abstract class Command { public abstract Task ExecuteAsync(string text); }
            [Command({|#0:ReadOnly = true|})]
            public class SendCommand(IMail mail) : Command { public override Task ExecuteAsync(string text) => mail.SendAsync(text); public Task Other() => Task.CompletedTask; }
            """).Expect(DiagnosticSeverity.Warning, "'SendCommand.ExecuteAsync' declares 'ReadOnly = true', but writes with 'SmtpClient.SendMailAsync' (SendCommand.ExecuteAsync → IMail.SendAsync → SmtpClient.SendMailAsync): correct the hint or the code").RunAsync();

    [Fact]
    public Task One_name_alone_is_a_coincidence() =>
        new RuleTest<AGL0104_MisdeclaredToolContract>(Head + """
            public class ColumnAttribute : Attribute { public bool ReadOnly { get; set; } }
            public class Columns(IMail mail) { [Column(ReadOnly = true)] public Task Tell(string text) => mail.SendAsync(text); }
            """).RunAsync();

    [Fact]
    public Task Attribute_of_a_catalogue_file() =>
        new RuleTest<AGL0104_MisdeclaredToolContract>(Head + """
            public class ActionAttribute : Attribute { public bool Safe { get; set; } }
            public class Actions(IMail mail) { [Action({|#0:Safe = true|})] public Task Tell(string text) => mail.SendAsync(text); }
            """).Declare("tool-attribute ActionAttribute on=method read-only=Safe")
            .Expect(DiagnosticSeverity.Warning, "'Actions.Tell' declares 'Safe = true', but writes with 'SmtpClient.SendMailAsync' (Actions.Tell → IMail.SendAsync → SmtpClient.SendMailAsync): correct the hint or the code").RunAsync();
}

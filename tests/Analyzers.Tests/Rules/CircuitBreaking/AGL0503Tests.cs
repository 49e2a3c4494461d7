using AgentLint.Rules.CircuitBreaking;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>Failures of remote work that look like a result are reported; those that the caller can tell from one are not.</summary>
public sealed class AGL0503Tests
{
    private const string Get = "var text = await http.GetStringAsync(name);";

    // ---- Values that say nothing ---------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("List<string>", "return [.. text.Split(',')];", "return [];", "an empty list")]
    [InlineData("List<string>", "return [.. text.Split(',')];", "return new List<string>();", "an empty list")]
    [InlineData("string[]", "return text.Split(',');", "return Array.Empty<string>();", "an empty list")]
    [InlineData("string[]", "return text.Split(',');", "return new string[0];", "an empty list")]
    [InlineData("IEnumerable<string>", "return text.Split(',');", "return Enumerable.Empty<string>();", "an empty list")]
    [InlineData("string", "return text;", "return \"\";", "an empty text")]
    [InlineData("string", "return text;", "return string.Empty;", "an empty text")]
    [InlineData("string", "return text;", "return \"elephant\";", "a fixed text")]
    [InlineData("string", "if (text == \"\") return \"Sorry, nothing is known.\"; return text;", "return \"Sorry, nothing is known.\";", "a fixed text")]
    [InlineData("int", "return text.Length;", "return 0;", "a number")]
    [InlineData("int", "return text.Length;", "return default;", "a number")]
    [InlineData("double", "return text.Length;", "return 0.5;", "a number")]
    [InlineData("bool", "return text.Contains('x');", "return false;", "'false'")]
    [InlineData("bool", "return text.Contains('x');", "return true;", "'true'")]
    [InlineData("Stock", "return new Stock { Text = text };", "return new Stock();", "an empty object")]
    [InlineData("Stock", "return new Stock { Text = text };", "return new Stock { Text = \"\", Count = 0 };", "an empty object")]
    public Task Result_of_every_failure(string type, string success, string failure, string what) =>
        Function(type, $"try {{ {Get} {success} }} {{|#0:catch|}} (Exception e) {{ log.LogError(e, \"x\"); {failure} }}").Expect(Info, Turns(what)).RunAsync();

    // A file that cannot be read is no server that has failed.
    [Theory]
    [InlineData("Microsoft.Data.Sqlite.SqliteConnection", false)]
    [InlineData("System.Data.Common.DbConnection", true)]
    public Task Embedded_database(string connection, bool isReported)
    {
        var handler = isReported ? "{|#0:catch|}" : "catch";
        var test = Member($"public async Task<List<string>> RunAsync({connection} db) {{ try {{ await db.OpenAsync(); return [db.ServerVersion]; }} {handler} (Exception e) {{ log.LogError(e, \"x\"); return []; }} }}").Reference(Library.Sqlite);
        return isReported
            ? test.Expect(Info, Turns("an empty list", noun: "database call", call: "DbConnection.OpenAsync")).RunAsync()
            : test.RunAsync();
    }

    [Theory]
    [InlineData("{|#0:catch|} { return []; }")]
    [InlineData("{|#0:catch|} (SystemException) { return []; }")]
    [InlineData("{|#0:catch|} (Exception e) when (e is not OperationCanceledException) { return []; }")]
    [InlineData("{|#0:catch|} (Exception) when (!token.IsCancellationRequested) { return []; }")]
    [InlineData("catch (ArgumentException) { throw; } {|#0:catch|} (Exception e) { Console.Error.WriteLine(e); Note(e); return []; }")]
    public Task Handlers_that_take_all(string handler) =>
        Function("List<string>", $"try {{ {Get} return [text]; }} {handler}").Expect(Info, Turns("an empty list")).RunAsync();

    [Theory]
    [InlineData("catch (HttpRequestException) { return []; }")]
    [InlineData("catch (Exception e) when (e is TimeoutException or HttpRequestException) { return []; }")]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); throw; }")]
    [InlineData("catch (Exception e) { if (e is TimeoutException) throw; return []; }")]
    [InlineData("catch (Exception e) { throw new InvalidOperationException(\"x\", e); }")]
    [InlineData("catch (Exception e) { failures.Add(e); return []; }")]
    [InlineData("catch (Exception e) { last = e; return []; }")]
    [InlineData("catch (Exception) { return kept; }")]
    [InlineData("catch (Exception) { return Fallback(name); }")]
    [InlineData("catch (Exception) { return [\"unknown\"]; }")]
    [InlineData("catch (Exception) { return await Mirror(name); }")]
    public Task Failure_that_the_caller_can_tell_or_that_is_made_good(string handler) =>
        Function("List<string>", $"try {{ {Get} return [text]; }} {handler}").RunAsync();

    [Theory]
    [InlineData("(bool Ok, string Text)", "return (true, text);", "return (false, \"\");")]
    [InlineData("Stock", "return new Stock { Text = text };", "return new Stock { IsFailed = true };")]
    [InlineData("Stock", "return new Stock { Text = text };", "return new Stock { Text = \"It failed.\" };")]
    [InlineData("Stock", "return new Stock { Text = text };", "return Stock.Failed(name);")]
    [InlineData("int", "return text.Length;", "return -1;")]
    [InlineData("DayOfWeek", "return DayOfWeek.Monday;", "return DayOfWeek.Friday;")]
    // A sentence is for people to read.
    [InlineData("string", "return text;", "return \"This order was made by hand.\";")]
    // What a write gives back is whether it was done.
    [InlineData("bool", "return await SaveAsync(text);", "return false;")]
    [InlineData("bool", "return true;", "return false;")]
    public Task Typed_failure(string type, string success, string failure) =>
        Function(type, $"try {{ {Get} {success} }} catch (Exception) {{ {failure} }}").RunAsync();

    [Theory]
    [InlineData("var found = new Stock(); try { found = new Stock { Text = await http.GetStringAsync(name) }; } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } return found;", "an empty object")]
    [InlineData("var found = new Stock(); for (var n = 0; n < 2; n++) { try { found = new Stock { Text = await http.GetStringAsync(name) }; break; } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); await Task.Delay(9); } } return found;", "an empty object")]
    [InlineData("var found = new Stock(); var n = 0; while (n < 2) { try { found = new Stock { Text = await http.GetStringAsync(name) }; break; } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } finally { n++; } } return found;", "an empty object")]
    [InlineData("Stock found = new(); try { found = new Stock { Text = await http.GetStringAsync(name) }; } catch (Exception) { } if (found.Text == null) throw new InvalidOperationException(); return found;", null)]
    [InlineData("var found = new Stock { Text = name }; try { found = new Stock { Text = await http.GetStringAsync(name) }; } catch (Exception) { } return found;", null)]
    public Task Variable_that_keeps_what_it_began_with(string body, string? what)
    {
        var test = Function("Stock", what == null ? body.Replace("{|#0:catch|}", "catch", StringComparison.Ordinal) : body);
        return (what == null ? test : test.Expect(Info, Turns(what))).RunAsync();
    }

    [Theory]
    [InlineData("string", "string text; try { text = await http.GetStringAsync(name); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); text = \"\"; } return text;", "an empty text")]
    [InlineData("List<string>", "List<string> found; try { found = [await http.GetStringAsync(name)]; } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); found = []; } log.LogInformation(\"x\"); return found;", "an empty list")]
    [InlineData("string", "string text; try { text = await http.GetStringAsync(name); } catch (Exception e) { log.LogError(e, \"x\"); text = name; } return text;", null)]
    [InlineData("string", "string text; try { text = await http.GetStringAsync(name); } catch (Exception e) { log.LogError(e, \"x\"); text = \"\"; } if (text == \"\") throw new InvalidOperationException(); return text;", null)]
    // What was tried tells whether it was done.
    [InlineData("bool", "var sent = true; try { (await http.PostAsync(\"mails/send\", null)).EnsureSuccessStatusCode(); } catch (Exception e) { log.LogError(e, \"x\"); sent = false; } return sent;", null)]
    public Task Variable_that_the_handler_gives_another_value(string type, string body, string? what)
    {
        var test = Function(type, body);
        return (what == null ? test : test.Expect(Info, Turns(what))).RunAsync();
    }

    [Theory]
    [InlineData("try { return [await http.GetStringAsync(name)]; } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } return [];", true)]
    // It is given back in any case.
    [InlineData("try { kept.Add(await http.GetStringAsync(name)); } catch (Exception e) { log.LogError(e, \"x\"); } return [];", false)]
    public Task Value_behind_a_block_that_leaves(string body, bool isReported)
    {
        var test = Function("List<string>", body);
        return (isReported ? test.Expect(Info, Turns("an empty list")) : test).RunAsync();
    }

    // ---- Error answers ---------------------------------------------------------------------------------------------------------

    private const string Asks = "var answer = await http.GetAsync(name); ";
    private const string Reads = "return [await answer.Content.ReadAsStringAsync()];";

    [Theory]
    [InlineData(Asks + "if (!answer.IsSuccessStatusCode) { log.LogWarning(\"x\"); {|#0:return|} []; } " + Reads)]
    [InlineData(Asks + "if (answer.IsSuccessStatusCode) { " + Reads + " } log.LogWarning(\"x\"); {|#0:return|} [];")]
    [InlineData(Asks + "if (answer.IsSuccessStatusCode) " + Reads + " else {|#0:return|} new List<string>();")]
    [InlineData(Asks + "if (answer.StatusCode != System.Net.HttpStatusCode.OK) {|#0:return|} []; " + Reads)]
    [InlineData(Asks + "if (System.Net.HttpStatusCode.OK == answer.StatusCode) { " + Reads + " } {|#0:return|} [];")]
    [InlineData("HttpResponseMessage answer; answer = await http.GetAsync(name); if (!answer.IsSuccessStatusCode) {|#0:return|} []; " + Reads)]
    public Task Error_answer_that_gives_nothing(string body) => Function("List<string>", body).Expect(Info, Refuses("an empty list")).RunAsync();

    [Theory]
    [InlineData(Asks + "if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(); " + Reads)]
    [InlineData(Asks + "if (!answer.IsSuccessStatusCode) { failures.Add(new Exception()); return []; } " + Reads)]
    [InlineData(Asks + "if (!answer.IsSuccessStatusCode) { if (name == \"\") return []; throw new InvalidOperationException(); } " + Reads)]
    [InlineData(Asks + "if (!answer.IsSuccessStatusCode) return await Mirror(name); " + Reads)]
    // What is not there is an answer.
    [InlineData(Asks + "if (answer.StatusCode == System.Net.HttpStatusCode.NotFound) return []; answer.EnsureSuccessStatusCode(); " + Reads)]
    [InlineData(Asks + "if (answer.IsSuccessStatusCode) log.LogInformation(\"x\"); return [];")]
    [InlineData(Asks + "if (answer.StatusCode == System.Net.HttpStatusCode.NoContent) return []; answer.EnsureSuccessStatusCode(); " + Reads)]
    [InlineData(Asks + "if (answer.StatusCode != System.Net.HttpStatusCode.NotFound) { " + Reads + " } return [];")]
    public Task Error_answer_that_is_handled(string body) => Function("List<string>", body).RunAsync();

    [Theory]
    [InlineData("bool", "return answer.Content != null;", "return false;")]
    [InlineData("Stock", "return new Stock { Text = name };", "return new Stock { IsFailed = true };")]
    [InlineData("string", "return await answer.Content.ReadAsStringAsync();", "return \"The request failed.\";")]
    public Task Error_answer_that_the_caller_can_tell(string type, string success, string failure) =>
        Function(type, Asks + $"if (!answer.IsSuccessStatusCode) {failure} {success}").RunAsync();

    // Nothing is done for an error, and what is given back is still what it began with.
    [Theory]
    [InlineData("List<string> found = []; " + Asks + "if (answer.IsSuccessStatusCode) { found = [await answer.Content.ReadAsStringAsync()]; } {|#0:return|} found;", true)]
    [InlineData("var found = new List<string>(); try { " + Asks + "if (answer.IsSuccessStatusCode) { found.Add(await answer.Content.ReadAsStringAsync()); } log.LogInformation(\"x\"); } catch (HttpRequestException) { throw; } {|#0:return|} found;", true)]
    [InlineData("List<string> found = [name]; " + Asks + "if (answer.IsSuccessStatusCode) { found = [await answer.Content.ReadAsStringAsync()]; } return found;", false)]
    [InlineData("var found = new List<string>(); found.Add(name); " + Asks + "if (answer.IsSuccessStatusCode) { found.Add(await answer.Content.ReadAsStringAsync()); } return found;", false)]
    [InlineData("List<string> found = []; " + Asks + "if (answer.IsSuccessStatusCode) { found = [await answer.Content.ReadAsStringAsync()]; } else { throw new InvalidOperationException(); } return found;", false)]
    [InlineData("List<string> found = []; " + Asks + "if (answer.IsSuccessStatusCode) { found = [await answer.Content.ReadAsStringAsync()]; } if (found.Count == 0) throw new InvalidOperationException(); return found;", false)]
    [InlineData("List<string> found = []; " + Asks + "if (answer.IsSuccessStatusCode) { found = [await answer.Content.ReadAsStringAsync()]; } found = [.. found, name]; return found;", false)]
    [InlineData("List<string> found = []; foreach (var part in name.Split(',')) { var answer = await http.GetAsync(part); if (answer.IsSuccessStatusCode) { found.Add(await answer.Content.ReadAsStringAsync()); } } return found;", false)]
    public Task Error_answer_that_nothing_is_done_for(string body, bool isReported)
    {
        var test = Function("List<string>", body);
        return (isReported ? test.Expect(Info, Refuses("an empty list")) : test).RunAsync();
    }

    [Theory]
    [InlineData("return (await http.GetAsync($\"orders/{id}\")).{|#0:IsSuccessStatusCode|};", "if (await {|#1:ExistsAsync|}(id)) await CloseAsync(id);", true)]
    [InlineData("var answer = await http.GetAsync(\"https://shop.example/orders/\" + id); return answer.{|#0:IsSuccessStatusCode|};", "var exists = await {|#1:ExistsAsync|}(id); if (exists) { await CloseAsync(id); }", true)]
    [InlineData("var answer = await http.GetAsync($\"orders/{id}\"); return answer.{|#0:StatusCode|} == System.Net.HttpStatusCode.OK;", "if (await {|#1:ExistsAsync|}(id)) await CloseAsync(id);", true)]
    [InlineData("var answer = await http.GetAsync($\"orders/{id}\"); return answer.StatusCode != System.Net.HttpStatusCode.NotFound;", "if (await ExistsAsync(id)) await CloseAsync(id);", false)]
    [InlineData("var answer = await http.GetAsync($\"orders/{id}\"); if (answer.StatusCode == System.Net.HttpStatusCode.NotFound) return false; answer.EnsureSuccessStatusCode(); return true;", "if (await ExistsAsync(id)) await CloseAsync(id);", false)]
    [InlineData("return (await http.GetAsync($\"orders/{id}\")).IsSuccessStatusCode;", "if (!await ExistsAsync(id)) throw new InvalidOperationException(); await CloseAsync(id);", false)]
    // Whether a service can be reached.
    [InlineData("return (await http.GetAsync($\"{id}/health\")).IsSuccessStatusCode;", "if (await ExistsAsync(id)) await CloseAsync(id);", false)]
    [InlineData("return (await http.GetAsync($\"https://{id}/health\")).IsSuccessStatusCode;", "if (await ExistsAsync(id)) await CloseAsync(id);", false)]
    [InlineData("return (await http.GetAsync(\"orders\")).IsSuccessStatusCode;", "if (await ExistsAsync(id)) await CloseAsync(id);", false)]
    public Task Error_answer_that_a_caller_takes_for_absence(string body, string caller, bool isReported)
    {
        var test = Member($$"""
            private async Task<bool> ExistsAsync(string id) { {{body}} }
            private async Task CloseAsync(string id) => (await http.PostAsync($"orders/{id}/close", null)).EnsureSuccessStatusCode();
            public async Task RunAsync(string id) { {{caller}} }
            """);
        return (isReported ? test.Expect(Info, "'Desk.ExistsAsync' turns every error status of the HTTP call 'HttpClient.GetAsync' into 'false', which a caller takes for an item that is not there: return 'false' for 404, and throw an exception for other errors") : test).RunAsync();
    }

    [Theory]
    [InlineData("await {|#1:SendAsync|}(id); log.LogInformation(\"x\");", true)]
    [InlineData("{|#1:SendAsync|}(id).GetAwaiter().GetResult();", true)]
    [InlineData("if (!SendAsync(id).Result) throw new InvalidOperationException();", false)]
    [InlineData("if (!await SendAsync(id)) throw new InvalidOperationException();", false)]
    [InlineData("var sent = await SendAsync(id); if (!sent) log.LogWarning(\"x\");", false)]
    [InlineData("return; await SendAsync(id).ContinueWith(done => failures.Clear());", false)]
    public Task Error_answer_of_a_write_that_a_caller_does_not_look_at(string caller, bool isReported)
    {
        var test = Member($$"""
            private async Task<bool> SendAsync(string id) { var answer = await http.PostAsync($"orders/{id}/close", null); return answer.{{(isReported ? "{|#0:IsSuccessStatusCode|}" : "IsSuccessStatusCode")}}; }
            public async Task RunAsync(string id) { {{caller}} }
            """);
        return (isReported ? test.Expect(Info, "'Desk.SendAsync' returns the result of the write 'HttpClient.PostAsync', and a caller of 'SendAsync' does not act on it: test it") : test).RunAsync();
    }

    [Fact]
    public Task Exception_and_error_answer() =>
        Function("List<string>", "try { " + Asks + "if (!answer.IsSuccessStatusCode) {|#0:return|} []; " + Reads + " } {|#1:catch|} (Exception e) { log.LogError(e, \"x\"); return []; }")
            .Expect(Info, Refuses("an empty list")).Expect(Info, Turns("an empty list", call: "HttpClient.GetAsync"), 1).RunAsync();

    [Theory]
    [InlineData("string", "{|#0:return|} $\"Error: {answer.StatusCode}\";", true)]
    [InlineData("string?", "{|#0:return|} null;", true)]
    [InlineData("string", "return \"\";", false)]
    public Task Error_answer_that_a_caller_takes_for_data(string type, string failure, bool isReported)
    {
        var test = Member($$"""
            private async Task<{{type}}> AskAsync(string name) { {{Asks}} if (answer.IsSuccessStatusCode) { var text = await answer.Content.ReadAsStringAsync(); return text; } log.LogWarning("x"); {{failure}} }
            public async Task<string> RunAsync(string name) { {{(isReported ? "return $\"<p>{await AskAsync(name)}</p>\";" : "var text = await AskAsync(name); return text == \"\" ? throw new InvalidOperationException() : text;")}} }
            """);
        return (isReported ? test.Expect(Info, Refuses(type == "string" ? "a text in place of the answer" : "'null'", "AskAsync")) : test).RunAsync();
    }

    [Theory]
    [InlineData("using var answer = await http.GetAsync(name); if (!answer.IsSuccessStatusCode) { {|#0:yield|} return $\"[error {answer.StatusCode}]\"; yield break; } yield return await answer.Content.ReadAsStringAsync();", true)]
    [InlineData("using var answer = await http.GetAsync(name); if (!answer.IsSuccessStatusCode) yield break; yield return await answer.Content.ReadAsStringAsync();", false)]
    [InlineData("using var answer = await http.GetAsync(name); answer.EnsureSuccessStatusCode(); yield return await answer.Content.ReadAsStringAsync();", false)]
    public Task Error_answer_as_a_part_of_a_stream(string body, bool isReported)
    {
        var test = Member($"public async IAsyncEnumerable<string> RunAsync(string name) {{ {body} }}");
        return (isReported ? test.Expect(Info, Refuses("a text in place of the answer")) : test).RunAsync();
    }

    [Fact]
    public Task Exception_as_a_part_of_a_stream() => Member("""
        public async IAsyncEnumerable<string> RunAsync(string name)
        {
            string? error = null;
            HttpResponseMessage? answer = null;
            try { answer = await http.GetAsync(name); }
            catch (HttpRequestException) { error = "The service cannot be reached."; }
            {|#0:catch|} (Exception e) { log.LogError(e, "x"); error = "Sorry, something went wrong."; }
            if (error != null) { yield return error; yield break; }
            yield return await answer!.Content.ReadAsStringAsync();
        }
        """).Expect(Info, Turns("a text in place of the answer", call: "HttpClient.GetAsync")).RunAsync();

    [Theory]
    [InlineData("if (name == null) { {|#0:BadRequest|}(); return NoContent(); }", true)]
    [InlineData("if (name == null) { return BadRequest(); }", false)]
    [InlineData("var refused = BadRequest(); if (name == null) return refused;", false)]
    public Task Answer_that_is_made_and_dropped(string body, bool isReported)
    {
        var test = new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""
            using Microsoft.AspNetCore.Mvc;

            public class DeskController(HttpClient http) : ControllerBase
            {
                [HttpPost("desk")]
                public async Task<IActionResult> Receive(string name) { {{body}} await http.GetStringAsync(name); return Ok(); }
            }
            """).Reference(Library.Hosting, Library.AspNetCore);
        return (isReported ? test.Expect(Warning, "'DeskController.Receive' makes the answer 'ControllerBase.BadRequest' and does not return it, so that the request is answered with success: return it") : test).RunAsync();
    }

    [Theory]
    [InlineData("request.{|#0:CreateResponse|}(HttpStatusCode.BadRequest); return request.CreateResponse(HttpStatusCode.OK);", true)]
    [InlineData("return request.CreateResponse(HttpStatusCode.BadRequest);", false)]
    public Task Answer_of_a_function_that_is_made_and_dropped(string body, bool isReported)
    {
        var test = new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""
            using System.Net;
            using Microsoft.Azure.Functions.Worker;
            using Microsoft.Azure.Functions.Worker.Http;

            public class Desk
            {
                [Function("Receive")]
                public HttpResponseData Receive([HttpTrigger(AuthorizationLevel.Function, "post")] HttpRequestData request) { {{body}} }
            }
            """).Reference(Library.Functions);
        return (isReported ? test.Expect(Warning, "'Desk.Receive' makes the answer 'HttpRequestData.CreateResponse' and does not return it, so that the request is answered with success: return it") : test).RunAsync();
    }

    // ---- Callers ---------------------------------------------------------------------------------------------------------------

    private const string Missing = "Task<string?> FindAsync(string name) { try { var text = await http.GetStringAsync(name); if (text == \"\") return null; return text; } CATCH (Exception e) { log.LogError(e, \"x\"); return null; } }";

    [Theory]
    [InlineData("var found = await FindAsync(name) ?? \"none\"; return found;", true)]
    [InlineData("var found = await FindAsync(name); return found.Length.ToString();", true)]
    [InlineData("return $\"Found: {await FindAsync(name)}\";", true)]
    [InlineData("var found = await FindAsync(name); if (found == null) return \"It is not there.\"; return found;", false)]
    [InlineData("var found = await FindAsync(name); return found is { } text ? text : throw new InvalidOperationException();", false)]
    [InlineData("return await FindAsync(name) ?? throw new InvalidOperationException();", false)]
    [InlineData("return await FindAsync(name) ?? Elsewhere(name); string Elsewhere(string other) => other.Trim();", false)]
    [InlineData("var found = await FindAsync(name); ArgumentException.ThrowIfNullOrEmpty(found); return found.Trim();", false)]
    [InlineData("var found = FindAsync(name).GetAwaiter().GetResult(); return found is null ? name : found.Trim();", false)]
    [InlineData("var found = FindAsync(name).Result; if (found != null) return found; return name;", false)]
    [InlineData("var found = FindAsync(name).Result; return found.Trim();", true)]
    [InlineData("return await FindAsync(name) ?? string.Concat(\"no\", \"ne\");", true)]
    [InlineData("return (await FindAsync(name))?.Trim() ?? \"\";", false)]
    public Task Null_is_a_fault_where_a_caller_takes_it_for_nothing(string caller, bool isReported)
    {
        var test = Member("private async " + Missing.Replace("CATCH", isReported ? "{|#0:catch|}" : "catch", StringComparison.Ordinal) + " public async Task<string> RunAsync(string name) { " + caller + " }");
        return (isReported ? test.Expect(Info, Turns("'null'", "FindAsync")) : test).RunAsync();
    }

    [Fact]
    public Task Null_that_no_caller_is_seen_of() => Member("public async " + Missing.Replace("CATCH", "catch", StringComparison.Ordinal)).RunAsync();

    [Theory]
    [InlineData("return (await SizeAsync(name))!.Value;", true)]
    [InlineData("var size = await SizeAsync(name); return size.HasValue && size.Value > 3 ? 1 : 0;", false)]
    public Task Number_that_may_be_missing(string caller, bool isReported)
    {
        var test = Member($$"""
            private async Task<int?> SizeAsync(string name) { try { var text = await http.GetStringAsync(name); if (text == "") return null; return text.Length; } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); return null; } }
            public async Task<int> RunAsync(string name) { {{caller}} }
            """);
        return (isReported ? test.Expect(Info, Turns("'null'", "SizeAsync")) : test).RunAsync();
    }

    [Fact]
    public Task Null_that_only_a_failure_gives() => Member("""
        private async Task<Stock?> FindAsync(string name) { try { return new Stock { Text = await http.GetStringAsync(name) }; } catch (Exception) { return null; } }
        public async Task<string> RunAsync(string name) => (await FindAsync(name))!.Text!;
        """).RunAsync();

    [Theory]
    [InlineData("if (await IsOpenAsync(name)) failures.Clear();", true)]
    [InlineData("if (!await IsOpenAsync(name)) throw new InvalidOperationException();", false)]
    [InlineData("if (await IsOpenAsync(name)) failures.Clear(); else throw new InvalidOperationException();", false)]
    public Task False_is_a_fault_where_a_caller_does_nothing_then(string caller, bool isReported)
    {
        var test = Member($$"""
            private async Task<bool> IsOpenAsync(string name) { try { return (await http.GetStringAsync(name)).Contains("open"); } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception) { return false; } }
            public async Task RunAsync(string name) { {{caller}} }
            """);
        return (isReported ? test.Expect(Info, Turns("'false'", "IsOpenAsync")) : test).RunAsync();
    }

    [Theory]
    [InlineData("return (await http.GetAsync(name)).IsSuccessStatusCode;")]
    [InlineData("var answer = await http.GetAsync(name); return answer.StatusCode == System.Net.HttpStatusCode.OK;")]
    [InlineData("await http.GetStringAsync(name); return true;")]
    public Task Probe_asks_whether_it_works(string body) => Member($$"""
        public async Task<bool> IsUpAsync(string name) { try { {{body}} } catch { return false; } }
        public async Task<string> RunAsync(string name) { if (await IsUpAsync(name)) return "up"; return "down"; }
        """).RunAsync();

    // false after a refusal tells of a failure as well; false for what is not there is an answer.
    [Theory]
    [InlineData("var answer = await http.GetAsync(name); if (answer.IsSuccessStatusCode) return true; log.LogWarning(\"refused\"); return false;", false)]
    [InlineData("var answer = await http.GetAsync(name); if (answer.StatusCode == System.Net.HttpStatusCode.NotFound) return false; answer.EnsureSuccessStatusCode(); return true;", true)]
    [InlineData("var answer = await http.GetStringAsync(name); if (answer == \"\") { log.LogWarning(\"Nothing came back\"); return false; } return true;", false)]
    public Task False_after_a_refusal(string body, bool isReported)
    {
        var test = Member($$"""
            public async Task<bool> CloseAsync(string name) { try { {{body}} } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); return false; } }
            """);
        return (isReported ? test.Expect(Info, Turns("'false'", "CloseAsync", call: "HttpClient.GetAsync")) : test).RunAsync();
    }

    // ---- Texts -----------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("return $\"Error: {e.Message}\";", "return \"<p>\" + await AskAsync(name) + \"</p>\";", true)]
    [InlineData("return $\"Error: {e.Message}\";", "return $\"<p>{await AskAsync(name)}</p>\";", true)]
    [InlineData("return \"The request failed.\";", "var answer = await AskAsync(name); return answer.Trim();", true)]
    [InlineData("return e.Message;", "var answer = await AskAsync(name); return answer.StartsWith(\"Error\") ? \"\" : answer;", false)]
    [InlineData("return \"The request failed.\";", "return await AskAsync(name);", false)]
    // One caller that knows what to look for, and one that does not.
    [InlineData("return $\"Error: {e.Message}\";", "var first = await AskAsync(name); if (first.StartsWith(\"Error\")) return \"\"; var second = await AskAsync(first); return $\"<p>{second}</p>\";", true)]
    // A test for nothing does not look at what the text says.
    [InlineData("return $\"Error: {e.Message}\";", "var answer = await AskAsync(name); if (string.IsNullOrEmpty(answer)) return \"\"; return $\"<p>{answer}</p>\";", true)]
    [InlineData("return $\"Error: {e.Message}\";", "var answer = await AskAsync(name); return answer == null ? \"\" : \"<p>\" + answer;", true)]
    [InlineData("return $\"Error: {e.Message}\";", "var answer = await AskAsync(name); return answer == \"\" || answer.Contains(\"Error\") ? \"\" : \"<p>\" + answer;", false)]
    // Handed on as data, and shown to a person.
    [InlineData("return \"The request failed.\";", "kept.Add(await AskAsync(name)); return name;", true)]
    [InlineData("return \"The request failed.\";", "Console.WriteLine(await AskAsync(name)); return name;", false)]
    public Task Text_about_a_failure_that_a_caller_takes_for_the_answer(string failure, string caller, bool isReported)
    {
        var test = Member($$"""
            private async Task<string> AskAsync(string name) { try { return await http.GetStringAsync(name); } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); {{failure}} } }
            public async Task<string> RunAsync(string name) { {{caller}} }
            """);
        return (isReported ? test.Expect(Info, Turns("a text in place of the answer", "AskAsync")) : test).RunAsync();
    }

    // A model may be the one that reads it: tools are also made of methods by reflection.
    [Fact]
    public Task Text_that_no_caller_is_seen_of() => Member("""
        public async Task<string> AskAsync(string name) { try { return await http.GetStringAsync(name); } catch (Exception e) { log.LogError(e, "x"); return "Error: " + e.Message; } }
        """).RunAsync();

    [Fact]
    public Task Text_in_place_of_a_models_answer() => new RuleTest<AGL0503_FailureDisguisedAsResult>("""
        using Microsoft.Extensions.AI;

        public class Assistant(IChatClient chat)
        {
            public async Task<string> AskAsync(string question)
            {
                try { return (await chat.GetResponseAsync(question)).Text; }
                {|#0:catch|} (Exception e) { return $"Error: {e.Message}"; }
            }
        }
        """).Expect(Info, "'Assistant.AskAsync' turns every failure of the model call 'IChatClient.GetResponseAsync' into a text in place of the answer: let the exception through, or return a value that callers can tell from success").RunAsync();

    [Fact]
    public Task Text_for_the_model_or_the_client_is_for_them_to_read() => new RuleTest<AGL0503_FailureDisguisedAsResult>("""
        using System.ComponentModel;
        using ModelContextProtocol.Server;

        public class Desk(HttpClient http)
        {
            [McpServerTool, Description("Reads a page.")]
            public async Task<string> ReadAsync(string page)
            {
                try { return await http.GetStringAsync(page); }
                catch (Exception) { return "The page could not be read."; }
            }
        }
        """).RunAsync();

    // ---- Nothing is given back -------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("try { (await http.PostAsync(\"mails/send\", null)).EnsureSuccessStatusCode(); } {|#0:catch|} { }")]
    [InlineData("try { (await http.PostAsync(\"mails/send\", null)).EnsureSuccessStatusCode(); } {|#0:catch|} (Exception) { // ignored\n }")]
    [InlineData("foreach (var one in name.Split(',')) try { (await http.PostAsync(\"mails/send/\" + one, null)).EnsureSuccessStatusCode(); } {|#0:catch|} { }")]
    public Task Write_that_fails_without_a_word(string body) => Function("", body).Expect(Warning, Turns("a normal return", noun: "write", call: "HttpClient.PostAsync")
        .Replace("return a value that callers can tell from success", "return whether it succeeded", StringComparison.Ordinal)).RunAsync();

    [Theory]
    [InlineData("await SendAsync(name); failures.Clear();", true)]
    [InlineData("await SendAsync(name);", false)]
    [InlineData("_ = SendAsync(name); failures.Clear();", false)]
    public Task Logged_failure_of_what_a_caller_counts_on(string caller, bool isReported)
    {
        var test = Member($$"""
            private async Task SendAsync(string name) { try { (await http.PostAsync("mails/send", null)).EnsureSuccessStatusCode(); } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); } }
            public async Task RunAsync(string name) { {{caller}} }
            """);
        return (isReported ? test.Expect(Info, Turns("a normal return", "SendAsync", "write", "HttpClient.PostAsync")
            .Replace("return a value that callers can tell from success", "return whether it succeeded", StringComparison.Ordinal)) : test).RunAsync();
    }

    // What is undone is missed by every caller.
    [Theory]
    [InlineData("log.LogError(e, \"x\"); await transaction.RollbackAsync();", true)]
    [InlineData("await transaction.RollbackAsync(); throw;", false)]
    [InlineData("log.LogError(e, \"x\");", false)]
    public Task Changes_that_are_taken_back(string handler, bool isReported)
    {
        var test = Member($$"""
            public async Task RunAsync(System.Data.Common.DbConnection connection)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                try
                {
                    await using var command = connection.CreateCommand();
                    command.CommandText = "INSERT INTO Deposits (Amount) VALUES (1)";
                    await command.ExecuteNonQueryAsync();
                    await transaction.CommitAsync();
                }
                {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { {{handler}} }
            }
            """);
        return (isReported ? test.Expect(Info, Turns("a normal return", noun: "write", call: "DbCommand.ExecuteNonQueryAsync")
            .Replace("return a value that callers can tell from success", "return whether it succeeded", StringComparison.Ordinal)) : test).RunAsync();
    }

    [Theory]
    // It is only read.
    [InlineData("try { await http.GetStringAsync(name); } catch { }")]
    // What it was is asked behind the block.
    [InlineData("var sent = false; try { (await http.PostAsync(\"mails/send\", null)).EnsureSuccessStatusCode(); sent = true; } catch { } if (!sent) last = new Exception();")]
    [InlineData("try { (await http.PostAsync(\"mails/send\", null)).EnsureSuccessStatusCode(); return; } catch { } throw new InvalidOperationException();")]
    // To take away is to clean up.
    [InlineData("try { (await http.DeleteAsync(\"drafts/\" + name)).EnsureSuccessStatusCode(); } catch { }")]
    [InlineData("try { await http.GetStringAsync(name); } finally { try { (await http.PostAsync(\"mails/send\", null)).EnsureSuccessStatusCode(); } catch { } }")]
    public Task Silence_that_harms_nothing(string body) => Function("", body).RunAsync();

    // ---- Answers that nothing looks at -----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("try { await http.{|#0:PostAsync|}(\"orders\", null); } catch (Exception e) { failures.Add(e); }", "drops")]
    [InlineData("try { _ = await http.{|#0:PutAsync|}(\"orders\", null); } catch { failures.Clear(); }", "drops")]
    [InlineData("try { var answer = await http.{|#0:PostAsync|}(\"orders\", null); } catch (Exception e) { throw new InvalidOperationException(\"x\", e); }", "drops")]
    [InlineData("using var answer = await http.{|#0:PostAsync|}(\"orders/new\", null); Console.WriteLine(await answer.Content.ReadAsStringAsync());", "reads")]
    [InlineData("var answer = await http.{|#0:SendAsync|}(new HttpRequestMessage(HttpMethod.Post, \"orders/new\")).ConfigureAwait(false); Console.WriteLine(await answer.Content.ReadAsStringAsync());", "reads")]
    public Task Status_that_nothing_looks_at(string body, string what)
    {
        var method = body.Contains("Put", StringComparison.Ordinal) ? "PutAsync" : body.Contains("Send", StringComparison.Ordinal) ? "SendAsync" : "PostAsync";
        return Function("", body).Expect(
            Info, $"'Desk.RunAsync' {what} the answer of the HTTP call 'HttpClient.{method}' without checking its status: call 'EnsureSuccessStatusCode', or test 'IsSuccessStatusCode'").RunAsync();
    }

    [Theory]
    [InlineData("(await http.PostAsync(\"orders\", null)).EnsureSuccessStatusCode();")]
    [InlineData("var answer = await http.PostAsync(\"orders\", null); if (!answer.IsSuccessStatusCode) last = new Exception();")]
    [InlineData("var answer = await http.PostAsync(\"orders\", null); Console.WriteLine(await answer.Content.ReadAsStringAsync()); answer.EnsureSuccessStatusCode();")]
    [InlineData("var answer = await http.PostAsync(\"orders\", null); await Check(answer);")]
    [InlineData("await Check(await http.PostAsync(\"orders\", null));")]
    [InlineData("await http.GetAsync(\"orders\");")]
    [InlineData("_ = http.PostAsync(\"orders\", null);")]
    [InlineData("await http.GetStringAsync(\"orders\");")]
    public Task Status_that_is_looked_at_or_of_no_write(string body) => Function("", body).RunAsync();

    // The type looks at no answer at all.
    [Theory]
    [InlineData("await http.PostAsync(\"orders\", null);")]
    [InlineData("try { await http.PostAsync(\"orders\", null); } catch (ArgumentException e) { Console.Error.WriteLine(e); }")]
    [InlineData("await http.DeleteAsync(\"orders\");")]
    public Task Status_of_a_type_that_looks_at_none(string body) =>
        new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""public class Desk(HttpClient http) { public async Task RunAsync() { {{body}} } }""").RunAsync();

    // The type looks at the answer to another request.
    [Theory]
    [InlineData("await http.{|#0:PostAsync|}(\"orders/new\", null);", "PostAsync")]
    [InlineData("await http.{|#0:DeleteAsync|}(\"files/\" + name);", "DeleteAsync")]
    [InlineData("var answer = await http.{|#0:DeleteAsync|}(\"files/\" + name); log.LogInformation(\"x\");", "DeleteAsync")]
    [InlineData("try { await http.{|#0:DeleteAsync|}(\"files/\" + name); } finally { await http.PutAsync(\"orders/new\", null); }", "DeleteAsync")]
    public Task Status_that_only_this_call_is_not_asked_for(string body, string method) =>
        Checking(body)
            .Expect(Info, $"'Desk.RunAsync' drops the answer of the HTTP call 'HttpClient.{method}' without checking its status: call 'EnsureSuccessStatusCode', or test 'IsSuccessStatusCode'").RunAsync();

    [Theory]
    [InlineData("try { await CheckedAsync(); } catch { await http.PostAsync(\"orders/undo\", null); throw; }")]
    [InlineData("await CheckedAsync(); try { await http.PostAsync(\"session/end\", null); } catch (Exception e) { log.LogDebug(e, \"x\"); }")]
    [InlineData("await http.GetAsync(\"orders\");")]
    public Task Status_of_what_need_not_arrive(string body) => Checking(body).RunAsync();

    private static RuleTest<AGL0503_FailureDisguisedAsResult> Checking(string body) => Member($$"""
        private async Task CheckedAsync() => (await http.PostAsync("orders/new", null)).EnsureSuccessStatusCode();
        public async Task RunAsync(string name) { {{body}} }
        """);

    [Theory]
    [InlineData("await SendAsync();", true)]
    [InlineData("(await SendAsync()).EnsureSuccessStatusCode();", false)]
    [InlineData("using var answer = await SendAsync(); if (!answer.IsSuccessStatusCode) throw new InvalidOperationException();", false)]
    public Task Status_that_a_caller_drops(string body, bool isReported)
    {
        var test = Member($$"""
            private Task<HttpResponseMessage> SendAsync() => http.{{(isReported ? "{|#0:PostAsync|}" : "PostAsync")}}("orders", null);
            public async Task RunAsync() { {{body}} }
            """);
        return (isReported ? test.Expect(Info, "'Desk.SendAsync' returns the answer of the HTTP call 'HttpClient.PostAsync' and a caller of 'SendAsync' drops it: call 'EnsureSuccessStatusCode', or test 'IsSuccessStatusCode'") : test).RunAsync();
    }

    [Fact]
    public Task Question_over_POST() =>
        Function("string", "var answer = await http.PostAsync(\"orders/search\", null); return await answer.Content.ReadAsStringAsync();").RunAsync();

    // ---- What is also an answer --------------------------------------------------------------------------------------------------

    private const string Absent = "var answer = await http.GetAsync(name); if (answer.StatusCode == System.Net.HttpStatusCode.NotFound) return null; answer.EnsureSuccessStatusCode(); return await answer.Content.ReadAsStringAsync();";

    [Theory]
    [InlineData(Absent, "{|#0:catch|} (HttpRequestException) { return null; }")]
    [InlineData(Absent, "{|#0:catch|} (Exception e) { log.LogError(e, \"x\"); return null; }")]
    [InlineData("return await http.GetStringAsync(name);", "catch (HttpRequestException e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound) { return null; } {|#0:catch|} (Exception) { return null; }")]
    public Task Failure_that_looks_as_if_it_were_not_there(string body, string handler) => Function("string?", $"try {{ {body} }} {handler}")
        .Expect(Info, Turns("'null'", call: body == Absent ? "HttpClient.GetAsync" : "HttpClient.GetStringAsync")).RunAsync();

    [Theory]
    [InlineData(Absent, "catch (HttpRequestException e) { log.LogError(e, \"x\"); throw; }")]
    [InlineData(Absent, "catch (HttpRequestException e) { if (e.StatusCode == null) throw; return null; }")]
    [InlineData(Absent, "catch (HttpRequestException) { return \"The request failed.\"; }")]
    [InlineData("var answer = await http.GetAsync(name); if (answer.StatusCode == System.Net.HttpStatusCode.Conflict) return null; return await answer.Content.ReadAsStringAsync();", "catch (HttpRequestException) { return null; }")]
    [InlineData("return await http.GetStringAsync(name);", "catch (HttpRequestException) { return null; }")]
    public Task Failure_that_is_told_from_what_is_not_there(string body, string handler) => Function("string?", $"try {{ {body} }} {handler}").RunAsync();

    [Theory]
    [InlineData("if (!await ExistsAsync()) return true;", true)]
    [InlineData("if (!await ExistsAsync()) { return true; }", true)]
    [InlineData("if (!await ExistsAsync()) throw new InvalidOperationException();", false)]
    [InlineData("if (!await ExistsAsync()) return false;", false)]
    [InlineData("if (!await ExistsAsync()) { log.LogError(\"x\"); return true; }", false)]
    public Task Probe_whose_caller_takes_it_for_an_answer(string body, bool isReported)
    {
        var test = Member($$"""
            public async Task<bool> ExistsAsync() { try { return (await http.GetAsync("collections/x")).IsSuccessStatusCode; } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogDebug(e, "x"); return false; } }
            public async Task<bool> IsEmptyAsync() { {{body}} return await http.GetStringAsync("collections/x/count") == "0"; }
            """);
        return (isReported ? test.Expect(Info, Turns("'false'", "ExistsAsync", call: "HttpClient.GetAsync")) : test).RunAsync();
    }

    [Theory]
    [InlineData("{|#0:catch|} { }", "return new Stock { IsFailed = exists };", true)]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); }", "return new Stock { IsFailed = exists };", false)]
    [InlineData("catch { }", "if (!exists) throw new InvalidOperationException(); return new Stock();", false)]
    public Task Flag_that_a_failure_leaves_unset(string handler, string rest, bool isReported)
    {
        var test = Function("Stock", $"var exists = false; try {{ await http.GetStringAsync(name); exists = true; }} {handler} {rest}");
        return (isReported ? test.Expect(Info, Turns("'false'")) : test).RunAsync();
    }

    [Theory]
    [InlineData("return new Reply { Text = await AskAsync(name), IsLast = true };", "return new Reply { Text = $\"Error: {e.Message}\", IsLast = true };", true)]
    [InlineData("var text = await AskAsync(name); return new Reply { IsLast = true, Text = text };", "return new Reply { Text = \"The request failed.\", IsLast = true };", true)]
    [InlineData("return new Reply { Text = await AskAsync(name), IsLast = true };", "return new Reply { Text = \"The request failed.\", IsLast = false };", false)]
    [InlineData("return new Reply { Text = await AskAsync(name) };", "return new Reply { Text = \"The request failed.\", IsLast = true };", false)]
    [InlineData("return new Reply { Text = await AskAsync(name), Kind = DayOfWeek.Monday };", "return new Reply { Text = \"The request failed.\", Kind = DayOfWeek.Friday };", false)]
    [InlineData("return new Reply { Text = await AskAsync(name) };", "return new Reply { Error = \"The request failed.\" };", false)]
    [InlineData("return new Reply { Text = await AskAsync(name) };", "return new Reply { Text = name };", false)]
    public Task Object_that_only_its_text_tells_from_a_result(string success, string failure, bool isReported)
    {
        var test = new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""
            using Microsoft.Extensions.AI;
            using Microsoft.Extensions.Logging;

            public class Reply { public string? Text { get; set; } public string? Error { get; set; } public bool IsLast { get; set; } public DayOfWeek Kind { get; set; } }
            public class Desk(IChatClient model, ILogger<Desk> log)
            {
                private async Task<string> AskAsync(string name) => (await model.GetResponseAsync(name)).Text;
                public async Task<Reply> RunAsync(string name) { try { {{success}} } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); {{failure}} } }
            }
            """).Reference(Library.Hosting);
        return (isReported ? test.Expect(Info, "'Desk.RunAsync' turns every failure of the model call 'IChatClient.GetResponseAsync' (Desk.RunAsync → Desk.AskAsync → IChatClient.GetResponseAsync) into a text in place of the answer: let the exception through, or return a value that callers can tell from success") : test).RunAsync();
    }

    [Theory]
    [InlineData("Rating", "return new Rating(text, \"billing\", text.Length);", "return new Rating(\"Low\", \"unknown\", 0);", "an object of fixed values")]
    [InlineData("Rating", "var rating = System.Text.Json.JsonSerializer.Deserialize<Rating>(text); return rating!;", "return new Rating(\"\", \"\", 0.5);", "an object of fixed values")]
    [InlineData("string", "var rating = System.Text.Json.JsonSerializer.Deserialize<Rating>(text); return System.Text.Json.JsonSerializer.Serialize(rating);", "return System.Text.Json.JsonSerializer.Serialize(new Rating(\"Low\", \"unknown\", 0));", "an object of fixed values")]
    [InlineData("(string Text, string Undo, bool IsHeld)", "return (text, text.Trim(), false);", "return (\"The request failed.\", \"There is nothing to undo.\", false);", "a text in place of the answer")]
    [InlineData("(string Text, string Undo, bool IsHeld)", "return (text, text.Trim(), false);", "return (\"The request failed.\", \"There is nothing to undo.\", true);", null)]
    [InlineData("(string Text, string Undo, bool IsHeld)", "return (text, text.Trim(), false);", "return (name, \"\", false);", null)]
    // The same members for another failure.
    [InlineData("(string Text, bool IsDone, string? Error)", "if (text == \"\") return (\"\", false, $\"Error: nothing for {name}\"); return (text, true, null);", "return (\"\", false, $\"Error: {e.Message}\");", null)]
    [InlineData("Rating", "return new Rating(text, \"billing\", text.Length);", "return new Rating(\"Error\", \"unknown\", 0);", null)]
    [InlineData("Rating", "return new Rating(text, \"billing\", text.Length);", "return new Rating(\"Low\", name, 0);", null)]
    [InlineData("Rating", "return new Rating(text, \"billing\", text.Length);", "return new Rating(\"Low\", \"unknown\", 0) { IsGuess = true };", null)]
    [InlineData("Rating", "return new Rating(text, \"billing\", text.Length);", "return new Rating(\"\", \"\", -1);", null)]
    public Task Object_that_code_makes_up(string type, string success, string failure, string? what)
    {
        var test = new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""
            using Microsoft.Extensions.AI;
            using Microsoft.Extensions.Logging;

            public record Rating(string Level, string Area, double Weight) { public bool IsGuess { get; init; } }
            public class Desk(IChatClient model, ILogger<Desk> log)
            {
                public async Task<{{type}}> RunAsync(string name) { try { var text = (await model.GetResponseAsync(name)).Text; {{success}} } {{(what == null ? "catch" : "{|#0:catch|}")}} (Exception e) { log.LogError(e, "x"); {{failure}} } }
            }
            """).Reference(Library.Hosting);
        return (what == null ? test : test.Expect(Info, $"'Desk.RunAsync' turns every failure of the model call 'IChatClient.GetResponseAsync' into {what}: let the exception through, or return a value that callers can tell from success")).RunAsync();
    }

    // ---- What is stored --------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); known.TryAdd(name, []); }", "an empty list")]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); List<string> none = []; known.TryAdd(name, none); }", "an empty list")]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); failures.Add(e); }", null)]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); known.TryAdd(\"other\", []); }", null)]
    [InlineData("catch (Exception e) { log.LogError(e, \"x\"); known.TryAdd(name, []); throw; }", null)]
    public Task Failure_that_is_kept_for_later_callers(string handler, string? what)
    {
        var test = Member($$"""
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, List<string>> known = new();
            public async Task RunAsync(string name) { try { known.TryAdd(name, [await http.GetStringAsync(name)]); } {{(what == null ? handler : handler.Replace("catch", "{|#0:catch|}", StringComparison.Ordinal))}} }
            """);
        return (what == null ? test : test.Expect(Info, $"'Desk.RunAsync' turns every failure of the HTTP call 'HttpClient.GetStringAsync' into {what} and stores it with 'TryAdd' in place of the result: store only results")).RunAsync();
    }

    [Theory]
    [InlineData("await KeepAsync(name, await http.GetStringAsync(name));", true)]
    // A record of what failed, in the block and in the handler.
    [InlineData("var text = await http.GetStringAsync(name); if (text == \"\") await KeepAsync(name, $\"Error: nothing at {name}\");", false)]
    [InlineData("await http.GetStringAsync(name); try { kept.Add(name); } catch (Exception e) { await KeepAsync(name, e.ToString()); }", false)]
    public Task Failure_that_is_saved_like_a_result(string body, bool isReported)
    {
        var test = Member($$"""
            public async Task RunAsync(string name) { try { {{body}} } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); await KeepAsync(name, $"Error: {e.Message}"); } }
            private async Task KeepAsync(string name, string text) { rows.Add(new Row { Text = name + text }); await rows.SaveChangesAsync(); }
            private readonly Rows rows = new();
            public class Row { public int Id { get; set; } public string? Text { get; set; } }
            public class Rows : Microsoft.EntityFrameworkCore.DbContext;
            """).Reference(Library.EntityFramework);
        return (isReported ? test.Expect(Info, "'Desk.RunAsync' turns every failure of the write 'DbContext.SaveChangesAsync' (Desk.RunAsync → Desk.KeepAsync → DbContext.SaveChangesAsync) into a text in place of the answer and stores it with 'KeepAsync' in place of the result: store only results") : test).RunAsync();
    }

    // ---- What is kept in a file --------------------------------------------------------------------------------------------------

    private const string Loads = "private void Load() { try { if (File.Exists(path)) items.AddRange(System.Text.Json.JsonSerializer.Deserialize<List<string>>(File.ReadAllText(path))!); } {|#0:catch|} (Exception e) { log.LogError(e, \"x\"); } } ";
    private const string Saves = "public void Save() { File.{|#1:WriteAllText|}(path, System.Text.Json.JsonSerializer.Serialize(items)); } ";

    [Theory]
    [InlineData(Loads + Saves, "Load", "Save")]
    [InlineData("private void Load() { try { foreach (var line in File.ReadAllLines(path)) known[line] = line; } {|#0:catch|} { } } public void Save() { File.{|#1:WriteAllLines|}(path, known.Keys); }", "Load", "Save")]
    [InlineData("public void Fill() { items = Load(); } private List<string> Load() { try { return [.. File.ReadAllLines(path)]; } {|#0:catch|} (Exception) { return []; } } public void Save() => Write(items); private void Write(List<string> all) => File.{|#1:WriteAllLines|}(path, all);", "Load", "Write")]
    public Task File_that_is_written_over_after_a_failed_read(string members, string reader, string writer) => Kept(members)
        .Expect(Info, $"'Store.{reader}' ignores every failure of the read 'File.{(members.Contains("Lines", StringComparison.Ordinal) ? "ReadAllLines" : "ReadAllText")}', and 'Store.{writer}' writes '{(members.Contains("known", StringComparison.Ordinal) ? "known" : "items")}' over the same file: let the exception through, or move the file aside").RunAsync();

    [Theory]
    [InlineData("private void Load() { try { items.AddRange(File.ReadAllLines(path)); } catch (Exception e) { log.LogError(e, \"x\"); throw; } } public void Save() => File.WriteAllLines(path, items);")]
    [InlineData("private void Load() { try { items.AddRange(File.ReadAllLines(path)); } catch (Exception e) { File.Move(path, path + \".bad\"); } } public void Save() => File.WriteAllLines(path, items);")]
    [InlineData("private void Load() { try { items.AddRange(File.ReadAllLines(path)); } catch (FileNotFoundException) { } } public void Save() => File.WriteAllLines(path, items);")]
    [InlineData("private void Load() { try { items.AddRange(File.ReadAllLines(path)); } catch (Exception) { } } public void Save() => File.WriteAllLines(other, items);")]
    [InlineData("private void Load() { try { items.AddRange(File.ReadAllLines(path)); } catch (Exception) { } } public void Save() => File.AppendAllLines(path, items);")]
    [InlineData("private void Load() { try { items.AddRange(File.ReadAllLines(path)); } catch (Exception) { } } public void Save() => File.WriteAllLines(path, known.Keys);")]
    [InlineData("private void Load() { try { items.AddRange(File.ReadAllLines(path)); isRead = true; } catch (Exception) { } } public void Save() { if (isRead) File.WriteAllLines(path, items); }")]
    [InlineData("private List<string> Load() { try { return [.. File.ReadAllLines(path)]; } catch (Exception) { return []; } } public int Count => Load().Count; public void Save() => File.WriteAllLines(path, items);")]
    public Task File_that_keeps_what_could_not_be_read(string members) => Kept(members).RunAsync();

    private static RuleTest<AGL0503_FailureDisguisedAsResult> Kept(string members) => new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""
        using Microsoft.Extensions.Logging;

        public class Store(string path, string other, HttpClient http, ILogger<Store> log)
        {
            private readonly string path = path;
            private readonly string other = other;
            private readonly Dictionary<string, string> known = [];
            private List<string> items = [];
            private bool isRead;

            public bool IsRead => isRead && http != null && log != null && other != "" && items.Count + known.Count > 0;

            {{members}}
        }
        """).Reference(Library.Hosting);

    // ---- Results that tell ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await mails.{|#0:SendEmailAsync|}(message);", true)]
    [InlineData("var answer = await mails.{|#0:SendEmailAsync|}(message);", true)]
    [InlineData("_ = await mails.{|#0:SendEmailAsync|}(message);", true)]
    [InlineData("var answer = await mails.{|#0:SendEmailAsync|}(message); log.LogInformation(\"{Status}\", answer.StatusCode);", false)]
    public Task Result_of_a_write_that_nothing_looks_at(string body, bool isDropped) => Mails(body)
        .Expect(isDropped ? Warning : Info, $"'Desk.RunAsync' {(isDropped ? "drops" : "only logs")} the result of the write 'ISendGridClient.SendEmailAsync', which does not throw when the write is refused: test 'IsSuccessStatusCode'").RunAsync();

    [Theory]
    [InlineData("var answer = await mails.SendEmailAsync(message); if (!answer.IsSuccessStatusCode) throw new InvalidOperationException();")]
    [InlineData("Check(await mails.SendEmailAsync(message));")]
    [InlineData("var answer = await mails.SendEmailAsync(message); if (!answer.IsSuccessStatusCode) { log.LogWarning(\"x\"); failed++; }")]
    [InlineData("var settings = new SendGridClientOptions { HttpErrorAsException = true }; await new SendGridClient(settings).SendEmailAsync(message);")]
    public Task Result_of_a_write_that_is_looked_at(string body) => Mails(body).RunAsync();

    private static RuleTest<AGL0503_FailureDisguisedAsResult> Mails(string body) => new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""
        using Microsoft.Extensions.Logging;
        using SendGrid;
        using SendGrid.Helpers.Mail;

        public class Desk(ISendGridClient mails, ILogger<Desk> log)
        {
            private int failed;

            public int Failed => failed;

            public async Task RunAsync(SendGridMessage message) { {{body}} }

            private static void Check(Response answer) { if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(); }
        }
        """).Reference(Library.Hosting, Library.SendGrid);

    [Theory]
    [InlineData("await PlaceAsync(name); log.LogInformation(\"x\");", true)]
    [InlineData("if (!await PlaceAsync(name)) throw new InvalidOperationException();", false)]
    public Task Failed_write_that_a_caller_drops(string body, bool isReported)
    {
        var test = Member($$"""
            public async Task<bool> PlaceAsync(string name) { try { (await http.PostAsync("orders/new", null)).EnsureSuccessStatusCode(); return true; } {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { log.LogError(e, "x"); return false; } }
            public async Task RunAsync(string name) { {{body}} }
            """);
        return (isReported ? test.Expect(Info, Turns("'false'", "PlaceAsync", "write", "HttpClient.PostAsync")) : test).RunAsync();
    }

    // A public method of a controller is a request handler, unless the program calls it.
    [Theory]
    [InlineData("var order = await PlaceAsync(name); return Ok();", true)]
    [InlineData("var order = await PlaceAsync(name); return order == null ? StatusCode(502) : Ok();", false)]
    [InlineData("return Ok();", false)]
    public Task Failed_write_of_a_controllers_helper(string body, bool isReported)
    {
        var test = new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""
            using Microsoft.AspNetCore.Mvc;

            public class DeskController(HttpClient http) : Controller
            {
                [HttpPost("desk")]
                public async Task<IActionResult> Receive(string name) { {{body}} }

                public async Task<string?> PlaceAsync(string name)
                {
                    try { (await http.PostAsync("orders/new", null)).EnsureSuccessStatusCode(); return name; }
                    {{(isReported ? "{|#0:catch|}" : "catch")}} (Exception e) { Console.WriteLine(e); return null; }
                }
            }
            """).Reference(Library.Hosting, Library.AspNetCore);
        return (isReported ? test.Expect(Info, "'DeskController.PlaceAsync' turns every failure of the write 'HttpClient.PostAsync' into 'null': let the exception through, or return a value that callers can tell from success") : test).RunAsync();
    }

    // ---- Where -----------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("try { return [File.ReadAllText(name)]; } catch (Exception) { return []; }")]
    [InlineData("try { return [int.Parse(name).ToString()]; } catch { return []; }")]
    // The failure is taken nearer to the call.
    [InlineData("try { var text = \"\"; try { text = await http.GetStringAsync(name); } catch (Exception e) { failures.Add(e); } return [text]; } catch (Exception) { return []; }")]
    public Task Handler_around_work_that_stays_here(string body) => Function("List<string>", body).RunAsync();

    [Fact]
    public Task Number_that_the_program_ends_with()
    {
        var test = new RuleTest<AGL0503_FailureDisguisedAsResult>("try { Console.WriteLine(await new HttpClient().GetStringAsync(args[0])); return 0; } catch (Exception e) { Console.Error.WriteLine(e); return 1; }");
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    [Fact]
    public Task Work_behind_a_call_is_found() => Member("""
        public async Task<List<string>> RunAsync(string name) { try { return await LoadAsync(name); } {|#0:catch|} (Exception) { return []; } }
        private async Task<List<string>> LoadAsync(string name) => [await {|#1:http.GetStringAsync(name)|}];
        """).Expect(Info, "'Desk.RunAsync' turns every failure of the HTTP call 'HttpClient.GetStringAsync' (Desk.RunAsync → Desk.LoadAsync → HttpClient.GetStringAsync) into an empty list: let the exception through, or return a value that callers can tell from success").RunAsync();

    private static string Turns(string what, string function = "RunAsync", string noun = "HTTP call", string call = "HttpClient.GetStringAsync") =>
        $"'Desk.{function}' turns every failure of the {noun} '{call}' into {what}: let the exception through, or return a value that callers can tell from success";

    private static string Refuses(string what, string function = "RunAsync") =>
        $"'Desk.{function}' turns every error status of the HTTP call 'HttpClient.GetAsync' into {what}: throw an exception, or return a value that callers can tell from success";

    private static RuleTest<AGL0503_FailureDisguisedAsResult> Function(string type, string body) =>
        Member($"public async Task{(type.Length == 0 ? "" : $"<{type}>")} RunAsync(string name, CancellationToken token) {{ {body} }}");

    private static RuleTest<AGL0503_FailureDisguisedAsResult> Member(string member) => new RuleTest<AGL0503_FailureDisguisedAsResult>($$"""
        #nullable enable annotations
        using Microsoft.Extensions.Logging;

        public class Stock
        {
            public string? Text { get; set; }
            public int Count { get; set; }
            public bool IsFailed { get; set; }
            public static Stock Failed(string name) => new() { IsFailed = true };
        }

        public class Desk(HttpClient http, ILogger<Desk> log)
        {
            private readonly List<Exception> failures = [];
            private readonly List<string> kept = [];
            private Exception? last;

            public int Failures => failures.Count + kept.Count + (last == null ? 0 : 1);

            {{member}}

            private static List<string> Fallback(string name) => [name];
            private static Task<List<string>> Mirror(string name) => Task.FromResult(new List<string> { name });
            private static Task Check(HttpResponseMessage answer) => Task.FromResult(answer.EnsureSuccessStatusCode());
            private async Task<bool> SaveAsync(string text) { (await http.PostAsync("orders/new", null)).EnsureSuccessStatusCode(); return text.Length > 0; }
            private void Note(Exception failure) => log.LogWarning(failure, "x");
        }
        """).Reference(Library.Hosting);
}

using System.Collections.Immutable;
using AgentLint.Analysis.Loops;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Cycles around remote work: why they are taken, and what bounds them on each way back.</summary>
public sealed class CyclesTests
{
    // ---- retries ----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("while (true) { try { return await Call(); } catch (Exception) { await Task.Delay(1); } }")]
    [InlineData("for (;;) { try { return await Call(); } catch { } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await Call(); } catch (HttpRequestException) { await Task.Delay(i); } }")]
    [InlineData("again: try { return await Call(); } catch { goto again; }")]
    [InlineData("string? r = null; while (r == null) { try { r = await Call(); } catch { } } return r;")]
    [InlineData("var ok = false; while (!ok) { try { await Call(); ok = true; } catch { } } return null;")]
    [InlineData("var ok = false; do { try { await Call(); ok = true; } catch { } } while (!ok); return null;")]
    [InlineData("var maxRetries = 3; while (true) { try { return await Call(); } catch { maxRetries--; } }")]
    [InlineData("var n = 0; while (n < max) { try { return await Call(); } catch (TimeoutException) { n++; } catch (HttpRequestException) { } } return null;")]
    [InlineData("var n = 0; while (n < max) { try { var r = await Call(); if (r == null) continue; return r; } catch (HttpRequestException) { n++; } } return null;")]
    [InlineData("for (var i = 0; i < max; i++) { try { return await Call(); } catch { i--; } } return null;")]
    [InlineData("while (true) { var n = 0; try { return await Call(); } catch when (n < max) { n++; } }")]
    [InlineData("while (true) { try { return await Call(); } catch (Exception e) when (e is HttpRequestException) { await Task.Delay(1); } }")]
    [InlineData("while (true) { var r = await http.GetAsync(\"/\"); if (r.IsSuccessStatusCode) return null; await Task.Delay(1); }")]
    [InlineData("while (true) { using var r = await http.GetAsync(\"/\"); if (r.StatusCode != System.Net.HttpStatusCode.TooManyRequests) return null; await Task.Delay(1); }")]
    [InlineData("while (true) { using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(1)); try { return await Call(cts.Token); } catch (Exception) { } }")]
    // A helper tells of the failure by its result.
    [InlineData("while (true) { var r = await Told(); if (r.Ok) return null; await Task.Delay(1); }")]
    [InlineData("while (true) { var r = await Told(); if (!r.Ok) { await Task.Delay(1); continue; } return null; }")]
    [InlineData("while (true) { var r = await Caught(); if (r.Ok) return null; await Task.Delay(1); }")]
    [InlineData("while (true) { var (ok, text) = await Pair(); if (ok) return text; await Task.Delay(1); }")]
    [InlineData("while (!await TrySend()) await Task.Delay(1); return null;")]
    public void Unbounded_retry(string body) => Is(CycleKind.Retry, false, body);

    [Theory]
    [InlineData("for (var i = 0; i < max; i++) { try { return await Call(); } catch { await Task.Delay(i); } } return null;")]
    [InlineData("for (var i = 0; ; i++) { try { return await Call(); } catch when (i < max) { } }")]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { if (++n > max) throw; } }")]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { n++; if (n < 3) await Task.Delay(1); else throw; } }")]
    [InlineData("var n = 0; while (true) { n++; try { return await Call(); } catch when (n == 1) { } }")]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { if (n == 3) throw; n = n + 1; } }")]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { var next = n + 1; if (next > max) throw; n = next; } }")]
    [InlineData("while (max-- > 0) { try { return await Call(); } catch { } } return null;")]
    [InlineData("var n = 0; again: try { return await Call(); } catch when (n++ < max) { goto again; }")]
    [InlineData("var retried = false; while (true) { try { return await Call(); } catch when (!retried) { retried = true; } }")]
    [InlineData("var retried = false; while (true) { try { return await Call(); } catch { if (retried) throw; retried = true; } }")]
    [InlineData("while (true) { try { return await Call(); } catch { if (count++ > 3) throw; } }")]
    [InlineData("while (true) { try { return await Call(); } catch { if (!Register(ref max)) throw; } }")]
    [InlineData("while (true) { try { return await Call(); } catch { Count(); if (count > 3) throw; } }")]
    [InlineData("while (true) { try { return await Call(); } catch { if (!MayCount()) throw; } }")]
    [InlineData("var end = DateTime.UtcNow.AddSeconds(9); while (DateTime.UtcNow < end) { try { return await Call(); } catch { } } return null;")]
    [InlineData("var watch = System.Diagnostics.Stopwatch.StartNew(); while (true) { try { return await Call(); } catch { if (watch.Elapsed > TimeSpan.FromSeconds(3)) throw; } }")]
    [InlineData("using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(1)); while (true) { try { return await Call(); } catch { await Task.Delay(1, cts.Token); } }")]
    [InlineData("using var cts = new CancellationTokenSource(); cts.CancelAfter(1000); while (!cts.IsCancellationRequested) { try { return await Call(); } catch { } } return null;")]
    [InlineData("using var cts = CancellationTokenSource.CreateLinkedTokenSource(token); cts.CancelAfter(1000); var t = cts.Token; while (true) { try { return await Call(t); } catch (HttpRequestException) { } }")]
    [InlineData("using var deadline = new CancellationTokenSource(1000); while (true) { using var cts = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token); try { return await Call(); } catch { await Task.Delay(1, cts.Token); } }")]
    [InlineData("foreach (var wait in new[] { 1, 2, 3 }) { try { return await Call(); } catch { await Task.Delay(wait); } } return null;")]
    // What throws a failed status ends the way on which it failed.
    [InlineData("var n = 0; while (true) { var r = await http.GetAsync(\"/\"); if ((int)r.StatusCode == 429) { if (n >= max) { Console.Write(n); r.EnsureSuccessStatusCode(); } await Task.Delay(n); n++; continue; } r.EnsureSuccessStatusCode(); return null; }")]
    // What a turn knows: a status that it asks twice, a switch that it sets itself.
    [InlineData("var n = 0; HttpResponseMessage r; do { r = await http.GetAsync(\"/\"); if (!r.IsSuccessStatusCode) n++; } while (!r.IsSuccessStatusCode && n < 5); return null;")]
    [InlineData("""
        var n = 0; var wait = 5; bool again;
        do
        {
            again = false;
            try
            {
                if (token == default) throw new InvalidOperationException();
                await Call();
                string s;
                do { await Task.Delay(1); s = await http.GetStringAsync("/"); } while (s == "a" || s == "b" || s == "c");
                if (s == "failed") throw new Exception(s);
                await foreach (var update in client.GetStreamingResponseAsync(messages))
                {
                    if (update.Text == "") continue;
                    if (update.Contents.Count > 0) { if (update.Contents[0] is TextContent text) { s = text.Text; break; } }
                }
                return s;
            }
            catch (HttpRequestException e) when ((e.StatusCode == System.Net.HttpStatusCode.TooManyRequests || e.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable) && n < max)
            {
                again = true;
                wait = await Later(++n, wait);
            }
            catch (Exception e)
            {
                Console.Write(e);
                throw;
            }
        } while (again);
        throw new Exception();
        """)]
    [InlineData("var n = 0; bool retry; string? r = null; do { retry = false; try { r = await Call(); } catch when (n < max) { retry = true; n++; } } while (retry); return r;")]
    [InlineData("var waits = new Queue<int>(); while (true) { try { return await Call(); } catch { if (!waits.TryDequeue(out var wait)) throw; await Task.Delay(wait); } }")]
    [InlineData("int? left = 3; while (true) { try { return await Call(); } catch { left -= 1; if (left is <= 0) throw; } }")]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { switch (++n) { case 3: throw; } } }")]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { var last = n++ >= max; if (last) throw; } }")]
    [InlineData("var n = 0; Action count = () => n++; while (true) { try { return await Call(); } catch { count(); if (n > 3) throw; } }")]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { if (n > 3) throw; } finally { n++; } }")]
    [InlineData("while (true) { try { return await Call(); } catch { Console.ReadLine(); } }")]
    [InlineData("string? r = null; var n = 0; while (r == null) { try { r = await http.GetStringAsync(\"/\"); } catch { if (n++ > 3) throw; } } return r;")]
    [InlineData("string? r = null; var n = 0; do { try { r = await http.GetStringAsync(\"/\"); } catch { if (n++ > 3) throw; } } while (r == null); return r;")]
    public void Bounded_retry(string body) => Is(CycleKind.Retry, true, body);

    [Theory]
    [InlineData("while (true) { try { await Call(); } catch { } await Task.Delay(1); }")]
    [InlineData("while (!token.IsCancellationRequested) { try { await Call(); } catch (Exception) { await Task.Delay(60); } } return null;")]
    [InlineData("foreach (var i in new[] { 1, 2 }) { try { await Call(); } catch { } } return null;")]
    [InlineData("while (true) { try { return await Call(); } catch { throw; } }")]
    [InlineData("while (true) { try { return await Call(); } catch { return null; } }")]
    [InlineData("while (true) { try { await Call(); } catch { break; } } return null;")]
    [InlineData("string? next = \"/\"; while (!string.IsNullOrEmpty(next)) { next = await http.GetStringAsync(next); } return null;")]
    [InlineData("string? next = \"/\"; do { next = await http.GetStringAsync(next); await Task.Delay(1); } while (next != null); return null;")]
    [InlineData("while (true) { var r = await Call(); if (r == null) { await Task.Delay(1); continue; } await http.GetAsync(r); }")]
    // That it went well is a reason to go on with the next one.
    [InlineData("while (await TrySend()) await Task.Delay(1); return null;")]
    public void Neither(string body) => Is(CycleKind.Other, true, body);

    // ---- attempts -----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("for (var i = 0; i < 3; i++) { try { return await Call(); } catch { } } return null;", 3)]
    [InlineData("for (var i = 1; i <= 3; i++) { try { return await Call(); } catch { } } return null;", 3)]
    [InlineData("for (var i = 0; ; i++) { try { return await Call(); } catch when (i < 3) { } }", 4)]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { n++; if (n < 3) await Task.Delay(1); else throw; } }", 3)]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { if (++n >= 3) throw; } }", 3)]
    [InlineData("var n = 0; while (true) { try { return await Call(); } catch { if (n++ >= 3) throw; } }", 4)]
    [InlineData("var n = 5; while (n-- > 0) { try { return await Call(); } catch { } } return null;", 5)]
    [InlineData("var n = 1; var most = 4; while (true) { try { return await Call(); } catch { if (n == most) throw; n += 1; } }", 4)]
    [InlineData("var n = 0; again: try { return await Call(); } catch when (n++ < 1) { goto again; }", 2)]
    [InlineData("for (var i = 1; ; i *= 2) { try { return await Call(); } catch { if (i > 8) throw; } }", 5)]
    [InlineData("foreach (var wait in new[] { 1, 2, 3 }) { try { return await Call(); } catch { await Task.Delay(wait); } } return null;", 3)]
    [InlineData("for (var i = 0; i < max; i++) { try { return await Call(); } catch { } } return null;", null)]
    [InlineData("var n = max; while (n-- > 0) { try { return await Call(); } catch { } } return null;", null)]
    [InlineData("var n = 0; while (n < 3) { try { return await Call(); } catch { n += max; } } return null;", null)]
    // A turn is one attempt, however many calls it makes.
    [InlineData("for (var i = 0; i < 3; i++) { try { await Call(); return await Call(); } catch { } } return null;", 3)]
    public void Attempts(string body, int? attempts) => Assert.Equal(attempts, Assert.Single(Of(body)).Attempts);

    // ---- waits --------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await Task.Delay(1000)", "Constant", false)]
    [InlineData("Thread.Sleep(1000)", "Constant", false)]
    [InlineData("await Task.Delay(max)", "Constant", false)]
    [InlineData("await Task.Delay(1000 * i, token)", "Growing", false)]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, i)))", "Growing", false)]
    [InlineData("var wait = TimeSpan.FromSeconds(1 << i); await Task.Delay(wait)", "Growing", false)]
    [InlineData("await Task.Delay(1000 + Random.Shared.Next(100))", "Constant", true)]
    [InlineData("await Task.Delay(Jittered(i))", "Growing", true)]
    [InlineData("await Task.Delay(e.Message.Length)", "Directed", false)]
    [InlineData("await BackOff(i)", "Growing", true)]
    [InlineData("await BackOff(1)", "Unknown", true)]
    public void Delay(string wait, string growth, bool hasJitter)
    {
        var cycle = Assert.Single(Of($"for (var i = 0; i < 3; i++) {{ try {{ return await Call(); }} catch (Exception e) {{ {wait}; Console.Write(e); }} }} return null;"));
        var delay = Assert.Single(cycle.Delays);
        Assert.Equal((growth, hasJitter), (delay.Growth.ToString(), delay.HasJitter));
    }

    [Fact]
    public void No_delay() => Assert.Empty(Assert.Single(Of("for (var i = 0; i < 3; i++) { try { return await Call(); } catch { } } return null;")).Delays);

    // ---- agent loops ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("while (true) { var r = await Ask(); if (r.Text == \"done\") return null; messages.Add(r.Messages[0]); }")]
    [InlineData("bool more; do { more = false; var r = await Ask(); if (r.FinishReason == ChatFinishReason.ToolCalls) { more = true; messages.AddRange(r.Messages); } } while (more); return null;")]
    [InlineData("bool more; do { more = false; var r = await Ask(); switch (r.FinishReason?.Value) { case \"tool_calls\": more = true; break; } } while (more); return null;")]
    [InlineData("while (true) { var calls = new List<FunctionCallContent>(); await foreach (var u in client.GetStreamingResponseAsync(messages)) foreach (var c in u.Contents.OfType<FunctionCallContent>()) calls.Add(c); if (calls.Count == 0) return null; messages.Add(new ChatMessage(ChatRole.Tool, [])); }")]
    [InlineData("while (!token.IsCancellationRequested) { var r = await client.GetResponseAsync(messages, null, token); if (r.Text.Contains(\"STOP\")) break; messages.AddRange(r.Messages); } return null;")]
    [InlineData("var turn = 0; while (true) { turn++; var r = await Ask(); if (r.Text == \"\") return null; messages.AddRange(r.Messages); }")]
    [InlineData("ChatResponse r; do { r = await Ask(); if (r.Text == \"?\") Console.ReadLine(); messages.AddRange(r.Messages); } while (r.Text != \"done\"); return null;")]
    [InlineData("""
        while (true)
        {
            var line = Console.ReadLine();
            if (line is "quit" or "exit")
                break;
            messages.Add(new ChatMessage(ChatRole.User, line));
            bool more;
            do
            {
                more = false;
                var r = await Ask();
                switch (r.FinishReason?.Value)
                {
                    case "stop":
                    {
                        messages.AddRange(r.Messages);
                        break;
                    }
                    case "tool_calls":
                    {
                        foreach (var c in r.Messages[0].Contents)
                        {
                            string result;
                            switch (c.ToString())
                            {
                                case "a": result = await Call() ?? ""; break;
                                default: result = ""; break;
                            }
                            messages.Add(new ChatMessage(ChatRole.Tool, result));
                        }
                        more = true;
                        break;
                    }
                }
            } while (more);
        }
        return null;
        """)]
    public void Unbounded_agent_loop(string body) => Is(CycleKind.AgentLoop, false, body);

    [Theory]
    [InlineData("for (var i = 0; i < 10; i++) { var r = await Ask(); if (r.Text == \"done\") return null; messages.AddRange(r.Messages); } return null;")]
    [InlineData("for (var i = 0; ; i++) { var r = await Ask(); if (i == 10) break; if (r.Text == \"done\") return null; messages.AddRange(r.Messages); } return null;")]
    [InlineData("while (true) { if (messages.Count > 50) return null; var r = await Ask(); if (r.Text == \"done\") return null; messages.AddRange(r.Messages); }")]
    [InlineData("while (true) { var line = Console.ReadLine(); messages.Add(new ChatMessage(ChatRole.User, line)); var r = await Ask(); if (r.Text == \"done\") return null; }")]
    [InlineData("ChatResponse r; do { Console.ReadLine(); r = await Ask(); messages.AddRange(r.Messages); } while (r.Text != \"done\"); return null;")]
    [InlineData("var length = 0; while (true) { var r = await Ask(); messages.AddRange(r.Messages); var now = r.Text.Length; if (now >= length) return null; length = now; }")]
    [InlineData("var first = true; var length = 0; var now = 0; var done = false; while (!done) { var r = await Ask(); now = r.Text.Length; if (!first && now >= length) return null; length = now; first = false; done = now < 100; } return null;")]
    public void Bounded_agent_loop(string body) => Is(CycleKind.AgentLoop, true, body);

    // ---- polling ------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("string s; do { await Task.Delay(1); s = await http.GetStringAsync(\"/\"); } while (s == \"queued\" || s == \"running\"); return null;")]
    [InlineData("var s = await http.GetStringAsync(\"/\"); while (s != \"done\") { await Task.Delay(1); s = await http.GetStringAsync(\"/\"); } return null;")]
    public void Unbounded_polling(string body) => Is(CycleKind.Polling, false, body);

    [Theory]
    [InlineData("string s; var n = 0; do { await Task.Delay(1); s = await http.GetStringAsync(\"/\"); } while (s == \"queued\" && n++ < max); return null;")]
    [InlineData("string s; using var cts = new CancellationTokenSource(1000); do { await Task.Delay(1, cts.Token); s = await http.GetStringAsync(\"/\"); } while (s == \"queued\"); return null;")]
    public void Bounded_polling(string body) => Is(CycleKind.Polling, true, body);

    // ---- recursion --------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("try { return await Call(); } catch { await Task.Delay(1); return await Run(max - 1, token); }", false)]
    [InlineData("try { return await Call(); } catch { if (max <= 0) throw; return await Run(max - 1, token); }", true)]
    [InlineData("try { return await Call(); } catch when (max > 0) { return await Run(max - 1, token); }", true)]
    [InlineData("try { return await Call(); } catch when (max > 0) { return await Run(max, token); }", false)]
    [InlineData("try { return await Call(); } catch { if (max-- <= 0) throw; return await Run(max, token); }", true)]
    [InlineData("try { return await Call(); } catch { if (count++ > 3) throw; return await Run(max, token); }", true)]
    [InlineData("try { return await Call(); } catch { return await Again(max, token); }", false)]
    [InlineData("try { return await Call(); } catch { if (max < 0) throw; return await Again(max, token); }", false)]
    [InlineData("try { return await Call(); } catch { if (max < 0) throw; return await Again(max - 1, token); }", true)]
    [InlineData("try { return await Call(); } catch { if (max < 0) throw; return await Less(max, token); }", true)]
    [InlineData("try { return await Call(); } catch { return await Checked(max, token); }", true)]
    public void Recursion(string body, bool isBounded) => Is(CycleKind.Retry, isBounded, body);

    // ---- what decides besides -----------------------------------------------------------------------------------------------

    /// <summary>A condition bounds a cycle where it can come out otherwise in another turn.</summary>
    [Theory]
    [InlineData("private static readonly bool On = true; private bool May() => On;", false)]
    [InlineData("private const bool On = true; private bool May() => On;", false)]
    [InlineData("private bool On { get; } = true; private bool May() => On;", false)]
    [InlineData("private bool On { get; init; } = true; private bool May() => On;", false)]
    [InlineData("private bool May() => Math.Abs(-3) > 2;", false)]
    [InlineData("private bool May() => DayOfWeek.Friday > DayOfWeek.Monday;", false)]
    [InlineData("private readonly Func<bool> ask = () => true; private bool May() => ask();", false)]
    [InlineData("private bool on = true; private bool May() => on;", true)]
    [InlineData("private bool On { get; set; } = true; private bool May() => On;", true)]
    [InlineData("public virtual bool On { get; } = true; private bool May() => On;", true)]
    [InlineData("private bool On => on; private bool on = true; private bool May() => On;", true)]
    [InlineData("private bool on = true; private bool May() => Deeper(); private bool Deeper() => Deepest(); private bool Deepest() => on;", true)]
    [InlineData("private bool May() => DateTime.UtcNow.Year > 3000;", true)]
    [InlineData("private bool May() => Guid.NewGuid() == Guid.Empty;", true)]
    [InlineData("private readonly IGate gate = null!; private interface IGate { bool IsOpen(); } private bool May() => gate.IsOpen();", true)]
    public void Condition_that_a_method_answers(string members, bool isBounded) =>
        Is(CycleKind.Retry, isBounded, "while (true) { try { return await Call(); } catch { if (!May()) throw; } }", members);

    [Theory]
    [InlineData("using var end = new CancellationTokenSource(1000); using var cts = CancellationTokenSource.CreateLinkedTokenSource(token, end.Token);", "", true)]
    [InlineData("using var end = new CancellationTokenSource(1000); using var cts = CancellationTokenSource.CreateLinkedTokenSource(token, default, end.Token);", "", true)]
    [InlineData("using var cts = CancellationTokenSource.CreateLinkedTokenSource(token, default);", "", false)]
    [InlineData("using var cts = CancellationTokenSource.CreateLinkedTokenSource(token, default, token);", "", false)]
    [InlineData("using var cts = new CancellationTokenSource();", "", false)]
    [InlineData("using var cts = new CancellationTokenSource();", "cts.CancelAfter(1000);", false)]
    [InlineData("using var cts = new CancellationTokenSource(); cts.CancelAfter(1000);", "", true)]
    public void Deadline(string before, string inTurn, bool isBounded) =>
        Is(CycleKind.Retry, isBounded, $"{before} while (true) {{ {inTurn} try {{ return await Call(cts.Token); }} catch (HttpRequestException) {{ }} }}");

    private static void Is(CycleKind kind, bool isBounded, string body, string members = "")
    {
        var cycles = Of(body, members);
        if (cycles.IsEmpty && kind == CycleKind.Other)
            return;
        Assert.True(cycles.Length == 1 || cycles.Count(c => c.Kind == kind) == 1, string.Join(", ", cycles.Select(c => c.Kind)));
        var cycle = cycles.FirstOrDefault(c => c.Kind == kind) ?? cycles[0];
        Assert.True((kind, isBounded) == (cycle.Kind, cycle.Unguarded == null), $"{cycle.Kind} {cycle.Unguarded} in {body}");
    }

    private static ImmutableArray<Cycle> Of(string body, string members = "")
    {
        var program = Compiled.From($$"""
            class Desk(HttpClient http, IChatClient client, List<ChatMessage> messages)
            {
                private int count;

                public async Task<string?> Run(int max, CancellationToken token)
                {
                    {{body}}
                }

                private async Task<string?> Call(CancellationToken token = default) => await http.GetStringAsync("/", token);

                private Task<ChatResponse> Ask() => client.GetResponseAsync(messages);

                private static bool Register(ref int left) => --left > 0;

                private void Count() => count++;

                private bool MayCount() => count++ < 3;

                private Task<string?> Again(int left, CancellationToken token) => Run(left, token);

                private Task<string?> Less(int left, CancellationToken token) => Run(left - 1, token);

                private Task<string?> Checked(int left, CancellationToken token) => left > 0 ? Run(left - 1, token) : throw new TimeoutException();

                private async Task<int> Later(int n, int wait) { await Task.Delay(wait * n); return wait * 2; }

                private static int Jittered(int i) => i * 100 + Random.Shared.Next(9);

                private static Task BackOff(int i) => Task.Delay(Jittered(i));

                private async Task<Told> Told() { var r = await http.GetAsync("/"); return new Told(r.IsSuccessStatusCode, await r.Content.ReadAsStringAsync()); }

                private async Task<Told> Caught() { try { return new Told(true, await http.GetStringAsync("/")); } catch (HttpRequestException e) { return new Told(false, e.Message); } }

                private async Task<(bool Ok, string? Text)> Pair() { try { return (true, await http.GetStringAsync("/")); } catch (HttpRequestException) { return (false, null); } }

                private async Task<bool> TrySend() { try { await http.PostAsync("/", null); return true; } catch (HttpRequestException) { return false; } }

                {{members}}
            }

            record Told(bool Ok, string Text);
            """);
        return Cycles.Of(program.Model).In(program.Compilation.SyntaxTrees.Last(), 8, TestContext.Current.CancellationToken);
    }
}

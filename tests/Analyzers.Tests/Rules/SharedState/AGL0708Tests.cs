using AgentLint.Rules.SharedState;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>Asynchronous lambdas that are given to what takes a delegate without a task: reported where something is late.</summary>
public sealed class AGL0708Tests
{
    private const string Asks = "'IChatClient.GetResponseAsync' continues";

    [Theory]
    [InlineData("items.ForEach({|#0:async|} item => await client.GetResponseAsync(item));", "List.ForEach")]
    [InlineData("items.ForEach({|#0:async|} item => { await Ask(item); });", "List.ForEach", "'IChatClient.GetResponseAsync' (Desk.Ask → IChatClient.GetResponseAsync) continues")]
    [InlineData("Array.ForEach(items.ToArray(), {|#0:async|} item => await http.PostAsync(item, null));", "Array.ForEach", "'HttpClient.PostAsync' continues")]
    [InlineData("Parallel.ForEach(items, {|#0:async|} item => await client.GetResponseAsync(item));", "Parallel.ForEach")]
    [InlineData("var progress = new Progress<string>({|#0:async|} part => await client.GetResponseAsync(part));", "new Progress")]
    [InlineData("Progress<string> progress = new({|#0:async|} part => await client.GetResponseAsync(part));", "new Progress")]
    [InlineData("using var timer = new Timer({|#0:async|} _ => await client.GetResponseAsync(\"\"), null, 0, 1000);", "new Timer")]
    [InlineData("using var ended = token.Register({|#0:async|} () => await client.GetResponseAsync(\"\"));", "CancellationToken.Register")]
    [InlineData("new Thread({|#0:async|} () => await client.GetResponseAsync(\"\")).Start();", "new Thread")]
    // The next attempt does not wait for it.
    [InlineData("var retry = Polly.AsyncRetrySyntax.RetryAsync(Polly.Policy.Handle<HttpRequestException>(), 3, onRetry: {|#0:async|} (failure, n) => await client.GetResponseAsync(\"\"));", "PolicyBuilder.RetryAsync")]
    [InlineData("Use(Polly.RetrySyntax.WaitAndRetry(Polly.Policy.Handle<HttpRequestException>(), 3, n => TimeSpan.FromSeconds(n), {|#0:async|} (failure, wait) => await client.GetResponseAsync(\"\"))); void Use(object policy) { }", "PolicyBuilder.WaitAndRetry")]
    // A method that lets some of its failures out handles none for the lambda.
    [InlineData("using var timer = new Timer({|#0:async|} _ => await Half(), null, 0, 1000); async Task Half() { try { await Task.Delay(1); } catch (Exception) { } await client.GetResponseAsync(\"\"); }", "new Timer", "'IChatClient.GetResponseAsync' (Half → IChatClient.GetResponseAsync) continues")]
    // What the project's own methods call.
    [InlineData("Each(items, {|#0:async|} item => await client.GetResponseAsync(item));", "Desk.Each")]
    // State that is read when it has not been set.
    [InlineData("var last = \"\"; var progress = new Progress<string>({|#0:async|} part => { await Task.Delay(1); last = part; }); Work(progress); return last;", "new Progress", "'last' is changed")]
    [InlineData("var all = new List<string>(); items.ForEach({|#0:async|} item => { await Task.Delay(1); all.Add(item); }); return all.Count.ToString();", "List.ForEach", "'all' is changed")]
    [InlineData("var count = 0; items.ForEach({|#0:async|} item => { await Task.Delay(1); count++; }); return count.ToString();", "List.ForEach", "'count' is changed")]
    // A loop that has gone on is not helped by a handler.
    [InlineData("items.ForEach({|#0:async|} item => { try { await client.GetResponseAsync(item); } catch (Exception) { } });", "List.ForEach")]
    public Task Lambda_that_is_left_alone(string body, string call, string late = Asks) => In(body).Expect(Warning, Message(call, late)).RunAsync();

    [Theory]
    // Bound to a delegate with a task.
    [InlineData("await Task.Run(async () => await client.GetResponseAsync(\"\"));")]
    [InlineData("await Task.WhenAll(items.Select(async item => await client.GetResponseAsync(item)));")]
    [InlineData("await Parallel.ForEachAsync(items, async (item, token) => await client.GetResponseAsync(item, cancellationToken: token));")]
    [InlineData("await EachAsync(items, async item => await client.GetResponseAsync(item));")]
    [InlineData("Either(async () => await client.GetResponseAsync(\"\"));")]
    [InlineData("var retry = Polly.AsyncRetrySyntax.RetryAsync(Polly.Policy.Handle<HttpRequestException>(), 3, onRetryAsync: async (failure, n) => await client.GetResponseAsync(\"\"));")]
    // Handlers of events, and what nobody here is known to run.
    [InlineData("AppDomain.CurrentDomain.ProcessExit += async (sender, e) => await client.GetResponseAsync(\"\");")]
    [InlineData("Handle(async (sender, e) => await client.GetResponseAsync(\"\"));")]
    [InlineData("Keep(async () => await client.GetResponseAsync(\"\"));")]
    // Nothing is late, or nobody looks.
    [InlineData("items.ForEach(async item => { await Task.Delay(1); Console.WriteLine(item); });")]
    [InlineData("items.ForEach(async item => { await Task.CompletedTask; });")]
    [InlineData("items.ForEach(item => Console.WriteLine(item));")]
    [InlineData("var all = new List<string>(); items.ForEach(async item => { all.Add(item); await Task.Delay(1); }); return all.Count.ToString();")]
    [InlineData("var last = \"\"; var progress = new Progress<string>(async part => { await Task.Delay(1); last = part; }); Work(progress);")]
    // Who catches what can fail has thought of it, here or in the method that is called.
    [InlineData("using var timer = new Timer(async _ => await Handled(), null, 0, 1000); async Task Handled() { try { await client.GetResponseAsync(\"\"); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("using var timer = new Timer(async _ => await Passed(), null, 0, 1000); Task Passed() => Handled(); async Task Handled() { try { await client.GetResponseAsync(\"\"); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("using var timer = new Timer(async _ => { try { await client.GetResponseAsync(\"\"); } catch (Exception e) { Console.WriteLine(e); } }, null, 0, 1000);")]
    public Task Lambda_that_is_waited_for_or_harmless(string body) => In(body).RunAsync();

    /// <summary>The limits on the page.</summary>
    [Theory]
    [InlineData("items.ForEach(One); async void One(string item) => await client.GetResponseAsync(item);")]
    [InlineData("Keep(async () => await client.GetResponseAsync(\"\"));")]
    [InlineData("items.ForEach(async item => { await Task.Delay(1); last = item; }); Console.WriteLine(last);")]
    public Task Lambda_that_is_not_looked_at(string body) => In(body).RunAsync();

    private static string Message(string call, string late) => $"'{call}' does not await this async lambda: {late} after its first await, and its end and its exceptions go unobserved";

    private static RuleTest<AGL0708_AsyncLambdaAsAction> In(string body) => new(
        $$"""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client, HttpClient http)
        {
            private Action? kept;
            private string last = "";

            public async Task<string> Run(List<string> items, CancellationToken token)
            {
                await Task.Yield();
                {{body}}
                {{(body.Contains("return ", StringComparison.Ordinal) ? "" : "return \"\";")}}
            }

            private async Task<string> Ask(string item) => (await client.GetResponseAsync(item)).Text;

            private static void Each(List<string> items, Action<string> action) { foreach (var item in items) action(item); }

            private static async Task EachAsync(List<string> items, Func<string, Task> action) { foreach (var item in items) await action(item); }

            private static void Either(Action action) => action();

            private static Task Either(Func<Task> action) => action();

            private static void Handle(EventHandler handler) => handler(null, EventArgs.Empty);

            private void Keep(Action action) => kept = action;

            private static void Work(IProgress<string> progress) => progress.Report("");
        }
        """);
}

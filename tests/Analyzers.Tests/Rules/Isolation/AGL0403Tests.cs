using AgentLint.Rules.Isolation;
using AgentLint.Rules.SharedState;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>Tools, handlers and callbacks that are <c>async void</c> are reported at their names.</summary>
public sealed class AGL0403Tests
{
    [Theory]
    [InlineData("await http.PostAsync(text, null);", "the HTTP call 'HttpClient.PostAsync'")]
    [InlineData("try { await http.PostAsync(text, null); } catch (Exception e) { Console.WriteLine(e); }", "the HTTP call 'HttpClient.PostAsync'", true)]
    [InlineData("await told(text);", "what it awaits")]
    public Task Tool(string code, string what, bool isHandled = false) => File("[McpServerTool] public async void {|#0:Book|}(string text) { " + code + " }")
        .Expect(Warning, $"'Tools.Book' is 'async void': what runs it as a tool goes on before {what} has ended{(isHandled ? "" : ", and a failure in it ends the process")}")
        .RunAsync();

    [Theory]
    [InlineData("private async void {|#0:Submit|}(string text) { await Task.Delay(1); await http.PostAsync(text, null); } public void Run() => Submit(\"\");", "")]
    [InlineData("private async void {|#0:Submit|}(string text) => await SendAsync(text); private async Task SendAsync(string text) => await http.PostAsync(text, null); public Action<string> Run() => Submit;", " (Tools.Submit → Tools.SendAsync → HttpClient.PostAsync)")]
    [InlineData("public void Run() { {|#0:Submit|}(\"\"); async void {|#0:Submit|}(string text) => await http.PostAsync(text, null); }", "", true)]
    public Task Callback(string code, string way, bool isLocal = false) => File(isLocal ? code.Replace("{|#0:Submit|}(\"\")", "Submit(\"\")", StringComparison.Ordinal) : code)
        .Expect(Warning, $"'{(isLocal ? "" : "Tools.")}Submit' is 'async void': its caller goes on before the HTTP call 'HttpClient.PostAsync' has ended{way}, and a failure in it ends the process")
        .RunAsync();

    [Theory]
    [InlineData("Changed = {|#0:async|} text => await http.PostAsync(text, null);")]
    [InlineData("Action<string> changed = {|#0:async|} text => { await http.PostAsync(text, null); }; changed(\"\");")]
    public Task Lambda(string code) => File($"public Action<string>? Changed {{ get; set; }} public void Run() {{ {code} }}")
        .Expect(Warning, "'lambda' is 'async void': its caller goes on before the HTTP call 'HttpClient.PostAsync' has ended, and a failure in it ends the process")
        .RunAsync();

    [Theory]
    [InlineData("public async void {|#0:Clicked|}(object sender, EventArgs e) { await http.PostAsync(\"\", null); }", "Tools.Clicked")]
    [InlineData("public event EventHandler? Opened; public void Run() { Opened += {|#0:async|} (sender, e) => await http.PostAsync(\"\", null); Opened?.Invoke(this, EventArgs.Empty); }", "lambda")]
    public Task Event_whose_failures_are_not_handled_is_a_suggestion(string code, string name) => File(code)
        .Expect(Info, $"'{name}' is 'async void': the event is over before the HTTP call 'HttpClient.PostAsync' has ended, and a failure in it ends the process")
        .RunAsync();

    // Whatever its signature, what an event runs is a handler of it.
    [Theory]
    [InlineData("public event Action<string>? Said; public void Run() { Said += {|#0:async|} text => await http.PostAsync(text, null); Said?.Invoke(\"\"); }", "lambda")]
    [InlineData("public event Action<string>? Said; public void Run() { Said += Send; Said?.Invoke(\"\"); } private async void {|#0:Send|}(string text) => await http.PostAsync(text, null);", "Tools.Send")]
    public Task Handler_of_an_event_without_sender(string code, string name) => File(code)
        .Expect(Info, $"'{name}' is 'async void': the event is over before the HTTP call 'HttpClient.PostAsync' has ended, and a failure in it ends the process")
        .RunAsync();

    [Theory]
    [InlineData("[McpServerTool] public async Task Book(string text) => await http.PostAsync(text, null);")]
    [InlineData("[McpServerTool] public void Book(string text) => Console.WriteLine(text);")]
    [InlineData("public async void Clicked(object sender, EventArgs e) { try { await http.PostAsync(\"\", null); } catch (Exception x) { Console.WriteLine(x); } }")]
    [InlineData("public async void Submit(string text) { try { await http.PostAsync(text, null); } catch (Exception x) { Console.WriteLine(x); } }")]
    [InlineData("public async void Submit(string text) { await Task.Delay(1); Console.WriteLine(text); }")]
    [InlineData("public Func<string, Task>? Changed { get; set; } public void Run() { Changed = async text => await http.PostAsync(text, null); }")]
    public Task Function_that_can_be_awaited_or_handles_its_failures(string code) => File(code).RunAsync();

    [Fact]
    public Task Signature_that_another_demands() => File("protected override async void OnLaunched() { await http.PostAsync(\"\", null); }", ": Screen", "public abstract class Screen { protected abstract void OnLaunched(); }").RunAsync();

    [Fact]
    public Task Object_that_is_handed_out_before_it_is_ready() => File("public Tools() : this(new(), null!) => Load(); private async void {|#0:Load|}() { try { await http.GetAsync(\"\"); } catch (Exception e) { Console.WriteLine(e); } }")
        .Expect(Info, "'Tools.Load' is 'async void': the constructor hands out a 'Tools' before the HTTP call 'HttpClient.GetAsync' has ended")
        .RunAsync();

    // A constructor that subscribes a function does not run it.
    [Theory]
    [InlineData("public event Action? Started; public Tools() : this(new(), null!) => Started += Load; private async void Load() { try { await http.GetAsync(\"\"); } catch (Exception e) { Console.WriteLine(e); } } public void Run() => Started?.Invoke();")]
    [InlineData("public event EventHandler? Started; public Tools() : this(new(), null!) => Started += (_, _) => Load(); private async void Load() { try { await http.GetAsync(\"\"); } catch (Exception e) { Console.WriteLine(e); } } public void Run() => Started?.Invoke(this, EventArgs.Empty);")]
    public Task Function_that_a_constructor_only_subscribes(string code) => File(code).RunAsync();

    // What another project does may fail, whether it is remote or not.
    [Fact]
    public async Task Callback_that_awaits_another_project_is_a_suggestion()
    {
        var test = File("public async void {|#0:Submit|}(Other.Group group) => await group.AnswerAsync();")
            .Expect(Info, "'Tools.Submit' is 'async void': its caller goes on before what it awaits has ended, and a failure in it ends the process");
        test.TestState.AdditionalProjects["Other"].Sources.Add("namespace Other { public class Group { public System.Threading.Tasks.Task AnswerAsync() => System.Threading.Tasks.Task.CompletedTask; } }");
        test.TestState.AdditionalProjectReferences.Add("Other");
        await test.RunAsync();
    }

    [Fact]
    public Task Callback_that_awaits_a_delegate_is_a_suggestion() => File("public async void {|#0:Submit|}(string text) => await told(text);")
        .Expect(Info, "'Tools.Submit' is 'async void': its caller goes on before what it awaits has ended, and a failure in it ends the process")
        .RunAsync();

    // One line has one report: a lambda that a call takes is AGL0708's.
    [Fact]
    public async Task Lambda_that_a_call_takes_is_reported_once()
    {
        const string Code = "public void Run(List<string> texts) { texts.ForEach(async text => await http.PostAsync(text, null)); }";
        await File(Code).RunAsync();
        await new RuleTest<AGL0708_AsyncLambdaAsAction>(Text(Code.Replace("async text", "{|#0:async|} text", StringComparison.Ordinal), ""))
            .Expect(Warning, "'List.ForEach' does not await this async lambda: 'HttpClient.PostAsync' continues after its first await, and its end and its exceptions go unobserved")
            .RunAsync();
    }

    private static RuleTest<AGL0403_AsyncVoidTool> File(string code, string bases = "", params IEnumerable<string> files) => new([Text(code, bases), .. files]);

    private static string Text(string code, string bases) => $$"""
        #nullable enable
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(HttpClient http, Func<string, Task> told) {{bases}}
        {
            public object[] All => [http, told];

            {{code}}
        }
        """;
}

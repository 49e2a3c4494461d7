using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Retries;

/// <summary>Synchronous resilience around asynchronous work is reported at what executes it.</summary>
public sealed class AGL0206Tests
{
    // ---- Pipelines of Polly 8 ---------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await pipeline.{|#0:Execute|}(async () => await Work());")]
    [InlineData("await pipeline.{|#0:Execute|}(() => Work());")]
    [InlineData("await pipeline.{|#0:Execute|}(Work);")]
    [InlineData("await pipeline.{|#0:Execute<Task>|}(async () => await Work());")]
    [InlineData("await pipeline.{|#0:Execute|}(async token => await Work(), CancellationToken.None);")]
    [InlineData("await pipeline.{|#0:Execute|}(callback: async token => await Work(), cancellationToken: default);")]
    [InlineData("await pipeline.{|#0:Execute|}(static async state => await state.Work(), this);")]
    [InlineData("await pipeline.{|#0:Execute|}(static async (state, token) => await state.Work(), this, CancellationToken.None);")]
    [InlineData("await pipeline.{|#0:Execute|}(async context => await Work(), ResilienceContextPool.Shared.Get());")]
    [InlineData("await pipeline.{|#0:Execute|}(async (context, state) => await Work(), ResilienceContextPool.Shared.Get(), 1);")]
    [InlineData("await pipeline.{|#0:Execute|}(() => ValueWork());")]
    [InlineData("Func<Task> work = Work; await pipeline.{|#0:Execute|}(work);")]
    [InlineData("await pipeline.{|#0:Execute|}(async delegate () { await Work(); });")]
    [InlineData("await pipeline!.{|#0:Execute|}(() => Work()).ConfigureAwait(false);")]
    [InlineData("pipeline?.{|#0:Execute|}(() => Work());")]
    [InlineData("_ = pipeline.{|#0:Execute|}(() => Work());")]
    [InlineData("var task = pipeline.{|#0:Execute|}(() => Work()); await task;")]
    [InlineData("new ResiliencePipelineBuilder().Build().{|#0:Execute|}(Work);")]
    public Task Pipeline(string statement) => Reported(statement);

    [Theory]
    [InlineData("answers.{|#0:Execute|}(() => Answer());", "ResiliencePipeline<Task<string>> answers")]
    [InlineData("answers.{|#0:Execute|}(async () => await Answer());", "ResiliencePipeline<Task<string>> answers")]
    [InlineData("answers.{|#0:Execute|}(async (state, token) => await Answer(), 1, CancellationToken.None);", "ResiliencePipeline<Task<string>> answers")]
    public Task Pipeline_of_a_result(string statement, string parameter) => Reported(statement, parameter);

    // ---- Policies of Polly 7 ----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await Policy.Handle<Exception>().WaitAndRetry(3, _ => TimeSpan.FromSeconds(1)).{|#0:Execute|}(async () => await Work());")]
    [InlineData("await Policy.Handle<Exception>().Retry(3).{|#0:Execute|}(Work);")]
    [InlineData("await Policy.Handle<Exception>().CircuitBreaker(2, TimeSpan.FromMinutes(1)).{|#0:Execute|}(() => Work());")]
    [InlineData("await Policy.Timeout(10).{|#0:Execute|}(async token => await Work(), CancellationToken.None);")]
    [InlineData("await policy.{|#0:Execute|}(async (context, token) => await Work(), new Context(), CancellationToken.None);")]
    [InlineData("await policy.{|#0:Execute|}(async context => await Work(), new Context(\"key\"));")]
    [InlineData("await Policy.Wrap(Policy.NoOp(), Policy.Timeout(10)).{|#0:Execute|}(() => Work());")]
    [InlineData("await Policy<Task<string>>.Handle<Exception>().Retry(3).{|#0:Execute|}(() => Answer());")]
    public Task Policy(string statement) => Reported(statement, "Policy policy", "Policy");

    [Theory]
    [InlineData("ISyncPolicy policy", "await policy.{|#0:Execute|}(async () => await Work());", "ISyncPolicy.Execute")]
    [InlineData("ISyncPolicy<Task<string>> policy", "await policy.{|#0:Execute|}(() => Answer());", "ISyncPolicy.Execute")]
    [InlineData("Polly.Retry.RetryPolicy policy", "await policy.{|#0:Execute|}(() => Work());", "Policy.Execute")]
    public Task Policy_behind_an_interface_or_of_a_kind(string parameter, string statement, string name) =>
        In(statement, parameter).Expect(Warning, Message(name)).RunAsync();

    [Theory]
    [InlineData("Policy policy", "var result = policy.{|#0:ExecuteAndCapture|}(async () => await Work()); await result.Result;", "Policy.ExecuteAndCapture")]
    [InlineData("ISyncPolicy policy", "policy.{|#0:ExecuteAndCapture|}(() => Work());", "ISyncPolicy.ExecuteAndCapture")]
    [InlineData("ISyncPolicy<Task<string>> policy", "policy.{|#0:ExecuteAndCapture|}((context, token) => Answer(), new Context(), default);", "ISyncPolicy.ExecuteAndCapture")]
    public Task Capture(string parameter, string statement, string name) =>
        In(statement, parameter).Expect(Warning, Message(name, "ExecuteAndCaptureAsync")).RunAsync();

    // ---- Asynchronous work that gives back nothing ------------------------------------------------------------------

    [Theory]
    [InlineData("policy.{|#0:Execute|}((Action)(async () => await Work()));")]
    [InlineData("policy.{|#0:Execute|}((Action)FireAndForget);")]
    public Task Asynchronous_function_that_returns_nothing(string statement) =>
        In(statement, "Policy policy").Expect(Warning, Message("Policy.Execute")).RunAsync();

    [Fact]
    public Task Asynchronous_lambda_for_an_action_with_a_context() =>
        In("policy.{|#0:Execute|}((Action<Context>)(async context => await Work()), new Context());", "ISyncPolicy policy").Expect(Warning, Message("ISyncPolicy.Execute")).RunAsync();

    // ---- The path to what is not retried ----------------------------------------------------------------------------

    [Fact]
    public Task Message_shows_the_remote_call() => Run("""
        using Polly;
        public class Orders(HttpClient http, ResiliencePipeline pipeline)
        {
            public Task<string> Find(string id) => pipeline.{|#0:Execute|}(async () => await {|#1:http.GetStringAsync(id)|});
        }
        """)
        .ExpectPath(
            Warning,
            "'ResiliencePipeline.Execute' returns as soon as its delegate returns a task: a failure after the first await (HttpClient.GetStringAsync) is never retried; 'ExecuteAsync' awaits it",
            0,
            1)
        .RunAsync();

    [Fact]
    public Task Path_leads_through_other_files() => Run(
        """
        using Polly;
        public class Desk(Research research, ISyncPolicy policy)
        {
            public async Task<string> Plan(string topic) => await policy.{|#0:Execute|}(() => {|#1:research.AskAsync(topic)|});
        }
        """,
        """
        using Microsoft.Extensions.AI;
        public class Research(IChatClient client)
        {
            public async Task<string> AskAsync(string topic) => (await {|#2:client.GetResponseAsync(topic)|}).Text;
        }
        """)
        .ExpectPath(
            Warning,
            "'ISyncPolicy.Execute' returns as soon as its delegate returns a task: a failure after the first await (Research.AskAsync → IChatClient.GetResponseAsync) is never retried; 'ExecuteAsync' awaits it",
            0,
            1,
            2)
        .RunAsync();

    [Fact]
    public Task Path_of_a_method_group_leads_through_the_method() => Run("""
        using Polly;
        public class Orders(HttpClient http, ResiliencePipeline pipeline)
        {
            public Task<string> Find() => pipeline.{|#0:Execute|}({|#1:Get|});
            private async Task<string> Get() => await {|#2:http.GetStringAsync("orders")|};
        }
        """)
        .ExpectPath(
            Warning,
            "'ResiliencePipeline.Execute' returns as soon as its delegate returns a task: a failure after the first await (Orders.Get → HttpClient.GetStringAsync) is never retried; 'ExecuteAsync' awaits it",
            0,
            1,
            2)
        .RunAsync();

    [Theory]
    [InlineData("1", " (Orders.One → HttpClient.GetStringAsync)", "HttpClient.GetStringAsync")]
    [InlineData("1", "", "Two")]
    [InlineData("2", " (Orders.One → Orders.Two → HttpClient.GetStringAsync)", "Two")]
    public Task Depth_is_an_option(string depth, string path, string callee) => Run($$"""
        using Polly;
        public class Orders(HttpClient http, ResiliencePipeline pipeline)
        {
            public Task<string> Find() => pipeline.{|#0:Execute|}(() => One());
            private Task<string> One() => {{(callee == "Two" ? "Two()" : "http.GetStringAsync(\"orders\")")}};
            private Task<string> Two() => http.GetStringAsync("orders");
        }
        """)
        .Configure("agentlint.call_depth = " + depth)
        .Expect(Warning, $"'ResiliencePipeline.Execute' returns as soon as its delegate returns a task: a failure after the first await{path} is never retried; 'ExecuteAsync' awaits it")
        .RunAsync();

    // ---- Silent -----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await pipeline.ExecuteAsync(async token => await Work(), CancellationToken.None);")]
    [InlineData("await pipeline.ExecuteAsync(static async (state, token) => await state.Work(), this);")]
    [InlineData("await pipeline.ExecuteOutcomeAsync(async (context, state) => { await Work(); return Outcome.FromResult(1); }, ResilienceContextPool.Shared.Get(), 1);")]
    [InlineData("await Policy.Handle<Exception>().RetryAsync(3).ExecuteAsync(async () => await Work());")]
    [InlineData("IAsyncPolicy policy = Policy.NoOpAsync(); await policy.ExecuteAndCaptureAsync(Work);")]
    public Task Asynchronous_execution(string statement) => In(statement).RunAsync();

    [Theory]
    [InlineData("pipeline.Execute(() => 1);")]
    [InlineData("pipeline.Execute(() => { });")]
    [InlineData("pipeline.Execute(Console.Beep);")]
    [InlineData("pipeline.Execute(static state => state.Length, \"state\");")]
    [InlineData("pipeline.Execute(() => Answer().Result);")]
    [InlineData("pipeline.Execute(() => Answer().GetAwaiter().GetResult());")]
    [InlineData("pipeline.Execute(() => Work().Wait());")]
    [InlineData("pipeline.Execute(() => { _ = Work(); });")]
    [InlineData("Policy.NoOp().Execute(() => 1);")]
    [InlineData("Policy.NoOp().ExecuteAndCapture(() => Answer().Result);")]
    [InlineData("pipeline.Execute(static work => work().Result, (Func<Task<string>>)Answer);")]
    [InlineData("pipeline.Execute(() => new Job(Task.CompletedTask));")]
    [InlineData("pipeline.Execute(() => (Task: Work(), 1));")]
    public Task Synchronous_delegate(string statement) => In(statement).RunAsync();

    [Theory]
    [InlineData("pipeline.Execute<object>(() => Work());")]
    [InlineData("Run(pipeline, () => Work()); static T Run<T>(ResiliencePipeline pipeline, Func<T> work) => pipeline.Execute(work);")]
    [InlineData("pipeline.Execute(() => Stream()); async IAsyncEnumerable<int> Stream() { await Task.Yield(); yield return 1; }")]
    public Task Known_limit(string statement) => In(statement).RunAsync();

    [Fact]
    public Task Method_of_the_same_name() => In("new Job(Work()).Execute(async () => await Work());").RunAsync();

    [Fact]
    public Task Project_without_any_agent_or_resilience_library()
    {
        var test = Run("""
            public class Pipeline { public T Execute<T>(Func<T> work) => work(); }
            public class Orders { public Task Find(Pipeline pipeline) => pipeline.Execute(async () => await Task.Yield()); }
            """);
        test.TestState.AdditionalReferences.Clear();
        return test.RunAsync();
    }

    // ---- Configuration ----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("dotnet_diagnostic.AGL0206.severity = error", Error)]
    [InlineData("dotnet_diagnostic.AGL0206.severity = suggestion", Info)]
    [InlineData("dotnet_analyzer_diagnostic.category-AgentLint.Retries.severity = error", Error)]
    public Task Severity_is_set_in_the_editorconfig(string line, DiagnosticSeverity severity) =>
        In("await pipeline.{|#0:Execute|}(Work);").Configure(line).Expect(severity, Message("ResiliencePipeline.Execute")).RunAsync();

    [Fact]
    public Task Rule_is_turned_off_in_the_editorconfig() => In("await pipeline.Execute(Work);").Configure("dotnet_diagnostic.AGL0206.severity = none").RunAsync();

    [Theory]
    [InlineData("resilient-execute Acme.Guard.Run blocking async=RunAsync", "; 'RunAsync' awaits it")]
    [InlineData("resilient-execute Acme.Guard.Run blocking", "")]
    public Task Own_policy_is_declared_in_a_catalogue_file(string line, string advice)
    {
        var test = Run("""
            namespace Acme;
            public class Guard { public T Run<T>(Func<T> work) => work(); }
            public class Orders { public Task Find(Guard guard) => guard.{|#0:Run|}(async () => await Task.Yield()); }
            """)
            .Declare(line)
            .Expect(Warning, $"'Guard.Run' returns as soon as its delegate returns a task: a failure after the first await is never retried{advice}");
        test.TestState.AdditionalReferences.Clear();
        return test.RunAsync();
    }

    private static Task Reported(string statement, string parameter = "int unused", string type = "ResiliencePipeline") =>
        In(statement, parameter).Expect(Warning, Message(type + ".Execute")).RunAsync();

    private static string Message(string execute, string variant = "ExecuteAsync") =>
        $"'{execute}' returns as soon as its delegate returns a task: a failure after the first await is never retried; '{variant}' awaits it";

    private static RuleTest<AGL0206_DeadRetry> In(string statement, string parameter = "int unused") => Run($$"""
        using Polly;
        public class Orders
        {
            public async Task Find(ResiliencePipeline pipeline, {{parameter}})
            {
                await Task.Yield();
                {{statement}}
            }

            private async Task Work() => await Task.Yield();
            private async ValueTask ValueWork() => await Task.Yield();
            private async Task<string> Answer() { await Task.Yield(); return ""; }
            private async void FireAndForget() => await Task.Yield();
        }
        public class Job(Task task) { public Task Execute(Func<Task> work) => Task.WhenAll(task, work()); }
        """);

    private static RuleTest<AGL0206_DeadRetry> Run(params IEnumerable<string> files) => new(files);
}

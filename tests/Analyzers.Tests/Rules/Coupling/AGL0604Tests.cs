using AgentLint.Rules.Coupling;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Which circles AGL0604 reports, and what counts as their bound.</summary>
public sealed class AGL0604Tests
{
    // ---- Circles ------------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Two_agents_that_pass_a_question_back_and_forth() =>
        new RuleTest<AGL0604_AgentCallCycle>(
            Source("""
                public class Billing(IChatClient chat)
                {
                    public async Task<string> HandleAsync(string message)
                    {
                        var answer = (await chat.GetResponseAsync("Billing: " + message)).Text;
                        return answer.Contains("SHIPPING") ? await {|#0:new Shipping(chat, this).HandleAsync(message)|} : answer;
                    }
                }
                """),
            Source("""
                public class Shipping(IChatClient chat, Billing billing)
                {
                    public async Task<string> HandleAsync(string message)
                    {
                        var answer = (await chat.GetResponseAsync("Shipping: " + message)).Text;
                        if (answer.Contains("BILLING"))
                            return await {|#1:billing.HandleAsync(message)|};
                        return answer;
                    }
                }
                public class Desk(Billing billing) { public Task<string> Ask(string message) => billing.HandleAsync(message); }
                """))
            .ExpectPath(Warning, "'Billing.HandleAsync' calls itself in a cycle (Billing.HandleAsync → Shipping.HandleAsync → Billing.HandleAsync) and asks a model in every round, and nothing limits the rounds", 0, 1)
            .RunAsync();

    [Theory]
    // The tool loop as a recursion: as long as the model asks for a tool, it is asked again.
    [InlineData("public async Task<string> RunAsync(List<ChatMessage> messages) { var response = await chat.GetResponseAsync(messages); messages.AddRange(response.Messages); if (response.FinishReason != ChatFinishReason.ToolCalls) return response.Text; return await {|#0:RunAsync(messages)|}; }")]
    [InlineData("public async Task<string> RunAsync(string text) { if (string.IsNullOrEmpty(text)) return text; var half = await chat.GetResponseAsync(\"Halve this: \" + text); return half.Text.Length < 100 ? half.Text : await {|#0:RunAsync(half.Text)|}; }")]
    [InlineData("public async Task<string> RunAsync(string text, int limit) { if (text.Length <= limit) return text; var half = await chat.GetResponseAsync(\"Halve this: \" + text); return await {|#0:RunAsync(half.Text, limit)|}; }")]
    [InlineData("public async Task<string> RunAsync(string task) { var plan = (await chat.GetResponseAsync(\"Plan \" + task)).Text.Split('\\n'); var done = \"\"; foreach (var step in plan) done += await {|#0:RunAsync(step)|}; return done; }")]
    [InlineData("public async Task<string> RunAsync(string task, int depth = 0) { var next = (await chat.GetResponseAsync(\"Next \" + task)).Text; if (depth > 3) return next; return await {|#0:RunAsync(next)|}; }")]
    [InlineData("const int Max = 3; readonly int count = 1; public async Task<string> RunAsync(string task) { var next = (await chat.GetResponseAsync(\"Next \" + task)).Text; if (count > Max) return next; return await {|#0:RunAsync(next)|}; }")]
    [InlineData("public async Task<string> RunAsync(string task) { for (var i = 0; i < 3; i++) { var next = (await chat.GetResponseAsync(\"Next \" + task)).Text; await {|#0:RunAsync(next)|}; } return task; }")]
    [InlineData("public async Task<string> RunAsync(string task) { var next = (await chat.GetResponseAsync(\"Next \" + task)).Text; return await Task.Run(() => {|#0:RunAsync(next)|}); }")]
    [InlineData("public async Task<string> RunAsync(string task) { var next = (await chat.GetResponseAsync(\"Next \" + task)).Text; var n = 0; n = n + 1; if (n > 3) return next; return await {|#0:RunAsync(next)|}; }")]
    public Task An_agent_that_calls_itself_as_long_as_the_model_likes(string member) =>
        Agent(member)
            .Expect(Warning, "'Agent.RunAsync' calls itself in a cycle (Agent.RunAsync → Agent.RunAsync) and asks a model in every round, and nothing limits the rounds")
            .RunAsync();

    [Fact]
    public Task A_child_of_its_own_kind_without_a_limit() =>
        Agent("public async Task<string> RunAsync(string task) { var next = (await chat.GetResponseAsync(\"Next \" + task)).Text; var child = new Agent(chat); return await {|#0:child.RunAsync(next)|}; }")
            .Expect(Warning, "'Agent.RunAsync' calls itself in a cycle (Agent.RunAsync → Agent.RunAsync) and asks a model in every round, and nothing limits the rounds")
            .RunAsync();

    // SciSharp/BotSharp#107 and #112: the routed agent calls a function that routes again, for as long as the model asks for it.
    [Fact]
    public Task BotSharp_107_a_router_whose_functions_route_again() =>
        Router(
            "",
            "await {|#0:functions.ExecuteAsync(asked, dialog)|}")
            .Expect(Warning, "'RoutingService.InvokeAgentAsync' calls itself in a cycle (RoutingService.InvokeAgentAsync → FunctionRunner.ExecuteAsync → RouteToAgent.ExecuteAsync → RoutingService.InvokeAgentAsync) and asks a model in every round, and nothing limits the rounds")
            .RunAsync();

    [Fact]
    public Task BotSharp_112_a_router_that_counts_its_turns_and_stops() =>
        Router(
            """
            context.Enter();
            if (context.Depth > limits.MaxDepth)
                return "I could not answer that.";
            """,
            "await functions.ExecuteAsync(asked, dialog)")
            .RunAsync();

    [Fact]
    public Task Agents_that_are_each_other_s_tools() =>
        new RuleTest<AGL0604_AgentCallCycle>(Source("""
            public class Billing(IChatClient chat, Shipping shipping)
            {
                public async Task<string> HandleAsync(string q) => (await chat.GetResponseAsync("Billing: " + q, new ChatOptions { Tools = [{|#0:AIFunctionFactory.Create(shipping.HandleAsync)|}] })).Text;
            }
            public class Shipping(IChatClient chat, Func<Billing> billing)
            {
                public async Task<string> HandleAsync(string q) => (await chat.GetResponseAsync("Shipping: " + q, new ChatOptions { Tools = [AIFunctionFactory.Create(billing().HandleAsync)] })).Text;
            }
            """))
            .Expect(Warning, "'Billing.HandleAsync' calls itself in a cycle (Billing.HandleAsync → Shipping.HandleAsync → Billing.HandleAsync) and asks a model in every round, and nothing limits the rounds")
            .RunAsync();

    [Fact]
    public Task A_tool_that_is_given_only_so_deep_is_a_bound() =>
        Agent("""
            public async Task<string> RunAsync(string task, int depth = 0)
            {
                var options = new ChatOptions();
                options.Temperature = 0;
                if (depth < 2)
                    options.Tools = [AIFunctionFactory.Create((string part) => RunAsync(part, depth + 1), "delegate")];
                return (await chat.GetResponseAsync("Do " + task, options)).Text;
            }
            """)
            .RunAsync();

    [Fact]
    public Task A_tool_by_which_the_agent_asks_itself() =>
        Agent("""
            public async Task<string> RunAsync(string task)
            {
                var options = new ChatOptions();
                options.Tools = [{|#0:AIFunctionFactory.Create((string part) => RunAsync(part), "delegate")|}];
                return (await chat.GetResponseAsync("Do " + task, options)).Text;
            }
            """)
            .Expect(Warning, "'Agent.RunAsync' calls itself in a cycle (Agent.RunAsync → lambda → Agent.RunAsync) and asks a model in every round, and nothing limits the rounds")
            .RunAsync();

    // ---- Library agents ------------------------------------------------------------------------------------------------------

    // One way to ask an agent falls back on the other; overloads fall back on each other.
    [Theory]
    [InlineData($"public class A(IChatClient chat) : PlainAgent {{ {PlainAgent.Turn} {{ await foreach (var part in RunStreamingAsync(messages)) return new(new ChatMessage(ChatRole.Assistant, part.Text)); return new(); }} {PlainAgent.Stream} {{ yield return new(ChatRole.Assistant, (await chat.GetResponseAsync(messages)).Text); }} }}")]
    [InlineData($"public class A(IChatClient chat) : PlainAgent {{ {PlainAgent.Turn} => new(await chat.GetResponseAsync(messages)); {PlainAgent.Stream} {{ yield return new(ChatRole.Assistant, (await RunAsync(messages)).Text); }} }}")]
    [InlineData("namespace Microsoft.SemanticKernel.Agents { public abstract class Agent { public virtual IAsyncEnumerable<string> InvokeAsync(string q) => InvokeAsync([q]); public virtual IAsyncEnumerable<string> InvokeAsync() => InvokeAsync((ICollection<string>)[]); public abstract IAsyncEnumerable<string> InvokeAsync(ICollection<string> q); } }")]
    [InlineData($"public class A(Microsoft.Agents.AI.AIAgent inner) : PlainAgent {{ {PlainAgent.Turn} => await inner.RunAsync((await inner.RunAsync(messages)).Text); }}")]
    public Task Ways_to_ask_one_agent_are_no_circle(string types) =>
        new RuleTest<AGL0604_AgentCallCycle>(Source(types), PlainAgent.File).Reference(Library.AgentFramework).RunAsync();

    [Fact]
    public Task A_library_s_agent_that_asks_itself() =>
        new RuleTest<AGL0604_AgentCallCycle>(Source("""
            public class A(IChatClient chat) : PlainAgent
            {
                TURN
                {
                    var answer = await chat.GetResponseAsync(messages);
                    return answer.Text.Length > 0 ? new(answer) : await {|#0:RunAsync(messages)|};
                }
            }
            """.Replace("TURN", PlainAgent.Turn, StringComparison.Ordinal)), PlainAgent.File)
            .Reference(Library.AgentFramework)
            .Expect(Warning, "'A.RunCoreAsync' calls itself in a cycle (A.RunCoreAsync → A.RunCoreAsync) and asks a model in every round, and nothing limits the rounds")
            .RunAsync();

    // ---- Bounds ---------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("public async Task<string> RunAsync(string task, int depth) { if (depth >= 3) return task; var next = (await Ask(task)); return await RunAsync(next, depth + 1); }")]
    [InlineData("public async Task<string> RunAsync(string task, int left) { var next = (await Ask(task)); return left > 0 ? await RunAsync(next, left - 1) : next; }")]
    [InlineData("public async Task<string> RunAsync(string task, bool mayRetry = true) { var next = await Ask(task); if (!mayRetry) return next; return await RunAsync(next, mayRetry: false); }")]
    [InlineData("public async Task<string> RunAsync(string task, int depth) { ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, 3); return await RunAsync(await Ask(task), depth + 1); }")]
    [InlineData("public async Task<string> RunAsync(string task, int depth) { var next = await Ask(task); return depth switch { > 3 => next, _ => await RunAsync(next, depth + 1) }; }")]
    [InlineData("public async Task<string> RunAsync(string task, int depth) { var next = await Ask(task); if (depth is > 3) throw new InvalidOperationException(); var below = depth + 1; return await RunAsync(next, below); }")]
    [InlineData("int turns; public async Task<string> RunAsync(string task) { if (++turns > 5) return task; return await RunAsync(await Ask(task)); }")]
    [InlineData("int turns; public async Task<string> RunAsync(string task) { turns++; if (turns > 5) return task; return await RunAsync(await Ask(task)); }")]
    [InlineData("static int turns; public async Task<string> RunAsync(string task) { if (Interlocked.Increment(ref turns) > 5) return task; return await RunAsync(await Ask(task)); }")]
    [InlineData("static readonly AsyncLocal<int> Depth = new(); public async Task<string> RunAsync(string task) { if (Depth.Value > 5) return task; Depth.Value++; return await RunAsync(await Ask(task)); }")]
    [InlineData("readonly HashSet<string> seen = []; public async Task<string> RunAsync(string task) { if (!seen.Add(task)) return task; return await RunAsync(await Ask(task)); }")]
    [InlineData("public async Task<string> RunAsync(List<ChatMessage> all) { if (all.Count > 20) return \"\"; all.Add(new(ChatRole.User, await Ask(\"\"))); return await RunAsync(all); }")]
    [InlineData("public async Task<string> RunAsync(DateTime until) { var next = await Ask(\"\"); return DateTime.UtcNow > until ? next : await RunAsync(until); }")]
    [InlineData("public record Job(string Task, int Depth); public async Task<string> RunAsync(Job job) { var next = await Ask(job.Task); return job.Depth > 3 ? next : await RunAsync(job with { Depth = job.Depth + 1 }); }")]
    public Task A_counter_ends_the_circle(string member) => Agent(member).RunAsync();

    [Theory]
    [InlineData("public record Node(string Text, Node[] Children); public async Task RunAsync(Node node) { await Ask(node.Text); foreach (var child in node.Children) await RunAsync(child); }")]
    [InlineData("public record Node(string Text, Node? Next); public async Task RunAsync(Node? node) { if (node == null) return; await Ask(node.Text); await RunAsync(node.Next); }")]
    [InlineData("public async Task RunAsync(string folder) { await Ask(folder); foreach (var inner in Directory.GetDirectories(folder)) await RunAsync(inner); }")]
    [InlineData("public async Task<string> RunAsync(string text) { await Ask(text); return text.Length < 9 ? text : await RunAsync(text[..9]) + await RunAsync(text[9..]); }")]
    [InlineData("public async Task RunAsync(List<string> all) { await Ask(all[0]); await Task.WhenAll(all.Chunk(9).Select(part => RunAsync(part.ToList()))); }")]
    public Task Data_that_gets_smaller_ends_the_circle(string member) => Agent(member).RunAsync();

    [Theory]
    // A decorator: the only implementation in the project is not what is inside.
    [InlineData("public interface IAgent { Task<string> RunAsync(string q); } public class Logged(IAgent inner, IChatClient chat) : IAgent { public async Task<string> RunAsync(string q) { await chat.GetResponseAsync(\"Rate \" + q); return await inner.RunAsync(q); } }")]
    // A chain of responsibility.
    [InlineData("public class Stage(Stage? next, IChatClient chat) { public async Task<string> RunAsync(string q) { var a = (await chat.GetResponseAsync(\"Step \" + q)).Text; return next == null ? a : await next.RunAsync(a); } }")]
    public Task Objects_that_were_there_before_end_the_circle(string types) => new RuleTest<AGL0604_AgentCallCycle>(Source(types)).RunAsync();

    [Theory]
    [InlineData("public async Task<string> RunAsync(string task) { if (task.StartsWith(\"/\")) return await RunAsync(task); return await Ask(task); }")]
    [InlineData("public string RunAsync(string task) { _ = Ask(task); return RunAsync(task); }")]
    public Task A_turn_that_does_not_ask_or_wait_is_not_this_rule_s(string member) => Agent(member).RunAsync();

    [Fact]
    public Task Work_that_is_handed_over_is_no_circle() =>
        Agent("public async Task RunAsync(string task) { var next = await Ask(task); _ = Task.Run(() => RunAsync(next)); }").RunAsync();

    private static string Source(string text) => "using Microsoft.Extensions.AI;\n" + text;

    private static RuleTest<AGL0604_AgentCallCycle> Router(string guard, string route) => new(Source($$"""
        public class Limits { public int MaxDepth { get; set; } = 3; }
        public interface IRoutingContext { int Depth { get; } void Enter(); }
        public class RoutingContext : IRoutingContext
        {
            private int depth;
            public int Depth => depth;
            public void Enter() => depth++;
        }
        public interface IRouting { Task<string> InvokeAgentAsync(string agent, List<ChatMessage> dialog); }
        public class RoutingService(IChatClient chat, FunctionRunner functions, IRoutingContext context, Limits limits) : IRouting
        {
            public async Task<string> InvokeAgentAsync(string agent, List<ChatMessage> dialog)
            {
                _ = (context, limits);
                {{guard}}
                var response = await chat.GetResponseAsync(dialog);
                var asked = response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().FirstOrDefault();
                return asked == null ? response.Text : {{route}};
            }
        }
        public class FunctionRunner(Func<RouteToAgent> route)
        {
            public async Task<string> ExecuteAsync(FunctionCallContent call, List<ChatMessage> dialog) => await route().ExecuteAsync(call, dialog);
        }
        public class RouteToAgent(IRouting routing)
        {
            public Task<string> ExecuteAsync(FunctionCallContent call, List<ChatMessage> dialog) => routing.InvokeAgentAsync((string)call.Arguments!["agent"]!, dialog);
        }
        """));

    private static RuleTest<AGL0604_AgentCallCycle> Agent(string members) =>
        new(Source($"public class Agent(IChatClient chat)\n{{\n{members}\nasync Task<string> Ask(string task) => (await chat.GetResponseAsync(\"Next: \" + task)).Text;\n}}"));
}

using AgentLint.Fixes.Loops;
using AgentLint.Rules.Loops;
using Xunit;

namespace AgentLint.Tests.Rules.Loops;

public sealed class AGL0904FixTests
{
    private const string Title = "Keep the last 20 messages";

    [Theory]
    [InlineData("CancellationToken token", "token")]
    [InlineData("int n", "default")]
    public Task List(string parameter, string token) => Client(
        parameter,
        "{|AGL0904:messages.Add|}(new(ChatRole.User, Console.ReadLine()));",
        "messages.Add(new(ChatRole.User, Console.ReadLine()));",
        $"messages = [.. await new MessageCountingChatReducer(20).ReduceAsync(messages, {token})];").RunAsync(Title);

    [Fact]
    public Task History() => Kernel("var history = new ChatHistory();", "", "await history.ReduceInPlaceAsync(new ChatHistoryTruncationReducer(20), token);").RunAsync(Title);

    [Fact]
    public Task History_that_is_given() => Kernel("", ", ChatHistory history", "await history.ReduceInPlaceAsync(new ChatHistoryTruncationReducer(20), token);").RunAsync(Title);

    [Fact]
    public Task List_that_others_hold() => Unchanged("", "List<ChatMessage> messages", "await chat.GetResponseAsync(messages);");

    [Fact]
    public Task List_that_cannot_be_replaced() => Unchanged("private readonly List<ChatMessage> messages = [];", "", "await chat.GetResponseAsync(messages);");

    [Fact]
    public Task Loop_that_may_call_tools_within_the_turn() => Unchanged(
        "",
        "",
        "for (var n = 0; n < 5; n++) { var answer = await chat.GetResponseAsync(messages); messages.AddMessages(answer); if (answer.FinishReason != ChatFinishReason.ToolCalls) break; }",
        "List<ChatMessage> messages = [];");

    [Fact]
    public Task Library_without_a_reducer() => Unchanged("", "", "await chat.GetResponseAsync(messages);", "List<ChatMessage> messages = [];", hasReducer: false);

    [Fact]
    public Task Reducer_that_is_an_experiment() => Unchanged("", "", "await chat.GetResponseAsync(messages);", "List<ChatMessage> messages = [];", isSwitchedOn: false);

    [Fact]
    public Task Reducer_that_is_an_experiment_that_is_switched_on()
    {
        const string Grow = "messages.Add(new(ChatRole.User, Console.ReadLine()));";
        var test = new FixTest<AGL0904_UnboundedHistory, AGL0904Fix_KeepLastMessages>(
            In("int n", Grow.Replace("messages.Add", "{|AGL0904:messages.Add|}", StringComparison.Ordinal), null),
            In("int n", Grow, "messages = [.. await new MessageCountingChatReducer(20).ReduceAsync(messages, default)];"));
        Libraries.AddTo(test.TestState, Library.ExtensionsAI);
        return test.RunAsync(Title);
    }

    private static FixTest<AGL0904_UnboundedHistory, AGL0904Fix_KeepLastMessages> Client(string parameter, string grow, string grown, string added)
    {
        var test = new FixTest<AGL0904_UnboundedHistory, AGL0904Fix_KeepLastMessages>(In(parameter, grow, null), In(parameter, grown, added));
        Libraries.AddTo(test.TestState, Library.ExtensionsAI);
        return test;
    }

    private static string In(string parameter, string grow, string? added) =>
        $$"""
        #pragma warning disable MEAI001 // the reducer is an experiment
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        class Desk(IChatClient chat)
        {
            public async Task ChatAsync({{parameter}})
            {
                List<ChatMessage> messages = [];
                while (true)
                {
                    {{grow}}{{(added == null ? "" : "\n            " + added)}}
                    var answer = await chat.GetResponseAsync(messages);
                    messages.AddMessages(answer);
                }
            }
        }
        """;

    private static Task Unchanged(string member, string parameter, string ask, string local = "", bool hasReducer = true, bool isSwitchedOn = true)
    {
        var code =
            (isSwitchedOn ? "#pragma warning disable MEAI001\n" : "") + $$"""
            using System;
            using System.Collections.Generic;
            using System.Threading.Tasks;
            using Microsoft.Extensions.AI;

            class Desk(IChatClient chat)
            {
                {{member}}
                public async Task ChatAsync({{parameter}})
                {
                    {{local}}
                    while (true)
                    {
                        [|messages.Add|](new(ChatRole.User, Console.ReadLine()));
                        {{ask}}
                    }
                }
            }
            """;
        var test = new FixTest<AGL0904_UnboundedHistory, AGL0904Fix_KeepLastMessages>(code, code);
        if (hasReducer)
            Libraries.AddTo(test.TestState, Library.ExtensionsAI);
        return test.RunAsync(null);
    }

    private static FixTest<AGL0904_UnboundedHistory, AGL0904Fix_KeepLastMessages> Kernel(string local, string parameter, string added)
    {
        var test = new FixTest<AGL0904_UnboundedHistory, AGL0904Fix_KeepLastMessages>(Code("{|AGL0904:history.AddUserMessage|}", null), Code("history.AddUserMessage", added));
        Libraries.AddTo(test.TestState, Library.SemanticKernel);
        return test;

        string Code(string grow, string? shortened) =>
            $$"""
            using System;
            using System.Threading;
            using System.Threading.Tasks;
            using Microsoft.SemanticKernel.ChatCompletion;

            class Desk(IChatCompletionService chat)
            {
                public async Task ChatAsync(CancellationToken token{{parameter}})
                {
                    {{local}}
                    while (true)
                    {
                        {{grow}}(Console.ReadLine());{{(shortened == null ? "" : "\n            " + shortened)}}
                        var answer = await chat.GetChatMessageContentAsync(history);
                        history.AddAssistantMessage(answer.Content);
                    }
                }
            }
            """;
    }
}

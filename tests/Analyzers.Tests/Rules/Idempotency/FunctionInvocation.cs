namespace AgentLint.Tests.Rules.Idempotency;

/// <summary>
/// The loop of Microsoft.Extensions.AI that runs the functions a model asks for, written after its documentation, because the package
/// registry lacks the library: it shows a function the call that it runs for, and tells the model when it failed.
/// </summary>
internal static class FunctionInvocation
{
    public const string Source = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Microsoft.Extensions.AI
        {
            public class FunctionInvocationContext
            {
                public AIFunction Function { get; set; } = null!;
                public AIFunctionArguments Arguments { get; set; } = null!;
                public FunctionCallContent CallContent { get; set; } = null!;
                public ChatOptions? Options { get; set; }
            }

            public class FunctionInvokingChatClient : DelegatingChatClient
            {
                private static readonly AsyncLocal<FunctionInvocationContext?> current = new();

                public FunctionInvokingChatClient(IChatClient inner) : base(inner) { }

                public static FunctionInvocationContext? CurrentContext { get => current.Value; protected set => current.Value = value; }

                public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
                {
                    var history = messages.ToList();
                    while (true)
                    {
                        var response = await base.GetResponseAsync(history, options, cancellationToken);
                        var calls = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().ToList();
                        if (calls.Count == 0)
                            return response;
                        history.AddRange(response.Messages);
                        foreach (var call in calls)
                            history.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, await InvokeAsync(call, options, cancellationToken))]));
                    }
                }

                private static async Task<object?> InvokeAsync(FunctionCallContent call, ChatOptions? options, CancellationToken cancellationToken)
                {
                    var function = options!.Tools!.OfType<AIFunction>().Single(tool => tool.Name == call.Name);
                    var arguments = new AIFunctionArguments(call.Arguments);
                    CurrentContext = new FunctionInvocationContext { Function = function, Arguments = arguments, CallContent = call, Options = options };
                    try
                    {
                        return await function.InvokeAsync(arguments, cancellationToken);
                    }
                    catch (Exception failure) when (failure is not OperationCanceledException)
                    {
                        return "Error: Function failed.";
                    }
                }
            }

            public static class Run
            {
                public static async Task<string> Once(IChatClient model, AIFunction tool, string conversation)
                {
                    using var client = new FunctionInvokingChatClient(model);
                    return (await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Pay.")], new ChatOptions { ConversationId = conversation, Tools = [tool] })).Text;
                }
            }
        }
        """;
}

using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace SupportDesk.Agents;

/// <summary>Lets the model call tools until it has an answer.</summary>
public sealed class ToolLoop(IChatClient chat, ILogger<ToolLoop> logger)
{
    public async Task<string> RunAsync(List<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        while (true)
        {
            var response = await chat.GetResponseAsync(messages, options, cancellationToken);
            messages.AddRange(response.Messages);
            var calls = response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().ToList();
            if (calls.Count == 0)
            {
                return response.Text;
            }

            foreach (var call in calls)
            {
                messages.Add(new ChatMessage(ChatRole.Tool, [await InvokeAsync(call, options, cancellationToken)]));
            }
        }
    }

    /// <summary>The same for questions that only need one or two look-ups.</summary>
    public async Task<string> RunBrieflyAsync(string question, ChatOptions options, CancellationToken cancellationToken)
    {
        List<ChatMessage> messages = [new(ChatRole.User, question)];
        for (var turn = 0; turn < 4; turn++)
        {
            var response = await chat.GetResponseAsync(messages, options, cancellationToken);
            messages.AddRange(response.Messages);
            var calls = response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().ToList();
            if (calls.Count == 0)
            {
                return response.Text;
            }

            var results = calls.ConvertAll(call => InvokeAsync(call, options, cancellationToken));
            messages.Add(new ChatMessage(ChatRole.Tool, [.. await Task.WhenAll(results)]));
            logger.LogDebug("First tool said {Result}", results[0].Result.Result);
        }

        return "I could not find that out.";
    }

    async Task<FunctionResultContent> InvokeAsync(FunctionCallContent call, ChatOptions options, CancellationToken cancellationToken)
    {
        var function = options.Tools?.OfType<AIFunction>().FirstOrDefault(f => f.Name == call.Name);
        if (function is null)
        {
            return new FunctionResultContent(call.CallId, $"There is no tool '{call.Name}'");
        }

        if (function.GetService<ApprovalRequiredAIFunction>() is not null)
        {
            return new FunctionResultContent(call.CallId, "A person has to do this; say so to the customer.");
        }

        try
        {
            var result = await function.InvokeAsync(new AIFunctionArguments(call.Arguments), cancellationToken);
            return new FunctionResultContent(call.CallId, result);
        }
        catch (Exception ex)
        {
            return new FunctionResultContent(call.CallId, ex.ToString());
        }
    }
}

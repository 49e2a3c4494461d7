using Microsoft.SemanticKernel;

namespace SupportDesk.Agents;

/// <summary>What a model may do with the draft of a reply.</summary>
public sealed class ReplyPlugin
{
    [KernelFunction]
    public Task<string?> ShortenAsync(Kernel kernel, string reply, CancellationToken cancellationToken)
        => kernel.InvokePromptAsync<string>(
            $"Shorten this reply, keep all numbers:\n{reply}",
            new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }),
            cancellationToken: cancellationToken);

    [KernelFunction]
    public Task<string?> TranslateAsync(Kernel kernel, string reply, string language, CancellationToken cancellationToken)
        => kernel.InvokePromptAsync<string>(
            $"Translate into {language}:\n{reply}",
            new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.None() }),
            cancellationToken: cancellationToken);
}

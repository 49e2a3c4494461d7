// The few declarations of Semantic Kernel that the reply plugin is written against, so that the desk builds on its own. A deployment
// with Semantic Kernel removes this file and references the package.
namespace Microsoft.SemanticKernel;

[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelFunctionAttribute : Attribute;

public sealed class Kernel;

public sealed class FunctionChoiceBehavior
{
    FunctionChoiceBehavior(bool callsTools) => CallsTools = callsTools;

    public bool CallsTools { get; }

    public static FunctionChoiceBehavior Auto() => new(true);

    public static FunctionChoiceBehavior None() => new(false);
}

public sealed record PromptExecutionSettings
{
    public FunctionChoiceBehavior? FunctionChoiceBehavior { get; init; }
}

public sealed class KernelArguments(PromptExecutionSettings settings)
{
    public PromptExecutionSettings Settings { get; } = settings;
}

public static class KernelExtensions
{
    public static Task<string> InvokePromptAsync(this Kernel kernel, string prompt, KernelArguments? arguments = null, CancellationToken cancellationToken = default)
        => Task.FromResult($"{kernel} {prompt} {arguments?.Settings.FunctionChoiceBehavior?.CallsTools}");
}

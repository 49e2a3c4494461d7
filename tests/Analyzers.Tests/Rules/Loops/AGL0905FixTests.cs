using AgentLint.Fixes.Loops;
using AgentLint.Rules.Loops;
using Xunit;

namespace AgentLint.Tests.Rules.Loops;

public sealed class AGL0905FixTests
{
    [Theory]
    [InlineData("kernel.[|InvokePromptAsync|](text, new KernelArguments(new PromptExecutionSettings() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() /* all */ }))", "kernel.InvokePromptAsync(text, new KernelArguments(new PromptExecutionSettings() { FunctionChoiceBehavior = FunctionChoiceBehavior.None() /* all */ }))")]
    [InlineData("kernel.[|InvokePromptAsync|](text, new KernelArguments(new PromptExecutionSettings() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(null, true) }))", "kernel.InvokePromptAsync(text, new KernelArguments(new PromptExecutionSettings() { FunctionChoiceBehavior = FunctionChoiceBehavior.None() }))")]
    public Task Settings_of_the_call(string call, string mended) => Run(call, mended, "Call the model without tools");

    [Fact]
    public Task Not_offered_for_settings_of_other_calls() => Run("kernel.[|InvokePromptAsync|](text, new KernelArguments(Settings))", "kernel.[|InvokePromptAsync|](text, new KernelArguments(Settings))", null);

    private static Task Run(string call, string mended, string? title)
    {
        var test = new FixTest<AGL0905_AutoInvokeReentry, AGL0905Fix_AskWithoutTools>(In(call), In(mended));
        Libraries.AddTo(test.TestState, Library.SemanticKernel);
        return test.RunAsync(title);
    }

    private static string In(string call) =>
        $$"""
        using System.Threading.Tasks;
        using Microsoft.SemanticKernel;

        class C
        {
            static readonly PromptExecutionSettings Settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

            [KernelFunction]
            public Task<FunctionResult> Write(Kernel kernel, string text) => {{call}};
        }
        """;
}

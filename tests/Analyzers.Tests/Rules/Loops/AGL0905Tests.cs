using AgentLint.Rules.Loops;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Loops;

/// <summary>A tool that asks a model with the tools that it is one of is reported where it asks.</summary>
public sealed class AGL0905Tests
{
    private const string Auto = "new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() })";

    [Theory]
    [InlineData($"await kernel.{{|#0:InvokePromptAsync|}}(text, {Auto});")]
    [InlineData("var settings = new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }; var arguments = new KernelArguments(settings); await kernel.{|#0:InvokePromptAsync|}(text, arguments);")]
    [InlineData("await kernel.{|#0:InvokePromptAsync|}(text, new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(null, true) }));")]
    [InlineData("await kernel.{|#0:InvokePromptAsync|}(text, new KernelArguments(Settings));")]
    [InlineData($"var same = kernel; await same.{{|#0:InvokePromptAsync|}}(text, {Auto});")]
    public Task Kernel_that_called_the_tool(string statement) =>
        Tool(statement).Expect(Warning, Reentry("kernel", "Kernel.InvokePromptAsync")).RunAsync();

    [Fact]
    public Task Service_with_the_kernel_that_called_the_tool() =>
        Tool("await chat.{|#0:GetChatMessageContentsAsync|}(text, Settings, kernel);").Expect(Warning, Reentry("kernel", "IChatCompletionService.GetChatMessageContentsAsync")).RunAsync();

    [Theory]
    [InlineData("kernel.ImportPluginFromObject(new Writer(kernel));")]
    [InlineData("kernel.Plugins.AddFromObject(new Writer(kernel));")]
    public Task Kernel_that_the_tool_is_given_to(string registration) => Held(registration, "{|#0:InvokePromptAsync|}").Expect(Warning, Reentry("own", "Kernel.InvokePromptAsync")).RunAsync();

    [Theory]
    [InlineData("other.ImportPluginFromObject(new Writer(kernel));")]
    [InlineData("kernel.ImportPluginFromObject(new Writer(other));")]
    [InlineData("")]
    public Task Kernel_that_the_tool_is_not_known_to_be_given_to(string registration) => Held(registration, "InvokePromptAsync").RunAsync();

    [Theory]
    [InlineData("await kernel.InvokePromptAsync(text);")]
    [InlineData("await kernel.InvokePromptAsync(text, new KernelArguments());")]
    [InlineData("await kernel.InvokePromptAsync(text, new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.None() }));")]
    [InlineData("await kernel.InvokePromptAsync(text, new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(autoInvoke: false) }));")]
    [InlineData("await kernel.InvokePromptAsync(text, new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto([]) }));")]
    [InlineData($"await new Kernel().InvokePromptAsync(text, {Auto});")]
    [InlineData($"await other.InvokePromptAsync(text, {Auto});")]
    [InlineData("await chat.GetChatMessageContentsAsync(text, Settings);")]
    [InlineData("await chat.GetChatMessageContentsAsync(text, null, kernel);")]
    public Task Model_that_cannot_call_the_tool(string statement) => Tool(statement).RunAsync();

    [Fact]
    public Task Model_that_is_asked_in_another_method_is_not_looked_at() => new RuleTest<AGL0905_AutoInvokeReentry>(
        $$"""
        using Microsoft.SemanticKernel;

        public class Writer
        {
            [KernelFunction]
            public Task<FunctionResult> Write(Kernel kernel, string text) => Ask(kernel, text);
            private static Task<FunctionResult> Ask(Kernel kernel, string text) => kernel.InvokePromptAsync(text, {{Auto}});
        }
        """).Reference(Library.SemanticKernel).RunAsync();

    [Fact]
    public Task Method_that_is_no_tool() => new RuleTest<AGL0905_AutoInvokeReentry>(
        $$"""
        using Microsoft.SemanticKernel;

        public class Desk
        {
            public Task<FunctionResult> Ask(Kernel kernel, string text) => kernel.InvokePromptAsync(text, {{Auto}});
        }
        """).Reference(Library.SemanticKernel).RunAsync();

    // ---- Threads -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Microsoft_semantic_kernel_6281_before() =>
        Tool($"await kernel.{{|#0:InvokePromptAsync|}}(text, {Auto});").Expect(Warning, Reentry("kernel", "Kernel.InvokePromptAsync")).RunAsync();

    [Fact]
    public Task Microsoft_semantic_kernel_6281_after() => Tool($"await new Kernel().InvokePromptAsync(text, {Auto});").RunAsync();

    [Fact]
    public Task Microsoft_semantic_kernel_6554_before() =>
        Tool("await chat.{|#0:GetChatMessageContentsAsync|}(text, Settings, kernel);").Expect(Warning, Reentry("kernel", "IChatCompletionService.GetChatMessageContentsAsync")).RunAsync();

    [Fact]
    public Task Microsoft_semantic_kernel_6554_after() => Tool("await chat.GetChatMessageContentsAsync(text, null, kernel);").RunAsync();

    private static string Reentry(string carrier, string call) =>
        $"Tool 'Writer.Write' calls a model through '{carrier}', which includes the tool itself: '{call}' can call it again within its own call";

    private static RuleTest<AGL0905_AutoInvokeReentry> Tool(string statement) => new RuleTest<AGL0905_AutoInvokeReentry>(
        $$"""
        using Microsoft.SemanticKernel;
        using Microsoft.SemanticKernel.ChatCompletion;

        public class Writer(IChatCompletionService chat, Kernel other)
        {
            private static readonly PromptExecutionSettings Settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

            [KernelFunction]
            public async Task Write(Kernel kernel, string text)
            {
                {{statement}}
            }
        }
        """).Reference(Library.SemanticKernel);

    private static RuleTest<AGL0905_AutoInvokeReentry> Held(string registration, string name) => new RuleTest<AGL0905_AutoInvokeReentry>(
        $$"""
        using Microsoft.SemanticKernel;

        public class Writer(Kernel own)
        {
            [KernelFunction]
            public Task<FunctionResult> Write(string text) => own.{{name}}(text, {{Auto}});
        }

        public static class Setup
        {
            public static void Add(Kernel kernel, Kernel other)
            {
                {{registration}}
            }
        }
        """).Reference(Library.SemanticKernel);
}

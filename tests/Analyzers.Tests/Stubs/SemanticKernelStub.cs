namespace AgentLint.Tests.Stubs;

internal static class SemanticKernelStub
{
    public static Stub Library { get; } = new("Microsoft.SemanticKernel.Core", """
        using System;
        using System.Collections.Generic;
        using System.Reflection;
        using System.Threading.Tasks;

        namespace Microsoft.SemanticKernel
        {
            [AttributeUsage(AttributeTargets.Method)]
            public sealed class KernelFunctionAttribute : Attribute
            {
                public KernelFunctionAttribute() { }
                public KernelFunctionAttribute(string name) { }
            }

            public sealed class Kernel { public Kernel Clone() => null; public KernelPluginCollection Plugins => null; public Task<string> InvokeAsync(KernelFunction function, string input) => null; }
            public sealed class KernelPluginCollection { }
            public sealed class FunctionResult { }
            public class PromptExecutionSettings { public FunctionChoiceBehavior FunctionChoiceBehavior { get; set; } }
            public class KernelArguments { public KernelArguments(PromptExecutionSettings settings) { } public KernelArguments() { } }

            public abstract class FunctionChoiceBehavior
            {
                public static FunctionChoiceBehavior Auto(IEnumerable<KernelFunction> functions = null, bool autoInvoke = true) => null;
                public static FunctionChoiceBehavior None(IEnumerable<KernelFunction> functions = null) => null;
            }
            public abstract class KernelFunction { }
            public abstract class KernelPlugin { }

            public static class KernelFunctionFactory
            {
                public static KernelFunction CreateFromMethod(Delegate method, string functionName = null, string description = null) => null;
                public static KernelFunction CreateFromMethod(MethodInfo method, object target = null, string functionName = null) => null;
            }

            public static class KernelPluginFactory
            {
                public static KernelPlugin CreateFromType<T>(string pluginName = null) => null;
                public static KernelPlugin CreateFromObject(object target, string pluginName = null) => null;
            }

            public static class KernelExtensions
            {
                public static Task<FunctionResult> InvokePromptAsync(this Kernel kernel, string prompt, KernelArguments arguments = null) => null;
                public static KernelPlugin AddFromObject(this KernelPluginCollection plugins, object target, string pluginName = null) => null;
                public static KernelFunction CreateFunctionFromMethod(this Kernel kernel, Delegate method, string functionName = null) => null;
                public static KernelPlugin ImportPluginFromType<T>(this Kernel kernel, string pluginName = null) => null;
                public static KernelPlugin ImportPluginFromObject(this Kernel kernel, object target, string pluginName = null) => null;
            }
        }

        namespace Microsoft.SemanticKernel.ChatCompletion
        {
            public interface IChatCompletionService
            {
                Task<string> GetChatMessageContentsAsync(string history, PromptExecutionSettings settings = null, Kernel kernel = null);
            }
        }
        """);
}

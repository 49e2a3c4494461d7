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

            public sealed class Kernel
            {
                public Task<string> InvokeAsync(KernelFunction function, string input) => null;
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
                public static KernelFunction CreateFunctionFromMethod(this Kernel kernel, Delegate method, string functionName = null) => null;
                public static KernelPlugin ImportPluginFromType<T>(this Kernel kernel, string pluginName = null) => null;
                public static KernelPlugin ImportPluginFromObject(this Kernel kernel, object target, string pluginName = null) => null;
            }
        }
        """);
}

namespace AgentLint.Tests.Stubs;

/// <summary>What configures MassTransit, which is not in the package of its abstractions.</summary>
internal static class MassTransitStub
{
    public static Stub Library { get; } = new("MassTransit", """
        using System;

        namespace MassTransit
        {
            public interface IRetryConfigurator { }

            public static class RetryConfigurationExtensions
            {
                public static IRetryConfigurator Immediate(this IRetryConfigurator configurator, int retryLimit) => configurator;
                public static IRetryConfigurator Interval(this IRetryConfigurator configurator, int retryCount, TimeSpan interval) => configurator;
            }
        }
        """);
}

namespace AgentLint.Tests.Stubs;

internal static class HttpResilienceStub
{
    /// <summary>Microsoft.Extensions.Http and what it is built on, as far as clients are configured.</summary>
    public static Stub Http { get; } = new("Microsoft.Extensions.Http", """
        using System;
        using System.Net.Http;

        namespace Microsoft.Extensions.DependencyInjection
        {
            public interface IHttpClientBuilder { string Name { get; } }

            public static class HttpClientFactoryServiceCollectionExtensions
            {
                public static IHttpClientBuilder AddHttpClient(this IServiceCollection services, string name) => null;
                public static IHttpClientBuilder AddHttpClient<TClient>(this IServiceCollection services) where TClient : class => null;
                public static IHttpClientBuilder AddHttpClient<TClient>(this IServiceCollection services, Action<HttpClient> configureClient) where TClient : class => null;
                public static IHttpClientBuilder AddHttpClient<TClient, TImplementation>(this IServiceCollection services) where TClient : class where TImplementation : class, TClient => null;
                public static IServiceCollection ConfigureHttpClientDefaults(this IServiceCollection services, Action<IHttpClientBuilder> configure) => services;
            }

            public static class HttpClientBuilderExtensions
            {
                public static IHttpClientBuilder ConfigureHttpClient(this IHttpClientBuilder builder, Action<HttpClient> configureClient) => builder;
                public static IHttpClientBuilder AddHttpMessageHandler<THandler>(this IHttpClientBuilder builder) where THandler : DelegatingHandler => builder;
                public static IHttpClientBuilder AddHttpMessageHandler(this IHttpClientBuilder builder, Func<DelegatingHandler> configureHandler) => builder;
            }
        }

        namespace System.Net.Http
        {
            public interface IHttpClientFactory { HttpClient CreateClient(string name); }
        }
        """, typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection));

    /// <summary>Microsoft.Extensions.Http.Resilience.</summary>
    public static Stub Library { get; } = new("Microsoft.Extensions.Http.Resilience", """
        using System;
        using System.Net.Http;
        using Microsoft.Extensions.Http.Resilience;
        using Polly;
        using Polly.Retry;

        namespace Microsoft.Extensions.DependencyInjection
        {
            public interface IHttpStandardResiliencePipelineBuilder { }
            public interface IHttpResiliencePipelineBuilder { }

            public static class ResilienceHttpClientBuilderExtensions
            {
                public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder) => null;
                public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder, Action<HttpStandardResilienceOptions> configure) => null;
                public static IHttpResiliencePipelineBuilder AddResilienceHandler(this IHttpClientBuilder builder, string name, Action<ResiliencePipelineBuilder<HttpResponseMessage>> configure) => null;
                public static IHttpClientBuilder RemoveAllResilienceHandlers(this IHttpClientBuilder builder) => builder;
            }

            public static class HttpStandardResiliencePipelineBuilderExtensions
            {
                public static IHttpStandardResiliencePipelineBuilder Configure(this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions> configure) => builder;
            }
        }

        namespace Microsoft.Extensions.Http.Resilience
        {
            public class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage> { }

            public static class HttpRetryStrategyOptionsExtensions
            {
                public static void DisableForUnsafeHttpMethods(this HttpRetryStrategyOptions options) { }
            }

            public class HttpStandardResilienceOptions
            {
                public HttpRetryStrategyOptions Retry { get; set; } = new();
            }
        }
        """, [Http], typeof(Polly.ResiliencePipeline), typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection));
}

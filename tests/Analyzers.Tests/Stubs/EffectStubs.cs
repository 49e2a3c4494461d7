namespace AgentLint.Tests.Stubs;

/// <summary>Libraries whose calls change the world outside, as far as single calls go.</summary>
internal static class EffectStubs
{
    public static Stub Refit { get; } = new("Refit", """
        using System;

        namespace Refit
        {
            public abstract class HttpMethodAttribute : Attribute { protected HttpMethodAttribute(string path) { } }
            [AttributeUsage(AttributeTargets.Method)] public class GetAttribute : HttpMethodAttribute { public GetAttribute(string path) : base(path) { } }
            [AttributeUsage(AttributeTargets.Method)] public class PostAttribute : HttpMethodAttribute { public PostAttribute(string path) : base(path) { } }
            [AttributeUsage(AttributeTargets.Method)] public class PutAttribute : HttpMethodAttribute { public PutAttribute(string path) : base(path) { } }
            [AttributeUsage(AttributeTargets.Parameter)] public class BodyAttribute : Attribute { }
            [AttributeUsage(AttributeTargets.Parameter)] public class HeaderAttribute : Attribute { public HeaderAttribute(string header) { } }
        }
        """);

    public static Stub RefitClients { get; } = new("Refit.HttpClientFactory", """
        using Microsoft.Extensions.DependencyInjection;

        namespace Refit
        {
            public static class HttpClientFactoryExtensions { public static IHttpClientBuilder AddRefitClient<T>(this IServiceCollection services) where T : class => null; }
        }
        """, [HttpResilienceStub.Http], typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection));

    /// <summary>Azure.Storage.Blobs, as far as a blob is made.</summary>
    public static Stub Blobs { get; } = new("Azure.Storage.Blobs", """
        using System.Threading.Tasks;

        namespace Azure.Storage.Blobs
        {
            public class BlobContainerClient { public Task UploadBlobAsync(string blobName, object content) => null; }
        }
        """);

    /// <summary>Azure.AI.Agents.Persistent, as far as runs go.</summary>
    public static Stub Agents { get; } = new("Azure.AI.Agents.Persistent", """
        using System.Threading.Tasks;

        namespace Azure.AI.Agents.Persistent
        {
            public class ThreadRun { public string Id { get; set; } }
            public class ThreadRuns
            {
                public Task<ThreadRun> CreateRunAsync(string threadId, string agentId) => null;
                public Task<ThreadRun> GetRunAsync(string threadId, string runId) => null;
            }
        }
        """);

    public static Stub Ledger { get; } = new("Azure.Security.ConfidentialLedger", """
        using System.Threading.Tasks;

        namespace Azure.Security.ConfidentialLedger
        {
            public class ConfidentialLedgerClient { public Task PostLedgerEntryAsync(string content) => null; public Task<string> GetLedgerEntryAsync(string id) => null; }
        }
        """);

    public static Stub Octokit { get; } = new("Octokit", """
        using System.Threading.Tasks;

        namespace Octokit
        {
            public interface IIssuesClient { Task Create(string owner, string name, string title); }
            public interface IPullRequestsClient { Task Create(string owner, string name, string branch); }
        }
        """);

    /// <summary>Microsoft.AutoGen.Contracts, as far as agents of one runtime tell each other something.</summary>
    public static Stub AutoGen { get; } = new("Microsoft.AutoGen.Contracts", """
        using System.Threading.Tasks;

        namespace Microsoft.AutoGen.Contracts
        {
            public class MessageContext { }
            public interface IHandle<T> { ValueTask HandleAsync(T item, MessageContext context); }
            public interface IAgentRuntime { ValueTask PublishMessageAsync(object message, string topic, string messageId = null); }
        }
        """);
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Packages that programs under test are compiled against when a test asks for them, with all that they depend on.</summary>
public sealed class Library
{
    private static readonly List<Library> Known = [];
    private readonly Lazy<ImmutableArray<PortableExecutableReference>> references;

    private Library(string rootNamespace, params string[] packages)
        : this(rootNamespace, () => RestoredPackages.All.Closure(packages)) => Known.Add(this);

    private Library(string rootNamespace, Func<ImmutableArray<PortableExecutableReference>> load)
    {
        Namespace = rootNamespace;
        references = new(load);
    }

    // Agents and models
    public static Library AgentFramework { get; } = new("Microsoft.Agents.AI", "Microsoft.Agents.AI");
    public static Library AgentWorkflows { get; } = new("Microsoft.Agents.AI.Workflows", "Microsoft.Agents.AI", "Microsoft.Agents.AI.Workflows");
    public static Library AzureInference { get; } = new("Azure.AI.Inference", "Azure.AI.Inference");
    public static Library AzureOpenAI { get; } = new("Azure.AI.OpenAI", "Azure.AI.OpenAI");
    public static Library ExtensionsAI { get; } = new("Microsoft.Extensions.AI", "Microsoft.Extensions.AI", "Microsoft.Extensions.AI.OpenAI");
    public static Library McpServer { get; } = new("ModelContextProtocol.AspNetCore", "ModelContextProtocol.AspNetCore");
    public static Library OllamaSharp { get; } = new("OllamaSharp", "OllamaSharp");
    public static Library OpenAI { get; } = new("OpenAI", "OpenAI");
    public static Library SemanticKernel { get; } = new("Microsoft.SemanticKernel", "Microsoft.SemanticKernel.Core", "Microsoft.SemanticKernel.Connectors.OpenAI");
    public static Library VectorData { get; } = new("Microsoft.Extensions.VectorData", "Microsoft.Extensions.VectorData.Abstractions");

    // Workflows
    public static Library Dapr { get; } = new("Dapr", "Dapr.Workflow", "Dapr.Client", "Dapr.Actors", "Dapr.AspNetCore");
    public static Library DurableTask { get; } = new("Microsoft.DurableTask", "Microsoft.DurableTask.Client.Grpc", "Microsoft.DurableTask.Worker.Grpc");
    public static Library DurableTaskCore { get; } = new("DurableTask.Core", "Microsoft.Azure.DurableTask.Core");
    /// <summary>Isolated Azure Functions with Durable Task, HTTP, storage and timer triggers.</summary>
    public static Library Functions { get; } = new(
        "Microsoft.Azure.Functions.Worker",
        "Microsoft.Azure.Functions.Worker",
        "Microsoft.Azure.Functions.Worker.Extensions.DurableTask",
        "Microsoft.Azure.Functions.Worker.Extensions.Http",
        "Microsoft.Azure.Functions.Worker.Extensions.Storage",
        "Microsoft.Azure.Functions.Worker.Extensions.Timer");
    public static Library InProcessDurableFunctions { get; } = new("Microsoft.Azure.WebJobs", "Microsoft.Azure.WebJobs.Extensions.DurableTask");
    public static Library Orleans { get; } = new("Orleans", "Microsoft.Orleans.Server", "Microsoft.Orleans.Reminders", "Microsoft.Orleans.Streaming");
    public static Library Temporal { get; } = new("Temporalio", "Temporalio", "Temporalio.Extensions.Hosting");

    // Messages and jobs
    public static Library Cap { get; } = new("DotNetCore.CAP", "DotNetCore.CAP");
    public static Library EventGrid { get; } = new("Azure.Messaging.EventGrid", "Azure.Messaging.EventGrid");
    public static Library EventHubs { get; } = new("Azure.Messaging.EventHubs", "Azure.Messaging.EventHubs");
    public static Library Hangfire { get; } = new("Hangfire", "Hangfire.Core", "Hangfire.AspNetCore");
    public static Library Kafka { get; } = new("Confluent.Kafka", "Confluent.Kafka");
    public static Library MassTransit { get; } = new("MassTransit", "MassTransit", "MassTransit.RabbitMQ");
    public static Library Nats { get; } = new("NATS", "NATS.Net");
    public static Library Quartz { get; } = new("Quartz", "Quartz", "Quartz.Extensions.Hosting");
    public static Library RabbitMQ { get; } = new("RabbitMQ.Client", "RabbitMQ.Client");
    public static Library Rebus { get; } = new("Rebus", "Rebus", "Rebus.ServiceProvider");
    public static Library ServiceBus { get; } = new("Azure.Messaging.ServiceBus", "Azure.Messaging.ServiceBus");
    public static Library Sqs { get; } = new("Amazon.SQS", "AWSSDK.SQS");
    public static Library StorageQueues { get; } = new("Azure.Storage.Queues", "Azure.Storage.Queues");
    public static Library Wolverine { get; } = new("Wolverine", "WolverineFx", "WolverineFx.Http");

    // Data
    public static Library Cosmos { get; } = new("Microsoft.Azure.Cosmos", "Microsoft.Azure.Cosmos", "Newtonsoft.Json");
    public static Library DynamoDB { get; } = new("Amazon.DynamoDBv2", "AWSSDK.DynamoDBv2");
    public static Library EntityFramework { get; } = new(
        "Microsoft.EntityFrameworkCore",
        "Microsoft.EntityFrameworkCore.Relational",
        "Microsoft.EntityFrameworkCore.Sqlite",
        "Microsoft.EntityFrameworkCore.SqlServer",
        "Microsoft.EntityFrameworkCore.InMemory",
        "Npgsql.EntityFrameworkCore.PostgreSQL");
    public static Library Mongo { get; } = new("MongoDB.Driver", "MongoDB.Driver");
    public static Library Npgsql { get; } = new("Npgsql", "Npgsql");
    public static Library Redis { get; } = new("StackExchange.Redis", "StackExchange.Redis");
    public static Library S3 { get; } = new("Amazon.S3", "AWSSDK.S3");
    public static Library SqlClient { get; } = new("Microsoft.Data.SqlClient", "Microsoft.Data.SqlClient");
    public static Library Sqlite { get; } = new("Microsoft.Data.Sqlite", "Microsoft.Data.Sqlite");
    public static Library StorageBlobs { get; } = new("Azure.Storage.Blobs", "Azure.Storage.Blobs");
    public static Library Tables { get; } = new("Azure.Data.Tables", "Azure.Data.Tables");

    // Remote services
    public static Library Graph { get; } = new("Microsoft.Graph", "Microsoft.Graph");
    public static Library Grpc { get; } = new("Grpc.Net", "Grpc.Net.Client", "Grpc.Net.ClientFactory");
    public static Library MailKit { get; } = new("MailKit", "MailKit");
    public static Library Octokit { get; } = new("Octokit", "Octokit");
    public static Library Playwright { get; } = new("Microsoft.Playwright", "Microsoft.Playwright");
    public static Library Kiota { get; } = new("Microsoft.Kiota.Abstractions", "Microsoft.Kiota.Abstractions");
    public static Library Refit { get; } = new("Refit", "Refit", "Refit.HttpClientFactory");
    public static Library SendGrid { get; } = new("SendGrid", "SendGrid");
    public static Library Stripe { get; } = new("Stripe", "Stripe.net");
    public static Library Twilio { get; } = new("Twilio", "Twilio");

    // Resilience and hosting
    /// <summary>The shared framework of web applications.</summary>
    public static Library AspNetCore { get; } = new("Microsoft.AspNetCore", () => RestoredPackages.All.AspNetCore);
    public static Library DistributedLock { get; } = new("Medallion.Threading", "DistributedLock.Core");
    public static Library Hosting { get; } = new("Microsoft.Extensions.Hosting", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Http");
    public static Library HttpPolly { get; } = new("Polly.Extensions.Http", "Microsoft.Extensions.Http.Polly");
    public static Library HttpResilience { get; } = new("Microsoft.Extensions.Http.Resilience", "Microsoft.Extensions.Http.Resilience", "Microsoft.Extensions.Resilience");
    public static Library HybridCache { get; } = new("Microsoft.Extensions.Caching.Hybrid", "Microsoft.Extensions.Caching.Hybrid");
    public static Library OpenTelemetry { get; } = new("OpenTelemetry", "OpenTelemetry", "OpenTelemetry.Extensions.Hosting");
    /// <summary>Polly 7, for programs that do not refer to Polly 8.</summary>
    public static Library Polly7 { get; } = new("Polly", () => RestoredPackages.All.Downloaded("polly/7.2.4/lib/netstandard2.0/Polly.dll"));
    public static Library PollyExtensions { get; } = new("Polly", "Polly.Extensions", "Polly.RateLimiting");

    // Programs of a terminal
    public static Library Scripting { get; } = new("Microsoft.CodeAnalysis.CSharp.Scripting", "Microsoft.CodeAnalysis.CSharp.Scripting");
    public static Library SpectreConsole { get; } = new("Spectre.Console.Cli", "Spectre.Console.Cli");

    // Tests
    public static Library MSTest { get; } = new("Microsoft.VisualStudio.TestTools", "MSTest.TestFramework");
    public static Library MSTest3 { get; } = new("Microsoft.VisualStudio.TestTools", () => RestoredPackages.All.Downloaded("mstest.testframework/3.11.1/lib/net8.0/Microsoft.VisualStudio.TestPlatform.TestFramework.dll"));
    public static Library NUnit { get; } = new("NUnit", "NUnit");
    public static Library TUnit { get; } = new("TUnit", "TUnit.Core");
    public static Library XUnit2 { get; } = new("Xunit", () => RestoredPackages.All.Closure("xunit.extensibility.core"));
    public static Library XUnit3 { get; } = new("Xunit", () => RestoredPackages.All.Closure("xunit.v3.extensibility.core"));

    public string Namespace { get; }

    public ImmutableArray<PortableExecutableReference> References => references.Value;

    /// <summary>Those whose namespaces the code imports or names. Libraries that cannot be beside others have to be asked for.</summary>
    public static IEnumerable<Library> UsedBy(string code) => Known.Append(AspNetCore).Where(library => code.Contains("using " + library.Namespace, StringComparison.Ordinal) || code.Contains(library.Namespace + ".", StringComparison.Ordinal));
}

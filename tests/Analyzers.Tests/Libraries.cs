using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AgentLint.Tests;

/// <summary>The real libraries that tests refer to, as assemblies of this test project's own references.</summary>
internal static class Libraries
{
    public static ImmutableArray<Assembly> All { get; } =
    [
        typeof(IChatClient).Assembly,
        typeof(OpenAI.Chat.ChatClient).Assembly,
        typeof(System.ClientModel.ClientResult).Assembly,
        typeof(Anthropic.AnthropicClient).Assembly,
        typeof(ModelContextProtocol.Client.McpClient).Assembly,
        typeof(McpServerBuilderExtensions).Assembly,
        typeof(Polly.ResiliencePipeline).Assembly,
        typeof(Polly.Policy).Assembly,
        typeof(IServiceCollection).Assembly,
        typeof(ServiceCollectionContainerBuilderExtensions).Assembly,
        typeof(Microsoft.Extensions.Hosting.IHostedService).Assembly,
        typeof(Microsoft.Extensions.Logging.ILoggerFactory).Assembly,
        typeof(MassTransit.IConsumer<>).Assembly,
        typeof(Microsoft.EntityFrameworkCore.DbContext).Assembly,
        typeof(Dapper.SqlMapper).Assembly,
    ];

    /// <summary>Adds the libraries to a test's project.</summary>
    public static void AddTo(ProjectState project)
    {
        foreach (var library in All)
            project.AdditionalReferences.Add(library);
    }
}

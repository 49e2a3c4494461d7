using AgentLint.Rules.Coupling;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Public threads that AGL0601 answers: the code that they are about, before and after.</summary>
public sealed class AGL0601ThreadTests
{
    // A way to keep people from writing functions that starve the thread pool: each invocation holds a thread for its remote calls.
    [Fact]
    public Task Azure_functions_host_774_before() => new RuleTest<AGL0601_BlockingAgentCall>(
        """
        using System.Net.Http.Json;
        using Microsoft.Azure.Functions.Worker;
        using Microsoft.Extensions.AI;

        public class TriageFunction(IChatClient model, HttpClient http)
        {
            public void Run([QueueTrigger("tickets")] string ticket)
            {
                var answer = model.GetResponseAsync("Triage: " + ticket).{|#0:Result|};
                http.PostAsJsonAsync("triage", answer.Text).{|#1:Wait|}();
                Thread.{|#2:Sleep|}(1000);
                Notify(ticket).GetAwaiter().{|#3:GetResult|}();
            }

            private async Task Notify(string ticket) => await http.PostAsJsonAsync("notify", ticket);
        }
        """)
        .Expect(Warning, "'TriageFunction.Run' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
        .Expect(Warning, "'TriageFunction.Run' blocks its thread with 'Wait' for the HTTP call 'HttpClient.PostAsJsonAsync' instead of awaiting it", 1)
        .Expect(Warning, "'TriageFunction.Run' blocks its thread with 'Thread.Sleep' instead of awaiting 'Task.Delay'", 2)
        .Expect(Warning, "'TriageFunction.Run' blocks its thread with 'GetResult' for the HTTP call 'HttpClient.PostAsJsonAsync' (TriageFunction.Run → TriageFunction.Notify → HttpClient.PostAsJsonAsync) instead of awaiting it", 3)
        .Reference(Library.Functions).RunAsync();

    [Fact]
    public Task Azure_functions_host_774_after() => new RuleTest<AGL0601_BlockingAgentCall>(
        """
        using System.Net.Http.Json;
        using Microsoft.Azure.Functions.Worker;
        using Microsoft.Extensions.AI;

        public class TriageFunction(IChatClient model, HttpClient http)
        {
            public async Task Run([QueueTrigger("tickets")] string ticket, CancellationToken cancellationToken)
            {
                var answer = await model.GetResponseAsync("Triage: " + ticket, cancellationToken: cancellationToken);
                await http.PostAsJsonAsync("triage", answer.Text, cancellationToken);
                await Task.Delay(1000, cancellationToken);
                await Notify(ticket);
            }

            private async Task Notify(string ticket) => await http.PostAsJsonAsync("notify", ticket);
        }
        """).Reference(Library.Functions).RunAsync();

    // One gate for all callers, held with a blocked thread for as long as the remote call takes.
    [Fact]
    public Task Aspire_18770_before() => new RuleTest<AGL0601_BlockingAgentCall>("""
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Client;

        public class ToolCatalog(IClientTransport transport)
        {
            private readonly SemaphoreSlim gate = new(1, 1);
            private IList<McpClientTool>? tools;

            public async Task<IList<McpClientTool>> GetToolsAsync(CancellationToken cancellationToken)
            {
                await gate.WaitAsync(cancellationToken);
                try
                {
                    return tools ??= {|#0:Load|}();
                }
                finally
                {
                    gate.Release();
                }
            }

            private IList<McpClientTool> Load()
            {
                var client = McpClient.CreateAsync(transport).GetAwaiter().{|#1:GetResult|}();
                return client.ListToolsAsync().AsTask().GetAwaiter().{|#2:GetResult|}();
            }
        }

        public static class Registration
        {
            public static IServiceCollection AddTools(this IServiceCollection services, IClientTransport transport) =>
                services.AddSingleton(_ => McpClient.CreateAsync(transport).GetAwaiter().{|#3:GetResult|}());
        }
        """)
        .Expect(Warning, "'ToolCatalog.GetToolsAsync' blocks its thread with 'Load' for the MCP call 'McpClient.CreateAsync' (ToolCatalog.GetToolsAsync → ToolCatalog.Load → McpClient.CreateAsync) instead of awaiting it")
        .Expect(Info, "'ToolCatalog.Load' blocks its thread with 'GetResult' for the MCP call 'McpClient.CreateAsync' instead of awaiting it", 1)
        .Expect(Info, "'ToolCatalog.Load' blocks its thread with 'GetResult' for the MCP call 'McpClient.ListToolsAsync' instead of awaiting it", 2)
        .Expect(Warning, "'IServiceCollection.AddTools' blocks its thread with 'GetResult' for the MCP call 'McpClient.CreateAsync' instead of awaiting it", 3)
        .RunAsync();

    [Fact]
    public Task Aspire_18770_after() => new RuleTest<AGL0601_BlockingAgentCall>("""
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Client;

        public class ToolCatalog(IClientTransport transport)
        {
            private readonly SemaphoreSlim gate = new(1, 1);
            private Task<IList<McpClientTool>>? tools;

            public async Task<IList<McpClientTool>> GetToolsAsync(CancellationToken cancellationToken)
            {
                Task<IList<McpClientTool>> loading;
                await gate.WaitAsync(cancellationToken);
                try
                {
                    loading = tools ??= LoadAsync();
                }
                finally
                {
                    gate.Release();
                }

                return await loading.WaitAsync(cancellationToken);
            }

            private async Task<IList<McpClientTool>> LoadAsync()
            {
                var client = await McpClient.CreateAsync(transport);
                return await client.ListToolsAsync();
            }
        }

        public static class Registration
        {
            public static IServiceCollection AddTools(this IServiceCollection services, IClientTransport transport) =>
                services.AddSingleton(_ => new Lazy<Task<McpClient>>(() => McpClient.CreateAsync(transport)));
        }
        """).RunAsync();
}

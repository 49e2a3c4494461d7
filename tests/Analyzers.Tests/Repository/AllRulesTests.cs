using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>All rules over one file of many faults: no line is reported twice, since one edit mends it.</summary>
public sealed class AllRulesTests
{
    internal const string Faults = """
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.ComponentModel;
        using System.Linq;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Client;
        using ModelContextProtocol.Server;
        using OpenAI.Chat;
        using Polly;

        [McpServerToolType]
        public class Tools(IChatClient model, HttpClient http, ChatClient chat, ResiliencePipeline pipeline, ISyncPolicy policy)
        {
            [McpServerTool, Description("Asks.")]
            public string Ask(string question) => model.GetResponseAsync(question).Result.Text;

            [McpServerTool, Description("Asks the other way.")]
            public string AskOpenly(string question) => chat.CompleteChat(question).Value.Content[0].Text;

            [McpServerTool, Description("Waits.")]
            public void Wait(int seconds) => Thread.Sleep(seconds * 1000);

            [McpServerTool, Description("Fetches with resilience that never acts, and holds the thread for it.")]
            public string Fetch(string uri) => pipeline.Execute(() => http.GetStringAsync("/" + uri)).Result;

            [McpServerTool, Description("Does so by a policy.")]
            public string FetchAgain(string uri) => policy.Execute(async () => await http.GetStringAsync("/" + uri)).GetAwaiter().GetResult();

            [McpServerTool, Description("Holds the thread inside of the resilience.")]
            public string FetchOnce(string uri) => pipeline.Execute(() => http.GetStringAsync("/" + uri).Result);

            [McpServerTool, Description("Calls what blocks.")]
            public async Task<string> Hand(string question)
            {
                await pipeline.Execute(async () => await model.GetResponseAsync(question));
                return Blocking(question);
            }

            private string Blocking(string question) => model.GetResponseAsync(question).GetAwaiter().GetResult().Text;
        }

        public class Catalog
        {
            public Catalog(IClientTransport transport)
            {
                Client = McpClient.CreateAsync(transport).GetAwaiter().GetResult();
            }

            public McpClient Client { get; }

            public static void Register(IServiceCollection services, IClientTransport transport)
            {
                services.AddSingleton(_ => McpClient.CreateAsync(transport).Result);
                services.AddSingleton<Desk>();
                services.AddScoped<Db>();
            }
        }

        public class Db : Microsoft.EntityFrameworkCore.DbContext;

        [McpServerToolType]
        public class DeskTools(Desk desk)
        {
            [McpServerTool, Description("Helps.")]
            public Task<string> Help(string text) => desk.HelpAsync(text);
        }

        public class Desk(
            IChatClient client,
            ChatOptions options,
            Db db)
        {
            private readonly List<Microsoft.Extensions.AI.ChatMessage> messages = [];
            private readonly Dictionary<string, string> answers = [];
            private readonly ConcurrentDictionary<string, string> pages = new();
            private string current = "";
            private int count;

            public Db Db => db;

            public async Task<string> HelpAsync(string text)
            {
                count++;
                current = text;
                messages.Add(new Microsoft.Extensions.AI.ChatMessage(ChatRole.User, text));
                options.Temperature = 0.2f;
                if (!pages.ContainsKey(text))
                    pages[text] = (await client.GetResponseAsync(messages, options)).Text;
                var found = new List<string>();
                await Task.WhenAll(text.Split(' ').Take(3).Select(async word => found.Add((await client.GetResponseAsync(word)).Text)));
                await Task.WhenAll(text.Split(' ').Take(3).Select(async word => await ContinueAsync(messages, word)));
                var progress = new Progress<string>(async word => found.Add((await client.GetResponseAsync(word)).Text));
                answers[text] = current;
                return answers[text] + count + progress;
            }

            private async Task ContinueAsync(List<Microsoft.Extensions.AI.ChatMessage> all, string word)
            {
                all.Add(new Microsoft.Extensions.AI.ChatMessage(ChatRole.User, word));
                await client.GetResponseAsync(all);
            }
        }
        """;

    [Fact]
    public async Task No_line_is_reported_twice()
    {
        var reports = await ReportsAsync();

        Assert.Empty(reports.GroupBy(report => report.Location.GetLineSpan().StartLinePosition.Line).Where(line => line.Count() > 1).Select(line => string.Join('\n', line)));
    }

    [Fact]
    public async Task Every_fault_is_reported() =>
        Assert.Equal(
            [
                "AGL0601", "AGL0601", "AGL0601", "AGL0206", "AGL0206", "AGL0601", "AGL0302", "AGL0206", "AGL0601", "AGL0601", "AGL0601", "AGL0601", "AGL0302",
                "AGL0704", "AGL0703", "AGL0703", "AGL0701", "AGL0705", "AGL0707", "AGL0706", "AGL0702", "AGL0708", "AGL0703",
            ],
            (await ReportsAsync()).Select(report => report.Id));

    /// <summary>The file of many faults, compiled anew.</summary>
    internal static CSharpCompilation Compile()
    {
        var compilation = CSharpCompilation.Create(
            "Faults",
            [CSharpSyntaxTree.ParseText(Faults, path: "Faults.cs")],
            SupportDesk.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.DoesNotContain(compilation.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity == DiagnosticSeverity.Error);
        return compilation;
    }

    private static Task<ImmutableArray<Diagnostic>> ReportsAsync() => AllRules.ReportsInAsync(Compile());
}

using AgentLint.Rules.Loops;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Loops;

/// <summary>Loops that only a model's answer ends are reported at their heads.</summary>
public sealed class AGL0901Tests
{
    [Fact]
    public Task Tool_loop_over_the_SDK() => new RuleTest<AGL0901_UnboundedAgentLoop>("""
        using OpenAI.Chat;

        public class Desk(ChatClient client)
        {
            public async Task RunAsync(List<ChatMessage> messages, ChatCompletionOptions options)
            {
                while (true)
                {
                    var input = Console.ReadLine();
                    if (string.IsNullOrWhiteSpace(input))
                        continue;
                    messages.Add(new UserChatMessage(input));
                    bool requiresAction;
                    {|#0:do|}
                    {
                        requiresAction = false;
                        var completion = await client.CompleteChatAsync(messages, options);
                        switch (completion.Value.FinishReason)
                        {
                            case ChatFinishReason.Stop:
                                messages.Add(new AssistantChatMessage(completion.Value));
                                break;
                            case ChatFinishReason.ToolCalls:
                                messages.Add(new AssistantChatMessage(completion.Value));
                                foreach (var call in completion.Value.ToolCalls)
                                {
                                    string result;
                                    switch (call.FunctionName)
                                    {
                                        case "get":
                                            var limit = call.Id.Length;
                                            result = await GetAsync(limit);
                                            break;
                                        default:
                                            result = "Unknown tool";
                                            break;
                                    }

                                    messages.Add(new ToolChatMessage(call.Id, result));
                                }

                                requiresAction = true;
                                break;
                        }
                    } while (requiresAction);
                }
            }

            private static async Task<string> GetAsync(int limit)
            {
                using var http = new HttpClient();
                var response = await http.GetAsync($"https://example.org/{limit}");
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadAsStringAsync();
            }
        }
        """).Expect(Warning, "'Desk.RunAsync' asks 'ChatClient.CompleteChatAsync' again for as long as the answer says so: the condition in line 45 leads back with no counter that is compared and no deadline").RunAsync();
}

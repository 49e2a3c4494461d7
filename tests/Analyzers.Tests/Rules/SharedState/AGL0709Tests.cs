using AgentLint.Rules.SharedState;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>Conversations that are kept under a key which several users share.</summary>
public sealed class AGL0709Tests
{
    [Theory]
    [InlineData("return sessions[{|#0:\"main\"|}].Count;", "the key 'main', which is the same for all users")]
    [InlineData("return sessions[{|#0:Name|}].Count;", "the key 'desk', which is the same for all users")]
    [InlineData("return sessions[{|#0:Kept|}].Count;", "the key 'desk', which is the same for all users")]
    [InlineData("return sessions.GetOrAdd({|#0:\"main\"|}, _ => []).Count;", "the key 'main', which is the same for all users")]
    [InlineData("return this.sessions.TryGetValue({|#0:\"main\"|}, out var list) ? list.Count : 0;", "the key 'main', which is the same for all users")]
    [InlineData("var id = user ?? \"default\"; return sessions[{|#0:id|}].Count;", "'default' for all users whose 'user' is missing")]
    [InlineData("return sessions[{|#0:user ?? \"default\"|}].Count;", "'default' for all users whose 'user' is missing")]
    [InlineData("return sessions[{|#0:string.IsNullOrEmpty(user) ? \"default\" : user|}].Count;", "'default' for all users whose 'user' is missing")]
    [InlineData("return sessions[{|#0:\"chat:\" + (user ?? \"anonymous\")|}].Count;", "'anonymous' for all users whose 'user' is missing")]
    [InlineData("return sessions[{|#0:$\"chat:{user ?? \"anonymous\"}\"|}].Count;", "'anonymous' for all users whose 'user' is missing")]
    [InlineData("return sessions[{|#0:$\"chat:{user?.Trim()}\"|}].Count;", "one key for all users whose 'user?.Trim()' is null")]
    [InlineData("return sessions[{|#0:session|}].Count;", "'main' for all users whose 'session' is missing")]
    public Task One_key_for_several_users(string code, string key) => In(code)
        .Expect(Warning, $"'Desk.sessions' stores conversations under {key}; it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    // A key of each user or conversation.
    [InlineData("return sessions[user!].Count;")]
    [InlineData("var id = Guid.NewGuid().ToString(); return sessions[id].Count;")]
    [InlineData("return sessions[user ?? Guid.NewGuid().ToString()].Count;")]
    [InlineData("return sessions[user ?? throw new ArgumentNullException()].Count;")]
    [InlineData("return sessions[$\"chat:{user}\"].Count;")]
    [InlineData("return sessions[$\"{session}/{user}\"].Count;")]
    [InlineData("var id = \"main\"; id = user!; return sessions[id].Count;")]
    // No conversation is kept, or each call has its own table.
    [InlineData("return counts[\"main\"];")]
    [InlineData("return sessions.Count;")]
    [InlineData("var own = new Dictionary<string, List<ChatMessage>> { [\"main\"] = [] }; return own[\"main\"].Count;")]
    public Task A_key_of_its_own(string code) => In(code).RunAsync();

    [Fact]
    public Task Table_of_one_request() => In("return sessions[\"main\"].Count;", "services.AddScoped<Desk>();").RunAsync();

    [Theory]
    [InlineData("cache.GetOrCreate({|#0:\"history\"|}, _ => new List<ChatMessage>());", "IMemoryCache.GetOrCreate")]
    [InlineData("cache.Set({|#0:\"history\"|}, new List<ChatMessage>());", "IMemoryCache.Set")]
    [InlineData("_ = cache.TryGetValue({|#0:\"history\"|}, out List<ChatMessage>? list);", "IMemoryCache.TryGetValue")]
    public Task Cache_of_conversations(string code, string member) => In(code + " return 0;")
        .Expect(Warning, $"'{member}' stores conversations under the key 'history', which is the same for all users; it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("cache.GetOrCreate(\"prices\", _ => new List<string>());")]
    [InlineData("cache.Set(user!, new List<ChatMessage>());")]
    [InlineData("_ = cache.TryGetValue(\"prices\", out string? text);")]
    public Task Cache_of_other_things(string code) => In(code + " return 0;").RunAsync();

    [Theory]
    [InlineData("new ChatOptions { ConversationId = {|#0:\"main\"|} }", true)]
    [InlineData("new ChatOptions { ConversationId = user }", false)]
    public Task Conversation_at_the_service(string options, bool isReported)
    {
        var test = In($"_ = {options}; return 0;");
        return (isReported ? test.Expect(Warning, "'ChatOptions.ConversationId' stores conversations under the key 'main', which is the same for all users; it is reached from 'Tools.Ask'") : test).RunAsync();
    }

    [Fact]
    public Task Id_that_the_request_gives_is_not_compared_with_who_asks() => In("return sessions[user!].Count;").RunAsync();

    [Fact]
    public Task Key_that_another_method_makes_is_not_followed() => In("return sessions[Key()].Count; string Key() => \"main\";").RunAsync();

    // What the callers give is never missing, or may be.
    [Theory]
    [InlineData("return Of($\"desk:{user}\");", "id ?? \"none\"", false)]
    [InlineData("return Of(user);", "{|#0:id ?? \"none\"|}", true)]
    [InlineData("return Of($\"desk:{user}\") + Of(user);", "{|#0:id ?? \"none\"|}", true)]
    public Task Key_that_callers_give(string code, string key, bool isReported)
    {
        var test = In(code + $" }} private int Of(string? id) {{ return sessions[{key}].Count;");
        return (isReported ? test.Expect(Warning, "'Desk.sessions' stores conversations under 'none' for all users whose 'id' is missing; it is reached from 'Tools.Ask'") : test).RunAsync();
    }

    private static RuleTest<AGL0709_SharedSessionKey> In(string code, string registration = "services.AddSingleton<Desk>();") => new RuleTest<AGL0709_SharedSessionKey>($$"""
        using System.Collections.Concurrent;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.Caching.Memory;
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Desk desk)
        {
            [McpServerTool] public int Ask(string? user) => desk.Ask(user);
        }

        public class Desk(IMemoryCache cache)
        {
            const string Name = "desk";
            static readonly string Kept = "desk";
            readonly ConcurrentDictionary<string, List<ChatMessage>> sessions = new();
            readonly ConcurrentDictionary<string, int> counts = new();

            public int Ask(string? user, string session = "main")
            {
                _ = cache; _ = counts; _ = Kept; _ = Name;
                {{code}}
            }
        }

        static class Setup { static void Add(IServiceCollection services) { {{registration}} } }
        """).Reference(typeof(Microsoft.Extensions.Caching.Memory.IMemoryCache));
}

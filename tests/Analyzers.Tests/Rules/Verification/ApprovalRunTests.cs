using AgentLint.Fixes.Verification;
using AgentLint.Rules.Verification;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

/// <summary>A program before and after AgentLint's own fix, compiled and run by the library's own client with a model that wants to delete: whether it gets its way without a person.</summary>
public sealed class ApprovalRunTests
{
    private const string Removing = """
        using System.Data.Common;
        using System.Threading.Tasks;
        using Dapper;
        using Microsoft.Extensions.AI;

        public class Work(DbConnection database)
        {
            public ChatOptions Options() => new() { Tools = [[|AIFunctionFactory.Create(RemoveAsync)|]] };

            public IChatClient Client(IChatClient model) => new FunctionInvokingChatClient(model);

            private Task<int> RemoveAsync(int ticket) => database.ExecuteAsync("delete from tickets where id = @ticket", new { ticket });
        }
        """;

    [Fact]
    public async Task Nothing_is_deleted_before_a_person_has_agreed()
    {
        var mended = Removing.Replace("[|AIFunctionFactory.Create(RemoveAsync)|]", "new ApprovalRequiredAIFunction(AIFunctionFactory.Create(RemoveAsync))", StringComparison.Ordinal);
        var test = new FixTest<AGL0803_UnguardedDestructiveTool, AGL0803Fix_RequireApproval>(Removing, mended);
        Libraries.AddTo(test.TestState, Library.ExtensionsAI);
        await test.RunAsync(null);

        Assert.Equal((1, false), await AskAsync(Removing));
        Assert.Equal((0, true), await AskAsync(mended));

        static async Task<(int Deleted, bool IsAskedFor)> AskAsync(string code)
        {
            var database = new RecordingConnection();
            dynamic work = Activator.CreateInstance(RunnableProgram.Load(code, [Library.ExtensionsAI], "Microsoft.Extensions.AI.dll").GetType("Work")!, database)!;
            using var model = new CountingModel((messages, options, _) => Task.FromResult(new ChatResponse(messages[^1].Role == ChatRole.Tool
                ? new ChatMessage(ChatRole.Assistant, "Deleted.")
                : new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("call 1", options!.Tools![0].Name, new Dictionary<string, object?> { ["ticket"] = 7 })]))));
            using var client = (IChatClient)work.Client(model);
            var answer = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Delete it.")], (ChatOptions)work.Options(), TestContext.Current.CancellationToken);
            return (database.Statements.Count, answer.Messages.SelectMany(message => message.Contents).Any(content => content.GetType().Name.Contains("ApprovalRequest", StringComparison.Ordinal)));
        }
    }
}

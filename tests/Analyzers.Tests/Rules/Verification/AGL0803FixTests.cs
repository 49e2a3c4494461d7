using AgentLint.Fixes.Verification;
using AgentLint.Rules.Verification;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

public sealed class AGL0803FixTests
{
    private const string Head = """
        using System.IO;
        using System.Threading.Tasks;
        using System.Data.Common;
        using Dapper;
        using Microsoft.Extensions.AI;

        public class Desk(DbConnection database)
        {
            private Task<int> RemoveAsync(int ticket) => database.ExecuteAsync("delete from tickets where id = @ticket", new { ticket });

        """;

    [Fact]
    public Task Tool_is_wrapped() =>
        new FixTest<AGL0803_UnguardedDestructiveTool, AGL0803Fix_RequireApproval>(
            Head + "    public ChatOptions Options() => new() { Tools = [/* one */ [|AIFunctionFactory.Create(RemoveAsync)|]] };\n}\n",
            Head + "    public ChatOptions Options() => new() { Tools = [/* one */ new ApprovalRequiredAIFunction(AIFunctionFactory.Create(RemoveAsync))] };\n}\n")
            .RunAsync("Require approval (the program must answer the request)");
}

using AgentLint.Analysis.Agents;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Which files ask for the graph of agents: those that may have a part in a chain or a circle, and few others.</summary>
public sealed class AgentReachTests
{
    private const string Chat = "(await chat.GetResponseAsync(\"about \" + q)).Text";

    private const string Maker = "public class Maker { public Maker(IChatClient chat, string q) { Text = chat.GetResponseAsync(\"m \" + q).Result.Text; } public string Text { get; } } ";
    private const string Shelf = "public class Shelf(IChatClient chat) { public string this[string q] => chat.GetResponseAsync(\"s \" + q).Result.Text; } ";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("public class Desk(IChatClient chat) { public async Task<string> AskAsync(string q) => (await chat.GetResponseAsync(q)).Text; }")]
    [InlineData("public class Desk { public string Print(string q) => q.Trim(); }")]
    // A wrapper that passes on what it is given belongs to whoever takes it.
    [InlineData("public class Desk(Way way) { public async Task<string> AskAsync(string q) => await way.AskAsync(q + 1); } public class Way(IChatClient chat) { public async Task<string> AskAsync(string q) => (await chat.GetResponseAsync(q)).Text; }")]
    // Helpers of one agent.
    [InlineData("public class Desk(IChatClient chat) { public Task<string> AskAsync(string q) => One(q); private Task<string> One(string q) => Two(q); private async Task<string> Two(string q) => " + Chat + "; }")]
    public void A_file_without_a_chain_does_not_ask(string source)
    {
        var (reach, tree) = Read(source);

        Assert.False(reach.MayChain(tree, 3, Cancellation));
        Assert.False(reach.MayComeBack(tree, Cancellation));
    }

    [Theory]
    [InlineData("public class Desk(IChatClient chat, Writer writer) { public async Task<string> AskAsync(string q) => await writer.WriteAsync(" + Chat + "); }")]
    // What a function within it passes on is not the way's own: the way is an agent by itself.
    [InlineData("public class Desk(IChatClient chat, Way way) { public async Task<string> AskAsync(string q) => await way.AskAsync(" + Chat + "); } public class Way(IChatClient chat, Writer writer) { public async Task<string> AskAsync(string q) { return await writer.WriteAsync(await One()); async Task<string> One() => (await chat.GetResponseAsync(q)).Text; } }", 4)]
    [InlineData("public class Desk(IChatClient chat, Way way) { public async Task<string> AskAsync(string q) => await way.AskAsync(" + Chat + "); } public class Way(IChatClient chat) { public Task<string> AskAsync(string q) { _ = chat.GetResponseAsync(q); return Two(q + 1); } private async Task<string> Two(string q) => " + Chat + "; }", 2)]
    // The way leads through what is called without a name.
    [InlineData(Maker + "public class Desk(IChatClient chat) { public async Task<string> AskAsync(string q) => new Maker(chat, " + Chat + ").Text; }")]
    [InlineData(Maker + "public class Desk(IChatClient chat) { public async Task<string> AskAsync(string q) { Maker maker = new(chat, " + Chat + "); return maker.Text; } }")]
    [InlineData(Shelf + "public class Desk(IChatClient chat, Shelf shelf) { public async Task<string> AskAsync(string q) => shelf[" + Chat + "]; }")]
    public void A_file_that_may_begin_a_chain_asks(string source, int agents = 3)
    {
        var (reach, tree) = Read(source);

        Assert.True(reach.MayChain(tree, agents, Cancellation));
    }

    [Theory]
    [InlineData("public class Desk(IChatClient chat) { public async Task<string> AskAsync(string q) => await AskAsync(" + Chat + "); }")]
    [InlineData("public class Desk(IChatClient chat, Desk other) { public async Task<string> AskAsync(string q) => await other.BackAsync(" + Chat + "); public Task<string> BackAsync(string q) => AskAsync(q); }")]
    [InlineData("public class Desk(IChatClient chat) { public Task<string> AskAsync(string q) { return Turn(q); async Task<string> Turn(string q) => await Turn(" + Chat + "); } }")]
    public void A_file_that_comes_back_asks(string source)
    {
        var (reach, tree) = Read(source);

        Assert.True(reach.MayComeBack(tree, Cancellation));
    }

    // The longer the chain that is asked for, the fewer files can have it.
    [Fact]
    public void A_limit_that_the_file_cannot_reach_is_not_asked_for()
    {
        var (reach, tree) = Read("public class Desk(IChatClient chat, Writer writer) { public async Task<string> AskAsync(string q) => await writer.WriteAsync(" + Chat + "); }");

        Assert.False(reach.MayChain(tree, 4, Cancellation));
    }

    private static (AgentReach Reach, SyntaxTree Tree) Read(string source)
    {
        var program = Compiled.From(
            """
            public class Writer(IChatClient chat, Critic critic) { public async Task<string> WriteAsync(string facts) => await critic.ReviewAsync((await chat.GetResponseAsync("w " + facts)).Text); }
            public class Critic(IChatClient chat) { public async Task<string> ReviewAsync(string draft) => (await chat.GetResponseAsync("r " + draft)).Text; }
            """,
            source);
        return (AgentReach.Of(program.Model), program.Compilation.SyntaxTrees.Last());
    }
}

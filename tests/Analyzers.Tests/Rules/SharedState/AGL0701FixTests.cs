using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What the fixes of AGL0701, AGL0704, AGL0705 and AGL0707 make, and where they are not offered.</summary>
public sealed class AGL0701FixTests
{
    [Theory]
    [InlineData(
        """
        private readonly List<ChatMessage> messages = new List<ChatMessage>();

        public async Task<string> AddAsync(string item)
        {
            // One question.
            [|messages.Clear()|];
            messages.Add(new ChatMessage(ChatRole.User, item));
            return (await client.GetResponseAsync(messages)).Text;
        }
        """,
        """
        public async Task<string> AddAsync(string item)
        {
            // One question.
            var messages = new List<ChatMessage>();
            messages.Clear();
            messages.Add(new ChatMessage(ChatRole.User, item));
            return (await client.GetResponseAsync(messages)).Text;
        }
        """)]
    [InlineData(
        """
        int asked;
        IList<ChatMessage> _messages = [];

        public async Task<string> AddAsync(string item)
        {
            [|this._messages.Clear()|];
            _messages.Add(new ChatMessage(ChatRole.User, item));
            return (await client.GetResponseAsync(_messages)).Text + asked;
        }
        """,
        """
        int asked;

        public async Task<string> AddAsync(string item)
        {
            IList<ChatMessage> messages = [];
            messages.Clear();
            messages.Add(new ChatMessage(ChatRole.User, item));
            return (await client.GetResponseAsync(messages)).Text + asked;
        }
        """)]
    [InlineData(
        """
        readonly List<ChatMessage> history;

        public Store()
            : this(null!)
        {
            history = new List<ChatMessage>();
        }

        public async Task<string> AddAsync(string item)
        {
            [|history.Clear()|];
            history.Add(new ChatMessage(ChatRole.User, item));
            return (await client.GetResponseAsync(history)).Text;
        }
        """,
        """
        public Store()
            : this(null!)
        {
        }

        public async Task<string> AddAsync(string item)
        {
            var history = new List<ChatMessage>();
            history.Clear();
            history.Add(new ChatMessage(ChatRole.User, item));
            return (await client.GetResponseAsync(history)).Text;
        }
        """)]
    public Task Conversation_of_its_own(string members, string mended) =>
        new FixTest<AGL0701_SharedConversation, AGL0701Fix_OwnConversation>(SharedProgram.With(Store(members)), SharedProgram.With(Store(mended))) { AsksAllRules = true }.RunAsync("Start a new conversation in each call");

    [Theory]
    // Each call goes on with what was said before: in a conversation of its own it would know nothing of it.
    [InlineData("readonly List<ChatMessage> messages = [];")]
    // Others look into it; it begins with what only the constructor has; two methods write it.
    [InlineData("readonly List<ChatMessage> messages = []; public int Count() { return messages.Count; }")]
    [InlineData("readonly List<ChatMessage> messages = [new ChatMessage(ChatRole.System, \"Be brief\")]; public void Clear() { messages.Clear(); }")]
    [InlineData("public List<ChatMessage> messages { get; } = [];  public IEnumerable<string> Texts => messages.Select(m => m.Text);")]
    public Task Conversation_that_others_use(string members)
    {
        var code = SharedProgram.With(Store($$"""
            {{members}}

            public async Task<string> AddAsync(string item)
            {
                [|messages.Add(new ChatMessage(ChatRole.User, item))|];
                return (await client.GetResponseAsync(messages)).Text;
            }
            """));
        return new FixTest<AGL0701_SharedConversation, AGL0701Fix_OwnConversation>(code, code).RunAsync(null);
    }

    private static string Store(string members) => $"public class Store(IChatClient client)\n{{\n    {members.Replace("\n", "\n    ", StringComparison.Ordinal).Replace("\n    \n", "\n\n", StringComparison.Ordinal)}\n}}";
}

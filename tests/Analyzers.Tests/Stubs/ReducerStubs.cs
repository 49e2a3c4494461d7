namespace AgentLint.Tests.Stubs;

/// <summary>Conversations of two libraries, and what shortens them.</summary>
internal static class ReducerStubs
{
    public static Stub SemanticKernel { get; } = new("Microsoft.SemanticKernel.Abstractions", """
        using System.Collections;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Microsoft.SemanticKernel.ChatCompletion
        {
            public class ChatMessageContent { public string Content { get; set; } }

            public class ChatHistory : IList<ChatMessageContent>, IReadOnlyList<ChatMessageContent>
            {
                public ChatHistory() { }
                public ChatHistory(string system) { }
                public int Count => 0;
                public bool IsReadOnly => false;
                public ChatMessageContent this[int index] { get => null; set { } }
                public void Add(ChatMessageContent item) { }
                public void AddUserMessage(string content) { }
                public void AddAssistantMessage(string content) { }
                public void AddSystemMessage(string content) { }
                public void Clear() { }
                public bool Contains(ChatMessageContent item) => false;
                public void CopyTo(ChatMessageContent[] array, int index) { }
                public IEnumerator<ChatMessageContent> GetEnumerator() => null;
                IEnumerator IEnumerable.GetEnumerator() => null;
                public int IndexOf(ChatMessageContent item) => 0;
                public void Insert(int index, ChatMessageContent item) { }
                public bool Remove(ChatMessageContent item) => false;
                public void RemoveAt(int index) { }
                public void RemoveRange(int index, int count) { }
            }

            public interface IChatHistoryReducer { Task<IEnumerable<ChatMessageContent>> ReduceAsync(IReadOnlyList<ChatMessageContent> chatHistory, CancellationToken cancellationToken = default); }

            public class ChatHistoryTruncationReducer : IChatHistoryReducer
            {
                public ChatHistoryTruncationReducer(int targetCount, int? thresholdCount = null) { }
                public Task<IEnumerable<ChatMessageContent>> ReduceAsync(IReadOnlyList<ChatMessageContent> chatHistory, CancellationToken cancellationToken = default) => null;
            }

            public static class ChatHistoryExtensions
            {
                public static Task<bool> ReduceInPlaceAsync(this ChatHistory chatHistory, IChatHistoryReducer reducer, CancellationToken cancellationToken) => null;
            }

            public interface IChatCompletionService { Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(ChatHistory chatHistory, object settings = null, object kernel = null, CancellationToken cancellationToken = default); }

            public static class ChatCompletionServiceExtensions
            {
                public static Task<ChatMessageContent> GetChatMessageContentAsync(this IChatCompletionService service, ChatHistory chatHistory, object settings = null, object kernel = null, CancellationToken cancellationToken = default) => null;
            }
        }
        """);

    /// <summary>The reducer as long as it is an experiment, whose use is an error unless it is switched off.</summary>
    public static Stub Experiment { get; } = new("Microsoft.Extensions.AI", """
        using System.Collections.Generic;
        using System.Diagnostics.CodeAnalysis;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Microsoft.Extensions.AI
        {
            [Experimental("MEAI001")]
            public sealed class MessageCountingChatReducer
            {
                public MessageCountingChatReducer(int targetCount) { }
                public Task<IEnumerable<ChatMessage>> ReduceAsync(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken) => Task.FromResult(messages);
            }
        }
        """, typeof(Microsoft.Extensions.AI.IChatClient));

    public static Stub ExtensionsAI { get; } = new("Microsoft.Extensions.AI", """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Microsoft.Extensions.AI
        {
            public sealed class MessageCountingChatReducer : IChatReducer
            {
                public MessageCountingChatReducer(int targetCount) { }
                public Task<IEnumerable<ChatMessage>> ReduceAsync(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken) => Task.FromResult(messages);
            }

            public sealed class ChatClientBuilder { public ChatClientBuilder(IChatClient inner) { } public IChatClient Build() => null; }

            public static class ReducingChatClientBuilderExtensions
            {
                public static ChatClientBuilder UseChatReducer(this ChatClientBuilder builder, IChatReducer reducer = null) => builder;
            }
        }
        """, typeof(Microsoft.Extensions.AI.IChatClient));
}

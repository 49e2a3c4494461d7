using OpenAI.Chat;

namespace SupportDesk.Models;

/// <summary>Writes the subject line of a reply.</summary>
public sealed class SubjectLineWriter(ChatClient client)
{
    static readonly string StyleGuide = Path.Combine(AppContext.BaseDirectory, "subject-style.md");

    public async Task<string> WriteAsync(string reply, CancellationToken cancellationToken)
    {
        var style = File.Exists(StyleGuide) ? await File.ReadAllTextAsync(StyleGuide, cancellationToken) : "";
        ChatCompletion completion = client.CompleteChat(
            [new SystemChatMessage(style), new UserChatMessage($"One subject line, at most eight words, for this mail:\n{reply}")],
            cancellationToken: cancellationToken);
        return completion.Content[0].Text.Trim('"', ' ');
    }

    public async Task<string> TranslateAsync(string subject, string language, CancellationToken cancellationToken)
    {
        var style = File.Exists(StyleGuide) ? await File.ReadAllTextAsync(StyleGuide, cancellationToken) : "";
        ChatCompletion completion = await client.CompleteChatAsync(
            new SystemChatMessage(style),
            new UserChatMessage($"Translate into {language}, answer with the translation only: {subject}"));
        return completion.Content[0].Text;
    }
}

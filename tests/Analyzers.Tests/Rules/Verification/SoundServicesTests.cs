using AgentLint.Tests.Analysis;
using AgentLint.Tests.Repository;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

/// <summary>Whole services that do nothing unverified with what a model writes: no rule of the category has anything to say.</summary>
public sealed class SoundServicesTests
{
    private static async Task SilentAsync(string source) =>
        Assert.DoesNotContain(await AllRules.ReportsInAsync(Compiled.From(source).Compilation), report => report.Id.StartsWith("AGL08", StringComparison.Ordinal));

    [Fact]
    public Task Service_that_only_chats() => SilentAsync("""
        using Microsoft.EntityFrameworkCore;
        using System.Text;

        public class Line { public int Id { get; set; } public string Conversation { get; set; } = ""; public string Role { get; set; } = ""; public string Text { get; set; } = ""; }
        public class Transcripts : DbContext { public DbSet<Line> Lines => Set<Line>(); }

        public class Chat(IChatClient client, Transcripts transcripts)
        {
            public async Task<string> AnswerAsync(string conversation, string question, CancellationToken cancellationToken)
            {
                var history = await transcripts.Lines.Where(line => line.Conversation == conversation).OrderBy(line => line.Id).ToListAsync(cancellationToken);
                var messages = history.Select(line => new ChatMessage(new ChatRole(line.Role), line.Text)).Append(new ChatMessage(ChatRole.User, question)).ToList();
                var answer = new StringBuilder();
                await foreach (var part in client.GetStreamingResponseAsync(messages, cancellationToken: cancellationToken))
                    answer.Append(part.Text);
                transcripts.Lines.Add(new Line { Conversation = conversation, Role = "user", Text = question });
                transcripts.Lines.Add(new Line { Conversation = conversation, Role = "assistant", Text = answer.ToString() });
                await transcripts.SaveChangesAsync(cancellationToken);
                return answer.ToString();
            }
        }
        """);

    [Fact]
    public Task Retrieval_with_citations() => SilentAsync("""
        using Dapper;
        using System.Data.Common;
        using System.IO;
        using System.Text.Json;

        public record Passage(int Id, string File, string Text);
        public record Cited(string Answer, int[] Passages);

        public class Library(IChatClient client, DbConnection database, string root)
        {
            public async Task<object> AnswerAsync(string question)
            {
                var words = (await client.GetResponseAsync("Give words to search for: " + question)).Text;
                var passages = (await database.QueryAsync<Passage>("select * from passages where match(text, @words)", new { words })).ToList();
                var answer = (await client.GetResponseAsync("Answer as JSON with the numbers of the passages. " + string.Join("\n", passages.Select(p => $"[{p.Id}] {p.Text}")))).Text;
                Cited? cited;
                try
                {
                    cited = JsonSerializer.Deserialize<Cited>(answer);
                }
                catch (JsonException)
                {
                    return new { answer = "I do not know." };
                }

                var sources = passages.Where(p => cited!.Passages.Contains(p.Id)).Select(p => new { p.File, text = File.ReadAllText(Path.Combine(root, p.File)) });
                return new { cited!.Answer, sources };
            }
        }
        """);

    [Fact]
    public Task Code_assistant_in_a_sandbox_with_approval() => SilentAsync("""
        using System.Diagnostics;
        using System.IO;

        public interface IApprovals { Task<bool> ApproveAsync(string what); }

        public class Assistant(IChatClient client, IApprovals approvals, string workspace)
        {
            public Task<ChatResponse> WorkAsync(string task) =>
                client.GetResponseAsync(task, new ChatOptions { Tools = [AIFunctionFactory.Create(ReadFile), AIFunctionFactory.Create(WriteFileAsync), new ApprovalRequiredAIFunction(AIFunctionFactory.Create(RunAsync))] });

            private string Inside(string path)
            {
                var root = Path.GetFullPath(workspace).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
                var full = Path.GetFullPath(Path.Combine(root, path));
                return full.StartsWith(root, StringComparison.Ordinal) ? full : throw new ArgumentException("Outside of the workspace");
            }

            private string ReadFile(string path) => File.ReadAllText(Inside(path));

            private async Task<string> WriteFileAsync(string path, string text)
            {
                if (!await approvals.ApproveAsync($"write {path}"))
                    return "refused";
                await File.WriteAllTextAsync(Inside(path), text);
                return "written";
            }

            private async Task<string> RunAsync(string command)
            {
                var start = new ProcessStartInfo("docker") { RedirectStandardOutput = true };
                foreach (var argument in new[] { "run", "--rm", "--network=none", "sandbox", "sh", "-c", command })
                    start.ArgumentList.Add(argument);
                using var process = Process.Start(start)!;
                var output = await process.StandardOutput.ReadToEndAsync();
                await process.WaitForExitAsync();
                return output;
            }
        }
        """);
}

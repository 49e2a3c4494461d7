using Microsoft.Extensions.AI;
using Polly;

namespace Faulty;

internal sealed class Assistant(IChatClient client, ResiliencePipeline pipeline)
{
    public async Task<string> AnswerAsync(string question, CancellationToken cancellation)
    {
        var draft = client.GetResponseAsync(question, cancellationToken: cancellation).Result; // AGL0601 warning
        Thread.Sleep(TimeSpan.FromMilliseconds(1)); // AGL0601 warning
        var answer = client.GetResponseAsync("Improve: " + draft.Text, cancellationToken: cancellation).GetAwaiter().GetResult(); // AGL0601 warning
        await Task.Yield();
        return answer.Text;
    }

    public async Task<string> AnswerTwiceAsync(string question, CancellationToken cancellation)
    {
        var answer = await pipeline.Execute(async () => await client.GetResponseAsync(question, cancellationToken: cancellation)); // AGL0206 warning
        return answer.Text;
    }
}

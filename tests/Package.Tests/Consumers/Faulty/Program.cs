using Faulty;
using Microsoft.Extensions.AI;
using Polly;

if (args is [var question])
{
    IChatClient client = new OfflineClient();
    var assistant = new Assistant(client, ResiliencePipeline.Empty);
    Console.WriteLine(await assistant.AnswerAsync(question, CancellationToken.None));
    Console.WriteLine(await assistant.AnswerTwiceAsync(question, CancellationToken.None));
    Console.WriteLine(await new Tools(client).SummarizeAsync(question, CancellationToken.None));
}

using System.ComponentModel;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Server;
using Shop;

namespace Desk;

[McpServerToolType]
public class PriceTools(PriceClient prices, Assistant assistant)
{
    [McpServerTool, Description("Says what an article costs.")]
    public string Price(string article) => "It costs <b>" + prices.PriceAsync(article).Result + "</b>";

    [McpServerTool, Description("Answers a question.")]
    public Task<string> Answer(string question) => assistant.AnswerAsync(question);
}

public class Assistant(IChatClient model)
{
    public async Task<string> AnswerAsync(string question)
    {
        while (true)
        {
            try
            {
                return (await model.GetResponseAsync(question)).Text;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(1000);
            }
        }
    }
}

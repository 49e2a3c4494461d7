using System.ComponentModel;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Server;

namespace Graph;

[McpServerToolType]
public class DeskTools(Concierge concierge, Printer printer)
{
    [McpServerTool, Description("Plans a trip.")]
    public Task<string> PlanTrip(string wish) => concierge.PlanAsync(wish);

    [McpServerTool, Description("Prints a page.")]
    public string Print(string page) => printer.PrintAsync(page).Result;
}

public class Concierge(IChatClient model, Researcher researcher, Channel<string> log)
{
    public async Task<string> PlanAsync(string wish)
    {
        await log.Writer.WriteAsync(wish);
        var plan = await model.GetResponseAsync("What has to be found out for this? " + wish);
        return await researcher.FindAsync(plan.Text);
    }
}

public class Researcher(IChatClient model, Writer writer)
{
    public async Task<string> FindAsync(string plan) => await writer.WriteAsync((await model.GetResponseAsync("Answer: " + plan)).Text);
}

public class Writer(IChatClient model, Func<Editor> editor)
{
    public async Task<string> WriteAsync(string facts) => await editor().EditAsync((await model.GetResponseAsync("Write: " + facts)).Text);
}

public class Editor(IChatClient model, Writer writer)
{
    public async Task<string> EditAsync(string draft)
    {
        var verdict = (await model.GetResponseAsync("Is this good? " + draft)).Text;
        return verdict == "yes" ? draft : await writer.WriteAsync(verdict);
    }
}

public class Printer(HttpClient http)
{
    public async Task<string> PrintAsync(string page) => await http.GetStringAsync("/print?page=" + page);
}

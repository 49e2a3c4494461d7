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

// Names that say things in HTML, in Mermaid and in MSBuild: an explicit implementation has its interface in its name.
public interface IDesk<T>
{
    T Open(T what);
}

[McpServerToolType]
public class Größe : IDesk<Dictionary<string, int[]>>
{
    [McpServerTool, Description("Opens a drawer.")]
    Dictionary<string, int[]> IDesk<Dictionary<string, int[]>>.Open(Dictionary<string, int[]> what) => what;
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

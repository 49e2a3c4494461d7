namespace Plain;

public static class Plain
{
    // A fault elsewhere; here is no agent, no model and no tool.
    public static async Task<string> Read(HttpClient client)
    {
        await Task.Yield();
        Thread.Sleep(1);
        return client.GetStringAsync("https://example.invalid/").Result;
    }
}

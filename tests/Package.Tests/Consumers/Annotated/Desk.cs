using AgentLint.Annotations;

namespace Annotated;

public interface ILedger
{
    [RemoteCall]
    Task<string> ReadAsync(string order);

    Task<string> CachedAsync(string order);
}

public sealed class Desk(ILedger ledger)
{
    [AgentTool]
    public string Read(string order) =>
        ledger.ReadAsync(order).Result; // AGL0601 warning

    public Task<string> Cached(string order) => ledger.CachedAsync(order);
}

namespace SupportDesk.Telemetry;

/// <summary>What was done for one request.</summary>
public sealed class AuditTrail
{
    readonly List<string> _entries = [];

    public IReadOnlyList<string> Entries => _entries;

    public void Add(string entry) => _entries.Add(entry);
}

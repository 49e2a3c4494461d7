namespace AgentLint.Tests.Stubs;

/// <summary>Entries of a ledger, written and read.</summary>
internal static class ConfidentialLedgerStub
{
    public static Stub Library { get; } = new("Azure.Security.ConfidentialLedger", """
        using System.Threading.Tasks;

        namespace Azure.Security.ConfidentialLedger
        {
            public class ConfidentialLedgerClient { public Task PostLedgerEntryAsync(string content) => null; public Task<string> GetLedgerEntryAsync(string id) => null; }
        }
        """);
}

using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;

namespace AgentLint.Rules.Idempotency;

/// <summary>The part of a message that says how to make a repeated write take effect once.</summary>
internal static class Remedies
{
    private const string Row = ": check for the row first, or add a unique key derived from the operation so that the database rejects a duplicate";

    /// <summary>When the code that writes runs again.</summary>
    public static string OfRun(Write write, bool takesKey)
    {
        var entry = write.Effect.Entry;
        if (write.FreshId is { } fresh)
            return $": '{fresh}' is new on every attempt; derive it from the operation so that the receiver can drop a duplicate";
        if (write.Relative != null)
            return ": store the operation's id with the change and check for it first";
        return entry["kind"] switch
        {
            "http" when takesKey => $": send '{NameOf(entry["key"])}' with the same value on every attempt",
            "http" => ": send an id derived from the operation, or check first whether it is already done",
            "publish" when NameOf(entry["key"]) is { } id => $": set '{id}' to an id derived from the operation and let an inbox drop duplicates",
            "publish" => ": put an id derived from the operation into the message and let an inbox drop duplicates",
            "sql" => Row,
            "insert" when IsRow(entry) => Row,
            _ when takesKey && NameOf(entry["key"]) is { } key => $": pass '{key}' with the same value on every attempt",
            _ => ": check first whether it is already done, or record the operation's id once it is",
        };
    }

    /// <summary>When a retry makes another attempt.</summary>
    public static string OfAttempt(Write write, bool takesKey)
    {
        var entry = write.Effect.Entry;
        if (write.FreshId is { } fresh)
            return $": '{fresh}' is new on every attempt; create it before the first one";
        if (write.Relative is { } member)
            return $": every attempt changes '{member}' again";
        if (entry.Has("refuses"))
            return ": treat the error for an existing item as success";
        if (IsRow(entry))
            return ": every attempt adds a row, and the row of the failed attempt stays tracked, so both are saved";
        return entry["kind"] switch
        {
            "http" when takesKey => $": send '{NameOf(entry["key"])}' with a value created before the first attempt",
            "http" => ": send an id created before the first attempt, or check first whether it is already done",
            "sql" => Row,
            _ when takesKey && NameOf(entry["key"]) is { } key => $": pass '{key}' with a value created before the first attempt",
            _ => ": check first whether it is already done",
        };
    }

    private static bool IsRow(CatalogueEntry entry) => entry["key"]?.StartsWith("entity:", StringComparison.Ordinal) == true;

    private static string? NameOf(string? key) => key?.IndexOf(':') is { } colon and >= 0 ? key.Substring(colon + 1) : null;
}

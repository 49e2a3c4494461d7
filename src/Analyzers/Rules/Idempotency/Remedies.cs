using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;

namespace AgentLint.Rules.Idempotency;

/// <summary>What the author of a write can do so that doing it twice is doing it once, as messages state it.</summary>
internal static class Remedies
{
    private const string Row = ": look for the row first, or let a unique key made of the operation refuse the second one";

    /// <summary>Against another run of what writes.</summary>
    public static string OfRun(Write write, bool takesKey)
    {
        var entry = write.Effect.Entry;
        if (write.FreshId is { } fresh)
            return $", with a new '{fresh}' in each attempt: make it of the operation, so that the receiver can drop the second one";
        if (write.Relative != null)
            return ": keep an id of the operation with the change, and look for it first";
        return entry["kind"] switch
        {
            "http" when takesKey => $": send a key that is the same in each attempt as '{NameOf(entry["key"])}'",
            "http" => ": send an id made of the operation, or look first whether it is done",
            "publish" when NameOf(entry["key"]) is { } id => $": give the message an id made of the operation ('{id}'), and let an inbox drop what was handled",
            "publish" => ": put an id made of the operation into the message, and let an inbox drop what was handled",
            "sql" => Row,
            "insert" when IsRow(entry) => Row,
            _ when takesKey && NameOf(entry["key"]) is { } key => $": pass a key that is the same in each attempt as '{key}'",
            _ => ": look first whether it is done, or keep an id of the operation when it is",
        };
    }

    /// <summary>Against the next attempt of a retry.</summary>
    public static string OfAttempt(Write write, bool takesKey)
    {
        var entry = write.Effect.Entry;
        if (write.FreshId is { } fresh)
            return $", with a new '{fresh}' in each attempt: make it before the first one";
        if (write.Relative is { } member)
            return $": each attempt changes '{member}' once more";
        if (entry.Has("refuses"))
            return ": take the refusal of what is there already for success";
        if (IsRow(entry))
            return ": each attempt adds a row, and that of the failed attempt stays tracked, so that both are saved";
        return entry["kind"] switch
        {
            "http" when takesKey => $": send a key that is made before the first attempt as '{NameOf(entry["key"])}'",
            "http" => ": send an id that is made before the first attempt, or look first whether it is done",
            "sql" => Row,
            _ when takesKey && NameOf(entry["key"]) is { } key => $": pass a key that is made before the first attempt as '{key}'",
            _ => ": look first whether it is done",
        };
    }

    private static bool IsRow(CatalogueEntry entry) => entry["key"]?.StartsWith("entity:", StringComparison.Ordinal) == true;

    private static string? NameOf(string? key) => key?.IndexOf(':') is { } colon and >= 0 ? key.Substring(colon + 1) : null;
}

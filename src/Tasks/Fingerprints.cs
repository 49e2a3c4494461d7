using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AgentLint.Tasks;

/// <summary>
/// What tells one finding from another when lines move: the rule, the text of the line without its spacing, and a number for those that are equal in a
/// file, in their order. Neither the path nor the number of the line is part of it, nor the message, which may name lines.
/// </summary>
internal static class Fingerprints
{
    /// <summary>The name by which code scanning services look for it.</summary>
    public const string Name = "primaryLocationLineHash";

    private const int Length = 16;

    /// <summary>The part that needs the source; null where the line is not there.</summary>
    public static string? HashOf(SarifResult result, SourceFiles sources) =>
        result.Place is { } place && sources.LineOf(place.Uri, place.StartLine) is { } line ? HashOf(result.RuleId + "\n" + WithoutSpacing(line)) : null;

    /// <summary>The fingerprints of a log's results, which are in the order of files and lines.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<SarifResult> results)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var all = new List<string>(results.Count);
        foreach (var result in results)
        {
            var hash = result.LineHash ?? HashOf(result.RuleId);
            var key = result.Place!.Uri + "\n" + hash;
            numbers[key] = numbers.TryGetValue(key, out var last) ? last + 1 : 1;
            all.Add(hash + ":" + numbers[key].ToString(CultureInfo.InvariantCulture));
        }

        return all;
    }

    private static string WithoutSpacing(string line) => string.Concat(line.Where(c => !char.IsWhiteSpace(c)));

    private static string HashOf(string text)
    {
        using var sha = SHA256.Create();
        return string.Concat(sha.ComputeHash(Encoding.UTF8.GetBytes(text)).Select(b => b.ToString("x2", CultureInfo.InvariantCulture))).Substring(0, Length);
    }
}

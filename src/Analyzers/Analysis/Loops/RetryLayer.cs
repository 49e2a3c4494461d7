using System.Globalization;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Loops;

/// <summary>One layer of a program that tries again what failed below it.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Tries">How often it tries in all, the first time included; null where that is not known, <see cref="Unlimited"/> where nothing ends it.</param>
/// <param name="Site">Where the program asks for it; null where nobody did.</param>
/// <param name="ReadsOnly">Whether it looks at the verb of a request: what it repeats is then not known of any other request.</param>
/// <param name="Sdk">The line about the client, where that retries by itself.</param>
/// <param name="Redelivers">Whether the broker delivers anew what failed, after a while.</param>
internal sealed record RetryLayer(string Name, int? Tries, SyntaxNode? Site, bool ReadsOnly = false, CatalogueEntry? Sdk = null, bool Redelivers = false)
{
    public const int Unlimited = int.MaxValue;

    /// <summary>Whether another project of the program asks for it.</summary>
    public bool IsOfOtherProject { get; init; }

    /// <summary>Whether a library brings it along unasked.</summary>
    public bool IsDefault => Site == null && !IsOfOtherProject;

    /// <summary>The layers as a product, the innermost first: <c>4 (OpenAI SDK) × 3 (loop) = 12 attempts</c>.</summary>
    public static string Product(IReadOnlyList<RetryLayer> layers)
    {
        var factors = string.Join(" × ", layers.Select(layer => $"{CountOf(layer)} ({layer.Name})"));
        if (layers.Any(layer => layer.Tries == Unlimited))
            return factors + ": unlimited attempts";
        var total = layers.Aggregate(1L, (product, layer) => Math.Min(product * (layer.Tries ?? 1), int.MaxValue));
        var unknown = layers.Count(layer => layer.Tries == null);
        return unknown == 0
            ? string.Format(CultureInfo.InvariantCulture, "{0} = {1} attempts", factors, total)
            : string.Format(CultureInfo.InvariantCulture, "{0}: {1} attempts for each of {2}", factors, total, unknown == 1 ? "n" : "n × n");
    }

    private static string CountOf(RetryLayer layer) => layer.Tries switch
    {
        null => "n",
        Unlimited => "∞",
        var tries => tries.Value.ToString(CultureInfo.InvariantCulture),
    };
}

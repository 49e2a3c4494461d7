using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AgentLint.Baseline;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Model;

/// <summary>The catalogue files that a project brings along: <c>AdditionalFiles</c> named <c>AgentLint.*.txt</c>, but for baselines.</summary>
internal static class UserCatalogues
{
    // Parsed once per text; merged once per list of files, so that equal projects share one catalogue and its name set.
    private static readonly ConditionalWeakTable<SourceText, CatalogueFile> Parsed = new();
    private static readonly ConditionalWeakTable<CatalogueFile, List<ApiCatalogue>> Merged = new();

    public static bool IsCatalogue(AdditionalText file)
    {
        var name = NameOf(file.Path);
        return name.StartsWith("AgentLint.", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) && !BaselineFile.IsBaseline(file);
    }

    public static CatalogueFile? Read(AdditionalText file, CancellationToken cancellation) =>
        file.GetText(cancellation) is { } text ? Parsed.GetValue(text, t => CatalogueParser.Parse(NameOf(file.Path), t)) : null;

    /// <summary>The built-in catalogue and a project's files after it.</summary>
    public static ApiCatalogue Merge(ImmutableArray<AdditionalText> files, CancellationToken cancellation)
    {
        var user = files.IsDefaultOrEmpty
            ? []
            : files.Where(IsCatalogue).OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => Read(f, cancellation)).OfType<CatalogueFile>().ToImmutableArray();
        if (user.IsEmpty)
            return ApiCatalogue.BuiltIn;
        var merged = Merged.GetOrCreateValue(user[0]);
        lock (merged)
        {
            var builtIn = ApiCatalogue.BuiltIn.Files.Length;
            var known = merged.FirstOrDefault(c => c.Files.Skip(builtIn).SequenceEqual(user));
            if (known == null)
                merged.Add(known = ApiCatalogue.BuiltIn.With(user));
            return known;
        }
    }

    private static string NameOf(string path) => path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
}

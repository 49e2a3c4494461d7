using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AgentLint.Catalogue;
using AgentLint.Tests.Repository;
using AgentLint.Tests.Stubs;
using Xunit;

namespace AgentLint.Tests.Catalogue;

/// <summary>Programs under test are compiled against the real libraries. What is declared by hand is listed, with the reason.</summary>
public sealed partial class HandWrittenDeclarationsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "catalogue-unchecked.md")).ReplaceLineEndings("\n");

    private static readonly ImmutableArray<string> Namespaces =
    [
        .. ApiCatalogue.BuiltIn.Entries.Where(entry => CatalogueGrammar.TargetOf(entry.Role) != CatalogueTarget.Name)
            .Select(entry => entry.Type.Contains('.') ? entry.Type[..entry.Type.LastIndexOf('.')] : "").Where(name => name.Length > 0).Distinct(),
    ];

    [Fact]
    public void Every_file_of_declarations_is_on_the_page()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "tests", "Analyzers.Tests", "Stubs"), "*Stub.cs").Select(Path.GetFileNameWithoutExtension).Where(name => name != "Stub");
        var stubs = MissingLibraries.All.Select(stub => stub.Assembly);

        Assert.Equal(files.Order(StringComparer.Ordinal), Row().Matches(Page).Select(row => row.Groups["file"].Value));
        Assert.Equal(stubs.Order(StringComparer.Ordinal), Row().Matches(Page).Select(row => row.Groups["assembly"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_library_that_is_restored_is_declared_by_hand()
    {
        var restored = RestoredPackages.All.Everything.Select(file => Path.GetFileNameWithoutExtension(file.FilePath)).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.Empty(MissingLibraries.All.Where(stub => restored.Contains(stub.Assembly)).Select(stub => stub.Assembly));
    }

    [Fact]
    public void No_test_page_or_sample_declares_types_of_a_library() =>
        Assert.Equal(
            Exception().Matches(Page).Select(row => row.Groups["file"].Value),
            Files().Where(file => Declared().Matches(File.ReadAllText(file)).Any(found => IsOfALibrary(found.Groups["name"].Value))).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    // A name without a dot, as System or Polly, may be the program's own.
    private static bool IsOfALibrary(string name) => name.Contains('.') && Namespaces.Any(known => known == name || known.StartsWith(name + ".", StringComparison.Ordinal));

    private static IEnumerable<string> Files() =>
        new[] { ("tests", "*.cs"), ("docs", "*.md"), ("samples", "*.cs") }
            .SelectMany(of => Directory.EnumerateFiles(Path.Combine(Checkout.Root, of.Item1), of.Item2, SearchOption.AllDirectories))
            .Where(file => !Path.GetRelativePath(Checkout.Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "Stubs"));

    [GeneratedRegex(@"(?<=^|[\s"";}])namespace (?<name>[A-Z]\w*(\.\w+)*)\s*(//.*)?(\{|;|$)", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^\| \[(?<file>\w+Stub)\]\([^)]*\) \| `(?<assembly>[^`]+)` \| [^|]{5,} \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| \[(?<file>\w+\.cs)\]\([^)]*\) \| [^|]{5,} \|$", RegexOptions.Multiline)]
    private static partial Regex Exception();
}

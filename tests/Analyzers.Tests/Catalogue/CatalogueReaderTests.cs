using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AgentLint.Catalogue;
using AgentLint.Tests.Repository;
using Xunit;

namespace AgentLint.Tests.Catalogue;

/// <summary>What a catalogue line may say has code that reads it.</summary>
public sealed partial class CatalogueReaderTests
{
    // For those who read the file, and for the tests that look names up.
    private static readonly string[] Remarks = ["note", "package", "old"];

    /// <summary>The product's code, without what defines the roles and their facts.</summary>
    private static readonly ImmutableArray<string> Code =
    [
        .. new[] { "Analyzers", "CodeFixes" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src", project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !Path.GetRelativePath(Checkout.Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Where(file => Path.GetFileName(file) is not ("CatalogueGrammar.cs" or "CatalogueRole.cs"))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText),
    ];

    [Fact]
    public void Every_role_has_a_reader() => Assert.Empty(Unread(Enum.GetNames<CatalogueRole>(), RoleName()));

    [Fact]
    public void Every_fact_has_a_reader()
    {
        // Each engine's replacement of what is not replayed is a fact named like the engine.
        var engines = CatalogueGrammar.ValuesOf(CatalogueRole.WorkflowContext, "api");
        var facts = Enum.GetValues<CatalogueRole>().SelectMany(role => CatalogueGrammar.FactsOf(role).Select(fact => (role, fact)))
            .Where(of => !Remarks.Contains(of.fact) && !(of.role == CatalogueRole.ReplayUnsafe && engines.Contains(of.fact)))
            .Select(of => of.fact).Distinct().Order(StringComparer.Ordinal);

        Assert.Empty(Unread(facts, Literal()));
    }

    [Fact]
    public void Search_tells_what_is_read_from_what_is_not()
    {
        Assert.Equal(["NoSuchRole"], Unread(["ModelCall", "NoSuchRole"], RoleName()));
        Assert.Equal(["no-such-fact"], Unread(["no-such-fact", "options"], Literal()));
    }

    private static IEnumerable<string> Unread(IEnumerable<string> names, Regex reading)
    {
        var read = Code.SelectMany(text => reading.Matches(text)).Select(found => found.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        return names.Where(name => !read.Contains(name));
    }

    [GeneratedRegex(@"\bCatalogueRole\.(?<name>\w+)\b")]
    private static partial Regex RoleName();

    // entry["fact"], entry.Has("fact"), or a name that is handed to what reads it.
    [GeneratedRegex(@"""(?<name>[a-z][a-z-]*)""")]
    private static partial Regex Literal();
}

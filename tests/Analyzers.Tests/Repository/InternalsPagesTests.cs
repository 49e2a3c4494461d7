using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>What docs/internals names in code exists: files, types and their members, bounds with their values, tests, and the rules that ask an engine.</summary>
public sealed partial class InternalsPagesTests
{
    private const string Folder = "docs/internals";

    // Pages that are not about one engine.
    private static readonly string[] Overviews = ["README", "glossary", "stranger", "duplicates"];

    private static readonly string[] Parts =
        ["## What it answers", "## How it is computed", "## A trace", "## What it does not see", "## Tests", "## Cost"];

    private static readonly string[] Places = ["", "src/Analyzers/", "src/Analyzers/Analysis/"];

    private static readonly ImmutableSortedDictionary<string, string> Pages = Directory.GetFiles(Path.Combine(Checkout.Root, Folder), "*.md")
        .ToImmutableSortedDictionary(file => Path.GetFileNameWithoutExtension(file)!, file => File.ReadAllText(file).ReplaceLineEndings("\n"), StringComparer.Ordinal);

    private static readonly Lazy<ILookup<string, INamedTypeSymbol>> Declared = new(() => TypesIn(ProductSources.Analyzers.Assembly.GlobalNamespace).ToLookup(type => type.Name, StringComparer.Ordinal));

    private static readonly Lazy<HashSet<string>> DeclaredNames = new(() =>
        [.. ProductSources.Analyzers.SyntaxTrees.SelectMany(tree => tree.GetRoot().DescendantTokens()).Select(token => token.ValueText)]);

    private static readonly Lazy<HashSet<string>> MetadataTypes = new(() =>
        [.. ProductSources.Analyzers.References.Select(ProductSources.Analyzers.GetAssemblyOrModuleSymbol).OfType<IAssemblySymbol>().SelectMany(assembly => TypesIn(assembly.GlobalNamespace)).Select(type => type.Name)]);

    // What rules share is written as extensions of the context.
    private static readonly Lazy<ILookup<string, INamedTypeSymbol>> Extensions = new(() =>
        Declared.Value.SelectMany(types => types).Where(type => type.IsStatic).SelectMany(type => type.GetMembers().OfType<IMethodSymbol>()).Where(method => method.IsExtensionMethod)
            .ToLookup(method => method.Name, method => method.ContainingType, StringComparer.Ordinal));

    private static readonly HashSet<string> TestTypes = [.. typeof(InternalsPagesTests).Assembly.GetTypes().Select(type => type.Name)];

    private static readonly HashSet<string> Tests =
        [.. typeof(InternalsPagesTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttributes<FactAttribute>().Any()).Select(method => method.Name)];

    [Fact]
    public void Every_page_of_an_engine_has_all_parts() =>
        Assert.All(Pages.Where(page => !Overviews.Contains(page.Key)), page =>
            Assert.Equal(Parts, page.Value.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal))));

    [Fact]
    public void Every_page_is_listed() =>
        Assert.All(Pages.Keys.Where(page => page != "README"), page => Assert.Contains($"({page}.md)", Pages["README"], StringComparison.Ordinal));

    [Fact]
    public void Every_trace_has_a_test() =>
        Assert.All(Pages.Where(page => !Overviews.Contains(page.Key)), page =>
            Assert.Contains(CodeIn(page.Value), code => code.StartsWith("Trace_of_", StringComparison.Ordinal)));

    [Fact]
    public void Every_link_resolves() =>
        Assert.All(Pages, page => Assert.All(Links.Matches(page.Value).Select(match => match.Groups[1].Value), link =>
            Assert.True(File.Exists(Path.Combine(Checkout.Root, Folder, link)), $"{page.Key} links to {link}")));

    [Fact]
    public void Every_file_exists()
    {
        var named = Pages.SelectMany(page => CodeIn(page.Value).Where(code => FilePath.IsMatch(code)).Select(code => (page.Key, code))).ToList();

        Assert.InRange(named.Count, 60, int.MaxValue);
        Assert.All(named, one => Assert.True(
            Places.Any(place => Path.Combine(Checkout.Root, place + one.code) is var path && (File.Exists(path) || Directory.Exists(path))), $"{one.Key} names {one.code}"));
    }

    [Fact]
    public void Every_test_exists()
    {
        var named = Pages.SelectMany(page => CodeIn(page.Value).Where(code => TestName.IsMatch(code))).Distinct().ToList();

        Assert.InRange(named.Count, 30, int.MaxValue);
        Assert.Empty(named.Except(Tests));
    }

    // A word of the product, a type of a library, a test class, or a word of the page's own program.
    [Fact]
    public void Every_name_exists()
    {
        foreach (var (page, text) in Pages)
        {
            var own = Programs.Matches(text).SelectMany(program => Words.Matches(program.Value)).Select(word => word.Value).ToHashSet(StringComparer.Ordinal);
            Assert.All(
                CodeIn(text).Where(code => Identifier.IsMatch(code)),
                name => Assert.True(own.Contains(name) || DeclaredNames.Value.Contains(name) || MetadataTypes.Value.Contains(name) || TestTypes.Contains(name) || Tests.Contains(name), $"{page} names {name}"));
        }
    }

    [Fact]
    public void Every_member_exists()
    {
        var named = Pages.SelectMany(page => CodeIn(page.Value).Select(code => Member.Match(code)).Where(match => match.Success).Select(match => (page.Key, Type: match.Groups[1].Value, Name: match.Groups[2].Value))).ToList();

        Assert.InRange(named.Count, 60, int.MaxValue);
        Assert.All(
            named.Where(one => Declared.Value.Contains(one.Type)),
            one => Assert.True(Declared.Value[one.Type].Any(type => WithBases(type).Any(t => t.GetMembers(one.Name).Any())), $"{one.Key} names {one.Type}.{one.Name}"));
    }

    // `Type.Bound` (64)
    [Fact]
    public void Every_bound_has_the_value_that_a_page_gives()
    {
        var named = Pages.SelectMany(page => Bounds.Matches(page.Value).Select(match => (Page: page.Key, Type: match.Groups[1].Value, Name: match.Groups[2].Value, Value: match.Groups[3].Value))).ToList();

        Assert.InRange(named.Count, 40, int.MaxValue);
        Assert.All(named, one => Assert.Equal(
            (one.Page, one.Type, one.Name, one.Value),
            (one.Page, one.Type, one.Name, Declared.Value[one.Type].SelectMany(type => type.GetMembers(one.Name)).OfType<IFieldSymbol>().Select(field => string.Format(CultureInfo.InvariantCulture, "{0:N0}", field.ConstantValue)).FirstOrDefault())));
    }

    // | question | `Engine` | `File.cs` | rules |: each rule's class names the engine, over at most three classes between them. By the text: binding all of it takes long.
    [Fact]
    public void Every_rule_of_the_table_asks_its_engine()
    {
        var rows = Pages["README"][Pages["README"].IndexOf("| Question |", StringComparison.Ordinal)..].Split('\n').TakeWhile(line => line.StartsWith('|')).Skip(2).Select(line => line.Trim('|').Split('|')).ToList();
        var uses = new Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>>(SymbolEqualityComparer.Default);

        Assert.InRange(rows.Count, 25, int.MaxValue);
        Assert.All(rows, row =>
        {
            var engines = CodeIn(row[1]).Select(name => Assert.Single(Declared.Value[name])).ToList();
            Assert.NotEmpty(engines);
            Assert.NotEmpty(CodeIn(row[2]));
            foreach (Match rule in RuleId.Matches(row[3]))
                Assert.True(Reaches(Declared.Value.Single(types => types.Key.StartsWith(rule.Value + "_", StringComparison.Ordinal)).First(), engines, uses), $"{rule.Value} asks {row[1].Trim()}");
        });
    }

    // A folder of the analysis that no page speaks of.
    [Fact]
    public void Every_folder_of_the_analysis_is_named() =>
        Assert.All(
            Directory.GetDirectories(Path.Combine(Checkout.Root, "src/Analyzers/Analysis")).Select(Path.GetFileName),
            folder => Assert.Contains($"`{folder}/`", Pages["README"], StringComparison.Ordinal));

    private static bool Reaches(INamedTypeSymbol start, List<INamedTypeSymbol> wanted, Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> uses)
    {
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default) { start };
        var open = new List<INamedTypeSymbol> { start };
        for (var steps = 0; steps <= 4 && open.Count > 0; steps++)
        {
            if (open.Any(type => wanted.Contains(type, SymbolEqualityComparer.Default)))
                return true;
            open = [.. open.SelectMany(type => UsedBy(type, uses)).Where(seen.Add)];
        }

        return false;
    }

    private static List<INamedTypeSymbol> UsedBy(INamedTypeSymbol type, Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> uses)
    {
        if (uses.TryGetValue(type, out var known))
            return known;
        var found = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var reference in type.DeclaringSyntaxReferences)
            foreach (var name in reference.GetSyntax().DescendantNodes().OfType<SimpleNameSyntax>())
                if (name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
                {
                    if (reference.SyntaxTree.FilePath.StartsWith("Rules/", StringComparison.Ordinal))
                        found.UnionWith(Extensions.Value[name.Identifier.ValueText]);
                }
                else if (name.Parent is not (NameColonSyntax or MemberBindingExpressionSyntax))
                    found.UnionWith(Declared.Value[name.Identifier.ValueText].Where(used => used.ContainingType == null));

        return uses[type] = [.. found];
    }

    private static IEnumerable<INamedTypeSymbol> WithBases(INamedTypeSymbol type)
    {
        for (var t = type; t != null; t = t.BaseType)
            yield return t;
    }

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers())
            if (member is INamedTypeSymbol type)
            {
                yield return type;
                foreach (var nested in TypesIn(type))
                    yield return nested;
            }
            else if (member is INamespaceSymbol space)
            {
                foreach (var nested in TypesIn(space))
                    yield return nested;
            }
    }

    private static IEnumerable<string> CodeIn(string text) => Code.Matches(Programs.Replace(text, "")).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"```.*?```", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Programs { get; }

    [GeneratedRegex("`([^`\n]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Code { get; }

    [GeneratedRegex(@"\]\(([^)#:]+)(?:#[^)]*)?\)", RegexOptions.CultureInvariant)]
    private static partial Regex Links { get; }

    [GeneratedRegex(@"^[\w.-]+(?:/[\w.-]+)*(?:/|\.(?:cs|md|txt|csproj))$", RegexOptions.CultureInvariant)]
    private static partial Regex FilePath { get; }

    [GeneratedRegex("^[A-Z][a-z]*(?:_[A-Za-z0-9]+)+$", RegexOptions.CultureInvariant)]
    private static partial Regex TestName { get; }

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier { get; }

    [GeneratedRegex(@"^([A-Z][A-Za-z0-9]*)\.([A-Z][A-Za-z0-9]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Member { get; }

    [GeneratedRegex(@"`([A-Z]\w*)\.([A-Z]\w*)`\s+\(([\d,]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Bounds { get; }

    [GeneratedRegex(@"\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Words { get; }

    [GeneratedRegex(@"AGL\d{4}", RegexOptions.CultureInvariant)]
    private static partial Regex RuleId { get; }
}

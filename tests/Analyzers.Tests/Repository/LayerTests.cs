using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>Each layer of the analyzers uses only those below it.</summary>
public sealed partial class LayerTests
{
    // Folders, from the bottom.
    private static readonly ImmutableArray<string> Layers = ["Baseline", "Catalogue", "Model", "Analysis", "Rules"];

    private static readonly ConcurrentDictionary<string, ImmutableArray<Use>> Uses = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("Baseline")]
    [InlineData("Catalogue")]
    [InlineData("Model")]
    [InlineData("Analysis")]
    [InlineData("Rules")]
    public void Layer_uses_no_layer_above_it(string layer)
    {
        var above = Layers.Skip(Layers.IndexOf(layer) + 1).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(from use in UsesIn(layer) where LayerOf(use.Type) is { } used && above.Contains(used) select use.ToString());
    }

    [Theory]
    [InlineData("Catalogue")]
    [InlineData("Model")]
    [InlineData("Analysis")]
    public void Only_rules_register_and_report(string layer)
    {
        // Compilations and their additional files are read; diagnostics, and what they are reported with, are not touched.
        var uses = from use in UsesIn(layer)
                   where use.Type.Name.StartsWith("Diagnostic", StringComparison.Ordinal) || use.Type.Name.EndsWith("AnalysisContext", StringComparison.Ordinal)
                      || use.Type.ContainingNamespace.ToDisplayString() == "AgentLint"
                   select use.ToString();

        Assert.Empty(uses);
    }

    [Fact]
    public void Catalogue_knows_no_symbols()
    {
        var uses = from use in UsesIn("Catalogue")
                   let container = use.Type.ContainingNamespace.ToDisplayString()
                   where container.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && container != "Microsoft.CodeAnalysis.Text"
                   select use.ToString();

        Assert.Empty(uses);
    }

    [Fact]
    public void Rules_name_no_types_of_others()
    {
        var literals = from tree in TreesIn("Rules")
                       from token in tree.GetRoot().DescendantTokens()
                       where token.RawKind is (int)SyntaxKind.StringLiteralToken or (int)SyntaxKind.InterpolatedStringTextToken && MetadataName().IsMatch(token.ValueText)
                       select $"{tree.FilePath}: {token.ValueText}";

        Assert.Empty(literals);
    }

    [Fact]
    public void Checks_of_a_category_are_used_by_that_category_and_by_rules()
    {
        var uses = from use in UsesIn("Analysis")
                   where CategoryOf(use.Type) is { } category && !use.Name.SyntaxTree.FilePath.StartsWith($"Analysis/Checks/{category}/", StringComparison.Ordinal)
                   select use.ToString();

        Assert.Empty(uses);
    }

    [Fact]
    public void Folders_are_namespaces()
    {
        var strays = from layer in Layers
                     from tree in TreesIn(layer)
                     let folder = "AgentLint." + Path.GetDirectoryName(tree.FilePath)!.Replace('\\', '.').Replace('/', '.')
                     from declared in tree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
                     where declared.Name.ToString() != folder
                     select $"{tree.FilePath}: {declared.Name}";

        Assert.Empty(strays);
    }

    private static IEnumerable<SyntaxTree> TreesIn(string layer)
    {
        var trees = ProductSources.Analyzers.SyntaxTrees.Where(tree => tree.FilePath.StartsWith(layer + "/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(trees);
        return trees;
    }

    // Several tests ask for the uses of one layer: they are bound once.
    private static ImmutableArray<Use> UsesIn(string layer) => Uses.GetOrAdd(layer, one => [.. ReadUses(one)]);

    // The types that names stand for, and those that named members belong to.
    private static IEnumerable<Use> ReadUses(string layer)
    {
        foreach (var tree in TreesIn(layer))
        {
            var semantics = ProductSources.Analyzers.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
                if (semantics.GetSymbolInfo(name).Symbol is { } symbol && (symbol as INamedTypeSymbol ?? symbol.ContainingType) is { } type)
                    yield return new Use(name, type.OriginalDefinition);
        }
    }

    private static string? LayerOf(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString().Split('.') is ["AgentLint", var layer, ..] && Layers.Contains(layer) ? layer : null;

    private static string? CategoryOf(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString().Split('.') is ["AgentLint", "Analysis", "Checks", var category, ..] ? category : null;

    [GeneratedRegex(@"^[A-Z]\w*(\.[A-Z]\w*)+(`\d)?\.?$", RegexOptions.CultureInvariant)]
    private static partial Regex MetadataName();

    private sealed record Use(SimpleNameSyntax Name, INamedTypeSymbol Type)
    {
        public override string ToString() => $"{Name.SyntaxTree.FilePath}({Name.GetLocation().GetLineSpan().StartLinePosition.Line + 1}): {Type.ToDisplayString()}";
    }
}

using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Benchmarks;

/// <summary>The samples of the rules' pages: code that a rule reports, and code that it does not.</summary>
internal static partial class PageSamples
{
    private static readonly ILookup<(string Rule, string Heading), string> All =
        Directory.GetFiles(Path.Combine(Settings.RepositoryRoot, "docs", "rules"), "AGL*.md")
            .Order(StringComparer.Ordinal)
            .SelectMany(path => SamplesOf(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path).ReplaceLineEndings("\n")))
            .ToLookup(sample => (sample.Rule, sample.Heading), sample => sample.Code);

    /// <summary>Programs that a rule reports.</summary>
    public static IReadOnlyList<string> Reported(string rule) => Usable(rule, "Violation");

    /// <summary>Programs of the same kind that it does not report.</summary>
    public static IReadOnlyList<string> Silent(string rule) => Usable(rule, "Not reported");

    /// <summary>What all pages show.</summary>
    public static IReadOnlyList<string> OfAllRules { get; } =
        [.. All.Where(samples => samples.Key.Heading is "Violation" or "Fixed" or "Not reported").SelectMany(samples => samples).Where(CanStandInNamespace)];

    private static IReadOnlyList<string> Usable(string rule, string heading) => [.. All[(rule, heading)].Where(code => CanStandInNamespace(code) || StandsInNamespaces(code))];

    // So that one compilation can hold many copies, each has a namespace of its own.
    private static bool CanStandInNamespace(string code) =>
        SyntaxFactory.ParseCompilationUnit(code) is { AttributeLists.Count: 0, Members: { Count: > 0 } members } unit && members.All(member => member is BaseTypeDeclarationSyntax) && !HasMain(unit);

    // What stands for a library comes first; the last namespace is the program.
    private static bool StandsInNamespaces(string code) =>
        SyntaxFactory.ParseCompilationUnit(code) is { AttributeLists.Count: 0, Members: { Count: > 1 } members } unit && members.All(member => member is NamespaceDeclarationSyntax) && !HasMain(unit);

    private static bool HasMain(SyntaxNode unit) => unit.DescendantNodes().Any(node => node is MethodDeclarationSyntax { Identifier.ValueText: "Main" });

    private static IEnumerable<(string Rule, string Heading, string Code)> SamplesOf(string rule, string page)
    {
        var parts = Heading().Split(page);
        return parts.Skip(1).Chunk(2).SelectMany(part => Fence().Matches(part[1]).Select(match => (rule, part[0], Mark().Replace(match.Groups["code"].Value, ""))));
    }

    [GeneratedRegex("^## (.+)\n", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```csharp\n(?<code>(?:(?!```).*\n)*)```$", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(" *// AGL[0-9]{4}$", RegexOptions.Multiline)]
    private static partial Regex Mark();
}

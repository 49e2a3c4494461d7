using AgentLint.Tests.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Benchmarks;

/// <summary>The samples of the rules' pages: code that a rule reports, and code that it does not.</summary>
internal static class PageSamples
{
    private static readonly ILookup<(string Rule, string Heading), string> All =
        (from page in RulePage.All
         from section in page.Sections
         from sample in section.Samples
         where sample.Language == "csharp"
         select (page.Id, section.Heading, Code: PageSample.WithoutMarks(sample.Code)))
        .ToLookup(sample => (sample.Id, sample.Heading), sample => sample.Code);

    /// <summary>All samples as one text, for what they import.</summary>
    public static string Text { get; } = string.Join("\n", All.SelectMany(samples => samples));

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
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AgentLint.Tests.Pages;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Tests.Fuzz;

/// <summary>What variants are made of: the sample's files, the samples of the rules' pages, and the programs that the tests analyse.</summary>
internal static partial class Seeds
{
    /// <summary>Those where rules report something: the fixes need them.</summary>
    public static ImmutableArray<Seed> Reported => field.IsDefault ? field = [.. Pages.Concat(Tests).Where(seed => seed.IsReported)] : field;

    public static ImmutableArray<Seed> Sample { get; } = [.. SupportDesk.Files.Select(file => new Seed($"samples/SupportDesk/{file.Path}", file.Text, IsReported: false, IsSample: true))];

    public static ImmutableArray<Seed> Pages { get; } =
    [
        .. from page in RulePage.All
           from section in page.Sections
           from sample in section.Samples
           where sample.Language == "csharp"
           select new Seed($"docs/rules/{page.Id}.md, {section.Heading}", sample.Code, section.Heading == "Violation"),
    ];

    public static ImmutableArray<Seed> Tests { get; } =
    [
        .. new TestPrograms(Directory.GetFiles(Path.Combine(Checkout.Root, "tests", "Analyzers.Tests"), "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/'))
                .Where(path => path.Split('/')[2] is not ("bin" or "obj" or "Stubs"))
                .Order(StringComparer.Ordinal)
                .Select(path => (path, File.ReadAllText(Path.Combine(Checkout.Root, path)))))
            .All()
            .Select(program => new Seed(program.Origin, WithoutMarks(program.Text), program.Origin.Contains("/Rules/", StringComparison.Ordinal) && Mark().IsMatch(program.Text)))
            .Where(seed => seed.Text.Length is > 40 and < 20_000)
            .DistinctBy(seed => seed.Text)
            .Where(seed => IsProgram(seed.Text)),
    ];

    private static bool IsProgram(string text)
    {
        var tree = CSharpSyntaxTree.ParseText(text, SupportDesk.ParseOptions);
        return !tree.GetDiagnostics().Any() && tree.GetCompilationUnitRoot().Members.Any(member => member is BaseNamespaceDeclarationSyntax or BaseTypeDeclarationSyntax);
    }

    private static string WithoutMarks(string text) => Mark().Replace(text, "");

    [GeneratedRegex(@"\{\|[#\w]*:|\|\}|\[\||\|\]", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}

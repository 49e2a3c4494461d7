using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AgentLint.Tests.Pages;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Tests.Fuzz;

/// <summary>What variants are made of: the sample's files, the samples of the rules' pages, and the programs in the tests' own string literals.</summary>
internal static partial class Seeds
{
    // What a test leaves open in a text, and fills with another.
    private const char Hole = '\u0001';

    // For what is neither a file nor fits into a text of its test.
    private static readonly string[] Wrappers =
    [
        $"class Desk(IChatClient chat, HttpClient http) {{ {Hole} }}",
        $"class Desk(IChatClient chat, HttpClient http, CancellationToken token) {{ async Task<object> Run(int n, int max) {{ {Hole} return null; }} }}",
    ];

    public static ImmutableArray<Seed> Sample { get; } = [.. SupportDesk.Files.Select(file => new Seed($"samples/SupportDesk/{file.Path}", file.Text, IsSample: true))];

    public static ImmutableArray<Seed> Pages { get; } =
    [
        .. from page in RulePage.All
           from section in page.Sections
           from sample in section.Samples
           where sample.Language == "csharp"
           select new Seed($"docs/rules/{page.Id}.md, {section.Heading}", sample.Code),
    ];

    public static ImmutableArray<Seed> Tests { get; } =
    [
        .. Directory.GetFiles(Path.Combine(GeneratedFile.Root, "tests", "Analyzers.Tests"), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(GeneratedFile.Root, file).Replace('\\', '/'))
            .Where(path => path.Split('/')[2] is "Analysis" or "Editing" or "Model" or "Repository" or "Rules" or "Studies")
            .Order(StringComparer.Ordinal)
            .SelectMany(ProgramsIn),
    ];

    private static IEnumerable<Seed> ProgramsIn(string path)
    {
        var root = CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(GeneratedFile.Root, path)), SupportDesk.ParseOptions).GetRoot();
        var open = root.DescendantNodes().OfType<InterpolatedStringExpressionSyntax>()
            .Select(text => string.Concat(text.Contents.Select(part => part is InterpolatedStringTextSyntax written ? written.TextToken.ValueText : $"{Hole}")))
            .Where(text => text.Length > 60 && text.Contains(Hole, StringComparison.Ordinal))
            .Select(WithoutMarks).Distinct(StringComparer.Ordinal)
            // The longest declare most of what a text needs.
            .OrderByDescending(text => text.Length).Take(6).ToList();
        return root.DescendantNodes().OfType<LiteralExpressionSyntax>()
            .Where(literal => literal.Token.Value is string)
            .Select(literal => (Line: literal.GetLocation().GetLineSpan().StartLinePosition.Line + 1, Text: WithoutMarks((string)literal.Token.Value!)))
            .Where(literal => literal.Text.Length > 30)
            .DistinctBy(literal => literal.Text)
            .SelectMany(literal => Programs(literal.Text, open).Select(program => new Seed($"{path}:{literal.Line}", program)));
    }

    private static IEnumerable<string> Programs(string text, List<string> open)
    {
        if (IsProgram(text, mustDeclare: true))
            return [text];
        var filled = open.Select(around => Fill(around, text)).Where(program => IsProgram(program)).Take(2).ToList();
        return filled.Count > 0 ? filled : Wrappers.Select(around => Fill(around, text)).Where(program => IsProgram(program)).Take(1);
    }

    private static string Fill(string around, string text)
    {
        var first = around.IndexOf(Hole, StringComparison.Ordinal);
        return string.Concat(around.AsSpan(0, first), text, around.AsSpan(first + 1)).Replace($"{Hole}", "", StringComparison.Ordinal);
    }

    private static bool IsProgram(string text, bool mustDeclare = false)
    {
        var tree = CSharpSyntaxTree.ParseText(text, SupportDesk.ParseOptions);
        return !tree.GetDiagnostics().Any() && (!mustDeclare || tree.GetCompilationUnitRoot().Members.Any(member => member is BaseNamespaceDeclarationSyntax or BaseTypeDeclarationSyntax));
    }

    private static string WithoutMarks(string text) => Mark().Replace(text, "");

    [GeneratedRegex(@"\{\|[#\w]*:|\|\}|\[\||\|\]", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}

using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>Titles, messages, pages and documentation of public types contain none of the words that <see cref="PlainEnglish"/> lists.</summary>
public sealed partial class PlainEnglishTests
{
    // Its tables are kept by the rows' own order, beside the data files.
    private const string TablesOfTheCatalogue = "docs/catalogue.md";

    public static TheoryData<string> Pages =>
    [
        .. new[] { "docs", "samples" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.md", SearchOption.AllDirectories))
            .Select(Relative)
            .Where(path => path.Split('/') is var parts && !parts.Contains("bin") && !parts.Contains("obj"))
            .Concat(["README.md", "CONTRIBUTING.md", "AGENTS.md", "CHANGELOG.md", "src/Package/README.md"])
            .Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Titles_messages_descriptions_and_options_are_plain() =>
        Assert.Empty(
            from analyzer in AllRules.Analyzers.Cast<RuleAnalyzer>()
            from rule in analyzer.Rules
            from text in rule.Options.Select(option => option.Summary)
                .Prepend(rule.Descriptor.Description.ToString()).Prepend(rule.Descriptor.MessageFormat.ToString()).Prepend(rule.Descriptor.Title.ToString())
            from found in PlainEnglish.ForbiddenIn(text)
            select $"{rule.Id}: '{found}' in '{text}'");

    // The arguments of messages, the titles of fixes and what a build prints are texts in the sources.
    [Fact]
    public void Texts_in_the_sources_are_plain() =>
        Assert.Empty(
            from file in Sources("src", "*.cs")
            from token in Root(file).DescendantTokens()
            where token.RawKind is (int)SyntaxKind.StringLiteralToken or (int)SyntaxKind.InterpolatedStringTextToken
                or (int)SyntaxKind.SingleLineRawStringLiteralToken or (int)SyntaxKind.MultiLineRawStringLiteralToken
            where token.ValueText.Contains(' ', StringComparison.Ordinal)
            from found in PlainEnglish.ForbiddenIn(token.ValueText)
            select $"{Relative(file)}: '{found}' in '{token.ValueText}'");

    [Fact]
    public void Documentation_of_public_types_is_plain() =>
        Assert.Empty(
            from file in Sources("src", "*.cs")
            from type in Root(file).DescendantNodes().OfType<MemberDeclarationSyntax>()
            where type is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && type.AncestorsAndSelf().OfType<BaseTypeDeclarationSyntax>().All(IsPublic)
            from documented in type.ChildNodes().OfType<MemberDeclarationSyntax>().Where(IsPublic).Prepend(type)
            from comment in documented.GetLeadingTrivia().Select(trivia => trivia.GetStructure()).OfType<DocumentationCommentTriviaSyntax>()
            from found in PlainEnglish.ForbiddenIn(DocumentationMark().Replace(comment.ToString(), " "))
            select $"{Relative(file)}: '{found}' in '{comment}'");

    [Fact]
    public void Texts_of_the_targets_are_plain() =>
        Assert.Empty(
            from file in Sources("src/Package", "*.targets")
            from element in XDocument.Load(file).Descendants()
            from text in element.Attributes("Text")
            from found in PlainEnglish.ForbiddenIn(text.Value)
            select $"{Relative(file)}: '{found}' in '{text.Value}'");

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_is_plain(string path)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, path)).ReplaceLineEndings("\n");
        if (path == TablesOfTheCatalogue)
            text = string.Join('\n', text.Split('\n').Where(line => !line.StartsWith('|')));

        Assert.Empty(PlainEnglish.ForbiddenIn(PlainEnglish.Prose(text)));
    }

    [Theory]
    [InlineData("Nobody waits for an asynchronous lambda", "Nobody")]
    [InlineData("'M' holds its thread with 'Result'", "holds its thread")]
    [InlineData("The report stands at the head of the loop", "report stands")]
    [InlineData("a failure which no further attempt can mend", "mend")]
    [InlineData("An `ignore` line is said of\na member", "is said of")]
    [InlineData("a counter that nobody compares is none", "nobody", "is none")]
    [InlineData("What fails for good is tried again, for ever", "tried again", "for ever")]
    public void Word_is_found(string text, params string[] found) => Assert.Equal(found, PlainEnglish.ForbiddenIn(text), StringComparer.Ordinal);

    [Theory]
    [InlineData("An async lambda is passed where nothing awaits it")]
    [InlineData("is none of None, Minimum and Strict")]
    [InlineData("A recommendation, an amendment, and a call that is forever retried")]
    [InlineData("`Whoever_waits_is_part_of_the_chain` and [a page](whoever.md)")]
    [InlineData("```csharp\n// nobody\n```\nText.")]
    public void Plain_text_passes(string text) => Assert.Empty(PlainEnglish.ForbiddenIn(PlainEnglish.Prose(text)));

    private static bool IsPublic(MemberDeclarationSyntax member) =>
        member.Modifiers.Any(SyntaxKind.PublicKeyword) || member.Parent is InterfaceDeclarationSyntax || member is EnumMemberDeclarationSyntax;

    private static SyntaxNode Root(string file) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(file), new CSharpParseOptions(LanguageVersion.Preview)).GetRoot(TestContext.Current.CancellationToken);

    private static IEnumerable<string> Sources(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => Relative(file).Split('/') is var parts && !parts.Contains("bin") && !parts.Contains("obj"))
            .Order(StringComparer.Ordinal);

    private static string Relative(string path) => Path.GetRelativePath(Checkout.Root, path).Replace('\\', '/');

    [GeneratedRegex(@"^\s*///|</?[a-z]+[^>]*>", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex DocumentationMark();
}

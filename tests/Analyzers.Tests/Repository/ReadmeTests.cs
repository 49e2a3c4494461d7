using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>The findings that the README shows are those that a build reports.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Checkout.Root, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task Finding_of_the_sample_is_as_shown()
    {
        var shown = Assert.Single(Shown(), finding => SupportDesk.Files.Any(file => finding.StartsWith(file.Path + "(", StringComparison.Ordinal)));

        Assert.Contains(shown, (await AllRules.ReportsInAsync(SupportDesk.Compile())).Select(Show));
    }

    [Fact]
    public async Task First_warning_is_as_shown()
    {
        const string File = "Class1.cs";
        var code = Code().Match(Text).Groups["code"].Value;
        var cancellation = TestContext.Current.CancellationToken;
        var compilation = CSharpCompilation.Create(
            "Desk",
            [
                CSharpSyntaxTree.ParseText(SupportDesk.ImplicitUsings, SupportDesk.ParseOptions, "ImplicitUsings.cs", cancellationToken: cancellation),
                CSharpSyntaxTree.ParseText(code, SupportDesk.ParseOptions, File, cancellationToken: cancellation),
            ],
            [.. Libraries.Framework, .. Libraries.With(Library.UsedBy(code))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.DoesNotContain(compilation.GetDiagnostics(cancellation), d => d.Severity == DiagnosticSeverity.Error);

        var warnings = (await AllRules.ReportsInAsync(compilation)).Where(d => d.Severity == DiagnosticSeverity.Warning);

        Assert.Equal(Shown().Where(finding => finding.StartsWith(File, StringComparison.Ordinal)), warnings.Select(Show));
    }

    // A finding goes on over the lines of its paragraph.
    private static IEnumerable<string> Shown() => Finding().Matches(Text).Select(match => match.Value.Replace('\n', ' '));

    private static string Show(Diagnostic report)
    {
        var place = report.Location.GetLineSpan();
        return $"{place.Path}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): {(report.Severity == DiagnosticSeverity.Warning ? "warning" : "info")} {report.Id}: {report.GetMessage()}";
    }

    [GeneratedRegex(@"^[\w/.]+\.cs\(\d+,\d+\): \w+ AGL\d{4}: .*(?:\n(?!```).+)*", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Finding();

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Code();
}

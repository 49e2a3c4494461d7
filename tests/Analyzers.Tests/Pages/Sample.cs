using System.Collections.Immutable;
using AgentLint.Tests.Repository;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Pages;

/// <summary>A sample of a rule's page, compiled against the real libraries as it stands there.</summary>
/// <param name="id">The rule, which is on for its samples even where it is off by default.</param>
/// <param name="markedCode">The code; a line that is reported ends in the rule's id as a comment.</param>
internal sealed class Sample(string id, string markedCode)
{
    /// <summary>The code without what marks the lines that are reported.</summary>
    public string Code { get; } = PageSample.WithoutMarks(markedCode);

    /// <summary>Which lines are reported, by which rule, according to the page.</summary>
    public IEnumerable<string> Marked =>
        markedCode.Split('\n').Select((line, index) => (Line: index + 1, Mark: PageSample.Mark.Match(line))).Where(l => l.Mark.Success).Select(l => Show(l.Line, l.Mark.Groups["id"].Value));

    /// <summary>A program where there is an entry point, a library where there is none.</summary>
    public OutputKind OutputKind =>
        CSharpSyntaxTree.ParseText(Code).GetRoot().DescendantNodes().Any(node => node is GlobalStatementSyntax or MethodDeclarationSyntax { Identifier.ValueText: "Main" })
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest);

    public CSharpCompilationOptions CompilationOptions => new(
        OutputKind,
        nullableContextOptions: NullableContextOptions.Enable,
        specificDiagnosticOptions: [KeyValuePair.Create(id, ReportDiagnostic.Warn)]);

    /// <summary>What all rules report in the code. It has to compile.</summary>
    public async Task<ImmutableArray<Diagnostic>> ReportsAsync(bool suppressed = false)
    {
        var compilation = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(Code, ParseOptions)],
            [.. Libraries.Framework, .. Libraries.With(Library.UsedBy(Code)), .. MissingLibraries.UsedBy(Code).Select(stub => stub.Reference)],
            CompilationOptions);
        Assert.DoesNotContain(compilation.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity == DiagnosticSeverity.Error);
        return await AllRules.ReportsInAsync(compilation, suppressed: suppressed);
    }

    public static IEnumerable<string> Show(IEnumerable<Diagnostic> reports) => reports.Select(d => Show(d.Location.GetLineSpan().StartLinePosition.Line + 1, d.Id));

    private static string Show(int line, string id) => $"line {line}: {id}";
}

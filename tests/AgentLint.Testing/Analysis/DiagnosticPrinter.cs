using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Testing;

/// <summary>Prints diagnostics as the C# that expects them, to be pasted into a test.</summary>
static class DiagnosticPrinter
{
    static DiagnosticFormatter Formatter => CSharpDiagnosticFormatter.Instance;

    public static string Print(IEnumerable<Diagnostic> diagnostics, string defaultPath)
    {
        var text = new StringBuilder();
        foreach (var diagnostic in diagnostics)
        {
            text.Append("    // ").Append(Formatter.Format(diagnostic, CultureInfo.InvariantCulture)).Append('\n');
            text.Append("    ").Append(Expectation(diagnostic, defaultPath)).Append(",\n");
        }

        return text.Length > 0 ? text.ToString() : "    (none)\n";
    }

    public static string Print(IEnumerable<DiagnosticResult> expected)
    {
        var lines = string.Concat(expected.Select(e => $"    {e}\n"));
        return lines.Length > 0 ? lines : "    (none)\n";
    }

    static string Expectation(Diagnostic diagnostic, string defaultPath)
    {
        var text = new StringBuilder(Subject(diagnostic));
        if (!diagnostic.IsFromCompiler() && diagnostic.Severity != diagnostic.DefaultSeverity)
        {
            text.Append(CultureInfo.InvariantCulture, $".WithSeverity(DiagnosticSeverity.{diagnostic.Severity})");
        }

        foreach (var location in diagnostic.AdditionalLocations.Prepend(diagnostic.Location))
        {
            text.Append(Place(location, defaultPath));
        }

        return text.Append(CultureInfo.InvariantCulture, $".WithMessage({Literal(diagnostic.Text())})").ToString();
    }

    static string Subject(Diagnostic diagnostic) =>
        !diagnostic.IsFromCompiler() ? $"Diagnostic({Literal(diagnostic.Id)})" :
        diagnostic.Severity switch
        {
            DiagnosticSeverity.Error => $"DiagnosticResult.CompilerError({Literal(diagnostic.Id)})",
            DiagnosticSeverity.Warning => $"DiagnosticResult.CompilerWarning({Literal(diagnostic.Id)})",
            var severity => $"new DiagnosticResult({Literal(diagnostic.Id)}, DiagnosticSeverity.{severity})",
        };

    static string Place(Location location, string defaultPath)
    {
        if (location == Location.None)
        {
            return ".WithNoLocation()";
        }

        var span = location.GetLineSpan();
        var path = span.Path == defaultPath ? "" : $"{Literal(span.Path)}, ";
        return string.Create(
            CultureInfo.InvariantCulture,
            $".WithSpan({path}{span.StartLinePosition.Line + 1}, {span.StartLinePosition.Character + 1}, {span.EndLinePosition.Line + 1}, {span.EndLinePosition.Character + 1})");
    }

    static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}

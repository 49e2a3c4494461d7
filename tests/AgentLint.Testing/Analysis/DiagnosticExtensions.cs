using System.Globalization;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

static class DiagnosticExtensions
{
    public static bool IsFromCompiler(this Diagnostic diagnostic) =>
        diagnostic.Descriptor.CustomTags.Contains(WellKnownDiagnosticTags.Compiler);

    public static bool IsCompilerError(this Diagnostic diagnostic) =>
        diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.IsFromCompiler();

    public static string Text(this Diagnostic diagnostic) => diagnostic.GetMessage(CultureInfo.InvariantCulture);

    public static string Path(this Diagnostic diagnostic) => diagnostic.Location.GetLineSpan().Path ?? "";

    /// <summary>The order in which reports are shown and fixes are tried: the same on every run.</summary>
    public static IEnumerable<Diagnostic> InOrder(this IEnumerable<Diagnostic> diagnostics) =>
        from diagnostic in diagnostics
        let line = diagnostic.Location.GetLineSpan()
        orderby line.Path ?? "", line.StartLinePosition, line.EndLinePosition, diagnostic.Id, diagnostic.Text()
        select diagnostic;
}

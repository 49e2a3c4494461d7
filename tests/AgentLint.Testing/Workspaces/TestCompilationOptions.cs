using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>Turns rules on and off for a test, without getting in the way of the test's own configuration files.</summary>
sealed class TestCompilationOptions(CompilationOptions options, ImmutableArray<DiagnosticDescriptor> supported, IEnumerable<string> disabled)
{
    /// <summary>The path of the file that turns rules on; it is no file of the test.</summary>
    public const string EnablingPath = "/AgentLint.Testing.globalconfig";

    public CompilationOptions For(EvaluatedProject project) => options
        .WithOutputKind(project.OutputKind ?? options.OutputKind)
        .WithSpecificDiagnosticOptions(options.SpecificDiagnosticOptions.SetItems(
            disabled.Select(id => KeyValuePair.Create(id, ReportDiagnostic.Suppress))));

    /// <summary>
    /// Turns on the rules that are off by default, or null when there are none. This is done in a configuration file of the
    /// lowest level, because compilation options would also overrule what the test's own files say.
    /// </summary>
    public TestFile? Enabling()
    {
        var lines = supported
            .Where(rule => !rule.IsEnabledByDefault)
            .DistinctBy(rule => rule.Id)
            .Select(rule => $"dotnet_diagnostic.{rule.Id}.severity = {Name(rule.DefaultSeverity)}\n")
            .ToArray();
        return lines.Length == 0
            ? null
            : new(EnablingPath, SourceText.From($"is_global = true\nglobal_level = {int.MinValue.ToString(CultureInfo.InvariantCulture)}\n{string.Concat(lines)}"));
    }

    static string Name(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        DiagnosticSeverity.Info => "suggestion",
        _ => "silent",
    };
}

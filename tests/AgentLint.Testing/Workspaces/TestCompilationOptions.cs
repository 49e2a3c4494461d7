using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>Turns rules on and off for a test, without getting in the way of the test's own configuration files.</summary>
sealed class TestCompilationOptions(CompilationOptions options, ImmutableArray<DiagnosticDescriptor> supported, IEnumerable<string> disabled)
{
    /// <summary>The path of a configuration file that is none of the test's.</summary>
    public const string HostConfigPath = "/AgentLint.Testing.globalconfig";

    public CompilationOptions For(EvaluatedProject project) => options
        .WithOutputKind(project.OutputKind ?? options.OutputKind)
        .WithSpecificDiagnosticOptions(options.SpecificDiagnosticOptions.SetItems(
            disabled.Select(id => KeyValuePair.Create(id, ReportDiagnostic.Suppress))));

    /// <summary>
    /// What the host of the test adds to the test's own configuration files, as a file of the lowest level that all of them
    /// overrule: it turns on the rules that are off by default, and sets the line ending that the formatter inserts.
    /// Compilation options would overrule a <c>.globalconfig</c> of the test.
    /// </summary>
    public TestFile HostConfig(string endOfLine)
    {
        var rules = supported
            .Where(rule => !rule.IsEnabledByDefault)
            .DistinctBy(rule => rule.Id)
            .Select(rule => $"dotnet_diagnostic.{rule.Id}.severity = {Name(rule.DefaultSeverity)}\n");
        var level = int.MinValue.ToString(CultureInfo.InvariantCulture);
        return new(HostConfigPath, SourceText.From($"is_global = true\nglobal_level = {level}\nend_of_line = {endOfLine}\n{string.Concat(rules)}"));
    }

    static string Name(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        DiagnosticSeverity.Info => "suggestion",
        _ => "silent",
    };
}

using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Tests.Repository;

/// <summary>All analyzers and fixes of the product, and what the analyzers say of a compilation together.</summary>
internal static class AllRules
{
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } = Instances<DiagnosticAnalyzer>(typeof(AgentAnalyzer).Assembly);

    public static ImmutableArray<CodeFixProvider> Fixes { get; } = Instances<CodeFixProvider>(typeof(AgentCodeFix).Assembly);

    /// <summary>What is reported, exceptions of analyzers included, in the order of files and lines.</summary>
    public static async Task<ImmutableArray<Diagnostic>> ReportsInAsync(Compilation compilation, ImmutableArray<AdditionalText> files = default, bool suppressed = false)
    {
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions(files.IsDefault ? [] : files),
            onAnalyzerException: null,
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: suppressed);
        var reports = await compilation.WithAnalyzers(Analyzers, options).GetAnalyzerDiagnosticsAsync();
        return [.. reports.OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    private static ImmutableArray<T> Instances<T>(Assembly assembly) =>
        [.. assembly.GetTypes().Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (T)Activator.CreateInstance(type)!)];
}

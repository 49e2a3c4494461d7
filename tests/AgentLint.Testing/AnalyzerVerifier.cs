using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing;

/// <summary>Short forms of analyzer tests.</summary>
/// <typeparam name="TAnalyzer">The analyzer.</typeparam>
/// <typeparam name="TTest">The test that is run.</typeparam>
/// <typeparam name="TVerifier">How failures are raised.</typeparam>
public class AnalyzerVerifier<TAnalyzer, TTest, TVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TTest : AnalyzerTest<TVerifier>, new()
    where TVerifier : IVerifier, new()
{
    /// <summary>Expects the diagnostic of an analyzer that has but one.</summary>
    /// <returns>The expectation, as yet without location.</returns>
    public static DiagnosticResult Diagnostic() => Diagnostic(Only(new TAnalyzer().SupportedDiagnostics, "a single diagnostic"));

    /// <summary>Expects a diagnostic of the analyzer.</summary>
    /// <param name="diagnosticId">The diagnostic's id, which only one of the analyzer's rules has.</param>
    /// <returns>The expectation, as yet without location.</returns>
    public static DiagnosticResult Diagnostic(string diagnosticId) =>
        Diagnostic(Only(new TAnalyzer().SupportedDiagnostics.Where(rule => rule.Id == diagnosticId), $"a single '{diagnosticId}'"));

    /// <summary>Expects a diagnostic of a rule.</summary>
    /// <param name="descriptor">The rule.</param>
    /// <returns>The expectation, as yet without location.</returns>
    public static DiagnosticResult Diagnostic(DiagnosticDescriptor descriptor) => new(descriptor);

    /// <summary>Runs the analyzer over one source file.</summary>
    /// <param name="source">The source, with markup.</param>
    /// <param name="expected">The diagnostics that are expected in addition to those in the markup.</param>
    /// <returns>A task that fails when the test fails.</returns>
    public static Task VerifyAnalyzerAsync(string source, params DiagnosticResult[] expected)
    {
        var test = new TTest { TestCode = source };
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }

    static DiagnosticDescriptor Only(IEnumerable<DiagnosticDescriptor> rules, string what)
    {
        DiagnosticDescriptor[] found = [.. rules];
        new TVerifier().True(found.Length == 1, $"{typeof(TAnalyzer).Name} does not support {what}.");
        return found[0];
    }
}

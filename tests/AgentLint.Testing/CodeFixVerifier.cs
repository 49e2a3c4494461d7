using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing;

/// <summary>Short forms of code fix tests.</summary>
/// <typeparam name="TAnalyzer">The analyzer.</typeparam>
/// <typeparam name="TCodeFix">The code fix.</typeparam>
/// <typeparam name="TTest">The test that is run.</typeparam>
/// <typeparam name="TVerifier">How failures are raised.</typeparam>
public class CodeFixVerifier<TAnalyzer, TCodeFix, TTest, TVerifier> : AnalyzerVerifier<TAnalyzer, TTest, TVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
    where TTest : CodeFixTest<TVerifier>, new()
    where TVerifier : IVerifier, new()
{
    /// <summary>Runs the analyzer and the fix over one source file whose diagnostics are in its markup.</summary>
    /// <param name="source">The source, with markup.</param>
    /// <param name="fixedSource">The source after the fix; the same as <paramref name="source"/> when no fix may be offered.</param>
    /// <returns>A task that fails when the test fails.</returns>
    public static Task VerifyCodeFixAsync(string source, string fixedSource) => VerifyCodeFixAsync(source, [], fixedSource);

    /// <summary>Runs the analyzer and the fix over one source file.</summary>
    /// <param name="source">The source, with markup.</param>
    /// <param name="expected">The diagnostic that is expected in addition to those in the markup.</param>
    /// <param name="fixedSource">The source after the fix; the same as <paramref name="source"/> when no fix may be offered.</param>
    /// <returns>A task that fails when the test fails.</returns>
    public static Task VerifyCodeFixAsync(string source, DiagnosticResult expected, string fixedSource) =>
        VerifyCodeFixAsync(source, [expected], fixedSource);

    /// <summary>Runs the analyzer and the fix over one source file.</summary>
    /// <param name="source">The source, with markup.</param>
    /// <param name="expected">The diagnostics that are expected in addition to those in the markup.</param>
    /// <param name="fixedSource">The source after the fix; the same as <paramref name="source"/> when no fix may be offered.</param>
    /// <returns>A task that fails when the test fails.</returns>
    public static Task VerifyCodeFixAsync(string source, DiagnosticResult[] expected, string fixedSource)
    {
        var test = new TTest { TestCode = source, FixedCode = fixedSource };
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }
}

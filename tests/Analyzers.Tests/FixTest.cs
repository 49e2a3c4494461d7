using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace AgentLint.Tests;

/// <summary>A test of a rule's fix, compiled against the libraries that the catalogue knows.</summary>
internal sealed class FixTest<TRule, TFix> : CSharpCodeFixTest<TRule, TFix, DefaultVerifier>
    where TRule : AgentAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    /// <param name="code">The code with its reports.</param>
    /// <param name="fixedCode">The code after the fix; the same where none may be offered.</param>
    public FixTest(string code, string fixedCode)
    {
        TestCode = code;
        FixedCode = fixedCode;
        Libraries.AddTo(TestState);
        // The rule's own tests see to that.
        TestBehaviors = TestBehaviors.SkipDeterminismCheck | TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck;
    }

    /// <summary>Runs the test, and demands a title of its actions; null where they have several.</summary>
    public Task RunAsync(string? title)
    {
        CodeActionVerifier = title == null ? null : (action, verifier) => verifier.Equal(title, action.Title, "title");
        return RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What a fix does hangs on no severity: all reports are warnings here.</summary>
    protected override CompilationOptions CreateCompilationOptions() =>
        base.CreateCompilationOptions().WithSpecificDiagnosticOptions(new TRule().Rules.Select(rule => KeyValuePair.Create(rule.Id, ReportDiagnostic.Warn)));
}

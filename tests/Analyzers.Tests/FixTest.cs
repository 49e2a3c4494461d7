using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests;

/// <summary>A test of a rule's fix, compiled against the libraries that the catalogue knows.</summary>
internal sealed class FixTest<TRule, TFix> : StrictCodeFixTest<TRule, TFix>
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
        SkipsDeterminism = true;
        TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck;
    }

    /// <summary>Whether all rules look at the fixed code: none of them may report more than before.</summary>
    public bool AsksAllRules { get; init; }

    /// <summary>Adds real libraries, with all that they depend on.</summary>
    public FixTest<TRule, TFix> Reference(params IEnumerable<Library> libraries)
    {
        Libraries.AddTo(TestState, libraries);
        return this;
    }

    /// <summary>Sets options for all files.</summary>
    public FixTest<TRule, TFix> Configure(params IEnumerable<string> lines)
    {
        TestState.AnalyzerConfigFiles.Add(("/.editorconfig", string.Join('\n', ["root = true", "[*.cs]", .. lines])));
        return this;
    }

    /// <summary>Runs the test, and demands a title of its actions; null where they have several.</summary>
    public Task RunAsync(string? title)
    {
        CodeActionVerifier = title == null ? null : (action, verifier) => verifier.Equal(title, action.Title, "title");
        return RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Some errors of asynchronous code, as a span that lives across an await, the compiler finds only when it emits.</summary>
    protected override async Task RunImplAsync(CancellationToken cancellationToken)
    {
        await base.RunImplAsync(cancellationToken);
        var sources = FixedState.Sources.Select(file => file.content.ToString()).ToList();
        if (CompilerDiagnostics == CompilerDiagnostics.None || TestState.AdditionalProjectReferences.Count > 0 || sources.Any(text => text.Contains("[|", StringComparison.Ordinal)))
            return;
        var compilation = Compile(sources);
        Assert.DoesNotContain(compilation.Emit(Stream.Null, cancellationToken: cancellationToken).Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        if (AsksAllRules)
        {
            var had = (await AllRules.ReportsInAsync(Compile(TestState.Sources.Select(file => file.content.ToString().Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal))))).CountBy(d => d.Id).ToDictionary();
            Assert.DoesNotContain((await AllRules.ReportsInAsync(compilation)).CountBy(d => d.Id), rule => rule.Value > had.GetValueOrDefault(rule.Key));
        }

        CSharpCompilation Compile(IEnumerable<string> texts) => CSharpCompilation.Create(
            "Fixed",
            texts.Select(text => CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)CreateParseOptions(), cancellationToken: cancellationToken)),
            Libraries.Framework.Concat(TestState.AdditionalReferences),
            (CSharpCompilationOptions)CreateCompilationOptions().WithOutputKind(TestState.OutputKind ?? OutputKind.DynamicallyLinkedLibrary));
    }

    /// <summary>What a fix does hangs on no severity: all reports have the rule's own here.</summary>
    protected override CompilationOptions CreateCompilationOptions() =>
        base.CreateCompilationOptions().WithSpecificDiagnosticOptions(new TRule().Rules.Select(rule => KeyValuePair.Create(rule.Id, rule.Descriptor.DefaultSeverity == DiagnosticSeverity.Info ? ReportDiagnostic.Info : ReportDiagnostic.Warn)));
}

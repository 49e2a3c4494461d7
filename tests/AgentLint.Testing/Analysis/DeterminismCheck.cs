using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Analyses the same sources many times at once, and demands the same reports each time.</summary>
static class DeterminismCheck
{
    /// <summary>Enough for races between threads; half of the runs share a compilation, the others have one of their own.</summary>
    const int Runs = 8;

    public static async Task VerifyAsync(Solution solution, ImmutableArray<Diagnostic> first, AnalyzerRunner runner, IVerifier verifier, CancellationToken cancellationToken)
    {
        verifier = verifier.PushContext($"{Runs} analyses at once (opt out with TestBehaviors.SkipDeterminismCheck)");
        var expected = Print(first);
        var runs = Enumerable.Range(0, Runs).Select(run => Task.Run(() => AnalyzeAsync(run % 2 == 0), cancellationToken));
        foreach (var diagnostics in await Task.WhenAll(runs))
        {
            verifier.EqualOrDiff(expected, Print(diagnostics), "The reports are not the same on every run.");
        }

        async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(bool shared)
        {
            var all = ImmutableArray.CreateBuilder<Diagnostic>();
            foreach (var id in solution.ProjectIds)
            {
                var project = solution.GetProject(id)!;
                var compilation = (await project.GetCompilationAsync(cancellationToken))!;
                all.AddRange(await runner.AnalyzeAsync(project, shared ? compilation : compilation.Clone(), verifier, cancellationToken));
            }

            return all.ToImmutable();
        }
    }

    static string Print(ImmutableArray<Diagnostic> diagnostics) =>
        DiagnosticPrinter.Print(diagnostics.Where(d => !d.IsFromCompiler()), defaultPath: "");
}

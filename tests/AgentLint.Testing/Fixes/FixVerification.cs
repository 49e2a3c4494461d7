using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;

namespace AgentLint.Testing;

/// <summary>What the ways of applying a fix have in common: the state before, the state that must come out, and the step in between.</summary>
sealed record FixVerification(
    Analyzed Before,
    EvaluatedSolution Expected,
    FixOffers Offers,
    FixApplier Applier,
    AnalyzerRunner Runner,
    bool MustCompile)
{
    /// <summary>Applies an action and analyses what comes out.</summary>
    public async Task<Analyzed> StepAsync(CodeAction action, Solution before, IVerifier verifier, CancellationToken cancellationToken)
    {
        var solution = await Applier.ApplyAsync(action, before, verifier, cancellationToken);
        var diagnostics = await Runner.AnalyzeAsync(solution, verifier, cancellationToken);
        if (MustCompile)
        {
            var errors = diagnostics.Where(d => d.IsCompilerError()).ToImmutableArray();
            verifier.True(errors.IsEmpty, $"'{action.Title}' leaves code that does not compile:\n{DiagnosticPrinter.Print(errors, "")}");
        }

        return new(solution, diagnostics);
    }

    /// <summary>Applies steps for as long as fixes are offered, and compares what comes out with the expected state.</summary>
    /// <param name="iterations">The number of steps: exact when positive or zero, at most its absolute value when negative.</param>
    /// <param name="step">Makes one step from what is offered first.</param>
    /// <param name="once">Whether to end after one step, whatever is still offered.</param>
    /// <param name="verifier">Where to fail.</param>
    /// <param name="cancellationToken">Ends the test early.</param>
    public async Task RunUntilStableAsync(
        int iterations,
        Func<Analyzed, FixOffer, Task<Analyzed>> step,
        bool once,
        IVerifier verifier,
        CancellationToken cancellationToken)
    {
        var current = Before;
        var done = 0;
        while (true)
        {
            var offers = await Offers.FindAsync(current, verifier, cancellationToken);
            if (offers.IsEmpty || (once && done > 0))
            {
                break;
            }

            if (done == Math.Abs(iterations))
            {
                verifier.Fail($"After {done} iterations, which should be enough, there is still {offers[0]}. The text is:\n{await offers[0].Document.GetTextAsync(cancellationToken)}");
            }

            current = await step(current, offers[0]);
            done++;
        }

        await FixedFilesCheck.VerifyAsync(Expected, current.Solution, verifier, cancellationToken);
        verifier.True(iterations < 0 || done == iterations || once, $"The fix should take {iterations} iterations, but took {done}.");
    }
}

using System.Collections.Immutable;

namespace AgentLint.Testing;

/// <summary>Demands that the diagnostics that are fixed are reported while only their own document is looked at, as an editor does.</summary>
static class LocalDiagnosticCheck
{
    public static async Task VerifyAsync(ImmutableArray<FixOffer> offers, AnalyzerRunner runner, IVerifier verifier, CancellationToken cancellationToken)
    {
        foreach (var group in offers.GroupBy(offer => offer.Document.Id))
        {
            var local = await runner.AnalyzeLocallyAsync(group.First().Document, verifier, cancellationToken);
            foreach (var offer in group)
            {
                verifier.True(
                    local.Any(d => d.Id == offer.Diagnostic.Id && d.Location == offer.Diagnostic.Location),
                    $"An editor cannot offer {offer}: the diagnostic is reported only at the end of the compilation or from another file"
                    + " (a test accepts that with CodeFixTestBehaviors.SkipLocalDiagnosticCheck).");
            }
        }
    }
}

using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Demands exactly the expected diagnostics.</summary>
static class DiagnosticCheck
{
    public static void Verify(EvaluatedSolution state, ImmutableArray<Diagnostic> actual, IVerifier verifier)
    {
        var (missing, surplus) = DiagnosticMatcher.Match(state.Expected, actual);
        if (missing.IsEmpty && surplus.IsEmpty)
        {
            return;
        }

        var defaultPath = state.Projects[0].Sources is [var first, ..] ? first.Path : "";
        var text = new StringBuilder($"Expected {state.Expected.Length} diagnostics, found {actual.Length}.\n");
        text.Append("Missing:\n").Append(DiagnosticPrinter.Print(missing));
        text.Append("Not expected:\n").Append(DiagnosticPrinter.Print(surplus, defaultPath));
        foreach (var (expected, near) in Pairs(missing, surplus))
        {
            text.Append(expected.Id).Append(" may be the same with another ")
                .AppendJoin("; ", DiagnosticMatcher.Differences(expected, near)).Append('\n');
        }

        text.Append("All that was found:\n").Append(DiagnosticPrinter.Print(actual, defaultPath));
        verifier.Fail(text.ToString());
    }

    /// <summary>Each missing diagnostic with the unexpected one of the same id that differs least.</summary>
    static IEnumerable<(DiagnosticResult Expected, Diagnostic Near)> Pairs(IEnumerable<DiagnosticResult> missing, ImmutableArray<Diagnostic> surplus) =>
        from expected in missing
        let near = surplus.Where(s => s.Id == expected.Id).MinBy(s => DiagnosticMatcher.Differences(expected, s).Count())
        where near is not null
        select (expected, near);
}

using System.Collections.Immutable;

namespace AgentLint.Testing;

/// <summary>The line endings that a test's files are given.</summary>
enum LineEnding
{
    /// <summary>As the test wrote them.</summary>
    AsWritten,

    /// <summary>Each LF becomes CR LF.</summary>
    CrLf,
}

static class LineEndings
{
    /// <summary>The variants to run: a test that writes CR itself, or has but one line, says all there is to say.</summary>
    public static ImmutableArray<LineEnding> VariantsOf(IEnumerable<SolutionState> states)
    {
        var texts = states
            .SelectMany(state => state.AdditionalProjects.Values.Prepend(state))
            .SelectMany(project => project.Sources)
            .Select(file => file.content.ToString())
            .ToArray();
        return texts.Any(text => text.Contains('\r', StringComparison.Ordinal)) || !texts.Any(text => text.Contains('\n', StringComparison.Ordinal))
            ? [LineEnding.AsWritten]
            : [LineEnding.AsWritten, LineEnding.CrLf];
    }

    public static string Apply(this LineEnding ending, string text) =>
        ending == LineEnding.CrLf ? text.ReplaceLineEndings("\r\n") : text;

    /// <summary>The <c>end_of_line</c> of an editor that is set up for these files, as <c>.editorconfig</c> calls it.</summary>
    public static string EndOfLine(EvaluatedSolution solution)
    {
        var texts = solution.Projects.SelectMany(project => project.Sources).Select(file => file.Text.ToString());
        return texts.Any(text => text.Contains("\r\n", StringComparison.Ordinal)) ? "crlf" : "lf";
    }
}

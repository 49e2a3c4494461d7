using System.Text;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace AgentLint.Testing;

/// <summary>Assertions that are made of the basic ones.</summary>
public static class VerifierExtensions
{
    /// <summary>Fails with a line diff when the texts differ in any character, line endings included.</summary>
    /// <param name="verifier">Where to fail.</param>
    /// <param name="expected">The text that the test wants.</param>
    /// <param name="actual">The text that was found.</param>
    /// <param name="message">What the text is.</param>
    public static void EqualOrDiff(this IVerifier verifier, string expected, string actual, string? message = null)
    {
        if (string.Equals(expected, actual, StringComparison.Ordinal))
        {
            return;
        }

        var reason = message ?? "The texts differ.";
        if (Normalize(expected) == Normalize(actual))
        {
            reason += " Only line endings differ.";
        }

        verifier.Fail($"{reason} Lines with '-' are expected, lines with '+' were found:\n{Diff(expected, actual)}");
    }

    static string Normalize(string text) => text.ReplaceLineEndings("\n");

    static string Diff(string expected, string actual)
    {
        // The differ drops line endings, so they are made visible before it looks.
        var model = new InlineDiffBuilder(new Differ()).BuildDiffModel(ShowLineEndings(expected), ShowLineEndings(actual), ignoreWhitespace: false);
        var text = new StringBuilder();
        foreach (var line in model.Lines)
        {
            var sign = line.Type switch { ChangeType.Inserted => '+', ChangeType.Deleted => '-', _ => ' ' };
            text.Append(sign).Append(line.Text).Append('\n');
        }

        return text.ToString();
    }

    static string ShowLineEndings(string text) =>
        text.Contains('\r', StringComparison.Ordinal)
            ? text.Replace("\r\n", "<CR><LF>\n", StringComparison.Ordinal).Replace("\r", "<CR>", StringComparison.Ordinal)
            : text;
}

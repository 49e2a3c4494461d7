using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Finds for every expectation a diagnostic of its own.</summary>
static class DiagnosticMatcher
{
    /// <summary>What is left over on both sides of a largest possible matching, in order.</summary>
    public static (ImmutableArray<DiagnosticResult> Missing, ImmutableArray<Diagnostic> Surplus) Match(
        ImmutableArray<DiagnosticResult> expected,
        ImmutableArray<Diagnostic> actual)
    {
        // An expectation can leave things open and so fit several diagnostics: taking the first that fits could leave
        // another expectation without its only one.
        var owners = new int?[actual.Length];
        var missing = expected.Where((_, index) => !TryAssign(index, new bool[actual.Length])).ToImmutableArray();
        return (missing, [.. actual.Where((_, index) => owners[index] is null)]);

        bool TryAssign(int expectation, bool[] visited)
        {
            for (var i = 0; i < actual.Length; i++)
            {
                if (visited[i] || !IsMatch(expected[expectation], actual[i]))
                {
                    continue;
                }

                visited[i] = true;
                if (owners[i] is not { } owner || TryAssign(owner, visited))
                {
                    owners[i] = expectation;
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>In which ways a diagnostic is not the expected one.</summary>
    public static IEnumerable<string> Differences(DiagnosticResult expected, Diagnostic actual)
    {
        if (expected.Id != actual.Id)
        {
            yield return $"id: expected {expected.Id}, found {actual.Id}";
        }

        if (expected.Severity != actual.Severity && !expected.Options.HasFlag(DiagnosticOptions.IgnoreSeverity))
        {
            yield return $"severity: expected {expected.Severity}, found {actual.Severity}";
        }

        if (ExpectedMessage(expected, actual) is { } message && message != actual.Text())
        {
            yield return $"message: expected '{message}', found '{actual.Text()}'";
        }

        var wanted = expected.Spans;
        var locations = actual.AdditionalLocations.Prepend(actual.Location).ToArray();
        if (!IsMatch(wanted.FirstOrDefault(), expected.HasLocation, actual.Location))
        {
            yield return $"location: expected {(expected.HasLocation ? wanted[0].Span : "none")}, found {Show(actual.Location)}";
        }

        if (!expected.Options.HasFlag(DiagnosticOptions.IgnoreAdditionalLocations)
            && (Math.Max(wanted.Length, 1) != locations.Length || wanted.Skip(1).Where((w, i) => !IsMatch(w, true, locations[i + 1])).Any()))
        {
            yield return "additional locations: expected "
                + $"[{string.Join(", ", wanted.Skip(1).Select(w => w.Span))}], found [{string.Join(", ", locations.Skip(1).Select(Show))}]";
        }
    }

    static bool IsMatch(DiagnosticResult expected, Diagnostic actual) => !Differences(expected, actual).Any();

    static bool IsMatch(DiagnosticLocation expected, bool isExpected, Location actual)
    {
        if (!isExpected || actual == Location.None)
        {
            return !isExpected && actual == Location.None;
        }

        var span = actual.GetLineSpan();
        return span.Path == expected.Span.Path
            && span.StartLinePosition == expected.Span.StartLinePosition
            && (expected.Options.HasFlag(DiagnosticLocationOptions.IgnoreLength) || span.EndLinePosition == expected.Span.EndLinePosition);
    }

    /// <summary>Arguments without a message are those of the rule that was reported.</summary>
    static string? ExpectedMessage(DiagnosticResult expected, Diagnostic actual) =>
        expected.Message ?? (expected.MessageArguments is null ? null : expected.MessageFrom(actual.Descriptor.MessageFormat));

    static string Show(Location location) => location == Location.None ? "none" : location.GetLineSpan().ToString();
}

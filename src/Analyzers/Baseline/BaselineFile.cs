using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Baseline;

/// <summary>A line of a baseline, and where it is.</summary>
internal sealed record BaselineEntry(BaselineLine Line, TextSpan Span);

/// <summary>A line of a baseline that could not be read, and why.</summary>
internal sealed record BaselineError(TextSpan Span, string Problem);

/// <summary>
/// A file of findings that a project lives with for now: <c>AdditionalFiles</c> named <c>AgentLint.baseline.txt</c>, or <c>AgentLint.*.baseline.txt</c>.
/// Never throws on any text.
/// </summary>
internal sealed record BaselineFile(ImmutableArray<BaselineEntry> Entries, ImmutableArray<BaselineError> Errors)
{
    private static readonly ConditionalWeakTable<SourceText, BaselineFile> Parsed = new();

    public static bool IsBaseline(AdditionalText file) => BaselineLine.IsNameOf(file.Path);

    public static BaselineFile Of(SourceText text) => Parsed.GetValue(text, Parse);

    private static BaselineFile Parse(SourceText text)
    {
        var entries = ImmutableArray.CreateBuilder<BaselineEntry>();
        var errors = ImmutableArray.CreateBuilder<BaselineError>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in text.Lines)
        {
            var content = line.ToString();
            if (BaselineLine.IsSilent(content))
                continue;
            var start = line.Start + content.Length - content.TrimStart().Length;
            var span = TextSpan.FromBounds(start, start + content.Trim().Length);
            if (BaselineLine.Parse(content, out var problem) is not { } read)
                errors.Add(new BaselineError(span, problem));
            else if (lines.TryGetValue(read.Key, out var first))
                errors.Add(new BaselineError(span, $"Line {first} lists the same finding"));
            else
            {
                lines.Add(read.Key, line.LineNumber + 1);
                entries.Add(new BaselineEntry(read, span));
            }
        }

        return new BaselineFile(entries.ToImmutable(), errors.ToImmutable());
    }
}

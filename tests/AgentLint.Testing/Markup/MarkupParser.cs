using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>A span that markup names; an empty name stands for the default diagnostic.</summary>
readonly record struct MarkupSpan(string Name, TextSpan Span)
{
    public bool IsKey => Name.StartsWith('#');
}

/// <summary>A text without its markup, and what the markup said, in order of appearance.</summary>
sealed record MarkupText(string Text, ImmutableArray<MarkupSpan> Spans);

/// <summary>Takes <c>[|…|]</c>, <c>{|AGL0101:…|}</c> and <c>{|#0:…|}</c> out of a text. Spans may nest, and close out of order.</summary>
static partial class MarkupParser
{
    public static MarkupText Parse(string path, string markup, IVerifier verifier)
    {
        var text = new StringBuilder();
        var open = new List<(string Name, int Start, int Order)>();
        var closed = new List<(MarkupSpan Span, int Order)>();
        var position = 0;
        var order = 0;

        foreach (Match mark in Marks.Matches(markup))
        {
            text.Append(markup, position, mark.Index - position);
            position = mark.Index + mark.Length;

            if (mark.Value[0] == '|')
            {
                var index = open.FindLastIndex(o => Closes(mark, o.Name));
                verifier.True(index >= 0, $"'{mark.Value}' in {path} closes nothing.");
                var (name, start, place) = open[index];
                open.RemoveAt(index);
                closed.Add((new(name, TextSpan.FromBounds(start, text.Length)), place));
            }
            else
            {
                open.Add((mark.Groups["name"].Value, text.Length, order++));
            }
        }

        verifier.True(open.Count == 0, $"Markup in {path} is not closed.");
        text.Append(markup, position, markup.Length - position);
        return new(text.ToString(), [.. closed.OrderBy(c => c.Order).Select(c => c.Span)]);
    }

    /// <summary>Whether a closing mark ends a span of this name: <c>|]</c> unnamed ones, <c>|}</c> named ones, <c>|#0}</c> that one.</summary>
    static bool Closes(Match mark, string name) => mark switch
    {
        { Value: "|]" } => name.Length == 0,
        _ when mark.Groups["key"] is { Success: true, Value: var key } => name == key,
        _ => name.Length > 0,
    };

    [GeneratedRegex(@"\[\||\|\]|\{\|(?<name>#\d+|[A-Za-z_]\w*):|\|(?<key>#\d+)?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Marks { get; }
}

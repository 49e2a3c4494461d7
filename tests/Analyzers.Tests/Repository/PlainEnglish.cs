using System.Text.RegularExpressions;

namespace AgentLint.Tests.Repository;

/// <summary>Words and phrases that must not return to texts which users read: each of them has stood in a message or on a page, and reads like a translation.</summary>
internal static partial class PlainEnglish
{
    // Each line: what is not written, as a pattern of whole words. The plain words that replace it follow in the comment.
    private static readonly string[] Forbidden =
    [
        "whoever", // code that, a caller that
        "(?:no|any|some)body", // no caller, a person, another call
        "is said (?:of|to|in|on|twice)", // applies to, is described in
        "(?<!there )(?:is|are) none(?! of)", // does not count, is not a tool
        "what it is that", // what
        "all that (?:waits?|calls?|came|follows?)", // everything that, all callers
        "who leads to", // which calls reach
        "what callers hold", // the locks of the callers
        "as yet", // yet, so far
        "for ever", // forever, without end
        "anew", // again, new
        "mend(?:s|ed|ing)?", // fix
        "holds? (?:its|their|a) threads?", // blocks its thread
        "(?:is|are) told (?:by|from|apart|as)", // is determined by
        "(?:is|are) looked (?:at|for)", // is checked, is searched for
        "without a look", // without checking
        "takes? it for done", // assumes that it is done
        "(?:is|are|was|were) taken (?:for|to)", // counts as, is assumed to
        "as good as none", // counts as no limit
        "is the business of", // is reported by
        "is for (?:its|the) (?:author|program|caller) to (?:say|decide)", // only the author can decide
        "(?:report|rule) stands", // the report is at
        "come(?:s)? apart", // are not saved together
        "leads? back", // leads to another attempt
        "tried again", // retried
        "done again", // repeated
        "as a matter of course", // routinely
        "(?:say|says|said|saying) yes", // approves
        "who asks whom", // the agents and their calls
        "out of patience", // gives up
        "is no (?:fault|finding|tool|agent|retry|bound|key|guard|order|question|polling)", // is not a
        "gives? back", // returns
        "at that(?:[.;:]|$)", // too
        "of one's own", // your own
        "with its own hands", // itself
    ];

    private static readonly Regex Pattern = new($@"\b(?:{string.Join("|", Forbidden)})(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>The forbidden words of a text, in order.</summary>
    public static IEnumerable<string> ForbiddenIn(string text) => Pattern.Matches(Blanks().Replace(text, " ")).Select(match => match.Value);

    /// <summary>The sentences of a page: without code, without what links lead to.</summary>
    public static string Prose(string markdown) => LinkTarget().Replace(InlineCode().Replace(Fence().Replace(markdown.ReplaceLineEndings("\n"), "\n\n"), "code"), "]");

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]+`", RegexOptions.CultureInvariant)]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\([^)\n]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex LinkTarget();
}

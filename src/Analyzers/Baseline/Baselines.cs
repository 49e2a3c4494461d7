using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Baseline;

/// <summary>
/// What a compilation's baseline lists, which of that was found, and who has looked where. One per compilation and text, shared by all rules, held
/// weakly. A project without a baseline has none of this.
/// </summary>
internal sealed class Baselines
{
    private const string FrameworkKey = "build_property.TargetFramework";
    private const string RequestKey = "build_property.AgentLintBaseline";

    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<(SourceText Text, string Framework), Baselines>> Cache = new();

    private readonly Dictionary<string, BaselineEntry> entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> found = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> started = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Rule, int Action), ConcurrentDictionary<SyntaxTree, bool>> visits = new();

    private Baselines(string path, SourceText text, string framework)
    {
        Path = path;
        Text = text;
        foreach (var entry in BaselineFile.Of(text).Entries)
            if (entry.Line.Frameworks.Count == 0 || entry.Line.Frameworks.Contains(framework, StringComparer.OrdinalIgnoreCase))
                entries.Add(entry.Line.Key, entry);
    }

    public string Path { get; }

    public SourceText Text { get; }

    /// <summary>Whether the build wants every finding with its line for the baseline, and nothing left out.</summary>
    public static bool IsWritten(AnalyzerOptions options) =>
        options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue(RequestKey, out var request) && string.Equals(request, "write", StringComparison.OrdinalIgnoreCase);

    /// <summary>The baselines of a compilation, in the order of their paths; none where the build writes them anew.</summary>
    public static ImmutableArray<Baselines> Of(Compilation compilation, AnalyzerOptions options, CancellationToken cancellation)
    {
        if (options.AdditionalFiles.IsDefaultOrEmpty || !options.AdditionalFiles.Any(BaselineFile.IsBaseline) || IsWritten(options))
            return [];
        var framework = options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue(FrameworkKey, out var known) ? known : "";
        var all = Cache.GetOrCreateValue(compilation);
        return
        [
            .. from file in options.AdditionalFiles.Where(BaselineFile.IsBaseline).OrderBy(file => file.Path, StringComparer.Ordinal)
               let text = file.GetText(cancellation)
               where text != null
               select all.GetOrAdd((text, framework), key => new Baselines(file.Path, key.Text, key.Framework)),
        ];
    }

    /// <summary>Whether a finding is listed. What was asked for once is not stale.</summary>
    public bool Takes(BaselineLine line)
    {
        var key = line.Key;
        if (!entries.ContainsKey(key))
            return false;
        found.TryAdd(key, true);
        return true;
    }

    /// <summary>Says that a rule looks at this compilation.</summary>
    public void Start(string rule) => started.TryAdd(rule, true);

    /// <summary>Makes a list of the files that an action of a rule has seen. Whoever runs the same action again goes on with it.</summary>
    public ConcurrentDictionary<SyntaxTree, bool> VisitsOf(string rule, int action) => visits.GetOrAdd((rule, action), _ => new());

    /// <summary>
    /// The entries that no rule found. A rule counts where it has seen all of the files: one that is off, or that an editor runs over the open
    /// file only, says nothing about an entry.
    /// </summary>
    public IEnumerable<BaselineEntry> Stale(IReadOnlyCollection<SyntaxTree> files, bool hasModel)
    {
        var isComplete = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var entry in entries.Values.OrderBy(entry => entry.Span.Start))
        {
            if (found.ContainsKey(entry.Line.Key))
                continue;
            if (!isComplete.TryGetValue(entry.Line.Rule, out var complete))
                isComplete.Add(entry.Line.Rule, complete = !hasModel || (started.ContainsKey(entry.Line.Rule) && visits.Where(v => v.Key.Rule == entry.Line.Rule).All(v => files.All(v.Value.ContainsKey))));
            if (complete)
                yield return entry;
        }
    }
}

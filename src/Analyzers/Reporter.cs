using System.Collections.Immutable;
using AgentLint.Baseline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint;

/// <summary>
/// Makes the reports of a rule in one compilation, but for those that a baseline lists. Without a baseline, which is the rule, it does nothing
/// beyond.
/// </summary>
internal sealed class Reporter
{
    private static readonly Reporter Plain = new([], [], isWritten: false);

    private readonly ImmutableArray<Rule> rules;
    private readonly ImmutableArray<Baselines> baselines;
    private readonly bool isWritten;
    private int actions;

    private Reporter(ImmutableArray<Rule> rules, ImmutableArray<Baselines> baselines, bool isWritten)
    {
        this.rules = rules;
        this.baselines = baselines;
        this.isWritten = isWritten;
    }

    public static Reporter For(ImmutableArray<Rule> rules, Compilation compilation, AnalyzerOptions options, CancellationToken cancellation)
    {
        if (Baselines.IsWritten(options))
            return new Reporter(rules, [], isWritten: true);
        var baselines = Baselines.Of(compilation, options, cancellation);
        if (baselines.IsEmpty)
            return Plain;
        foreach (var baseline in baselines)
            foreach (var rule in rules)
                baseline.Start(rule.Id);
        return new Reporter(rules, baselines, isWritten: false);
    }

    /// <summary>What to call when an action of the rule has seen a file; null where nobody asks.</summary>
    public Action<SyntaxTree>? NewAction()
    {
        if (baselines.IsEmpty)
            return null;
        var action = actions++;
        var lists = (from baseline in baselines from rule in rules select baseline.VisitsOf(rule.Id, action)).ToImmutableArray();
        return tree =>
        {
            foreach (var list in lists)
                list.TryAdd(tree, true);
        };
    }

    public void Report(SemanticModelAnalysisContext file, Rule rule, Location place, DiagnosticSeverity severity, IEnumerable<Location> path, object[] arguments)
    {
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (isWritten)
        {
            // A warning, whatever the rule thinks: the compiler leaves only warnings alone where all shall be errors but these.
            severity = DiagnosticSeverity.Warning;
            if (Fingerprint.TextOf(Fingerprint.Of(rule.Id, place, file.SemanticModel, file.CancellationToken)) is { } text)
                properties = properties.Add(BaselineLine.Property, text);
        }
        else if (!baselines.IsEmpty && Fingerprint.Of(rule.Id, place, file.SemanticModel, file.CancellationToken) is { } line && IsListed(line))
            return;
        file.ReportDiagnostic(Diagnostic.Create(rule.Descriptor, place, severity, path, properties, arguments));
    }

    // In all of them, so that none has it for stale.
    private bool IsListed(BaselineLine line) => baselines.Count(baseline => baseline.Takes(line)) > 0;
}

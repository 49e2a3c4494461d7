using AgentLint.Analysis;
using AgentLint.Analysis.Loops;
using Microsoft.CodeAnalysis;

namespace AgentLint.Rules;

/// <summary>What the rules about cycles have in common.</summary>
internal static class CycleReports
{
    /// <summary>The cycles of a file that are taken for one reason and that nothing bounds, with the call and the way to report.</summary>
    public static IEnumerable<(Cycle Cycle, CycleCall Call, BackPath Way)> Unbounded(this FileContext context, CycleKind kind)
    {
        foreach (var cycle in Cycles.Of(context.Model).In(context.Semantics.SyntaxTree, context.Settings.CallDepth, context.Cancellation))
            if (cycle.Kind == kind && cycle is { Unguarded: { } way, Culprit: { } call })
                yield return (cycle, call, way);
    }

    public static void Report(this FileContext context, Rule rule, (Cycle Cycle, CycleCall Call, BackPath Way) found, DiagnosticSeverity severity, string rest)
    {
        var place = CodePlace.Of(found.Cycle.Syntax, context.Semantics, context.Model, context.Cancellation);
        // A test runner ends what takes too long.
        if (severity == DiagnosticSeverity.Warning && CodePlace.IsOfTests(place.Member, context.Model, context.Cancellation))
            severity = DiagnosticSeverity.Info;
        context.Report(rule, found.Cycle.Head, severity, found.Call.Path?.Locations ?? [], Witness.NameOf(place.Member), found.Call.Describe(), $"{found.Way.Describe(found.Cycle)} {rest}");
    }
}

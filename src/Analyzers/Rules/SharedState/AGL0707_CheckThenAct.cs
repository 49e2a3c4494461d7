using AgentLint.Analysis;
using AgentLint.Analysis.Checks.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Two calls check the same entry, and the later write replaces the earlier one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0707_CheckThenAct() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0707",
        "CheckThenAct",
        "A shared entry is checked and set in two steps",
        "{0} is changed based on what {1} read, so a change in between is lost ({2}); it is reached {3}",
        "Each step is safe, but the two together are not: two concurrent calls act on the same old state, and one of the two updates is lost.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(Check);
    }

    private static void Check(FileContext context)
    {
        foreach (var found in TableChecks.Of(context.Model).In(context.Semantics, context.Cancellation))
            Report(context, found);
        foreach (var found in SplitLockChecks.Of(context.Model).In(context.Semantics, context.Cancellation))
            Report(context, found);
        foreach (var found in ElementChecks.Of(context.Model).In(context.Semantics, context.Cancellation))
            Report(context, found);
        foreach (var found in StoreChecks.In(context.Semantics.SyntaxTree, context.Model, context.Settings.CallDepth, context.Cancellation))
            Report(context, found);
        foreach (var found in EntityChecks.Of(context.Model).In(context.Semantics.SyntaxTree, context.Cancellation))
            Report(context, found);
    }

    private static void Report(FileContext context, CheckThenAct found)
    {
        var line = SharedEntries.LineOf(found.Look);
        context.Report(
            Rule,
            found.Write,
            DiagnosticSeverity.Info,
            [found.Look.GetLocation(), .. found.Entrance.Locations],
            char.ToUpperInvariant(found.Store[0]) + found.Store.Substring(1),
            line == SharedEntries.LineOf(found.Write) ? "the same line" : $"line {line}",
            found.Remedy,
            found.Entrance.Text);
    }
}

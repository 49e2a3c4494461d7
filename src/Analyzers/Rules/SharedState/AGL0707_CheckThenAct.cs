using AgentLint.Analysis;
using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Two calls look, both find nothing or the same, and the second one's answer replaces the first one's.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0707_CheckThenAct() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0707",
        "CheckThenAct",
        "A shared entry is looked at and then set in a second step",
        "'{0}' is set by what line {1} saw of it, and others can have set it since; it is reached {2}",
        "Each step is safe and the two together are not: of two calls at once both act on the same old state, and one of them is lost.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(CheckTables);
        context.OnUse(ChecksThenActs.IsStore, CheckStore);
    }

    private static void CheckTables(FileContext context)
    {
        foreach (var found in ChecksThenActs.Of(context.Model).OfTables(context.Semantics, context.Cancellation))
            Report(context, found);
    }

    private static void CheckStore(UseContext context)
    {
        if (ChecksThenActs.Of(context.Model).OfStore(context.Semantics.OperationOf(context.Use.Name, context.Cancellation), context.Use.Entry, context.Cancellation) is { } found)
            Report(context, found);
    }

    private static void Report(FileContext context, CheckThenAct found) =>
        context.Report(
            Rule,
            found.Write,
            DiagnosticSeverity.Info,
            [found.Look.GetLocation(), .. found.Entrance.Locations],
            found.Store,
            found.Look.GetLocation().GetLineSpan().StartLinePosition.Line + 1,
            found.Entrance.Text);
}

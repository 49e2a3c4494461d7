using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Loops;
using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Loops;

/// <summary>A conversation only grows, and all of it is sent to the model each time.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0904_UnboundedHistory() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0904",
        "UnboundedHistory",
        "A conversation grows without limit",
        "'{0}' grows with each {1} of '{2}' and is never shortened: '{3}' sends all of it",
        "Every turn costs more than the one before, because the whole history is paid for again, until it no longer fits into the model's context and the call fails.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var history in Histories.Of(context.Model).In(context.Semantics, context.Settings.CallDepth, context.Cancellation))
            // Where all callers share it, whose it is comes first.
            if (history.IsInLoop || !SharedVariables.Of(context.Model).In(context.Semantics, context.Cancellation).Any(shared => shared.IsSession && SymbolEqualityComparer.Default.Equals(shared.Variable, history.Variable)))
                context.Report(
                    Rule,
                    history.Growth.Expression,
                    DiagnosticSeverity.Info,
                    [history.Asking.GetLocation()],
                    history.Variable.Name,
                    history.IsInLoop ? "turn" : "call",
                    Witness.NameOf(CodePlace.Of(history.Growth, context.Semantics, context.Model, context.Cancellation).Member),
                    Witness.NameOf(history.Model));
    }
}

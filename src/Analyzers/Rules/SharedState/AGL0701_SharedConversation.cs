using AgentLint.Analysis;
using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Messages of several users are added to one conversation.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0701_SharedConversation() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0701",
        "SharedConversation",
        "All callers share one conversation",
        "'{0}' is one conversation for all callers: {1}, and it is changed {2}",
        "The messages of one user are sent to the model together with those of another, and concurrent calls corrupt the list.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var shared in SharedVariables.Of(context.Model).In(context.Semantics, context.Cancellation))
            if (shared.IsSession)
                context.Report(
                    Rule,
                    shared.Write.Site,
                    context.SeverityOf(shared.Write.Site, shared.IsProven ? Mitigations.None : Mitigations.Uncertain),
                    shared.Evidence,
                    Witness.NameOf(shared.Variable),
                    shared.Owner.Text,
                    shared.Reached);
    }
}

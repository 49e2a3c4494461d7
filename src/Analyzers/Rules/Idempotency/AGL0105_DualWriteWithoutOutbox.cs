using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Idempotency;

/// <summary>A database change and a message about it are two writes: a failure between them leaves one without the other.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0105_DualWriteWithoutOutbox() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0105",
        "DualWriteWithoutOutbox",
        "A database change and its message are not saved together",
        "'{0}' publishes with '{1}'{2} {3}",
        "A database and a message bus do not commit together. A failure between the two leaves consumers with a change that never happened, or without the message about one that did.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var found in DualWrites.In(context.Semantics.SyntaxTree, context.Model, context.Settings.CallDepth, context.Cancellation))
        {
            var save = $"'{found.Save.TargetName}'" + (found.Save.IsIndirect ? $" ({found.Save.Describe(found.Function)})" : "");
            context.Report(
                Rule,
                found.Message,
                // A message that is lost is found and sent; one that speaks of what never happened is acted on.
                found.IsBefore
                    ? context.SeverityOf(found.Message, found.Publish.IsPossible ? Mitigations.Uncertain : Mitigations.None, Mitigations.Usual & ~Mitigations.OneClient)
                    : DiagnosticSeverity.Info,
                found.Publish.Locations.Skip(1).Concat(found.Save.Locations),
                Witness.NameOf(found.Function),
                found.Publish.TargetName,
                found.Publish.IsIndirect ? $" ({found.Publish.Describe(found.Function)})" : "",
                found.IsBefore
                    ? $"before {save} saves the change: if saving fails, consumers act on a change that never happened; save first, or use an outbox that sends the message with the change"
                    : $"after {save} has saved the change: if the process ends in between, the message is lost; use an outbox that sends it with the change");
        }
    }
}

using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Verification;

/// <summary>A model can call a tool that deletes, pays, sends or runs its text, and no person is asked.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0803_UnguardedDestructiveTool() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0803",
        "UnguardedDestructiveTool",
        "A model can call an irreversible tool without approval",
        "'{0}' {1}, and a model can call it without approval: require approval, or check in the tool what is allowed",
        "A model calls a tool because its input made the call likely. A deletion, payment or message cannot be undone; a person who is asked first can refuse it.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var tool in DestructiveTools.In(context.Semantics, context.Model, context.Settings.CallDepth, context.Cancellation))
            context.ReportOncePerLine(
                Rule,
                tool.Site,
                context.SeverityOf(tool.Site, tool.Write.Text != null ? Mitigations.None : Mitigations.Uncertain,
                    Mitigations.Uncertain | Mitigations.Test),
                tool.Write.Effect.Witness.Locations,
                Witness.NameOf(tool.Tool),
                Describe(tool));
    }

    private static string Describe(DestructiveTool tool)
    {
        var witness = tool.Write.Effect.Witness;
        var call = $"'{witness.TargetName}'" + (witness.IsIndirect ? $" ({witness.Describe(tool.Tool)})" : "");
        return tool.Write switch
        {
            { Text: { } text } => $"runs the text in '{text.Name}' with {call}",
            { Destroys: true } => $"{(tool.Write.Effect.Entry.Has("overwrites") ? "overwrites data" : "removes data")} with {call}",
            _ => $"{(tool.Write.Effect.Entry["kind"] == "payment" ? "makes a payment" : "sends")} with {call}",
        };
    }
}

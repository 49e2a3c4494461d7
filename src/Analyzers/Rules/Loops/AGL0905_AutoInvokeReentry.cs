using AgentLint.Analysis;
using AgentLint.Analysis.Agents;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Loops;

/// <summary>A tool asks a model that can call the tool again within its own call.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0905_AutoInvokeReentry() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0905",
        "AutoInvokeReentry",
        "A tool calls a model that can call the tool again",
        "Tool '{0}' calls a model through '{1}', which includes the tool itself: '{2}' can call it again within its own call",
        "Each call of the tool can start a conversation in which the model calls it again. The limits of the framework count the rounds of one conversation, not nested conversations.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) =>
        context.OnUse(AsksModel, Check);

    internal static bool AsksModel(CatalogueEntry entry) => entry.Role == CatalogueRole.ModelCall || entry.Has("asks-model");

    private static void Check(UseContext context)
    {
        if (new Reentries(context.Model, context.Cancellation).At(context.Use, context.Semantics) is { } reentry)
            context.Report(Rule, context.Use.Name, DiagnosticSeverity.Warning, [], Witness.NameOf(reentry.Tool), reentry.Carrier, Witness.NameOf(context.Use.Symbol));
    }
}

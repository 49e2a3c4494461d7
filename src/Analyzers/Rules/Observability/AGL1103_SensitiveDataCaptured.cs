using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Observability;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Observability;

/// <summary>Prompts and answers are recorded in every environment.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1103_SensitiveDataCaptured() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1103",
        "SensitiveDataCaptured",
        "Prompts and answers are recorded in every environment",
        "'{0}' is enabled in every environment, so production telemetry contains prompts, answers and tool arguments; enable it in development only",
        "Conversations contain names, addresses and secrets. Telemetry is kept longer than they may be, and read by people who may not see them.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) =>
        context.OnUse(entry => entry.Role == CatalogueRole.SensitiveData, Check);

    private static void Check(UseContext context)
    {
        if (SensitiveSwitches.IsAlwaysOn(context.Use, context.Semantics, context.Cancellation))
            context.Report(Rule, context.Use.Name, context.SeverityOf(context.Use.Name), [], context.Use.Entry["switch"] ?? Witness.NameOf(context.Use.Symbol));
    }
}

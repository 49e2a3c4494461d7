using AgentLint.Analysis;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Checks.Observability;
using AgentLint.Catalogue;
using AgentLint.Rules.Verification;
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
        "{0} in every environment, so production telemetry contains {1}; {2} in development only",
        "Conversations contain names, addresses and secrets. Telemetry is kept longer than they may be, and read by people who may not see them.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnUse(entry => entry.Role == CatalogueRole.SensitiveData, CheckSwitch);
        context.OnFile(CheckTexts);
    }

    private static void CheckSwitch(UseContext context)
    {
        if (SensitiveSwitches.IsAlwaysOn(context.Use, context.Model, context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                context.Use.Name,
                context.SeverityOf(context.Use.Name),
                [],
                $"'{context.Use.Entry["switch"] ?? Witness.NameOf(context.Use.Symbol)}' is enabled",
                context.Use.Entry["holds"] ?? "prompts, answers and tool arguments",
                "enable it");
    }

    // A line of the log holds one conversation, where a switch records them all.
    private static void CheckTexts(FileContext context)
    {
        if (TestPlaces.Of(context.Model, context.Cancellation).Contains(context.Semantics.SyntaxTree))
            return;
        foreach (var text in RecordedTexts.Of(context.Model).In(context.Semantics, context.Settings.CallDepth, context.Cancellation))
            context.ReportOncePerLine(
                Rule,
                text.Site,
                DiagnosticSeverity.Info,
                text.Flow?.Places ?? [],
                text.Flow is { } flow
                    ? $"{AGL0801_UnverifiedOutputToSink.SourceOf(flow)} is recorded by '{Witness.NameOf(text.Recorder)}'{flow.Way}"
                    : $"'{text.Prompt}', which '{Witness.NameOf(text.Asked!)}' sends, is recorded by '{Witness.NameOf(text.Recorder)}'",
                text.Flow != null ? "answers" : "prompts",
                "record its length, or the text");
    }
}

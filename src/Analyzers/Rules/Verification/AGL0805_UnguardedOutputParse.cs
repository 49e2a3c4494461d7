using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Verification;

/// <summary>A model's text is parsed without handling text of another form.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0805_UnguardedOutputParse() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0805",
        "UnguardedOutputParse",
        "Model output is parsed without handling text that does not fit",
        "{0} is parsed by '{1}'{2} without handling text in another format: request structured output, use a 'Try' method, or catch the failure",
        "A model that is asked for JSON returns JSON most of the time. Otherwise the parser throws, or returns null or a default value, in the middle of a request.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var flow in UnguardedParses.In(context.Semantics.SyntaxTree, context.Model, context.Settings.CallDepth,
            context.Cancellation))
            context.ReportOncePerLine(
                Rule,
                flow.Finding.Site,
                DiagnosticSeverity.Info,
                flow.Places,
                AGL0801_UnverifiedOutputToSink.SourceOf(flow.Finding),
                Witness.NameOf(flow.Finding.Hit.Member),
                flow.Way);
    }
}

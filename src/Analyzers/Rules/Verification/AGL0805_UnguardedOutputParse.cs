using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Verification;

/// <summary>A model's text is parsed, and nothing says what happens when it is not of the form that was asked for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0805_UnguardedOutputParse() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0805",
        "UnguardedOutputParse",
        "A model's text is parsed without a way out when it cannot be",
        "{0} is parsed by '{1}'{2} with no way out when it is not of that form: ask for structured output, use a 'Try' method, or catch the failure",
        "A model that was asked for JSON gives JSON most of the time. The rest of the time the parse throws, or gives null or a default, in the middle of a request.",
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

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
        "Model output that does not fit its parser is not handled, or becomes an invented value",
        "{0} is parsed by '{1}'{2} {3}",
        "A model that is asked for JSON returns JSON most of the time. Otherwise the parser throws, or returns null or a default value, in the middle of a request. A score or an approval that the code invents in its place looks like the model's.",
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
                flow.Way,
                "without handling text in another format: request structured output, use a 'Try' method, or catch the failure");
        foreach (var invented in new InventedValues(context.Model, context.Cancellation).In(context.Semantics.SyntaxTree, context.Settings.CallDepth))
            context.ReportOncePerLine(
                Rule,
                invented.Flow.Finding.Site,
                DiagnosticSeverity.Info,
                invented.Flow.Places.Append(invented.Place.GetLocation()),
                AGL0801_UnverifiedOutputToSink.SourceOf(invented.Flow.Finding),
                Witness.NameOf(invented.Flow.Finding.Hit.Member),
                invented.Flow.Way,
                $"and text in another format becomes {invented.Name} = {invented.Value}: return a result that says that nothing was read");
    }
}

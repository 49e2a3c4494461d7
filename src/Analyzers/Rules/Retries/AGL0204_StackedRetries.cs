using AgentLint.Analysis.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>Several layers retry one call, and their attempts multiply.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0204_StackedRetries() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0204",
        "StackedRetries",
        "Nested retries multiply",
        "'{0}' is retried by {1} nested layers, which multiply: {2}{3}",
        "Each layer repeats everything that the layer below it has tried. An overloaded service receives many times the calls, and the caller waits many times the delay before it sees the failure.",
        DiagnosticSeverity.Warning,
        options: new RuleOption("report_defaults", "true", "Whether one retry layer of the program on top of the default retries of an SDK is reported, as a suggestion."));

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static SyntaxNode SiteOf(RetryStack stack) => stack.Site.SourceTree!.GetRoot().FindNode(stack.Site.SourceSpan);

    private static void Check(FileContext context)
    {
        var stacks = new RetryStacks(context.Model, RetryRegions.Of(context.Model, context.Settings.CallDepth, context.Cancellation), context.Cancellation);
        foreach (var stack in stacks.In(context.Semantics.SyntaxTree, context.Settings.CallDepth))
            if (stack.IsProven || context.Settings.Flag(Rule, "report_defaults"))
                context.Report(
                    Rule,
                    stack.Site,
                    context.SeverityOf(SiteOf(stack), stack.IsProven ? Mitigations.None : Mitigations.Uncertain),
                    stack.Places,
                    stack.Target,
                    stack.Layers.Length,
                    RetryLayer.Product(stack.Layers),
                    stack.Path is { IsIndirect: true } path ? $" ({path.Describe()})" : "");
    }
}

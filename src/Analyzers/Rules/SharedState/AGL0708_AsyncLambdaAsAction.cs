using AgentLint.Analysis;
using AgentLint.Analysis.Branches;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>An async lambda is passed as a delegate that returns no task, so its work is never awaited.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0708_AsyncLambdaAsAction() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0708",
        "AsyncLambdaAsAction",
        "An async lambda is passed where nothing awaits it",
        "'{0}' does not await this async lambda: {1} after its first await, and its end and its exceptions go unobserved",
        "A delegate that returns nothing cannot be awaited. The lambda returns at its first await: the rest runs later, next to code that assumes it is done, and an exception in it ends the process.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var late in LateLambdas.Of(context.Model).In(context.Semantics, context.Settings.CallDepth, context.Cancellation))
            context.Report(
                Rule,
                ((AnonymousFunctionExpressionSyntax)late.Lambda.Syntax).AsyncKeyword.GetLocation(),
                DiagnosticSeverity.Warning,
                late.Changed != null ? [late.Change!.Syntax.GetLocation()] : late.Remote!.Locations,
                Witness.NameOf(late.Target),
                late.Changed != null ? $"'{late.Changed.Name}' is changed" : $"'{late.Remote!.TargetName}'{(late.Remote.IsIndirect ? $" ({late.Remote.Describe()})" : "")} continues");
    }
}

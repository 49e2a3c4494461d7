using AgentLint.Analysis;
using AgentLint.Analysis.Branches;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>An asynchronous lambda is given to what takes a delegate without a task, so that nobody waits for what it does.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0708_AsyncLambdaAsAction() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0708",
        "AsyncLambdaAsAction",
        "Nobody waits for an asynchronous lambda",
        "'{0}' does not wait for this asynchronous lambda: {1} after its first await, and nobody sees when that ends or fails",
        "A delegate that returns nothing cannot be awaited. At its first await the lambda is left alone: what it still has to do happens late, beside the code that takes it for done, and what it throws ends the process.",
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
                late.Changed != null ? $"'{late.Changed.Name}' is changed" : $"'{late.Remote!.TargetName}'{(late.Remote.IsIndirect ? $" ({late.Remote.Describe()})" : "")} goes on");
    }
}

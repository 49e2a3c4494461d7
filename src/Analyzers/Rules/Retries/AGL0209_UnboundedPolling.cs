using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Retries;
using AgentLint.Analysis.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>A remote operation is polled until it is done, however long that takes.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0209_UnboundedPolling() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0209",
        "UnboundedPolling",
        "Polling has no deadline",
        "'{0}' polls {1} until it is done: {2}",
        "A run that hangs, or that ends in a state the loop does not check for, is polled for as long as the process lives.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var found in context.Unbounded(CycleKind.Polling))
            // A test is ended by its runner.
            if (found.Call.IsProven && !CodePlace.IsOfTests(CodePlace.Of(found.Cycle.Syntax, context.Semantics, context.Model, context.Cancellation).Member, context.Model, context.Cancellation))
                Report(context, found);
    }

    private static void Report(FileContext context, (Cycle Cycle, CycleCall Call, BackPath Way) found)
    {
        if (!found.Way.Has(PathFacts.Token))
            context.Report(
                Rule,
                found,
                found.Cycle.TakesToken(context.Semantics, context.Cancellation) ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning,
                "leads to another poll with no deadline, no limit and no cancellation token");
        // A token leaves it to the caller how long is long enough, unless the caller gives none.
        else if (MissingTokens.CallWithout(found.Cycle, context.Semantics, context.Model, context.Cancellation) is { } caller)
            context.Report(Rule, found, DiagnosticSeverity.Info, $"leads to another poll with no deadline and no limit, and the call in {LineOf(caller, context)} passes no cancellation token");
    }

    private static string LineOf(SyntaxNode call, FileContext context) =>
        $"line {call.GetLocation().GetLineSpan().StartLinePosition.Line + 1}" + (call.SyntaxTree == context.Semantics.SyntaxTree ? "" : $" of {Path.GetFileName(call.SyntaxTree.FilePath)}");
}

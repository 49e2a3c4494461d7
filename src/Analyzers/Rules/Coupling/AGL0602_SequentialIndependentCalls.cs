using AgentLint.Analysis;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Coupling;

/// <summary>Independent model or agent calls run one after another.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0602_SequentialIndependentCalls() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0602",
        "SequentialIndependentCalls",
        "Independent model or agent calls run one after another",
        "'{0}' awaits {1}; {2}",
        "A model takes seconds to answer. Independent calls take as long as the slowest one when they are started together, and the sum of all when each waits for the previous one.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        // Nobody waits for a test.
        if (TestPlaces.Of(context.Model, context.Cancellation).Contains(context.Semantics.SyntaxTree))
            return;
        var depth = context.Settings.CallDepth;
        foreach (var calls in SequentialCalls.Of(context.Model).In(context.Semantics, depth, context.Cancellation).Select(sequence => sequence.Calls))
            Report(
                context,
                calls[1].Syntax,
                calls.Where(call => call != calls[1]).Select(call => call.Syntax.GetLocation()),
                string.Join(" and then ", calls.Select(call => call.Describe())) + (calls.Length == 2 ? " although neither depends on the other" : " although none depends on another"),
                $"started together, they take as long as the slow{(calls.Length == 2 ? "er one" : "est one")}");
        foreach (var loop in SequentialLoops.Of(context.Model).In(context.Semantics, depth, context.Cancellation).Where(loop => !IsBatchOf(loop, context)))
            Report(
                context,
                loop.Await,
                loop.Path.Locations,
                AwaitedCall.Describe(loop.Call, loop.Path) + " for one item after another although no iteration depends on another",
                "run a few at a time, they take a fraction of the time");
    }

    private static void Report(FileContext context, SyntaxNode await, IEnumerable<Location> others, string what, string gain)
    {
        var place = CodePlace.Of(await, context.Semantics, context.Model, context.Cancellation);
        if (!IsModel(place.Member, context.Model))
            context.Report(Rule, await, DiagnosticSeverity.Info, others, Witness.NameOf(place.Member), what, gain);
    }

    // The form of a call for many items is written by those who know what the one for a single item can bear.
    private static bool IsBatchOf(CallLoop loop, FileContext context) =>
        context.Semantics.GetEnclosingSymbol(loop.Await.SpanStart, context.Cancellation) is IMethodSymbol member
        && member.Name == loop.Call.TargetMethod.Name
        && SymbolEqualityComparer.Default.Equals(member.ContainingType, loop.Call.TargetMethod.ContainingType);

    // Whoever is a model to others knows what the engine behind it can bear.
    private static bool IsModel(ISymbol member, AgentModel model) =>
        model.Is(member.ContainingType, CatalogueRole.ModelClient) || model.EntriesOf(member).Any(RoleQuestions.AsksModelOrAgent);
}

using AgentLint.Analysis;
using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>One call's plugin, filter or setting is every call's from then on.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0705_MutatedSharedOptions() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0705",
        "MutatedSharedOptions",
        "A kernel or options that calls share are changed for one of them",
        "'{0}' is changed for one call and all others use it{1}: {2}, and it is reached {3}",
        "What one call adds stays for all that follow, and calls that come at the same time see each other's settings.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var change in SharedOptions.Of(context.Model).In(context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                change.Site,
                DiagnosticSeverity.Warning,
                [.. change.Variable.Locations.Take(1), .. change.Owner.Locations, .. change.Entrance.Locations],
                change.Variable is IParameterSymbol ? change.Variable.Name : Witness.NameOf(change.Variable),
                change.Entry["clone"] is { } clone ? $" without a '{clone}' of its own" : "",
                change.Owner.Text,
                change.Entrance.Text);
    }
}

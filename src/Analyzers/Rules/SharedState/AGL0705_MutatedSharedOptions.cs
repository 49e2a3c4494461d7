using AgentLint.Analysis;
using AgentLint.Analysis.Checks.SharedState;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>A plugin, filter or setting of one call applies to all later calls.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0705_MutatedSharedOptions() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0705",
        "MutatedSharedOptions",
        "A shared kernel or options object is changed for one call",
        "'{0}' {1}",
        "What one call adds stays for all later calls, and concurrent calls see each other's settings.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(Check);
        context.OnUse(entry => entry.Role == CatalogueRole.ProcessState, CheckProcess);
    }

    private static void Check(FileContext context)
    {
        foreach (var change in SharedOptions.Of(context.Model).In(context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                change.Site,
                // What the caller does with them afterwards is not known.
                context.SeverityOf(change.Site, change.Owner.Kind == OwnerKind.Caller ? Mitigations.Uncertain : Mitigations.None, Mitigations.Usual & ~Mitigations.OneClient),
                [.. change.Variable.Locations.Take(1), .. change.Owner.Locations, .. change.Entrance.Locations],
                change.Variable is IParameterSymbol ? change.Variable.Name : Witness.NameOf(change.Variable),
                change.Owner.Kind == OwnerKind.Caller
                    ? $"are changed for one call{OwnCopy(change.Entry)}: {change.Owner.Text}"
                    : $"is changed for one call and affects all others{OwnCopy(change.Entry)}: {change.Owner.Text}, and it is reached {change.Entrance.Text}");
    }

    private static string OwnCopy(CatalogueEntry entry) => entry["clone"] is { } clone ? $" without a '{clone}'" : "";

    private static void CheckProcess(UseContext context)
    {
        if (ProcessChanges.At(context.Use, context.Semantics, context.Model, context.Cancellation) is { } change)
            context.Report(
                Rule,
                context.Use.Name,
                context.SeverityOf(context.Use.Name, change.MayBeEqual ? Mitigations.Uncertain : Mitigations.None, Mitigations.Usual & ~Mitigations.OneClient),
                change.Entrance.Locations,
                Witness.NameOf(context.Use.Symbol),
                $"is changed for one call and affects all others: it belongs to the whole process, and it is reached {change.Entrance.Text}");
    }
}

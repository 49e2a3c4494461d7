using AgentLint.Analysis.Checks.SharedState;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Conversations of several users are stored under one key.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0709_SharedSessionKey() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0709",
        "SharedSessionKey",
        "Conversations of several users share one key",
        "'{0}' stores conversations under {1}; it is reached {2}",
        "A conversation belongs to one user. Users who share a key read each other's messages, and a model answers one user with what another has told it.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(CheckTables);
        context.OnUse(entry => entry.Role == CatalogueRole.SessionKey, CheckStore);
    }

    private static void CheckTables(FileContext context)
    {
        foreach (var found in SessionKeys.Of(context.Model).OfTables(context.Semantics, context.Cancellation))
            Report(context, found);
    }

    private static void CheckStore(UseContext context)
    {
        if (SessionKeys.Of(context.Model).At(context.Use, context.Semantics, context.Cancellation) is { } found)
            Report(context, found);
    }

    private static void Report(FileContext context, SharedSessionKey found) =>
        context.Report(
            Rule,
            found.Key,
            context.SeverityOf(found.Key, found.Entrance.Roots.IsEmpty ? Mitigations.Uncertain : Mitigations.None),
            found.Entrance.Locations,
            found.Keeper,
            found.Kind switch
            {
                SharedKeyKind.Constant => $"the key '{found.Text}', which is the same for all users",
                SharedKeyKind.Fallback => $"'{found.Text}' for all users whose '{found.Missing}' is missing",
                _ => $"one key for all users whose '{found.Missing}' is null",
            },
            found.Entrance.Text);
}

using AgentLint.Analysis;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Idempotency;

/// <summary>A key that should make several attempts one operation is created again in each attempt, or is never sent.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0102_UnstableIdempotencyKey() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0102",
        "UnstableIdempotencyKey",
        "An idempotency key changes on every attempt",
        "{0}, so the receiver cannot recognize a repeated attempt",
        "A receiver recognizes a repeated operation by its key. A key created inside the repeated code is new on every attempt, and a key that is never sent has no effect.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnUse(Changes, Check);
        context.OnFile(CheckParameters);
    }

    private static bool Changes(CatalogueEntry entry) => entry.Role == CatalogueRole.ReplayUnsafe && entry["kind"] is "guid" or "clock" or "random" or "attempt" or "request";

    private static void Check(UseContext context)
    {
        if (context.Semantics.OperationOf(context.Use.Name, context.Cancellation) is not { } value
            || KeyFlow.Of(context.Model).From(value, context.Cancellation) is not { } key
            || RetriedUnits.Of(context.Model).Around(value.Syntax, context.Settings.CallDepth, context.Cancellation) is not { } unit)
            return;
        context.ReportOncePerLine(
            Rule,
            value.Syntax,
            DiagnosticSeverity.Warning,
            key.Calls.Append(key.Site).Select(site => site.GetLocation()),
            $"'{Witness.NameOf(context.Use.Symbol)}' gives a different '{key.Name}' each time {unit.Runner} runs this code again");
    }

    private static void CheckParameters(FileContext context)
    {
        foreach (var (parameter, method, write) in ForgottenKeys.Of(context.Model).In(context.Semantics, context.Settings.CallDepth, context.Cancellation))
            context.Report(
                Rule,
                parameter,
                DiagnosticSeverity.Warning,
                write.Effect.Witness.Locations,
                $"'{Witness.NameOf(method)}' takes '{parameter.Identifier.ValueText}' and does not pass it to {Describe(write, method)}");
    }

    private static string Describe(Write write, IMethodSymbol method) =>
        $"'{write.Effect.Witness.TargetName}'" + (write.Effect.Witness.IsIndirect ? $" ({write.Effect.Witness.Describe(method)})" : "");
}

using AgentLint.Analysis;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Idempotency;

/// <summary>What a tool, activity or consumer does, it does again when it is run again, and nothing shows the receiver that it did.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0101_SideEffectWithoutIdempotencyKey() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0101",
        "SideEffectWithoutIdempotencyKey",
        "A side effect has no idempotency key",
        "'{0}' {1} with '{2}'{3} each time it is run, without {4}",
        "Models, workflows and brokers run the same step again when they did not hear that it was done. Only a key that is the same in each attempt lets the receiver tell a repetition from a new operation.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var (site, root, write) in RootWrites.Of(context.Model).In(context.Semantics, context.Settings.CallDepth, context.Cancellation))
            context.Report(
                Rule,
                site,
                SeverityOf(write.Effect.Entry),
                write.Effect.Witness.Locations.Skip(1),
                Witness.NameOf(root),
                Does(write.Effect.Entry),
                Witness.NameOf(write.Effect.Witness.Target),
                write.Effect.Witness.Steps.Length > 1 ? $" ({write.Effect.Witness.Describe(root)})" : "",
                UnkeyedWrites.Missing(write.Effect.Entry));
    }

    // A row too many is found and deleted; a mail, a payment or a request is out.
    private static DiagnosticSeverity SeverityOf(CatalogueEntry entry) =>
        entry["kind"] is "payment" or "mail" or "sms" or "call" or "publish" or "http" ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info;

    private static string Does(CatalogueEntry entry) => entry["kind"] switch
    {
        "payment" => "pays",
        "mail" or "sms" => "sends",
        "call" => "calls somebody",
        "publish" => "publishes",
        "http" => "posts",
        "insert" => "inserts",
        "append" => "appends",
        "upload" => "uploads",
        "start" => "starts work",
        _ => "writes",
    };
}

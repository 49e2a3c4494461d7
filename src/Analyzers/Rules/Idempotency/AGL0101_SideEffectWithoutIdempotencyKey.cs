using AgentLint.Analysis;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Idempotency;

/// <summary>A tool, activity or consumer reaches a write that takes effect again when it is repeated, and the receiver gets no key by which to recognize that.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0101_SideEffectWithoutIdempotencyKey() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0101",
        "SideEffectWithoutIdempotencyKey",
        "A side effect has no idempotency key",
        "'{0}' {1} with '{2}'{3} each time it runs, without a stable idempotency key{4}",
        "Models, workflows and brokers repeat a step when they receive no confirmation that it succeeded. Only a key that is the same on every attempt lets the receiver tell a repetition from a new operation.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var found in RootWrites.Of(context.Model).In(context.Semantics, context.Settings.CallDepth, context.Cancellation))
        {
            var write = found.Write;
            var path = write.Effect.Witness;
            var takesKey = OperationKeys.Of(context.Model).TakesKey(write.Effect, context.Cancellation);
            context.Report(
                Rule,
                found.Site,
                SeverityOf(context, found, takesKey),
                path.Locations.Skip(1),
                NameOf(found.Root, context),
                write.Relative is { } member ? $"changes '{member}' again" : Does(write.Effect.Entry),
                path.TargetName,
                path.IsIndirect ? $" ({path.Describe(found.Root)})" : "",
                Remedies.OfRun(write, takesKey));
        }
    }

    // The function of a route has the route's name.
    private static string NameOf(IMethodSymbol root, FileContext context) =>
        root.MethodKind == MethodKind.AnonymousFunction && EntryPointNames.NameOf(root, context.Model, context.Cancellation) is var name && name.StartsWith("'", StringComparison.Ordinal)
            ? name.Trim('\'')
            : Witness.NameOf(root);

    // A row too many is found and deleted; a mail, a payment or a request is out. What a broker or a workflow runs is run again as a matter of course;
    // a tool is when a model or a host asks again, and then an API that takes no key leaves its author nothing to pass.
    private static DiagnosticSeverity SeverityOf(FileContext context, RootWrite found, bool takesKey)
    {
        var write = found.Write;
        var known = write.IsLikely || !found.IsCertain ? Mitigations.Uncertain : Mitigations.None;
        switch (write.Effect.Entry["kind"])
        {
            case "payment" or "mail" or "sms" or "call":
                break;
            case "http" when write.Relative == null:
                known |= (takesKey || found.IsRedelivered ? Mitigations.None : Mitigations.NoRemedy) | (write.IsLocal ? Mitigations.LocalPeer : Mitigations.None);
                break;
            case "publish":
                known |= write.FreshId == null ? Mitigations.Uncertain : Mitigations.None;
                break;
            default:
                if (write.Relative == null || !found.IsRedelivered)
                    return DiagnosticSeverity.Info;
                break;
        }

        return context.SeverityOf(found.Site, known, Mitigations.Usual & ~Mitigations.OneClient);
    }

    private static string Does(CatalogueEntry entry) => entry["kind"] switch
    {
        "payment" => "makes a payment",
        "mail" => "sends an email",
        "sms" => "sends a text message",
        "call" => "makes a phone call",
        "publish" => "publishes a message",
        "http" => "posts",
        "insert" => "adds an entry",
        "append" => "appends",
        "upload" => "uploads",
        "start" => "starts work",
        _ => "writes",
    };
}

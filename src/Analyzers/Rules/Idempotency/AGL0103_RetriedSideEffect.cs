using AgentLint.Analysis;
using AgentLint.Analysis.Writes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Idempotency;

/// <summary>A retry repeats a write that may already have taken effect, and the receiver gets no key by which to recognize that.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0103_RetriedSideEffect() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0103",
        "RetriedSideEffect",
        "A retry repeats a side effect that has no idempotency key",
        "'{0}'{1} is repeated by {2} when an attempt fails, although it may already have taken effect{3}",
        "A failed attempt may have done its work: its response was lost, or a later step failed. Without a key the next attempt does the work again.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var found in new RetriedWrites(context.Model, context.Settings.CallDepth, context.Cancellation).In(context.Semantics.SyntaxTree))
        {
            var write = found.Write;
            var path = write.Effect.Witness;
            var known = (write.IsLikely || (write.Effect.Entry["kind"] == "publish" && write.FreshId == null) ? Mitigations.Uncertain : Mitigations.None)
                | (write.IsLocal ? Mitigations.LocalPeer : Mitigations.None);
            context.Report(
                Rule,
                found.Site,
                context.SeverityOf(context.Semantics.SyntaxTree.GetRoot(context.Cancellation).FindNode(found.Site.SourceSpan), known, Mitigations.Usual & ~Mitigations.OneClient),
                path.Locations.Where(place => place != found.Site).Prepend(found.RetrySite).Concat(found.Others).Distinct(),
                path.TargetName,
                (path.IsIndirect || found.From != null ? $" ({path.Describe(found.From)})" : "") + (found.Others.Length > 0 ? $" (and {found.Others.Length} more)" : ""),
                found.Retry,
                Remedies.OfAttempt(write, OperationKeys.Of(context.Model).TakesKey(write.Effect, context.Cancellation)));
        }
    }
}

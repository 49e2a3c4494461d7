using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Verification;

/// <summary>Model text that is parsed where nothing handles a text that cannot be parsed.</summary>
internal static class UnguardedParses
{
    /// <summary>
    /// The parses of a file, in the order of the text: those of which no call on the way stands in a <c>try</c> that handles a failure.
    /// </summary>
    public static IEnumerable<UnverifiedFlow> In(SyntaxTree tree, AgentModel model, int depth, CancellationToken cancellation)
    {
        foreach (var flow in UnverifiedFlows.Of(model).In(tree, kind => kind == SinkKind.Parse, depth, cancellation))
            if (flow.Finding is { Source.Origin: TaintOrigin.Answer, Hit: var hit } && !IsEnvelope(flow.Finding)
                && !hit.Calls.Select(step => step.Site).Concat([hit.Site, flow.Finding.Site])
                    .Any(site => IsHandled(site, model, cancellation)))
                yield return flow;
    }

    // The body of a response: the server, not the model, writes the JSON around the model's text.
    private static bool IsEnvelope(TaintFinding finding) => (finding.Hit.Facts.Traits & TaintTraits.Envelope) != 0;

    private static bool IsHandled(SyntaxNode site, AgentModel model, CancellationToken cancellation)
    {
        for (var (child, node) = (site, site.Parent); node is not (null or MemberDeclarationSyntax); (child, node) = (node, node.Parent))
            if (node is TryStatementSyntax { Catches.Count: > 0 } attempt && attempt.Block == child
                && attempt.Catches.Any(handler => Handles(handler, model, cancellation)))
                return true;
            // Something that runs it again, or otherwise, when it fails.
            else if (node is AnonymousFunctionExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } }
                && model.Find(model.SemanticsOf(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol,
                    CatalogueRole.ResilientExecute) != null)
                return true;
        return false;
    }

    private static bool Handles(CatchClauseSyntax handler, AgentModel model, CancellationToken cancellation)
    {
        var semantics = model.SemanticsOf(handler.SyntaxTree);
        return ExceptionTypes.TakesParseFailures(handler, semantics, model, cancellation)
            // What Enum.Parse, numbers that are too large, and JSON of another kind throw; a type that is not known may be any of them.
            || semantics.GetTypeInfo(handler.Declaration!.Type, cancellation).Type is null or IErrorTypeSymbol
                or { Name: "ArgumentException" or "OverflowException" or "InvalidOperationException" };
    }
}

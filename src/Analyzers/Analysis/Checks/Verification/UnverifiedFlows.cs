using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Verification;

/// <summary>A flow from a model to a sink, and how sure it is that it does harm.</summary>
/// <param name="Finding">The flow.</param>
/// <param name="Sink">What the catalogue says of the sink.</param>
/// <param name="IsProven">Whether the value decides about more than a reading, on a way that was followed through.</param>
internal sealed record UnverifiedFlow(TaintFinding Finding, SinkFacts Sink, bool IsProven)
{
    /// <summary>The places on the way.</summary>
    public IEnumerable<Location> Places => Finding.Places;

    /// <summary>The functions on the way; empty where the source and the sink stand in one.</summary>
    public string Way => Finding.Way;
}

/// <summary>The flows of the taint analysis that concern a rule, one for each source, kind of sink and function.</summary>
internal sealed class UnverifiedFlows(AgentModel model)
{
    private readonly CatalogueQuery credentials = model.Query(entry => entry.Role == CatalogueRole.Credential);

    public static UnverifiedFlows Of(AgentModel model) => model.Shared(m => new UnverifiedFlows(m));

    /// <summary>The flows that are reported in a file, in the order of the text.</summary>
    public IEnumerable<UnverifiedFlow> In(SyntaxTree tree, Func<SinkKind, bool> wanted, int depth, CancellationToken cancellation)
    {
        var flows = new List<UnverifiedFlow>();
        foreach (var finding in Taint.Of(model, cancellation).In(tree))
            if (SinkFacts.Of(finding.Hit.Entry) is { } sink && wanted(sink.Kind) && finding.Hit.Calls.Length <= depth)
                flows.Add(new UnverifiedFlow(finding, sink, IsProven(finding, sink, cancellation)));
        return flows
            .GroupBy(flow => (flow.Finding.Function, flow.Finding.Source, flow.Sink.Kind), (_, same) =>
                same.OrderByDescending(flow => flow.IsProven).ThenBy(flow => flow.Finding.Site.SpanStart).First())
            .OrderBy(flow => flow.Finding.Site.SpanStart);
    }

    // A text that is read from a file does less harm than one that is run; an address gives something away where a credential goes with
    // the request.
    private bool IsProven(TaintFinding finding, SinkFacts sink, CancellationToken cancellation)
    {
        if ((finding.Hit.Facts.Traits & TaintTraits.May) != 0)
            return false;
        return sink.Kind switch
        {
            SinkKind.Sql or SinkKind.Process or SinkKind.Script => true,
            SinkKind.Path => sink.Access is PathAccess.Write or PathAccess.Delete && !IsComparedAsFullPath(finding),
            SinkKind.Address => CarriesCredential(finding.Hit.Site, cancellation),
            _ => false,
        };
    }

    private static bool IsComparedAsFullPath(TaintFinding finding) => finding.Hit.HasPrefix
        && (finding.Hit.Facts.Traits & TaintTraits.Canonical) != 0;

    private bool CarriesCredential(SyntaxNode site, CancellationToken cancellation) =>
        site.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type
        && credentials.In(site.SyntaxTree, cancellation).Any(use => type.Span.Contains(use.Name.Span));
}

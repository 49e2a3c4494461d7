using System.Collections.Immutable;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Facts;

/// <summary>The sinks that the parameters of a project's members reach: statements, programs, scripts, paths and addresses.</summary>
internal sealed class PublishedSinks
{
    // What a member's parameters reach beyond that is not published.
    private const int MaxSinks = 8;

    private readonly CancellationToken cancellation;
    private readonly Lazy<Taint> taint;

    public PublishedSinks(AgentModel model, CancellationToken cancellation)
    {
        this.cancellation = cancellation;
        taint = new(() => Taint.OnDemand(model, cancellation));
        var query = model.Query(IsPublished);
        var foreign = new NameSet(ForeignFacts.Of(model).NamesWhere(member => !member.Sinks.IsEmpty, cancellation));
        Names = LeadingFunctions.From(model.Compilation, tree => (query.NamesIn(tree, cancellation).Concat(NameIndex.Of(tree, cancellation).Among(foreign)), []), cancellation).Names;
    }

    /// <summary>The names of the functions that may lead to a sink.</summary>
    public IReadOnlyCollection<string> Names { get; }

    /// <summary>The sinks of a method, nearest first.</summary>
    public ImmutableArray<SinkFact> Of(IMethodSymbol method)
    {
        if (taint.Value.SummaryOf(method, cancellation) is not { Hits: { IsEmpty: false } hits })
            return [];
        var found = new List<SinkFact>();
        foreach (var hit in hits)
            if (hit.Label.Source is { Origin: TaintOrigin.Parameter, Ordinal: >= 0 and var parameter } && IsPublished(hit.Entry) && !hit.HasPrefix)
            {
                var fact = new SinkFact(hit.Entry, hit.Member.Name, [.. hit.Calls.Select(step => Witness.NameOf(step.Called)), .. hit.Beyond, Witness.NameOf(hit.Member)], parameter, hit.Label.Members, hit.Facts.Traits);
                if (!found.Any(other => other.Entry == fact.Entry && other.Parameter == parameter && other.Members == fact.Members && other.Traits == fact.Traits))
                    found.Add(fact);
            }

        return [.. found.OrderBy(fact => fact.Way.Length).Take(MaxSinks)];
    }

    private static bool IsPublished(CatalogueEntry entry) =>
        SinkFacts.Of(entry) is { Kind: SinkKind.Sql or SinkKind.Process or SinkKind.Script or SinkKind.Path or SinkKind.Address };
}

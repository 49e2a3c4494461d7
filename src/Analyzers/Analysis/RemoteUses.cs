using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>
/// Where a program asks models and agents, and where its workflows schedule steps that may. Found once per compilation: what leads there is
/// looked for from these places outwards.
/// </summary>
internal sealed class RemoteUses
{
    private RemoteUses(ImmutableArray<CatalogueUse> all, ImmutableArray<SimpleNameSyntax> prompts)
    {
        All = all;
        Prompts = prompts;
    }

    /// <summary>The uses of the catalogue, in the order of the text. Each with one of the overloads that it can mean: what they ask is the same.</summary>
    public ImmutableArray<CatalogueUse> All { get; }

    /// <summary>Requests to models that are made over plain HTTP.</summary>
    public ImmutableArray<SimpleNameSyntax> Prompts { get; }

    public static RemoteUses Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<RemoteUses>()).Get(() => Find(model, cancellation));

    private static RemoteUses Find(AgentModel model, CancellationToken cancellation)
    {
        var query = model.Query(entry => entry.Answers() || RemoteWork.Asks(entry));
        var requests = ModelRequests.Of(model);
        var all = ImmutableArray.CreateBuilder<CatalogueUse>();
        var prompts = ImmutableArray.CreateBuilder<SimpleNameSyntax>();
        foreach (var tree in model.Compilation.SyntaxTrees)
        {
            all.AddRange(query.In(tree, cancellation, name => Known(name, model, cancellation)));
            prompts.AddRange(requests.In(tree, cancellation));
        }

        return new RemoteUses(all.ToImmutable(), prompts.ToImmutable());
    }

    // Overloads that ask alike are one to all that look from here.
    private static IMethodSymbol? Known(SimpleNameSyntax name, AgentModel model, CancellationToken cancellation)
    {
        if (UnboundCalls.Of(model).At(name, cancellation) is not { Candidates: var candidates })
            return null;
        return candidates.Select(candidate => (Answers: model.EntriesOf(candidate).Any(entry => entry.Answers()), Asks: model.EntriesOf(candidate).Any(RemoteWork.Asks))).Distinct().Count() == 1
            ? candidates[0]
            : null;
    }
}

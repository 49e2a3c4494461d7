using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A retry around remote work with no circuit breaker beside it.</summary>
/// <param name="Site">The call that adds or makes the retry.</param>
/// <param name="Work">The remote call that is retried.</param>
/// <param name="Root">From where it is reached.</param>
internal sealed record UnbrokenRetry(InvocationExpressionSyntax Site, Effect Work, Entrance Root);

/// <summary>Finds retries of pipelines and policies that hold no circuit breaker, where what they run for tools, requests and messages
/// is remote.</summary>
internal sealed class UnbrokenRetries(AgentModel model)
{
    private readonly Once<IReadOnlyList<UnbrokenRetry>> all = new();

    public static UnbrokenRetries Of(AgentModel model) => model.Shared(m => new UnbrokenRetries(m));

    /// <summary>Those that stand in one file, in the order of the text.</summary>
    public IEnumerable<UnbrokenRetry> In(SyntaxTree tree, int depth, CancellationToken cancellation) =>
        all.Get(() => [.. Find(depth, cancellation)]).Where(retry => retry.Site.SyntaxTree == tree);

    private IEnumerable<UnbrokenRetry> Find(int depth, CancellationToken cancellation)
    {
        var uses = model.Query(entry => entry.Role == CatalogueRole.ResilientExecute);
        var policies = new RetryPolicies(model, cancellation);
        var found = new Dictionary<SyntaxNode, UnbrokenRetry>();
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in uses.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation execute
                    && policies.PartsOf(execute.Receiver()) is { Retries.Count: > 0, HasBreaker: false } parts
                    && EffectSummaries.Of(model).Of(execute, depth, cancellation).Effects.FirstOrDefault(effect =>
                        effect.Entry.IsRemoteCall()) is { } work
                    && Entrances.Of(model).At(execute.Syntax, cancellation) is { Root: not null } entrance)
                    foreach (var layer in parts.Retries)
                        if (layer.Site is InvocationExpressionSyntax site && !found.ContainsKey(site))
                            found.Add(site, new UnbrokenRetry(site, work, entrance));
        return found.Values.OrderBy(retry => retry.Site.SpanStart);
    }
}

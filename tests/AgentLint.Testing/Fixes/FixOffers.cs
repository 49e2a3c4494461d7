using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Testing;

/// <summary>Asks the code fixes what they offer.</summary>
/// <param name="providers">The code fixes of the test.</param>
/// <param name="index">Which of the actions of a diagnostic the test is about; null stands for the first.</param>
/// <param name="equivalenceKey">The key of the action that the test is about; null stands for any.</param>
sealed class FixOffers(ImmutableArray<CodeFixProvider> providers, int? index, string? equivalenceKey)
{
    public ImmutableHashSet<string> FixableIds { get; } = [.. providers.SelectMany(provider => provider.FixableDiagnosticIds)];

    /// <summary>For each diagnostic that lies in a source file, in order, the action that the test is about, where it is offered.</summary>
    public async Task<ImmutableArray<FixOffer>> FindAsync(Analyzed analyzed, IVerifier verifier, CancellationToken cancellationToken)
    {
        var offers = ImmutableArray.CreateBuilder<FixOffer>();
        foreach (var diagnostic in analyzed.Diagnostics.Where(d => FixableIds.Contains(d.Id)))
        {
            if (analyzed.Solution.GetDocument(diagnostic.Location.SourceTree) is { } document)
            {
                var offered = new List<FixOffer>();
                foreach (var provider in providers.Where(p => p.FixableDiagnosticIds.Contains(diagnostic.Id)))
                {
                    offered.AddRange(await AskAsync(provider, document, diagnostic, verifier, cancellationToken));
                }

                if (Choose(offered, verifier) is { } chosen)
                {
                    offers.Add(chosen);
                }
            }
        }

        return offers.ToImmutable();
    }

    static async Task<IEnumerable<FixOffer>> AskAsync(CodeFixProvider provider, Document document, Diagnostic diagnostic, IVerifier verifier, CancellationToken cancellationToken)
    {
        var registered = new List<(CodeAction Action, ImmutableArray<Diagnostic> Diagnostics)>();
        var context = new CodeFixContext(document, diagnostic, (action, diagnostics) => registered.Add((action, diagnostics)), cancellationToken);
        await Guard.RunAsync(
            $"{provider.GetType().Name} was asked to fix {diagnostic.Id}",
            async () =>
            {
                await provider.RegisterCodeFixesAsync(context);
                return true;
            },
            verifier,
            cancellationToken);

        foreach (var other in registered.SelectMany(r => r.Diagnostics).Where(d => d != diagnostic))
        {
            verifier.Fail(provider.FixableDiagnosticIds.Contains(other.Id)
                ? $"{provider.GetType().Name} offers a fix for a diagnostic that it was not asked about: {other}"
                : $"{provider.GetType().Name} offers a fix for {other.Id}, which is not in its FixableDiagnosticIds.");
        }

        return registered.SelectMany(r => Leaves(r.Action)).Select(action => new FixOffer(document, diagnostic, provider, action));
    }

    FixOffer? Choose(List<FixOffer> offered, IVerifier verifier)
    {
        if (index is not { } wanted)
        {
            return offered.Find(offer => equivalenceKey is null || offer.Action.EquivalenceKey == equivalenceKey);
        }

        var chosen = offered.ElementAtOrDefault(wanted);
        if (chosen is not null && equivalenceKey is not null)
        {
            verifier.Equal(equivalenceKey, chosen.Action.EquivalenceKey, $"The action at index {wanted} has another equivalence key.");
        }

        return chosen;
    }

    static IEnumerable<CodeAction> Leaves(CodeAction action) =>
        action.NestedActions.IsEmpty ? [action] : action.NestedActions.SelectMany(Leaves);
}

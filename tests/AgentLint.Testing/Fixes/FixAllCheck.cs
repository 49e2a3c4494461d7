using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Testing;

/// <summary>Runs Fix All in one scope, from one document or project to the next until nothing is offered.</summary>
sealed class FixAllCheck(FixVerification fix, FixAllScope scope, int? iterations)
{
    public async Task VerifyAsync(IVerifier verifier, CancellationToken cancellationToken)
    {
        var offers = await fix.Offers.FindAsync(fix.Before, verifier, cancellationToken);
        var enough = offers.Select(offer => (Unit(offer.Document), offer.Diagnostic.Id, offer.Action.EquivalenceKey)).Distinct().Count();
        await fix.RunUntilStableAsync(
            iterations ?? -enough,
            (current, offer) => StepAsync(current, offer, verifier, cancellationToken),
            once: false,
            verifier,
            cancellationToken);
    }

    object Unit(Document document) => scope switch
    {
        FixAllScope.Document => document.Id,
        FixAllScope.Project => document.Project.Id,
        _ => scope,
    };

    async Task<Analyzed> StepAsync(Analyzed current, FixOffer offer, IVerifier verifier, CancellationToken cancellationToken)
    {
        var provider = offer.Provider.GetFixAllProvider();
        var name = offer.Provider.GetType().Name;
        verifier.True(provider is not null, $"{name} has no Fix All (a test accepts that with CodeFixTestBehaviors.SkipFixAllCheck).");
        verifier.True(provider.GetSupportedFixAllScopes().Contains(scope), $"{name} has no Fix All in {scope}.");
        verifier.True(offer.Action.EquivalenceKey is not null, $"{offer} has no equivalence key, without which Fix All cannot tell actions apart.");

        var context = new FixAllContext(
            offer.Document,
            offer.Provider,
            scope,
            offer.Action.EquivalenceKey,
            [offer.Diagnostic.Id],
            new Diagnostics(current),
            cancellationToken);
        var action = await Guard.RunAsync($"{name} was asked to fix all in {scope}", () => provider.GetFixAsync(context), verifier, cancellationToken);
        verifier.True(action is not null, $"Fix All in {scope} has nothing to offer, although there is {offer}.");
        return await fix.StepAsync(action, current.Solution, verifier, cancellationToken);
    }

    /// <summary>Hands out the diagnostics that are known already, instead of analysing again.</summary>
    sealed class Diagnostics(Analyzed analyzed) : FixAllContext.DiagnosticProvider
    {
        readonly ILookup<DocumentId?, Diagnostic> byDocument =
            analyzed.Diagnostics.ToLookup(d => analyzed.Solution.GetDocument(d.Location.SourceTree)?.Id);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(byDocument[document.Id]);

        /// <summary>These are the ones outside of documents, for which no fix is offered.</summary>
        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(Enumerable.Empty<Diagnostic>());

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(project.DocumentIds.SelectMany(id => byDocument[id]));
    }
}

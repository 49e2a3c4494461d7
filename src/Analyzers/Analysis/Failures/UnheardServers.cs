using System.Collections.Immutable;
using AgentLint.Analysis.Cycles;
using AgentLint.Analysis.Retries;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Failures;

/// <summary>A retry after a status by which a server asks to be left alone for a while, that never looks at how long.</summary>
/// <param name="Call">The work that is done again.</param>
/// <param name="Status">The status, in a message.</param>
/// <param name="Site">The condition that decides for another attempt.</param>
internal sealed record UnheardServer(CycleCall Call, string Status, Location Site);

/// <summary>
/// Finds hand-written retries that do not listen to the server. Whoever reads what a server says beside its answer listens, as does whoever hands the answer
/// or the failure to code that cannot be followed, and whoever has a layer beneath that retries by itself.
/// </summary>
internal sealed class UnheardServers(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private static readonly (int Status, string Name)[] Requests = [(429, "429 Too Many Requests"), (503, "503 Service Unavailable")];

    /// <summary>The retries of a file, each once, in the order of the text.</summary>
    public IEnumerable<UnheardServer> In(int depth)
    {
        foreach (var cycle in FailedAttempt.In(semantics, model, depth, cancellation).GroupBy(failed => failed.Cycle))
            if (cycle.First() is var failed && StatusPaths.Of(failed, model, semantics, cancellation) is { } again && RequestIn(again) is ({ } status, { } test)
                && !failed.Cycle.Delays.Any(delay => delay.Growth == DelayGrowth.Directed)
                && !IsHeard(failed, depth) && !IsLeftToOthers(failed, depth))
                yield return new UnheardServer(failed.Call, status, test.GetLocation());
    }

    private (string? Status, SyntaxNode? Test) RequestIn(StatusPaths again)
    {
        foreach (var (status, name) in Requests)
            if (again.TestBefore(status) is { } test && Names(test, status))
                return (name, test);
        return default;
    }

    // All of 500 and more is about faults: few of them come with a wish.
    private bool Names(SyntaxNode test, int status) =>
        semantics.GetOperation(test, cancellation)?.DescendantsAndSelf().Any(part => part.ConstantValue is { HasValue: true, Value: int number } && number == status) == true;

    // ---- who listens ----------------------------------------------------------------------------------------------------

    private bool IsHeard(FailedAttempt failed, int depth)
    {
        var body = failed.Region is AnonymousFunctionExpressionSyntax lambda ? lambda.Body : failed.Region;
        if (semantics.GetOperation(body, cancellation) is not { } work)
            return true;
        var effects = EffectSummaries.Of(model).Of(work, depth, cancellation);
        if (effects.IsCut || effects.First(entry => entry.Role == CatalogueRole.RetryAfter) != null)
            return true;
        var carriers = new HashSet<ITypeSymbol>(
            StatusPaths.StatusesIn(failed.Region, model, semantics, cancellation).Select(status => semantics.GetSymbolInfo(status.Name, cancellation).Symbol?.ContainingType).OfType<ITypeSymbol>(),
            SymbolEqualityComparer.Default);
        return work.Descendants().Any(part => part is IArgumentOperation { Value: var given, Parent: IInvocationOperation call } && IsCarried(given, carriers) && MayListen(call));
    }

    private static bool IsCarried(IOperation given, HashSet<ITypeSymbol> carriers)
    {
        for (var type = given.Unwrap().Type; type != null; type = type.BaseType)
            if (carriers.Contains(type))
                return true;
        return false;
    }

    // What gives nothing back only takes note. What has source is part of the summary.
    private bool MayListen(IInvocationOperation call) =>
        !call.TargetMethod.ReturnsVoid
        && model.EntriesOf(call.TargetMethod).IsEmpty
        && !IsOfFramework(call.TargetMethod)
        && (CallGraph.Of(model).Resolve(call.TargetMethod) is not { } helper || !MethodBodies.HasSource(helper, model));

    // What a delegate does, whoever made it knows.
    private static bool IsOfFramework(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.DelegateInvoke)
            return false;
        var space = method.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space is { Name: "System", IsGlobalNamespace: false };
    }

    // A client that retries by itself waits as long as the server says; only what it gives up on comes here.
    private bool IsLeftToOthers(FailedAttempt failed, int depth)
    {
        if (failed.Call is not { Path: { } path, Entry: { } entry })
            return true;
        var scopes = RetryScopes.Of(model, depth, cancellation);
        var last = path.Steps[path.Steps.Length - 1];
        var client = (model.SemanticsOf(last.Site.SyntaxTree).GetOperation(last.Site, cancellation) as IInvocationOperation)?.Receiver()?.Type;
        if (new RetryStacks(model, scopes, cancellation).LayersOfClient(new Effect(entry, path)).Any())
            return true;
        return StatusPaths.StatusesIn(failed.Region, model, semantics, cancellation).All(status => status.Entry.Has("sdk")) && !scopes.Sdks.IsOff(last.Named, client);
    }
}

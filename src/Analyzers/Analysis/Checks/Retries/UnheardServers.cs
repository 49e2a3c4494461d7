using System.Collections.Immutable;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

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
    private const int Success = 200;
    private const int Limited = 429;

    private static readonly (int Status, string Name)[] Requests = [(Limited, "429 Too Many Requests"), (503, "503 Service Unavailable")];

    /// <summary>The retries of a file, each once, in the order of the text.</summary>
    public IEnumerable<UnheardServer> In(int depth)
    {
        foreach (var cycle in Cycles.Of(model).In(semantics.SyntaxTree, depth, cancellation))
            // What goes through a sequence goes on with the next item.
            if (cycle.Shape != CycleShape.ForEach && cycle.Calls.FirstOrDefault(call => call.IsProven) is { } work
                && StatusPaths.Of(cycle, work, model, semantics, cancellation) is { } again && RequestIn(again, cycle) is ({ } status, { } test)
                && (RetryRegions.IsRetry(cycle) || !again.GoesOn(Success))
                && !cycle.Delays.Any(delay => delay.Growth == DelayGrowth.Directed)
                && !IsHeard(cycle, depth) && !IsLeftToOthers(cycle, work, depth))
                yield return new UnheardServer(work, status, test.GetLocation());
    }

    private (string? Status, SyntaxNode? Test) RequestIn(StatusPaths again, Cycle cycle)
    {
        foreach (var (status, name) in Requests)
            // A limit is a limit. Whether a server that is down says for how long, only its answer shows.
            if (again.TestBefore(status) is { } test && Names(test, status) && (status == Limited || HasAnswer(cycle)))
                return (name, test);
        return default;
    }

    // An exception of HttpClient's has the status, and nothing else that came.
    private bool HasAnswer(Cycle cycle) => CarriersIn(StatusPaths.RegionOf(cycle)).Any(type => !ExceptionTypes.IsException(type));

    private IEnumerable<ITypeSymbol> CarriersIn(SyntaxNode region) =>
        StatusPaths.StatusesIn(region, model, semantics, cancellation).Select(status => semantics.GetSymbolInfo(status.Name, cancellation).Symbol?.ContainingType).OfType<ITypeSymbol>();

    // All of 500 and more is about faults: few of them come with a wish.
    private bool Names(SyntaxNode test, int status)
    {
        var conditions = new Conditions(model, semantics, new Situation(status), cancellation);
        conditions.Holds(semantics.GetOperation(test, cancellation));
        return conditions.NamesStatus;
    }

    // ---- who listens ----------------------------------------------------------------------------------------------------

    private bool IsHeard(Cycle cycle, int depth)
    {
        var region = StatusPaths.RegionOf(cycle);
        var body = region is AnonymousFunctionExpressionSyntax lambda ? lambda.Body : region;
        if (semantics.GetOperation(body, cancellation) is not { } work)
            return true;
        var effects = EffectSummaries.Of(model).Of(work, depth, cancellation);
        if (effects.IsCut || effects.First(entry => entry.Role == CatalogueRole.RetryAfter) != null)
            return true;
        var carriers = new HashSet<ITypeSymbol>(CarriersIn(region), SymbolEqualityComparer.Default);
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
    private bool IsLeftToOthers(Cycle cycle, CycleCall work, int depth)
    {
        if (work is not { Path: { } path, Entry: { } entry })
            return true;
        var scopes = RetryRegions.Of(model, depth, cancellation);
        var last = path.Steps[path.Steps.Length - 1];
        var client = (model.SemanticsOf(last.Site.SyntaxTree).GetOperation(last.Site, cancellation) as IInvocationOperation)?.Receiver()?.Type;
        if (new RetryStacks(model, scopes, cancellation).LayersOfClient(new Effect(entry, path)).Any())
            return true;
        return StatusPaths.StatusesIn(StatusPaths.RegionOf(cycle), model, semantics, cancellation).All(status => status.Entry.Has("sdk")) && !scopes.Sdks.IsOff(last.Named, client);
    }
}

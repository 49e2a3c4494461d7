using System.Collections.Concurrent;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Which calls of a function cross the network, themselves or through others.</summary>
internal sealed class RemoteCalls(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly ConcurrentDictionary<SyntaxNode, CycleCall?> known = new();

    /// <summary>How many calls are followed.</summary>
    public int Depth => depth;

    /// <summary>The remote work that a call does; null where it does none.</summary>
    public CycleCall? Of(IInvocationOperation call)
    {
        // Calls that the compiler makes stand where others do.
        if (call.IsImplicit)
            return null;
        if (known.TryGetValue(call.Syntax, out var found))
            return found;
        return known.GetOrAdd(call.Syntax, Find(Whole(call)));
    }

    // A control-flow graph takes calls apart; the summaries want them whole.
    private IInvocationOperation Whole(IInvocationOperation call) =>
        model.SemanticsOf(call.Syntax.SyntaxTree).GetOperation(call.Syntax, cancellation) as IInvocationOperation ?? call;

    private CycleCall? Find(IInvocationOperation call)
    {
        var requests = ModelRequests.Of(model);
        if (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke)
        {
            if (call.Receiver()?.Unwrap() is IParameterReferenceOperation { Parameter: var parameter } && IsOpen(call))
                return OfParameter(call, parameter, requests);
        }
        else
        {
            var entries = model.EntriesOf(call.TargetMethod);
            if (entries.FirstOrDefault(e => e.IsRemoteCall()) is { } remote)
                return new CycleCall(
                    call,
                    new Witness([new Call(call.TargetMethod, null, call.Syntax)]),
                    remote,
                    remote.Answers() || (remote.Role == CatalogueRole.HttpCall && requests.IsPrompt(call.TargetMethod, call.Syntax)));
            if (entries.Any(e => e.Role == CatalogueRole.ActivityCall))
                return OfActivity(call, requests);
            // What is known otherwise does what its role says, except that some run what they are given.
            if (!entries.IsEmpty && !entries.Any(e => e.Role is CatalogueRole.RunsDelegate or CatalogueRole.ResilientExecute))
                return null;
        }

        var summary = EffectSummaries.Of(model).Of(call, depth, cancellation);
        var nearest = summary.Effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall() && !IsInArgument(effect, call));
        if (nearest == null)
            return IsOpen(call) ? new CycleCall(call, null, null, false) : null;
        var asks = summary.Effects.FirstOrDefault(effect => requests.Asks(effect) && (effect.Entry.Role == CatalogueRole.HttpCall || effect.Entry.Answers()) && !IsInArgument(effect, call));
        return new CycleCall(call, (asks ?? nearest).Witness, (asks ?? nearest).Entry, asks != null);
    }

    // A helper that runs what it is given: where the project gives it nothing remote, there is no remote work.
    private CycleCall? OfParameter(IInvocationOperation call, IParameterSymbol parameter, ModelRequests requests)
    {
        var (isUsed, remote) = DelegateUses.Of(model).Of(parameter, depth, cancellation);
        return remote != null ? new CycleCall(call, remote.Witness, remote.Entry, requests.Asks(remote))
            : isUsed ? null
            : new CycleCall(call, null, null, false);
    }

    // A step of a workflow does what its activity does.
    private CycleCall? OfActivity(IInvocationOperation call, ModelRequests requests)
    {
        if (ActivityCalls.Of(model).TargetOf(call, cancellation) is not { } activity)
            return null;
        var effects = EffectSummaries.Of(model).Of(activity, depth, cancellation).Effects;
        var asks = effects.FirstOrDefault(requests.Asks);
        return (asks ?? effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall())) is { } nearest
            ? new CycleCall(call, nearest.Witness.After(new Call(activity, activity, call.Syntax)), nearest.Entry, asks != null)
            : null;
    }

    // f(await g()): what stands in an argument is work of its own, unless it is a function that f runs.
    private static bool IsInArgument(Effect effect, IInvocationOperation call)
    {
        var site = effect.Witness.Steps[0].Site;
        if (site == call.Syntax)
            return false;
        for (var node = site; node != null && node != call.Syntax; node = node.Parent)
            if (node is Microsoft.CodeAnalysis.CSharp.Syntax.AnonymousFunctionExpressionSyntax)
                return false;
        // A method group that is handed over runs in the call; anything else is written beside it.
        return call.Syntax.Span.Contains(site.Span) && site is Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax or Microsoft.CodeAnalysis.CSharp.Syntax.BaseObjectCreationExpressionSyntax;
    }

    // An awaited delegate, or an interface that somebody else implements: what it does is not known.
    private bool IsOpen(IInvocationOperation call)
    {
        if (!call.TargetMethod.ReturnType.IsTask())
            return false;
        if (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke)
            return true;
        return (call.TargetMethod.IsAbstract || call.TargetMethod.ContainingType?.TypeKind == TypeKind.Interface)
            && model.Declares(call.TargetMethod)
            && CallGraph.Of(model).Resolve(call.TargetMethod) == null;
    }
}

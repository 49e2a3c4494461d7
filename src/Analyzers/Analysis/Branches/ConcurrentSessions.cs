using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>What a step does with a conversation.</summary>
internal enum SessionUseKind
{
    /// <summary>Starts a run of a session that takes one at a time.</summary>
    Runs,

    /// <summary>Starts an operation of an object that serves one at a time.</summary>
    Serves,

    /// <summary>Sends a history to a model or an agent.</summary>
    Sends,

    /// <summary>Adds to a history, or takes from it.</summary>
    Changes,
}

/// <summary>One use of a conversation that branches share.</summary>
/// <param name="Path">The conversation.</param>
/// <param name="Kind">What is done with it.</param>
/// <param name="Value">Where it is named.</param>
/// <param name="Step">The call.</param>
internal sealed record SessionUse(SharedPath Path, SessionUseKind Kind, IOperation Value, BranchStep Step)
{
    public IInvocationOperation Call => (IInvocationOperation)Step.Operation;

    /// <summary>The place in the branches' own declaration: the call, or the call that leads to it.</summary>
    public SyntaxNode Site => Step.Site;

    public string Describe() => Step.Describe(Witness.NameOf(Call.TargetMethod));
}

/// <summary>A conversation that branches use at the same time.</summary>
/// <param name="Group">The branches.</param>
/// <param name="Uses">The uses that nothing guards, in the order of the text.</param>
internal sealed record ConcurrentSession(BranchGroup Group, ImmutableArray<SessionUse> Uses);

/// <summary>Finds conversations whose turns get mixed up, because branches that run at the same time use one of them.</summary>
internal sealed class ConcurrentSessions(AgentModel model, CancellationToken cancellation)
{
    private readonly Mutability mutability = new(model);

    /// <summary>What a step does with conversations.</summary>
    public IEnumerable<SessionUse> At(BranchStep step)
    {
        if (step.Operation is not IInvocationOperation call || call.TargetMethod.MethodKind == MethodKind.DelegateInvoke)
            yield break;
        var entries = model.EntriesOf(call.TargetMethod);
        if (call.Type.IsTask() && !model.Declares(call.TargetMethod) && ServerOf(call) is { } server && step.Frame.ObjectOf(server, cancellation) is { } served)
            yield return new SessionUse(OfScope(served, server.Type), SessionUseKind.Serves, server, step);
        foreach (var value in call.Arguments.Select(argument => argument.Value).Prepend(call.Instance == null ? null : call.Receiver()).OfType<IOperation>())
            if (value.Unwrap() is { Type: INamedTypeSymbol type } named && mutability.IsSession(type) && step.Frame.ObjectOf(named, cancellation) is { } path)
                if (IsForOneRun(type))
                {
                    if (entries.Any(RoleQuestions.IsRemoteCall))
                        yield return new SessionUse(path, SessionUseKind.Runs, named, step);
                }
                else if (entries.Any(RoleQuestions.Answers))
                    yield return new SessionUse(path, SessionUseKind.Sends, named, step);
                else if (call.Receiver() == value && !model.Declares(call.TargetMethod) && Collections.IsChange(call.TargetMethod))
                    yield return new SessionUse(path, SessionUseKind.Changes, named, step);
    }

    /// <summary>The conversations among the uses of a group that more than one branch goes on with at the same time.</summary>
    public static IEnumerable<ConcurrentSession> In(BranchGroup group, List<(Branch Branch, SessionUse Use)> uses)
    {
        while (uses.Count > 0)
        {
            var same = uses.Where(one => one.Use.Path.IsSame(uses[0].Use.Path)).ToList();
            uses.RemoveAll(same.Contains);
            var kept = same.Where(one => IsMixedUp(one.Branch, one.Use, same)).ToList();
            if (kept.Count > 0)
                yield return new ConcurrentSession(group, [.. kept.Select(one => one.Use).GroupBy(use => use.Step.Operation.Syntax).Select(g => g.First()).OrderBy(use => use.Site.SpanStart)]);
        }
    }

    // Several may send a history that nobody changes.
    private static bool IsMixedUp(Branch branch, SessionUse use, List<(Branch Branch, SessionUse Use)> same)
    {
        var met = same.Where(one => one.Branch == branch ? branch.Round != null : branch.Meets(one.Branch)).ToList();
        return use.Kind is SessionUseKind.Runs or SessionUseKind.Serves
            ? met.Any(one => one.Use.Kind == use.Kind)
            : same.Any(one => one.Use.Kind == SessionUseKind.Changes) && same.Any(one => one.Use.Kind == SessionUseKind.Sends) && met.Any(one => one.Use.Kind == SessionUseKind.Changes || use.Kind == SessionUseKind.Changes);
    }

    // One scope gives all that it makes the same scoped service: that of one injected object is that of another.
    private SharedPath OfScope(SharedPath path, ITypeSymbol? type) =>
        path.Root is INamedTypeSymbol && type is INamedTypeSymbol service
        && path.Members.All(member => member is IParameterSymbol or IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null })
        && Lifetimes.Of(model).OfService(service, cancellation) is { IsEmpty: false } registered && registered.All(one => one.Lifetime == ServiceLifetime.Scoped)
            ? new SharedPath(service, [])
            : path;

    // orders.Where(…).ToListAsync(), db.Orders.FindAsync(…): the object below all that is made of it.
    private IOperation? ServerOf(IInvocationOperation call)
    {
        for (var value = call.Receiver()?.Unwrap(); value != null;)
        {
            if (model.Is(value.Type, CatalogueRole.OneAtATime))
                return value;
            value = value switch
            {
                IInvocationOperation inner => inner.Receiver()?.Unwrap(),
                ITranslatedQueryOperation query => query.Operation.Unwrap(),
                IMemberReferenceOperation member => member.Instance is IConditionalAccessInstanceOperation instance ? instance.ConditionalOperand()?.Unwrap() : member.Instance?.Unwrap(),
                _ => null,
            };
        }

        return null;
    }

    private bool IsForOneRun(INamedTypeSymbol type) => model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Session && entry.Has("one-run"));
}

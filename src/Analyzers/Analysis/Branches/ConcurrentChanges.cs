using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Branches;

/// <summary>Something that branches share and change at the same time.</summary>
/// <param name="Group">The branches.</param>
/// <param name="Changes">The changes that nothing guards, in the order of the text.</param>
internal sealed record ConcurrentChange(BranchGroup Group, ImmutableArray<SharedChange> Changes);

/// <summary>Finds what branches change at the same time.</summary>
internal sealed class ConcurrentChanges(AgentModel model)
{
    private readonly Mutability mutability = new(model);

    public static ConcurrentChanges Of(AgentModel model) => model.Shared(m => new ConcurrentChanges(m));

    /// <summary>What is changed in one file, in the order of the text; each change once.</summary>
    public IEnumerable<ConcurrentChange> In(SemanticModel semantics, CancellationToken cancellation)
    {
        var reported = new HashSet<SyntaxNode>();
        foreach (var group in BranchGroups.Of(model).In(semantics, cancellation))
            foreach (var change in In(group, cancellation))
                if (reported.Add(change.Changes[0].Step.Operation.Syntax))
                    yield return change;
    }

    private IEnumerable<ConcurrentChange> In(BranchGroup group, CancellationToken cancellation)
    {
        var walk = new BranchWalk(model, cancellation);
        var guards = new BranchGuards(model, cancellation);
        var reader = new SharedChanges(model, cancellation);
        var found = new List<(Branch Branch, SharedChange Change)>();
        foreach (var branch in group.Branches)
            foreach (var step in walk.Of(group, branch))
                // A conversation is more than a collection: another rule asks who holds it.
                if (step.IsApart && reader.At(step) is { } change && !mutability.IsSession(TypeOf(change.Path)) && !guards.Hold(step))
                    found.Add((branch, change));
        while (found.Count > 0)
        {
            var same = found.Where(one => one.Change.Path.IsSame(found[0].Change.Path)).ToList();
            found.RemoveAll(same.Contains);
            // One branch alone has nobody to meet.
            if (same.Any(one => one.Branch.Round != null) || same.Select(one => one.Branch).Distinct().Count() > 1)
                yield return new ConcurrentChange(group, [.. same.Select(one => one.Change).GroupBy(change => change.Step.Operation.Syntax).Select(changes => changes.First()).OrderBy(change => change.Site.SpanStart)]);
        }
    }

    private static ITypeSymbol? TypeOf(SharedPath path) => (path.Members.IsEmpty ? path.Root : path.Members[path.Members.Length - 1]) switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };
}

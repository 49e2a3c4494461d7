using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Concurrency;

/// <summary>How the statements around some calls have to be ordered so that all calls are started before the first answer is used.</summary>
/// <param name="Statements">All statements from the first call to the last, as they stand.</param>
/// <param name="Later">Those among them that have to wait for an answer: the statements of the calls, and what uses their answers.</param>
internal sealed record StatementOrder(ImmutableArray<StatementSyntax> Statements, ImmutableHashSet<StatementSyntax> Later)
{
    /// <summary>The order for the calls of a sequence; null where they do not stand in one list, or where no order keeps what the code does.</summary>
    public static StatementOrder? Of(CallSequence sequence, AgentModel model, SemanticModel semantics, CancellationToken cancellation)
    {
        var places = sequence.Calls.Select(call => StatementPath.Of(call.Syntax)[0]).ToList();
        if (places.Any(place => place.List != places[0].List || place.List is not (BlockSyntax or SwitchSectionSyntax)) || sequence.Calls.Zip(places, IsConditional).Contains(true))
            return null;
        var all = places[0].Statements;
        var statements = all.RemoveRange(0, all.IndexOf(places[0].Statement));
        statements = statements.RemoveRange(statements.IndexOf(places[places.Count - 1].Statement) + 1, statements.Length - statements.IndexOf(places[places.Count - 1].Statement) - 1);

        var footprints = Footprints.Of(model);
        var inputs = new CallInputReader(model);
        var later = ImmutableHashSet.CreateBuilder<StatementSyntax>();
        var reads = new List<AccessPath>();
        var writes = new List<AccessPath>();
        foreach (var statement in statements)
        {
            if (semantics.GetOperation(statement, cancellation) is not { } operation)
                return null;
            var (own, changes, _) = footprints.In(operation, null, cancellation);
            var written = own.Assigned.Concat(changes).ToList();
            var calls = sequence.Calls.Where(call => statement.Span.Contains(call.Syntax.Span)).ToList();
            // A call is started before anything that waits.
            if (calls.Any(call => inputs.Of(call, cancellation).Reads.Any(read => writes.Any(read.Overlaps))))
                return null;
            if (calls.Count == 0 && !own.Reads.Any(read => writes.Any(read.Overlaps)) && !written.Any(write => writes.Concat(reads).Any(write.Overlaps)))
                continue;
            later.Add(statement);
            reads.AddRange(own.Reads);
            writes.AddRange(written);
        }

        return new StatementOrder(statements, later.ToImmutable());
    }

    // Without braces a condition stands in the list with its call.
    private static bool IsConditional(AwaitedCall call, ListedStatement place) => call.Syntax.FirstAncestorOrSelf<StatementSyntax>() != place.Statement;
}

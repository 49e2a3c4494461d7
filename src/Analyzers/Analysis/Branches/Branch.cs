using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>Code that runs while other branches of its group run.</summary>
/// <param name="Code">A lambda, a method that is named, or a call that starts the work.</param>
/// <param name="Round">
/// What is gone through once for each such branch, so that what is declared in it is the branch's own: the lambda, or the loop that starts it.
/// Null where there is one such branch.
/// </param>
/// <param name="IsApart">Whether it has a thread of its own from the start. Otherwise it runs on its starter's thread until it waits.</param>
internal sealed record Branch(IOperation Code, SyntaxNode? Round, bool IsApart)
{
    /// <summary>Whether a variable is the branch's own: declared in its code, or anew for each branch.</summary>
    public bool Owns(SyntaxReference declaration) =>
        declaration.SyntaxTree == Code.Syntax.SyntaxTree
        && (Code.Syntax.Span.Contains(declaration.Span) || Round?.Span.Contains(declaration.Span) == true);
}

/// <summary>Branches that run at the same time.</summary>
/// <param name="Join">The call that runs them, or that waits for all of them.</param>
/// <param name="Entry">What the catalogue says of that call; null where the last of them is started, and they are awaited by and by.</param>
/// <param name="Branches">At least one; one alone has a round.</param>
internal sealed record BranchGroup(IInvocationOperation Join, CatalogueEntry? Entry, ImmutableArray<Branch> Branches)
{
    /// <summary>Who runs the branches in a message: <c>'Task.WhenAll' waits for</c>.</summary>
    public string Describe() => Entry == null ? "are started together and run" : $"'{Witness.NameOf(Join.TargetMethod)}' {(Entry.Role == CatalogueRole.AwaitsAll ? "waits for" : "runs")}";

    /// <summary>What a report shows beside its place: the branches, what they do, and the call that runs them.</summary>
    public IEnumerable<Location> LocationsBeside(SyntaxNode place, IEnumerable<SyntaxNode> steps) =>
        Branches.Select(branch => branch.Code.Syntax).Concat(steps).Where(node => node != place).Append(Join.Syntax).Distinct().Select(node => node.GetLocation());
}

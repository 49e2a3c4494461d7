using AgentLint.Analysis.Branches;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>Remote calls that are all started at once, as many as a sequence has items.</summary>
/// <param name="Group">The branches, and the call that waits for them.</param>
/// <param name="Branch">The one that is started for each item.</param>
/// <param name="Work">The remote call that each of them makes.</param>
/// <param name="Size">Who decides how many there are.</param>
internal sealed record UnboundedFanOut(BranchGroup Group, Branch Branch, Effect Work, SequenceSize Size);

/// <summary>
/// Finds fan-outs that nothing bounds: neither the sequence, nor a limiter in the branch, in what it calls or around its start, nor the framework that
/// schedules it.
/// </summary>
internal sealed class UnboundedFanOuts(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly SequenceSizes sizes = new(model, semantics, depth, cancellation);

    public IEnumerable<UnboundedFanOut> In()
    {
        var groups = BranchGroups.Of(model);
        foreach (var group in groups.In(semantics, cancellation))
        {
            if (group.Entry?.Role != CatalogueRole.AwaitsAll || groups.IsSerialized(group.Join, semantics, cancellation) || IsOfDisposal(group.Join.Syntax))
                continue;
            foreach (var branch in group.Branches)
                if (branch.Round != null && RemoteWork(branch) is { } work && !IsLimited(branch, work) && SizeOf(branch) is { Kind: not SizeKind.Bounded } size)
                {
                    yield return new UnboundedFanOut(group, branch, work, size);
                    break;
                }
        }
    }

    // ---- what a branch does ------------------------------------------------------------------------------------------------

    private EffectSummary SummaryOf(Branch branch) => branch.Code switch
    {
        IAnonymousFunctionOperation lambda => EffectSummaries.Of(model).Of(lambda.Body, depth, cancellation),
        IMethodReferenceOperation { Method: var method } => EffectSummaries.Of(model).Of(CallGraph.Of(model).Resolve(method) ?? method, depth, cancellation) is var summary && model.EntriesOf(method) is { IsEmpty: false } own
            ? new EffectSummary([.. own.Select(entry => new Effect(entry, new Witness([new Call(method, null, branch.Code.Syntax)]))), .. summary.Effects], summary.IsCut)
            : summary,
        var code => EffectSummaries.Of(model).Of(code, depth, cancellation),
    };

    // What is removed or ended for each of a handful of things is clean-up. A client that sends its calls one behind the other over one connection is made for many.
    private Effect? RemoteWork(Branch branch)
    {
        foreach (var effect in SummaryOf(branch).Effects)
            if (effect.Entry.IsRemoteCall() && !effect.Entry.Has("blocking") && !effect.Entry.Has("continues") && !effect.Entry.Has("pipelined"))
                return model.Find(effect.Witness.Target, CatalogueRole.Effect) is { } write && (write["kind"] == "delete" || write["verb"] == "DELETE") ? null : effect;
        return null;
    }

    // ---- what limits it ----------------------------------------------------------------------------------------------------

    private bool IsLimited(Branch branch, Effect work)
    {
        if (SummaryOf(branch).Effects.Any(effect => Limits(effect.Entry)))
            return true;
        // The loop that starts the branches waits: for a permit, for one of them, or for a batch.
        if (branch.Round is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax
            && semantics.GetOperation(branch.Round, cancellation) is ILoopOperation loop
            && WaitsBetween(loop, branch))
            return true;
        return work.Entry.Role == CatalogueRole.HttpCall && LimitsConnections();
    }

    private static bool Limits(CatalogueEntry entry) => entry.Role is CatalogueRole.Bulkhead or CatalogueRole.Lock or CatalogueRole.ResilientExecute;

    private bool WaitsBetween(ILoopOperation loop, Branch branch)
    {
        foreach (var operation in loop.Body.DescendantsAndSelf())
            if (operation is IAwaitOperation && !branch.Code.Syntax.Span.Contains(operation.Syntax.Span))
                return true;
        return false;
    }

    private bool LimitsConnections()
    {
        var limits = model.Query(entry => entry.Role == CatalogueRole.Bulkhead && entry.Type.StartsWith("System.Net.Http", StringComparison.Ordinal));
        return model.Compilation.SyntaxTrees.Any(tree => limits.In(tree, cancellation).Any());
    }

    private bool IsOfDisposal(SyntaxNode place)
    {
        for (var node = place; node != null; node = node.Parent)
            if (node is FinallyClauseSyntax)
                return true;
        return CodePlace.Of(place, semantics, model, cancellation).Member is var member
            && (model.Find(member, CatalogueRole.RunsOnce) != null || CodePlace.IsOfTests(member, model, cancellation));
    }

    // ---- how many there are ------------------------------------------------------------------------------------------------

    private SequenceSize? SizeOf(Branch branch)
    {
        switch (branch.Round)
        {
            case CommonForEachStatementSyntax loop:
                // The same few objects of the program do their work each: hooks, agents, clients.
                return semantics.GetOperation(loop.Expression, cancellation) is { } collection && !IsOfProgram(semantics.GetForEachStatementInfo(loop).ElementType, branch)
                    ? sizes.Of(collection)
                    : null;
            case ForStatementSyntax { Condition: BinaryExpressionSyntax { Right: var limit } }:
                return semantics.GetOperation(limit, cancellation) is { } bound ? sizes.OfNumber(bound) : null;
            case AnonymousFunctionExpressionSyntax or ExpressionSyntax:
                if (branch.Code.ArgumentAround()?.Parent is not IInvocationOperation select || select.Receiver() is not { } sequence)
                    return null;
                var item = (branch.Code as IAnonymousFunctionOperation)?.Symbol.Parameters.FirstOrDefault()?.Type ?? (branch.Code as IMethodReferenceOperation)?.Method.Parameters.FirstOrDefault()?.Type;
                return IsOfProgram(item, branch) ? null : sizes.Of(sequence);
            default:
                return null;
        }
    }

    // Items that do the work themselves: agents and clients, and what is known by an interface.
    private bool IsOfProgram(ITypeSymbol? item, Branch branch) =>
        item is INamedTypeSymbol named
        && (model.Is(named, CatalogueRole.Agent) || model.Is(named, CatalogueRole.ModelClient)
            || (named is { TypeKind: TypeKind.Interface, SpecialType: SpecialType.None } or { TypeKind: TypeKind.Class, IsAbstract: true } && IsCalledIn(named, branch)));

    private static bool IsCalledIn(INamedTypeSymbol type, Branch branch) =>
        branch.Code.DescendantsAndSelf().Any(operation => operation is IInvocationOperation { Instance.Type: { } on } && SymbolEqualityComparer.Default.Equals(on, type));
}

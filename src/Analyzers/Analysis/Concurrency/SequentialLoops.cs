using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>A loop that waits in each iteration although no iteration needs another.</summary>
/// <param name="Loop">A <c>foreach</c>, or a <c>for</c> over the indices of a collection.</param>
/// <param name="Await">Where it waits.</param>
/// <param name="Call">The call that it waits for.</param>
/// <param name="Path">From the call to what asks.</param>
/// <param name="AddedTo">The variables outside of it that iterations add to, or keep slots of their own in.</param>
internal sealed record CallLoop(ILoopOperation Loop, AwaitExpressionSyntax Await, IInvocationOperation Call, Witness Path, ImmutableArray<ISymbol> AddedTo);

/// <summary>Finds loops whose iterations could run at the same time. What cannot be shown to be independent is taken to depend.</summary>
internal sealed class SequentialLoops(AgentModel model)
{
    private readonly Footprints footprints = Footprints.Of(model);

    public static SequentialLoops Of(AgentModel model) => model.Shared(m => new SequentialLoops(m));

    /// <summary>The loops in one file, in the order of the text.</summary>
    public IEnumerable<CallLoop> In(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        // Asked of the text first: who leads to a model is a question about the whole program.
        if (!AwaitedCalls.In(semantics.SyntaxTree, cancellation).Any(await => await.Ancestors().Any(node => node is CommonForEachStatementSyntax or ForStatementSyntax)))
            yield break;
        var loops = RemoteWork.Of(model, cancellation).NamesIn(semantics.SyntaxTree, cancellation)
            .Select(name => (Name: name, Loop: LoopAround(name)))
            .Where(found => found.Loop != null)
            .GroupBy(found => found.Loop!, found => found.Name);
        foreach (var names in loops)
            if (semantics.GetOperation(names.Key, cancellation) is ILoopOperation loop
                && WaitIn(loop, names, semantics, depth, cancellation) is { } found
                && !Leaves(loop, depth, cancellation)
                && AddedTo(loop, semantics, cancellation) is { } results)
                yield return found with { AddedTo = results };
    }

    // The innermost loop of the function that the name stands in.
    private static StatementSyntax? LoopAround(SyntaxNode name)
    {
        for (var node = name.Parent; node is not null and not AnonymousFunctionExpressionSyntax; node = node.Parent)
            switch (node)
            {
                case CommonForEachStatementSyntax { AwaitKeyword.RawKind: 0 } each:
                    return each.Expression.Span.Contains(name.Span) ? null : each;
                case ForStatementSyntax counted:
                    return IsOverCollection(counted) ? counted : null;
                case CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax:
                    return null;
            }

        return null;
    }

    // for (var i = 0; i < questions.Count; i++)
    private static bool IsOverCollection(ForStatementSyntax loop) =>
        loop is { Declaration.Variables.Count: 1, Condition: BinaryExpressionSyntax { Right: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Count" or "Length" } } condition, Incrementors.Count: 1 }
        && condition.IsKind(SyntaxKind.LessThanExpression)
        && condition.Left is IdentifierNameSyntax index
        && index.Identifier.ValueText == loop.Declaration.Variables[0].Identifier.ValueText
        && loop.Incrementors[0].Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PreIncrementExpression;

    // The first call of the loop that a model or an agent answers before the next iteration begins.
    private CallLoop? WaitIn(ILoopOperation loop, IEnumerable<SimpleNameSyntax> names, SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        foreach (var name in names)
            if (semantics.OperationOf(name, cancellation) is IInvocationOperation call
                && AwaitOf(call, loop) is { } await
                && AwaitedCalls.Of(model).WayOf(call, depth, cancellation) is { } path
                // A helper may keep the answer; of a model's own call nothing is left.
                && (path.Steps[0].Site != call.Syntax || path.IsIndirect || await.Operation.UnwrapAwaitable() != call || !AwaitedCalls.IsUnused(await)))
                return new CallLoop(loop, (AwaitExpressionSyntax)await.Syntax, call, path, []);
        return null;
    }

    // The call's own await, or that of the variable which keeps its task: await Task.WhenAll(first, second).
    private static IAwaitOperation? AwaitOf(IInvocationOperation call, ILoopOperation loop)
    {
        IOperation child = call;
        for (var parent = call.Parent; parent != null && parent != loop; (child, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case IAwaitOperation await when await.Operation.UnwrapAwaitable() == call:
                    return await;
                case IVariableDeclaratorOperation { Symbol: var task } when task.Type.IsTask():
                    return loop.Body.Descendants().OfType<IAwaitOperation>().FirstOrDefault(await =>
                        await.Operation.DescendantsAndSelf().Any(o => o is ILocalReferenceOperation local && SymbolEqualityComparer.Default.Equals(local.Local, task)));
                case IAnonymousFunctionOperation or IBlockOperation or IExpressionStatementOperation:
                    return null;
            }

        return null;
    }

    /// <summary>Whether an iteration does what others can see, ends the loop, or keeps a pace.</summary>
    private bool Leaves(ILoopOperation loop, int depth, CancellationToken cancellation)
    {
        var summary = EffectSummaries.Of(model).Of(loop.Body, depth, cancellation);
        return summary.IsCut || summary.Effects.Any(effect => IsPace(effect, loop) || (footprints.ChangesTheWorld(effect) && !IsKnownStep(effect, depth, cancellation)));
    }

    // A wait that no failure has caused is there on purpose, and so is a gate.
    private bool IsPace(Effect effect, ILoopOperation loop)
    {
        if (effect.Entry.Role is CatalogueRole.Sleep or CatalogueRole.Bulkhead)
            return true;
        return effect.Entry is { Role: CatalogueRole.ReplayUnsafe } entry
            && entry["kind"] == "delay"
            && model.Find(effect.Witness.Target, CatalogueRole.Timeout) == null
            && !effect.Witness.Steps[effect.Witness.Steps.Length - 1].Site.Ancestors().TakeWhile(node => node != loop.Syntax)
                .Any(node => node is CatchClauseSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax);
    }

    private bool IsKnownStep(Effect effect, int depth, CancellationToken cancellation) =>
        effect.Entry.Role == CatalogueRole.ActivityCall
        && effect.Witness.Steps[0].Site is InvocationExpressionSyntax site
        && model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is IInvocationOperation call
        && AwaitedCalls.Of(model).WayOf(call, depth, cancellation) != null;

    /// <summary>What iterations add to; null where one leaves something that the next could use.</summary>
    private ImmutableArray<ISymbol>? AddedTo(ILoopOperation loop, SemanticModel semantics, CancellationToken cancellation)
    {
        var (own, changes, changesState) = footprints.In(loop.Body, null, cancellation);
        if (changesState || (own.Jumps & Jumps.Leaves) != 0 || own.Commanded.Any(path => path.Root is not ILocalSymbol && OutsideOf(loop, path, semantics, cancellation) != null))
            return null;
        // Whoever goes on with a conversation needs what was said before.
        foreach (var operation in loop.Body.Descendants())
            if (footprints.Mutability.IsSession(operation.Type) && AccessPath.Of(operation) is { } session && OutsideOf(loop, session, semantics, cancellation) != null)
                return null;
        // Setting a variable of the iteration changes nothing of what it is set to.
        var outside = changes
            .Concat(own.Assigned.Where(path => path.Member != null || !IsDeclaredIn(loop, path.Root)))
            .Select(path => OutsideOf(loop, path, semantics, cancellation))
            .OfType<ISymbol>()
            .Distinct(SymbolEqualityComparer.Default)
            .ToImmutableArray();
        var accumulation = new Accumulation(model, (loop as IForLoopOperation)?.Locals.FirstOrDefault(), cancellation);
        return outside.All(variable => variable is not ITypeSymbol && accumulation.IsOnlyAddedTo(variable, loop.Body)) ? outside! : null;
    }

    // The variable outside of the loop whose object a path leads to; null where it is the iteration's own.
    private static ISymbol? OutsideOf(ILoopOperation loop, AccessPath path, SemanticModel semantics, CancellationToken cancellation)
    {
        while (path.Root is ILocalSymbol or IParameterSymbol && IsDeclaredIn(loop, path.Root))
        {
            if (path.Root is not ILocalSymbol local
                || loop.Locals.Contains(local, SymbolEqualityComparer.Default)
                || IsItem(loop, local, semantics, cancellation)
                || Aliases.SourceOf(local, semantics, cancellation) is not { } source
                || SymbolEqualityComparer.Default.Equals(source.Root, local))
                return null;
            path = source;
        }

        return path.Root;
    }

    // var question = questions[i];
    private static bool IsItem(ILoopOperation loop, ILocalSymbol local, SemanticModel semantics, CancellationToken cancellation)
    {
        if (loop is not IForLoopOperation { Locals: { Length: 1 } locals })
            return false;
        var argument = local.InitializerOf(semantics, cancellation)?.Unwrap() switch
        {
            IArrayElementReferenceOperation { Indices: { Length: 1 } indices } => indices[0],
            IPropertyReferenceOperation { Property.IsIndexer: true, Arguments: { Length: 1 } arguments } => arguments[0].Value,
            _ => null,
        };
        return argument?.Unwrap() is ILocalReferenceOperation index && SymbolEqualityComparer.Default.Equals(index.Local, locals[0]);
    }

    private static bool IsDeclaredIn(ILoopOperation loop, ISymbol variable) =>
        variable.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration
        && declaration.SyntaxTree == loop.Syntax.SyntaxTree
        && loop.Syntax.Span.Contains(declaration.Span);
}

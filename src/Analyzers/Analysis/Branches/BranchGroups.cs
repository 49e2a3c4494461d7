using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>Finds what runs at the same time: tasks that are waited for together, and delegates that are run at once.</summary>
internal sealed class BranchGroups(AgentModel model)
{
    // How many variables and sequences of tasks are looked through.
    private const int MaxSteps = 64;

    private readonly CatalogueQuery joins = model.Query(IsJoin);
    private readonly CatalogueQuery starts = model.Query(IsStart);

    public static BranchGroups Of(AgentModel model) => model.Shared(m => new BranchGroups(m));

    /// <summary>The groups in one file: first those that one call runs or waits for, then those that are started one after the other and awaited by and by.</summary>
    public IEnumerable<BranchGroup> In(SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var use in joins.In(semantics.SyntaxTree, cancellation))
            if (semantics.OperationOf(use.Name, cancellation) is IInvocationOperation join)
            {
                var branches = use.Entry.Role == CatalogueRole.AwaitsAll ? Joined(join, cancellation) : Run(join, use.Entry, cancellation);
                if (branches.Length > 1 || branches.Any(branch => branch.Round != null))
                    yield return new BranchGroup(join, use.Entry, branches);
            }

        var started = new List<(SyntaxNode Block, IInvocationOperation Call, ILocalSymbol Task)>();
        foreach (var use in starts.In(semantics.SyntaxTree, cancellation, where: name => DeclarationOf(name) != null))
            if (semantics.OperationOf(use.Name, cancellation) is IInvocationOperation { Parent: IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var task } } } call && task.Type.IsTask())
                started.Add((DeclarationOf(use.Name)!, call, task));

        foreach (var block in started.GroupBy(start => start.Block).Where(block => block.Count() > 1))
        {
            var together = new List<(SyntaxNode Block, IInvocationOperation Call, ILocalSymbol Task)>();
            foreach (var start in block)
            {
                // Once one of them has been waited for, what is started next begins anew.
                if (together.Count > 0 && IsAwaitedBetween(together, start.Call))
                {
                    if (together.Count > 1)
                        yield return Started(together);
                    together.Clear();
                }

                together.Add(start);
            }

            if (together.Count > 1)
                yield return Started(together);
        }
    }

    // var task = agent.RunAsync(…); the list of statements that it stands in.
    private static SyntaxNode? DeclarationOf(SimpleNameSyntax name)
    {
        var callee = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : (SyntaxNode)name;
        return callee.Parent is InvocationExpressionSyntax { Parent: EqualsValueClauseSyntax { Parent.Parent: VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax { Parent: { } list } } } }
            ? list is GlobalStatementSyntax { Parent: { } unit } ? unit : list as BlockSyntax
            : null;
    }

    private static BranchGroup Started(List<(SyntaxNode Block, IInvocationOperation Call, ILocalSymbol Task)> starts) =>
        new(starts[starts.Count - 1].Call, null, [.. starts.Select(start => new Branch(start.Call, null, false))]);

    private static bool IsAwaitedBetween(List<(SyntaxNode Block, IInvocationOperation Call, ILocalSymbol Task)> starts, IInvocationOperation next) =>
        starts[0].Block.DescendantNodes(node => node.Span.End > starts[0].Call.Syntax.Span.End && node.SpanStart < next.Syntax.Span.End).OfType<AwaitExpressionSyntax>()
            .Any(await => await.SpanStart > starts[0].Call.Syntax.SpanStart && await.SpanStart < next.Syntax.Span.End
                && await.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => starts.Any(start => start.Task.Name == name.Identifier.ValueText)));

    private static bool IsStart(CatalogueEntry entry) => (entry.Role is CatalogueRole.AgentCall or CatalogueRole.DatabaseCall && !entry.Has("blocking") && !entry.Has("streams")) || (entry.Role == CatalogueRole.RunsDelegate && entry.Has("apart"));

    private static bool IsJoin(CatalogueEntry entry) => entry.Role == CatalogueRole.AwaitsAll || (entry.Role == CatalogueRole.RunsDelegate && entry.Has("concurrent"));

    /// <summary>Whether code that is replayed, takes turns or belongs to a screen goes on on one thread, however many tasks it waits for.</summary>
    public bool IsSerialized(IOperation join, SemanticModel semantics, CancellationToken cancellation)
    {
        for (var symbol = semantics.GetEnclosingSymbol(join.Syntax.SpanStart, cancellation); symbol != null; symbol = symbol.ContainingSymbol)
            if ((symbol is IMethodSymbol method && (model.RolesOf(method, cancellation) & MethodRoles.Workflow) != 0)
                || (symbol is INamedTypeSymbol type && model.Is(type, CatalogueRole.TurnBased)))
                return true;
        return false;
    }

    // ---- Parallel.ForEachAsync(items, async (item, token) => …) ------------------------------------------------------------

    private static ImmutableArray<Branch> Run(IInvocationOperation call, CatalogueEntry entry, CancellationToken cancellation)
    {
        if (entry["degree"] is { } degree && call.Arguments.Any(argument => IsOneAtATime(argument.Value.Unwrap(), degree, cancellation)))
            return [];
        var branches = ImmutableArray.CreateBuilder<Branch>();
        foreach (var argument in call.Arguments)
            if (argument.Parameter?.Type is { TypeKind: TypeKind.Delegate } && argument.Value.Unwrap() is IAnonymousFunctionOperation or IMethodReferenceOperation)
                branches.Add(new Branch(argument.Value.Unwrap(), argument.Value.Syntax, true));
            else if (argument.Parameter?.Type is IArrayTypeSymbol { ElementType.TypeKind: TypeKind.Delegate })
                branches.AddRange(argument.Value.Elements().Select(element => element.Unwrap()).Where(IsFunction).Select(function => new Branch(function, null, true)));
        return branches.ToImmutable();
    }

    private static bool IsFunction(IOperation value) => value is IAnonymousFunctionOperation or IMethodReferenceOperation;

    // new ParallelOptions { MaxDegreeOfParallelism = 1 }
    private static bool IsOneAtATime(IOperation options, string degree, CancellationToken cancellation) =>
        options switch
        {
            ILocalReferenceOperation { Local: var local, SemanticModel: { } semantics } => local.InitializerOf(semantics, cancellation)?.Unwrap(),
            _ => options,
        } is IObjectCreationOperation { Initializer: { } initializer }
        && initializer.Initializers.OfType<ISimpleAssignmentOperation>().Any(a => a.Target is IPropertyReferenceOperation { Property.Name: var name } && name == degree && a.Value.ConstantValue is { HasValue: true, Value: 1 });

    // ---- Task.WhenAll(tasks) --------------------------------------------------------------------------------------------------

    private ImmutableArray<Branch> Joined(IInvocationOperation join, CancellationToken cancellation)
    {
        var branches = ImmutableArray.CreateBuilder<Branch>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        foreach (var argument in join.Arguments)
            open.Enqueue(argument.Value);
        for (var steps = 0; open.Count > 0 && steps < MaxSteps; steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            var value = open.Dequeue().UnwrapAwaitable();
            switch (value)
            {
                case ITranslatedQueryOperation query:
                    open.Enqueue(query.Operation);
                    break;
                case IArrayCreationOperation or ICollectionExpressionOperation:
                    foreach (var element in value.Elements())
                        if (element != value)
                            open.Enqueue(element);
                    break;
                case IObjectCreationOperation { Initializer: { } initializer }:
                    foreach (var added in initializer.Initializers.OfType<IInvocationOperation>().SelectMany(add => add.Arguments))
                        open.Enqueue(added.Value);
                    break;
                case IConditionalOperation { WhenFalse: { } otherwise } choice:
                    open.Enqueue(choice.WhenTrue);
                    open.Enqueue(otherwise);
                    break;
                case ICoalesceOperation choice:
                    open.Enqueue(choice.Value);
                    open.Enqueue(choice.WhenNull);
                    break;
                case ILocalReferenceOperation { Local: var local } when seen.Add(local):
                    foreach (var put in PutInto(local, value, cancellation))
                        open.Enqueue(put);
                    break;
                case IInvocationOperation call when call.Type.IsTask():
                    branches.Add(new Branch(call, RoundOf(call, join), false, EndOf(call, join)));
                    break;
                case IInvocationOperation sequence when IsSequenceOfTasks(sequence.Type):
                    if (sequence.Receiver() is { } receiver && IsSequenceOfTasks(receiver.Type))
                        // ToList, Where, Concat …: the same tasks, and those that are added.
                        foreach (var argument in sequence.Arguments.Select(a => a.Value).Where(a => IsSequenceOfTasks(a.Type) || a.Type.IsTask()).Prepend(receiver).Distinct())
                            open.Enqueue(argument);
                    else if (model.Find(sequence.TargetMethod, CatalogueRole.RunsDelegate) is { } run)
                        foreach (var function in sequence.Arguments.Select(a => a.Value.Unwrap()).Where(IsFunction))
                            branches.Add(new Branch(function, function.Syntax, run.Has("concurrent")));
                    break;
            }
        }

        return branches.ToImmutable();
    }

    private static bool IsSequenceOfTasks(ITypeSymbol? type) =>
        type is IArrayTypeSymbol array ? array.ElementType.IsTask() : type is INamedTypeSymbol named && Mutability.IsCollection(named) && named.TypeArguments.Any(argument => argument.IsTask());

    // What a variable of tasks is declared with, assigned, and what is added to it.
    private static IEnumerable<IOperation> PutInto(ILocalSymbol local, IOperation use, CancellationToken cancellation)
    {
        if (use.SemanticModel is { } semantics && local.InitializerOf(semantics, cancellation) is { } initializer)
            yield return initializer;
        foreach (var operation in use.Top().Descendants())
            if (operation is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local))
                switch (reference.Parent)
                {
                    case ISimpleAssignmentOperation assignment when assignment.Target == reference:
                        yield return assignment.Value;
                        break;
                    case IInvocationOperation call when call.Instance == reference:
                        foreach (var argument in call.Arguments.Where(a => a.Value.Type.IsTask() || IsSequenceOfTasks(a.Value.Type)))
                            yield return argument.Value;
                        break;
                    case IArrayElementReferenceOperation { Parent: ISimpleAssignmentOperation assignment } element when assignment.Target == element:
                        yield return assignment.Value;
                        break;
                    case IPropertyReferenceOperation { Property.IsIndexer: true, Parent: ISimpleAssignmentOperation assignment } element when assignment.Target == element:
                        yield return assignment.Value;
                        break;
                }
    }

    // var task = …; … await task; …
    private static SyntaxNode? EndOf(IOperation start, IOperation join) =>
        start is { Parent: IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var task } }, Syntax: var syntax }
            ? BranchFrame.MemberAround(syntax).DescendantNodes().OfType<AwaitExpressionSyntax>().FirstOrDefault(await =>
                await.SpanStart > syntax.Span.End && !await.Span.Contains(join.Syntax.Span)
                && (await.Expression is IdentifierNameSyntax name || (await.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: IdentifierNameSyntax inner } } && (name = inner) != null))
                && name.Identifier.ValueText == task.Name)
            : null;

    // The innermost loop or lambda that starts the task and does not wait for it: gone through again, it starts another.
    private static SyntaxNode? RoundOf(IOperation start, IOperation join)
    {
        for (var around = start.Parent; around != null; around = around.Parent)
            if (around is ILoopOperation or IAnonymousFunctionOperation && !around.Syntax.Span.Contains(join.Syntax.Span))
                return around.Syntax;
        return null;
    }
}

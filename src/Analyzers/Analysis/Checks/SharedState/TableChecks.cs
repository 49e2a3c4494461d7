using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>Finds entries of shared tables that are read in one step and set or removed in another. Each step is safe, the two together are not.</summary>
internal sealed class TableChecks(AgentModel model)
{
    private readonly NameSet tables = new(model.Catalogue.Of(CatalogueRole.ThreadSafe).Where(IsTable).Select(entry => entry.SimpleTypeName.Split('`')[0]));

    public static TableChecks Of(AgentModel model) => model.Shared(m => new TableChecks(m));

    /// <summary>Whether a line of the catalogue is about a table whose check and change are two steps.</summary>
    public static bool IsTable(CatalogueEntry entry) => entry.Role == CatalogueRole.ThreadSafe && entry["checks"] != null;

    /// <summary>The entries of shared tables that a file sets or removes after it has looked, in the order of the text.</summary>
    public IEnumerable<CheckThenAct> In(SemanticModel semantics, CancellationToken cancellation)
    {
        if (!NameIndex.Of(semantics.SyntaxTree, cancellation).MentionsAny(tables))
            yield break;
        foreach (var node in semantics.SyntaxTree.GetRoot(cancellation).DescendantNodes())
            if ((node switch
                {
                    ElementAccessExpressionSyntax element => OfElement(element, semantics, cancellation),
                    InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax, ArgumentList.Arguments.Count: 2 } call => OfRemoval(call, semantics, cancellation),
                    _ => null,
                }) is { } found)
                yield return found;
    }

    private CheckThenAct? OfElement(ElementAccessExpressionSyntax element, SemanticModel semantics, CancellationToken cancellation)
    {
        var write = element.Parent switch
        {
            AssignmentExpressionSyntax assignment when assignment.Left == element => assignment,
            PostfixUnaryExpressionSyntax { OperatorToken.ValueText: "++" or "--" } step => step,
            PrefixUnaryExpressionSyntax { OperatorToken.ValueText: "++" or "--" } step => step,
            _ => (ExpressionSyntax?)null,
        };
        if (write == null
            || semantics.GetOperation(write, cancellation) is not { } operation
            || TargetOf(operation) is not { } target
            || TableOf(target.Instance) is not { } table
            || SharedEntries.SharedVariable(target.Instance, model, cancellation) is not { } variable)
            return null;
        var look = operation is IAssignmentOperation set ? LookBefore(set, target, variable, table, semantics, cancellation) : target.Syntax;
        return look != null
            && (write.Span.Contains(look.Span) || WaitsBetween(look, write))
            && SharedEntries.EntranceOf(write, variable.IsStatic, model, cancellation) is { } entrance
                ? new CheckThenAct(EntryOf(element.ArgumentList, variable), look, write, entrance, write.Span.Contains(look.Span) ? "use 'AddOrUpdate'" : "use 'GetOrAdd' or 'TryAdd'", table)
                : null;
    }

    // if (list.Count == 0) table.TryRemove(key, out _): what another call has added in between goes with it.
    private CheckThenAct? OfRemoval(InvocationExpressionSyntax syntax, SemanticModel semantics, CancellationToken cancellation)
    {
        if (!((MemberAccessExpressionSyntax)syntax.Expression).Name.Identifier.ValueText.StartsWith("TryRemove", StringComparison.Ordinal)
            || semantics.GetOperation(syntax, cancellation) is not IInvocationOperation removal
            || TableOf(removal.Instance) is not { } table || table["remove"] != removal.TargetMethod.Name
            || SharedEntries.SharedVariable(removal.Instance, model, cancellation) is not { } variable
            || removal.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value is not { } key)
            return null;
        foreach (var condition in SharedEntries.ConditionsBefore(syntax, FlowGraphs.FunctionAround(syntax)).Concat(ConjunctsBefore(syntax)))
            foreach (var part in semantics.GetOperation(condition, cancellation)?.DescendantsAndSelf() ?? [])
                if (part is IPropertyReferenceOperation { Property.Name: "Count" or "IsEmpty" or "Length", Instance: { } entry }
                    && entry.Unwrap() is ILocalReferenceOperation { Local: var local }
                    && OriginOf(local, removal, semantics, cancellation) is { } origin
                    && SymbolEqualityComparer.Default.Equals((origin.Instance?.Unwrap() as IMemberReferenceOperation)?.Member, variable)
                    && origin.Key?.Syntax.IsEquivalentTo(key.Syntax, topLevel: false) == true
                    // A lock on the entry keeps nobody from getting it before it is removed, and from filling it afterwards.
                    && LockSets.Of(model).HeldAt(syntax, cancellation).All(gate => SymbolEqualityComparer.Default.Equals(gate, local) || SymbolEqualityComparer.Default.Equals(gate, variable))
                    && SharedEntries.ReachedFrom(syntax, variable.IsStatic, model, cancellation) is { } entrance)
                    return new CheckThenAct(
                        EntryOf(syntax.ArgumentList, variable), condition, syntax, entrance, "remove exactly the pair that was checked, under a lock that additions hold too", table);
        return null;
    }

    private static IEnumerable<ExpressionSyntax> ConjunctsBefore(SyntaxNode call) =>
        call.Ancestors().TakeWhile(node => node is ExpressionSyntax).OfType<BinaryExpressionSyntax>().Where(both => both.OperatorToken.ValueText == "&&" && both.Right.Span.Contains(call.Span)).Select(both => both.Left);

    // table.TryGetValue(key, out var local), var local = table[key], var local = table.GetOrAdd(key, …)
    private static (IOperation? Instance, IOperation? Key)? OriginOf(ILocalSymbol local, IOperation use, SemanticModel semantics, CancellationToken cancellation)
    {
        switch (local.InitializerOf(semantics, cancellation)?.Unwrap())
        {
            case IPropertyReferenceOperation { Property.IsIndexer: true } element:
                return (element.Instance, element.Arguments.FirstOrDefault()?.Value);
            case IInvocationOperation given:
                return (given.Receiver(), given.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == (given.Instance == null ? 1 : 0))?.Value);
        }

        foreach (var call in use.Top().Descendants().OfType<IInvocationOperation>())
            if (call.Arguments.Any(argument => argument.Parameter?.RefKind == RefKind.Out
                && argument.Value.DescendantsAndSelf().Any(part => part is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local))))
                return (call.Receiver(), call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == (call.Instance == null ? 1 : 0))?.Value);
        return null;
    }

    /// <summary>Where an entry is looked at before it is set; null where nothing shows that it was.</summary>
    public SyntaxNode? LookBefore(IAssignmentOperation write, ISymbol variable, CatalogueEntry table, SemanticModel semantics, CancellationToken cancellation) =>
        TargetOf(write) is { } target ? LookBefore(write, target, variable, table, semantics, cancellation) : null;

    private static IPropertyReferenceOperation? TargetOf(IOperation write) => write switch
    {
        IAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true } target } => target,
        IIncrementOrDecrementOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true } target } => target,
        _ => null,
    };

    private static string EntryOf(BaseArgumentListSyntax keys, ISymbol variable) =>
        $"the entry '{keys.Arguments.FirstOrDefault()?.ToString() ?? ""}' of '{Witness.NameOf(variable)}'";

    private CatalogueEntry? TableOf(IOperation? receiver) =>
        receiver?.Type is INamedTypeSymbol type ? model.EntriesOf(type).FirstOrDefault(IsTable) : null;

    // A value that is made without waiting is made by one call alone, or is the same whichever call makes it; an await lets others in.
    private static bool WaitsBetween(SyntaxNode look, SyntaxNode write) =>
        FlowGraphs.FunctionAround(write) is { } function
        && function.DescendantNodes().OfType<AwaitExpressionSyntax>().Any(wait => wait.SpanStart > look.SpanStart && wait.SpanStart < write.Span.End && FlowGraphs.FunctionAround(wait) == function);

    // In the value, in the condition around the write, or in one before it that leaves.
    private SyntaxNode? LookBefore(
        IAssignmentOperation write, IPropertyReferenceOperation target, ISymbol variable, CatalogueEntry table, SemanticModel semantics, CancellationToken cancellation)
    {
        if (write is ICompoundAssignmentOperation)
            return target.Syntax;
        foreach (var part in write.Value.DescendantsAndSelf())
            if (part is IPropertyReferenceOperation { Property.IsIndexer: true } read && IsSameEntry(read.Instance, read.Arguments.FirstOrDefault()?.Value, target, variable)
                || part is IInvocationOperation { Arguments: { Length: > 0 } given } call && IsSameEntry(call.Receiver(), given.FirstOrDefault(a => a.Value != call.Receiver())?.Value, target, variable))
                return part.Syntax;
        foreach (var node in write.Syntax.Ancestors().TakeWhile(node => node != FlowGraphs.FunctionAround(write.Syntax)))
            if (node is IfStatementSyntax choice && choice.Condition.SpanStart < write.Syntax.SpanStart)
                foreach (var call in LooksIn(choice.Condition))
                    // Who has seen that it is there, and sets it, makes no second one.
                    if (IsNegated(call) || choice.Else?.Span.Contains(write.Syntax.Span) == true)
                        return call;
        return write.Syntax.FirstAncestorOrSelf<StatementSyntax>()?.Parent is BlockSyntax block
            ? block.Statements.Where(statement => statement.Span.End <= write.Syntax.SpanStart).Select(SharedEntries.Leaves).OfType<ExpressionSyntax>().SelectMany(LooksIn).FirstOrDefault(call => !IsNegated(call))
            : null;

        IEnumerable<InvocationExpressionSyntax> LooksIn(ExpressionSyntax condition) =>
            condition.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Where(call => semantics.GetOperation(call, cancellation) is IInvocationOperation look && IsLook(look));

        // By the table's own member, or by a method of the project that asks it.
        bool IsLook(IInvocationOperation look) =>
            table.List("checks").Contains(look.TargetMethod.Name)
                ? IsSameEntry(look.Instance, look.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value, target, variable)
                : model.Declares(look.TargetMethod) && look.Arguments.Any(argument =>
                    argument.Parameter is { } parameter && IsSameKey(argument.Value, target) && Asks(look.TargetMethod, parameter, variable, table, cancellation));
    }

    private bool Asks(IMethodSymbol method, IParameterSymbol key, ISymbol variable, CatalogueEntry table, CancellationToken cancellation) =>
        (method.MethodKind == MethodKind.LocalFunction ? method : CallGraph.Of(model).Resolve(method)) is { } target
        && MethodBodies.Of(target, model, cancellation).SelectMany(body => body.Descendants()).OfType<IInvocationOperation>().Any(look =>
            table.List("checks").Contains(look.TargetMethod.Name)
            && SymbolEqualityComparer.Default.Equals((look.Instance?.Unwrap() as IMemberReferenceOperation)?.Member, variable)
            && look.Arguments.Any(argument => argument.Value.Unwrap() is IParameterReferenceOperation given && given.Parameter.Ordinal == key.Ordinal));

    private static bool IsNegated(SyntaxNode call) => call.Ancestors().TakeWhile(node => node is ExpressionSyntax).Any(node => node is PrefixUnaryExpressionSyntax { OperatorToken.ValueText: "!" });

    private static bool IsSameEntry(IOperation? table, IOperation? key, IPropertyReferenceOperation target, ISymbol variable) =>
        table?.Unwrap() is IMemberReferenceOperation member && SymbolEqualityComparer.Default.Equals(member.Member, variable) && key != null && IsSameKey(key, target);

    private static bool IsSameKey(IOperation key, IPropertyReferenceOperation target) =>
        target.Arguments.FirstOrDefault()?.Value is { } other && key.Syntax.IsEquivalentTo(other.Syntax, topLevel: false);
}

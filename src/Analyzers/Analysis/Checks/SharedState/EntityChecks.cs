using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>
/// Finds rows that are read, changed from what was read, and saved, with nothing that notices a change made in between. The row may be read, and saved, by
/// methods of the program that stand before the database.
/// </summary>
internal sealed class EntityChecks(AgentModel model)
{
    // How many locals or methods stand between a row and the database.
    private const int MaxSteps = 3;

    private readonly CatalogueQuery saves = model.Query(entry => entry.Role == CatalogueRole.Effect && entry["kind"] == "save" && entry["class"] == "by-change");
    private readonly CatalogueQuery columns = model.Query(entry => entry.Role == CatalogueRole.DocumentColumn);
    private readonly Once<HashSet<ISymbol>> documents = new();
    private readonly Once<ILookup<SyntaxTree, CheckThenAct>> all = new();

    public static EntityChecks Of(AgentModel model) => model.Shared(m => new EntityChecks(m));

    /// <summary>The relative changes of rows in a file, the first for each save, in the order of the text.</summary>
    public IEnumerable<CheckThenAct> In(SyntaxTree tree, CancellationToken cancellation) => all.Get(() => Find(cancellation))[tree];

    private ILookup<SyntaxTree, CheckThenAct> Find(CancellationToken cancellation)
    {
        var found = new Dictionary<SyntaxNode, CheckThenAct>();
        var changes = new Dictionary<SyntaxNode, IReadOnlyList<Change>>();
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in saves.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation save)
                    foreach (var site in WriteSites.Of(model).LeadingTo(save, cancellation))
                        if (Check(site, changes, cancellation) is { } change)
                            found[change.Write] = change;
        return found.Values.OrderBy(change => change.Write.SpanStart).ToLookup(change => change.Write.SyntaxTree);
    }

    private CheckThenAct? Check(WriteSite at, Dictionary<SyntaxNode, IReadOnlyList<Change>> known, CancellationToken cancellation)
    {
        var site = at.Site;
        if (site.SemanticModel is not { } semantics || FlowGraphs.FunctionAround(site.Syntax) is not { } function)
            return null;
        // A function is read once, however often it saves.
        if (!known.TryGetValue(function, out var changes))
            known.Add(function, changes = [.. ChangesIn(function, semantics, cancellation)]);
        foreach (var (syntax, row, member) in changes)
            if (syntax.Span.End < site.Syntax.SpanStart
                && ReadOf(row, at, semantics, MaxSteps, cancellation) is { } read
                && !RowVersions.Of(model).Has(member.ContainingType, cancellation) && !IsIsolated(function, semantics, cancellation)
                && SharedEntries.EntranceOf(syntax, false, model, cancellation) is { } entrance)
                return new CheckThenAct($"'{member.Name}' of the row '{row.Name}'", read, syntax, entrance, "update it in one database statement, or give the row a version");
        return null;
    }

    // ---- changes ----------------------------------------------------------------------------------------------------------

    private readonly record struct Change(ExpressionSyntax Syntax, ILocalSymbol Row, ISymbol Member);

    // Told by the text first: only what a local of the function holds is a row.
    private IEnumerable<Change> ChangesIn(SyntaxNode function, SemanticModel semantics, CancellationToken cancellation)
    {
        var locals = new HashSet<string>(function.DescendantNodes().Select(LocalOf).OfType<string>(), StringComparer.Ordinal);
        foreach (var syntax in function.DescendantNodes().OfType<ExpressionSyntax>())
            if (IsChange(syntax) && syntax.DescendantNodes().OfType<IdentifierNameSyntax>().FirstOrDefault() is { } first && locals.Contains(first.Identifier.ValueText)
                && FlowGraphs.FunctionAround(syntax) == function
                && ChangeOf(semantics.GetOperation(syntax, cancellation), semantics, cancellation) is (var row, { ContainingType: not null } member) && !IsReplaced(row, function))
                yield return new Change(syntax, row, member);
    }

    private static string? LocalOf(SyntaxNode node) => node switch
    {
        VariableDeclaratorSyntax { Initializer: not null } variable => variable.Identifier.ValueText,
        ForEachStatementSyntax loop => loop.Identifier.ValueText,
        _ => null,
    };

    private static bool IsChange(ExpressionSyntax syntax) => syntax switch
    {
        AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax } } => true,
        PostfixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax }, OperatorToken.ValueText: "++" or "--" } => true,
        PrefixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax }, OperatorToken.ValueText: "++" or "--" } => true,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax } } => true,
        _ => false,
    };

    // What is changed from its old value: of a row in a local, or of a row that was read together with it.
    private (ILocalSymbol Row, ISymbol Member)? ChangeOf(IOperation? change, SemanticModel semantics, CancellationToken cancellation)
    {
        switch (change)
        {
            case IAssignmentOperation or IIncrementOrDecrementOperation when TargetOf(change) is IPropertyReferenceOperation target && RowOf(target.Instance) is { } row && IsRelative(change, row, semantics, cancellation):
                return (row, target.Property);
            // row.Tags.Add("new"): a list of plain values is one column, and so is one that is kept as a document.
            case IInvocationOperation { Instance: { } list, TargetMethod: var method } when list.Unwrap() is IPropertyReferenceOperation { Property: var column } target
                && (IsListOfValues(column.Type) || documents.Get(() => DocumentsOf(cancellation)).Contains(column)) && Collections.IsChange(method) && RowOf(target.Instance) is { } row:
                return (row, column);
            // account.Withdraw(amount), where the row does it itself.
            case IInvocationOperation { Instance: { } owner, TargetMethod: var method } when RowOf(owner) is { } row && MethodBodies.HasSource(method, model):
                foreach (var body in MethodBodies.Of(method, model, cancellation))
                    foreach (var part in body.Descendants())
                        if (RelativeChanges.OwnChange(part) is { } member)
                            return (row, member);
                return null;
            default:
                return null;
        }
    }

    private static IOperation? TargetOf(IOperation write) => write switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation step => step.Target,
        _ => null,
    };

    private static ILocalSymbol? RowOf(IOperation? owner)
    {
        var instance = owner?.Unwrap();
        while (instance is IPropertyReferenceOperation { Property.IsIndexer: false } outer)
            instance = outer.Instance?.Unwrap();
        return instance is ILocalReferenceOperation { Local: { Type.IsReferenceType: true } row } ? row : null;
    }

    private static bool IsRelative(IOperation write, ILocalSymbol row, SemanticModel semantics, CancellationToken cancellation) =>
        write is ICompoundAssignmentOperation and not ICoalesceAssignmentOperation or IIncrementOrDecrementOperation
        || (write is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property }, Value: var value }
            && SharedEntries.IsMadeOf(value, part => part is IPropertyReferenceOperation read && SymbolEqualityComparer.Default.Equals(read.Property, property)
                && read.Descendants().Any(inner => inner is ILocalReferenceOperation local && SymbolEqualityComparer.Default.Equals(local.Local, row)) && part.Parent is not ICoalesceOperation, semantics, cancellation));

    private static bool IsListOfValues(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeArguments: { Length: 1 } element } && (element[0].SpecialType is > SpecialType.System_Enum and <= SpecialType.System_String || element[0].TypeKind == TypeKind.Enum || element[0] is { Name: "Guid" });

    // OwnsMany(row => row.Lines, lines => lines.ToJson()), Property(row => row.Lines).HasConversion(…)
    private HashSet<ISymbol> DocumentsOf(CancellationToken cancellation)
    {
        var found = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in columns.In(tree, cancellation))
                if (ColumnOf(use.Name) is { } member && model.SemanticsOf(tree).GetSymbolInfo(member, cancellation).Symbol is IPropertySymbol { Type: INamedTypeSymbol { TypeArguments.Length: 1 } } column)
                    found.Add(column);
        return found;
    }

    // The nearest call that names a member: before the call in its chain, else around it.
    private static MemberAccessExpressionSyntax? ColumnOf(SimpleNameSyntax call)
    {
        foreach (var around in call.Ancestors().OfType<InvocationExpressionSyntax>())
            for (var part = around; part != null; part = (part.Expression as MemberAccessExpressionSyntax)?.Expression as InvocationExpressionSyntax)
                if ((part.Expression as MemberAccessExpressionSyntax)?.Name != call
                    && part.ArgumentList.Arguments.FirstOrDefault()?.Expression is SimpleLambdaExpressionSyntax { Body: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax } member })
                    return member;
        return null;
    }

    // row = new Row(): what is changed is not what was read.
    private static bool IsReplaced(ILocalSymbol row, SyntaxNode function) =>
        function.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment => assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == row.Name);

    // ---- reads ------------------------------------------------------------------------------------------------------------

    // var row = await db.Rows.FirstAsync(…), from the context that saves it; foreach (var row in rows); var line = row.Lines.First(…); a method that gives it back.
    private SyntaxNode? ReadOf(ILocalSymbol row, WriteSite at, SemanticModel semantics, int steps, CancellationToken cancellation)
    {
        if (steps == 0 || (row.InitializerOf(semantics, cancellation) ?? RowsOf(row, semantics, cancellation)) is not { } source)
            return null;
        foreach (var call in source.DescendantsAndSelf().OfType<IInvocationOperation>())
            if (IsRead(call) && !Projects(call)
                && (at.Way.IsEmpty ? AccessPath.Of(at.Write.Receiver()) is { } context && call.DescendantsAndSelf().Any(part => AccessPath.Of(part) is { } path && path.Overlaps(context)) : !IsOfOwnContext(call)))
                return call.Syntax;
        if (GivenBy(source) is { } given && !IsOfOwnContext(at.Write) && Reads(given.TargetMethod, MaxSteps, cancellation))
            return given.Syntax;
        return RootOf(source) is { } outer && !SymbolEqualityComparer.Default.Equals(outer, row) ? ReadOf(outer, at, semantics, steps - 1, cancellation) : null;
    }

    private bool IsRead(IInvocationOperation call) =>
        model.EntriesOf(call.TargetMethod) is var entries && entries.Any(entry => entry.Role == CatalogueRole.DatabaseCall) && !entries.Any(entry => entry.Role == CatalogueRole.Effect);

    private static IOperation? RowsOf(ILocalSymbol row, SemanticModel semantics, CancellationToken cancellation) =>
        row.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is ForEachStatementSyntax loop && loop.SyntaxTree == semantics.SyntaxTree ? semantics.GetOperation(loop.Expression, cancellation) : null;

    // What a query makes is no row: Select(row => new View(…)).
    private static bool Projects(IInvocationOperation query)
    {
        for (IOperation? part = query; part is IInvocationOperation call; part = call.Receiver()?.Unwrap())
            if (call.TargetMethod.Name == "Select" && call.Arguments.SelectMany(argument => argument.Value.DescendantsAndSelf()).Any(made => made is IObjectCreationOperation or IAnonymousObjectCreationOperation))
                return true;
        return false;
    }

    // using var db = factory.CreateDbContext(): what another context reads, this one does not save.
    private static bool IsOfOwnContext(IInvocationOperation call)
    {
        for (IOperation? part = call; part != null; part = part switch
            {
                IInvocationOperation inner => inner.Receiver()?.Unwrap(),
                IMemberReferenceOperation member => member.Instance?.Unwrap(),
                _ => null,
            })
            if (part is ILocalReferenceOperation)
                return true;
        return false;
    }

    // The call whose result a value is: await repository.GetAsync(id) ?? throw …
    private static IInvocationOperation? GivenBy(IOperation source)
    {
        while (true)
            switch (source.UnwrapAwaitable())
            {
                case IAwaitOperation awaited:
                    source = awaited.Operation;
                    break;
                case ICoalesceOperation either:
                    source = either.Value;
                    break;
                case IInvocationOperation call:
                    return call;
                default:
                    return null;
            }
    }

    // Whether a method gives back a row that it, or one that it asks, reads.
    private bool Reads(IMethodSymbol method, int steps, CancellationToken cancellation)
    {
        if (steps == 0 || (method.MethodKind == MethodKind.LocalFunction ? method.OriginalDefinition : CallGraph.Of(model).Resolve(method)) is not { } target || !MethodBodies.HasSource(target, model))
            return false;
        foreach (var body in MethodBodies.Of(target, model, cancellation))
            foreach (var end in body.Descendants().OfType<IReturnOperation>())
                if (end.ReturnedValue is { SemanticModel: { } semantics } value)
                {
                    if (value.Unwrap() is ILocalReferenceOperation { Local: var local } && local.InitializerOf(semantics, cancellation) is { } initializer)
                        value = initializer;
                    if (GivenBy(value) is { } call && (IsRead(call) ? !Projects(call) && !IsOfOwnContext(call) : Reads(call.TargetMethod, steps - 1, cancellation)))
                        return true;
                }

        return false;
    }

    // cart in cart.Lines.First(…): the local that a chain of members and calls starts with.
    private static ILocalSymbol? RootOf(IOperation source)
    {
        while (true)
            switch (source.UnwrapAwaitable())
            {
                case ILocalReferenceOperation local:
                    return local.Local;
                case IInvocationOperation { TargetMethod.Name: not ("Select" or "Clone") } call when call.Receiver() is { } receiver:
                    source = receiver;
                    break;
                case IPropertyReferenceOperation { Instance: { } owner }:
                    source = owner;
                    break;
                case ICoalesceOperation either:
                    source = either.Value;
                    break;
                case IAwaitOperation awaited:
                    source = awaited.Operation;
                    break;
                default:
                    return null;
            }
    }

    // In a transaction that reads in isolation, or under a lock that the database holds.
    private static bool IsIsolated(SyntaxNode function, SemanticModel semantics, CancellationToken cancellation) =>
        function.DescendantNodes().Any(node => node switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Serializable" or "RepeatableRead" or "Snapshot" } access =>
                semantics.GetSymbolInfo(access, cancellation).Symbol is IFieldSymbol { ContainingType: { TypeKind: TypeKind.Enum, Name: "IsolationLevel" } },
            LiteralExpressionSyntax { Token.Value: string text } => SqlText.HoldsRows(text),
            InterpolatedStringTextSyntax { TextToken.ValueText: var text } => SqlText.HoldsRows(text),
            _ => false,
        });
}

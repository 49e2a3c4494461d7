using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>Finds rows that are read, changed from what was read, and saved, with nothing that notices a change made in between.</summary>
internal sealed class EntityChecks(AgentModel model)
{
    private readonly CatalogueQuery tokens = model.Query(entry => entry.Role == CatalogueRole.ConcurrencyToken);
    private readonly Once<object> versions = new();

    public static EntityChecks Of(AgentModel model) => model.Shared(m => new EntityChecks(m));

    /// <summary>Whether a line of the catalogue is about a call that saves what was changed before it.</summary>
    public static bool Saves(CatalogueEntry entry) => entry.Role == CatalogueRole.Effect && entry["kind"] == "save" && entry["class"] == "by-change";

    /// <summary>The first relative change of a row that a call saves; null where there is none.</summary>
    public CheckThenAct? At(IOperation? use, CancellationToken cancellation)
    {
        if (use is not IInvocationOperation { SemanticModel: { } semantics } save
            || AccessPath.Of(save.Receiver()) is not { } context
            || FlowGraphs.FunctionAround(save.Syntax) is not { } function)
            return null;
        foreach (var syntax in function.DescendantNodes().OfType<ExpressionSyntax>())
            if (syntax.Span.End < save.Syntax.SpanStart && IsChange(syntax) && FlowGraphs.FunctionAround(syntax) == function
                && semantics.GetOperation(syntax, cancellation) is { } write
                && RowOf(write) is { Type.IsReferenceType: true } row && ((IMemberReferenceOperation)TargetOf(write)!).Member.ContainingType is { } type
                && IsRelative(write, row, semantics, cancellation) && !IsReplaced(row, function)
                && ReadOf(row, context, semantics, cancellation) is { } read
                && !HasVersion(type, cancellation) && !IsIsolated(function, semantics, cancellation)
                && SharedEntries.EntranceOf(syntax, false, model, cancellation) is { } entrance)
                return new CheckThenAct(
                    $"'{((IMemberReferenceOperation)TargetOf(write)!).Member.Name}' of the row '{row.Name}'", read, syntax, entrance, "update it in one database statement, or give the row a version");
        return null;
    }

    private static bool IsChange(ExpressionSyntax syntax) => syntax switch
    {
        AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax } } => true,
        PostfixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax }, OperatorToken.ValueText: "++" or "--" } => true,
        PrefixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax }, OperatorToken.ValueText: "++" or "--" } => true,
        _ => false,
    };

    private static IOperation? TargetOf(IOperation write) => write switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation step => step.Target,
        _ => null,
    };

    // row.Count, or row.Account.Balance of a row that was read together with it.
    private static ILocalSymbol? RowOf(IOperation write)
    {
        if (TargetOf(write) is not IPropertyReferenceOperation target)
            return null;
        var instance = target.Instance?.Unwrap();
        while (instance is IPropertyReferenceOperation { Property.IsIndexer: false } outer)
            instance = outer.Instance?.Unwrap();
        return (instance as ILocalReferenceOperation)?.Local;
    }

    private static bool IsRelative(IOperation write, ILocalSymbol row, SemanticModel semantics, CancellationToken cancellation) =>
        write is ICompoundAssignmentOperation and not ICoalesceAssignmentOperation or IIncrementOrDecrementOperation
        || (write is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property }, Value: var value }
            && SharedEntries.IsMadeOf(value, part => part is IPropertyReferenceOperation read && SymbolEqualityComparer.Default.Equals(read.Property, property)
                && read.Descendants().Any(inner => inner is ILocalReferenceOperation local && SymbolEqualityComparer.Default.Equals(local.Local, row)) && part.Parent is not ICoalesceOperation, semantics, cancellation));

    // row = new Row(): what is changed is not what was read.
    private static bool IsReplaced(ILocalSymbol row, SyntaxNode function) =>
        function.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment => assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == row.Name);

    // var row = await db.Rows.FirstAsync(…), from the context that saves it.
    private SyntaxNode? ReadOf(ILocalSymbol row, AccessPath context, SemanticModel semantics, CancellationToken cancellation) =>
        row.InitializerOf(semantics, cancellation)?.DescendantsAndSelf().OfType<IInvocationOperation>().FirstOrDefault(call =>
            model.Find(call.TargetMethod, CatalogueRole.DatabaseCall) != null && call.DescendantsAndSelf().Any(part => AccessPath.Of(part) is { } path && path.Overlaps(context)))?.Syntax;

    // An attribute of the row, or a call that declares one for any row of the program: which row it is about is not followed.
    private bool HasVersion(INamedTypeSymbol type, CancellationToken cancellation)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            if (t.GetMembers().SelectMany(member => member.GetAttributes()).Any(attribute => model.Find(attribute.AttributeConstructor, CatalogueRole.ConcurrencyToken) != null))
                return true;
        return (bool)versions.Get(() => (object)model.Compilation.SyntaxTrees.Any(tree => tokens.In(tree, cancellation).Any()));
    }

    // In a transaction that reads in isolation.
    private static bool IsIsolated(SyntaxNode function, SemanticModel semantics, CancellationToken cancellation) =>
        function.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(access =>
            access.Name.Identifier.ValueText is "Serializable" or "RepeatableRead" or "Snapshot"
            && semantics.GetSymbolInfo(access, cancellation).Symbol is IFieldSymbol { ContainingType: { TypeKind: TypeKind.Enum, Name: "IsolationLevel" } });
}

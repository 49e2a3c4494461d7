using AgentLint.Analysis;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Idempotency;

/// <summary>What tells one of several operations from the next: a value, or how many there were before it.</summary>
internal sealed record KeyItem(string? Name, ITypeSymbol? Type, StatementSyntax? CountedBefore)
{
    public KeyItem(string name, ITypeSymbol type)
        : this(name, type, null)
    {
    }

    public KeyItem(StatementSyntax countedBefore)
        : this(null, null, countedBefore)
    {
    }
}

/// <summary>Finds what tells the operations of one function from each other, where a call is made several times in it.</summary>
internal sealed class KeyItems(FixContext context)
{
    private readonly AgentModel model = context.Model;
    private readonly CancellationToken cancellation = context.Cancellation;

    /// <summary>What tells one call from the next within a function; null where it is called several times and nothing does.</summary>
    public IReadOnlyList<KeyItem>? Of(SyntaxNode call, SyntaxNode function, KeyFile file)
    {
        var items = new List<KeyItem>();
        foreach (var node in call.Ancestors().TakeWhile(node => node != function))
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax lambda:
                    if (file.Semantics.GetSymbolInfo(lambda, cancellation).Symbol is not IMethodSymbol symbol)
                        return null;
                    if (symbol.Parameters.IsEmpty || IsRunForOneOperation(lambda, file))
                        break;
                    if (symbol.Parameters.FirstOrDefault(parameter => IsData(parameter.Type, 3)) is { } item && IsDistinct(SourceOf(lambda), file))
                        items.Insert(0, new KeyItem(item.Name, item.Type));
                    else if (IsHandler(lambda, file) && lambda.FirstAncestorOrSelf<StatementSyntax>() is { } statement && function.Contains(statement) && Statements.CanInsertBefore(statement))
                        items.Insert(0, new KeyItem(statement));
                    else
                        return null;
                    break;
                case ForEachStatementSyntax loop:
                    if (file.Semantics.GetDeclaredSymbol(loop, cancellation) is not { } each || !IsData(each.Type, 3) || !IsDistinct(loop.Expression, file))
                        return null;
                    items.Insert(0, new KeyItem(each.Name, each.Type));
                    break;
                case CommonForEachStatementSyntax or LocalFunctionStatementSyntax:
                    return null;
                case ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax when !RetryRegions.Of(model, context.CallDepth, cancellation).Around(call).Any(scope => scope.Layers.Any(layer => layer.Site == node)):
                    return null;
            }

        return items;
    }

    // new Progress<string>(part => …): called one after the other, as often as somebody likes.
    private bool IsHandler(AnonymousFunctionExpressionSyntax lambda, KeyFile file) =>
        lambda.Parent is ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax creation } && file.Semantics.GetSymbolInfo(creation, cancellation).Symbol is { } constructor && model.Find(constructor, CatalogueRole.RunsLater) != null;

    // items.Select(item => …), Parallel.ForEachAsync(items, item => …)
    private static ExpressionSyntax? SourceOf(AnonymousFunctionExpressionSyntax lambda) =>
        lambda.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } list } argument
            ? list.Arguments[0] != argument ? list.Arguments[0].Expression : (call.Expression as MemberAccessExpressionSyntax)?.Expression
            : null;

    // Of two equal items the second would be taken for a repetition of the first.
    private bool IsDistinct(ExpressionSyntax? source, KeyFile file)
    {
        for (var steps = 0; source != null && steps < 32; steps++)
            switch (source)
            {
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call when file.Semantics.GetSymbolInfo(call, cancellation).Symbol is { ContainingType: { Name: "Enumerable", ContainingNamespace.Name: "Linq" } }:
                    if (access.Name.Identifier.ValueText is "Distinct" or "Union" or "Except" or "Intersect" or "ToHashSet")
                        return true;
                    if (access.Name.Identifier.ValueText is not ("ToList" or "ToArray" or "Where" or "OrderBy" or "OrderByDescending" or "Reverse" or "Skip" or "Take" or "AsEnumerable"))
                        return false;
                    source = access.Expression;
                    break;
                case IdentifierNameSyntax name when file.Semantics.GetSymbolInfo(name, cancellation).Symbol is ILocalSymbol { DeclaringSyntaxReferences: [var declaration] } && declaration.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: var value }:
                    source = value;
                    break;
                default:
                    return file.Semantics.GetTypeInfo(source, cancellation).Type is INamedTypeSymbol { Name: "HashSet" or "ISet" or "IReadOnlySet" or "SortedSet" or "ImmutableHashSet" };
            }

        return false;
    }

    private bool IsRunForOneOperation(AnonymousFunctionExpressionSyntax lambda, KeyFile file) =>
        lambda.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax run }
        && file.Semantics.GetSymbolInfo(run, cancellation).Symbol is { } called
        && model.Find(called, CatalogueRole.ResilientExecute) != null;

    /// <summary>Whether a value is what a caller says, and no service: texts, numbers, times, the program's own records, and lists of them.</summary>
    public bool IsData(ITypeSymbol type, int depth = 0) => depth < 4 && type switch
    {
        { SpecialType: SpecialType.System_String or SpecialType.System_Decimal or SpecialType.System_DateTime or SpecialType.System_Boolean or SpecialType.System_Char } => true,
        { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double, TypeKind: TypeKind.Struct } => true,
        { TypeKind: TypeKind.Enum } => true,
        IArrayTypeSymbol { Rank: 1 } array => IsData(array.ElementType, depth + 1),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => IsData(nullable.TypeArguments[0], depth + 1),
        INamedTypeSymbol { Name: "Guid" or "DateTimeOffset" or "TimeSpan" or "DateOnly" or "TimeOnly", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } => true,
        INamedTypeSymbol { IsGenericType: true, ContainingNamespace: { Name: "Generic", ContainingNamespace.Name: "Collections" } } list => list.TypeArguments.All(argument => IsData(argument, depth + 1)),
        INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false } named => model.Declares(named.OriginalDefinition) && (named.IsRecord || named.InstanceConstructors.Any(constructor => constructor.Parameters.IsEmpty)),
        _ => false,
    };
}

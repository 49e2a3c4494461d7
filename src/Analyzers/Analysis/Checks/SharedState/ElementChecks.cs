using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>A collection in a shared collection, changed without a lock.</summary>
/// <param name="Holder">The shared collection.</param>
/// <param name="Site">The change.</param>
/// <param name="Owner">Why calls share the holder.</param>
/// <param name="Entrance">From where the change is reached.</param>
internal sealed record ElementWrite(ISymbol Holder, SyntaxNode Site, Owner Owner, Entrance Entrance);

/// <summary>
/// Finds objects in shared collections whose members are changed from what was read of them: a collection that is safe in each of its steps does not guard what
/// its elements hold.
/// </summary>
internal sealed class ElementChecks(AgentModel model)
{
    // Caches of objects: the container has one for all calls.
    private readonly ImmutableHashSet<string> caches = [.. model.Catalogue.Of(CatalogueRole.LocalStore).Where(model.IsPresent).Select(entry => entry.SimpleTypeName)];
    private readonly ImmutableHashSet<string> changes = [.. model.Catalogue.Of(CatalogueRole.Collection).SelectMany(entry => entry.List("changes"))];

    public static ElementChecks Of(AgentModel model) => model.Shared(m => new ElementChecks(m));

    /// <summary>The first such change of each object in a file, in the order of the text.</summary>
    public IEnumerable<CheckThenAct> In(SemanticModel semantics, CancellationToken cancellation)
    {
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        // Told by the text first: fields that hold other objects, and locals that are taken out of them.
        var collections = new HashSet<string>(root.DescendantNodes().SelectMany(CollectionsOf), StringComparer.Ordinal);
        if (collections.Count == 0)
            yield break;
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var taken in root.DescendantNodes().Select(node => TakenFrom(node, collections)).OfType<SyntaxToken>().ToList())
            if (FlowGraphs.FunctionAround(taken.Parent!) is { } function)
                foreach (var write in function.DescendantNodes().OfType<ExpressionSyntax>().Where(node => node.SpanStart > taken.Span.End && ChangedOf(node)?.Identifier.ValueText == taken.ValueText))
                    if (Check(write, function, collections, semantics, cancellation) is var (found, element) && seen.Add(element))
                        yield return found;
    }

    /// <summary>
    /// The collections in shared collections that a file changes without a lock, in the order of the text; each holder once in each function. That the outer
    /// collection is safe in each of its steps says nothing of the inner one.
    /// </summary>
    public IEnumerable<ElementWrite> ContentIn(SemanticModel semantics, CancellationToken cancellation)
    {
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        var holders = new HashSet<string>(root.DescendantNodes().SelectMany(node => CollectionsOf(node).Concat(CachesOf(node))), StringComparer.Ordinal);
        if (holders.Count == 0)
            yield break;
        var kinds = new Collections(model, cancellation);
        var seen = new HashSet<(ISymbol, SyntaxNode)>();
        foreach (var syntax in root.DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (syntax.Expression is MemberAccessExpressionSyntax { Expression: ElementAccessExpressionSyntax or InvocationExpressionSyntax or IdentifierNameSyntax or PostfixUnaryExpressionSyntax } access
                && changes.Contains(access.Name.Identifier.ValueText)
                && FlowGraphs.FunctionAround(syntax) is { } function
                && IsTaken(access.Expression, function, holders)
                && semantics.GetOperation(syntax, cancellation) is IInvocationOperation { Instance: { } element } call
                && kinds.Of(element) is { } kind && kind.List("changes").Contains(call.TargetMethod.Name)
                && HolderOf(element, function, holders, semantics, cancellation) is { } holder && seen.Add((holder, function))
                && OwnerOf(holder, cancellation) is { } owner
                && SharedEntries.EntranceOf(syntax, holder.IsStatic, model, cancellation) is { } entrance && (!entrance.Roots.IsEmpty || IsCache(holder)))
                yield return new ElementWrite(holder, syntax, owner, entrance);
    }

    private Owner? OwnerOf(ISymbol holder, CancellationToken cancellation) =>
        IsCache(holder) ? new Owner(OwnerKind.Singleton, null, "the cache gives the same object to all calls") : Lifetimes.Of(model).OwnerOf(holder, cancellation);

    private bool IsCache(ISymbol holder) =>
        (holder is IParameterSymbol parameter ? parameter.Type : StateWrites.TypeOf(holder)) is INamedTypeSymbol type && caches.Contains(type.Name) && model.Is(type, CatalogueRole.ThreadSafe);

    private IEnumerable<string> CachesOf(SyntaxNode node) => node switch
    {
        FieldDeclarationSyntax { Declaration: { Type: IdentifierNameSyntax type } fields } when caches.Contains(type.Identifier.ValueText) => fields.Variables.Select(variable => variable.Identifier.ValueText),
        ParameterSyntax { Type: IdentifierNameSyntax type } parameter when caches.Contains(type.Identifier.ValueText) => [parameter.Identifier.ValueText],
        _ => [],
    };

    // items["a"].Add(…), items.GetOrAdd(…).Add(…), or a local that was taken out of one.
    private static bool IsTaken(ExpressionSyntax receiver, SyntaxNode function, HashSet<string> holders) =>
        (receiver is PostfixUnaryExpressionSyntax sure ? sure.Operand : receiver) is IdentifierNameSyntax local
            ? function.DescendantNodes().Select(node => TakenFrom(node, holders)).OfType<SyntaxToken>().Any(taken => taken.ValueText == local.Identifier.ValueText && taken.SpanStart < receiver.SpanStart)
            : StartsWith(receiver, holders);

    private static IEnumerable<string> CollectionsOf(SyntaxNode node) => node switch
    {
        FieldDeclarationSyntax { Declaration: { Type: GenericNameSyntax or QualifiedNameSyntax or ArrayTypeSyntax or NullableTypeSyntax } fields } => fields.Variables.Select(variable => variable.Identifier.ValueText),
        PropertyDeclarationSyntax { Type: GenericNameSyntax or QualifiedNameSyntax or ArrayTypeSyntax } property => [property.Identifier.ValueText],
        _ => [],
    };

    // table.TryGetValue(key, out var one), var one = table[key], var one = list.FirstOrDefault(…)
    private static SyntaxToken? TakenFrom(SyntaxNode node, HashSet<string> collections) => node switch
    {
        DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax one, Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } } when StartsWith(call, collections) => one.Identifier,
        VariableDeclaratorSyntax { Initializer.Value: InvocationExpressionSyntax or ElementAccessExpressionSyntax or PostfixUnaryExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } } variable when StartsWith(variable.Initializer!.Value, collections) => variable.Identifier,
        _ => null,
    };

    private static bool StartsWith(ExpressionSyntax expression, HashSet<string> collections)
    {
        while (true)
            switch (expression)
            {
                case InvocationExpressionSyntax call:
                    expression = call.Expression;
                    break;
                case MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own:
                    return collections.Contains(own.Name.Identifier.ValueText);
                case MemberAccessExpressionSyntax access:
                    expression = access.Expression;
                    break;
                case ElementAccessExpressionSyntax element:
                    expression = element.Expression;
                    break;
                case PostfixUnaryExpressionSyntax sure:
                    expression = sure.Operand;
                    break;
                // table.GetValueOrDefault(key) ?? [] may give what the table holds.
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either:
                    expression = either.Left;
                    break;
                default:
                    return expression is IdentifierNameSyntax name && collections.Contains(name.Identifier.ValueText);
            }
    }

    // one.Status = …, one.Count += …, one.Count++
    private static IdentifierNameSyntax? ChangedOf(ExpressionSyntax node) => node switch
    {
        AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax one } } => one,
        PostfixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax one }, OperatorToken.ValueText: "++" or "--" } => one,
        PrefixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax one }, OperatorToken.ValueText: "++" or "--" } => one,
        _ => null,
    };

    private (CheckThenAct Found, ISymbol Element)? Check(
        ExpressionSyntax syntax, SyntaxNode function, HashSet<string> collections, SemanticModel semantics, CancellationToken cancellation)
    {
        if (semantics.GetOperation(syntax, cancellation) is not { } write
            || TargetOf(write) is not IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: { } instance } target
            || instance.Unwrap() is not ILocalReferenceOperation { Local: { Type.IsReferenceType: true } local }
            || HolderOf(local, function, collections, semantics, cancellation) is not { } holder
            || LookBefore(write, target, local, function, semantics, cancellation) is not { } look
            || SharedEntries.EntranceOf(syntax, holder.IsStatic, model, cancellation) is not { } entrance)
            return null;
        return (
            new CheckThenAct($"'{target.Member.Name}' of an object in '{Witness.NameOf(holder)}'", look, syntax, entrance, "hold a lock around both, or replace the object in one step"),
            local);
    }

    private static IOperation? TargetOf(IOperation write) => write switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation step => step.Target,
        _ => null,
    };

    private ISymbol? HolderOf(IOperation element, SyntaxNode function, HashSet<string> collections, SemanticModel semantics, CancellationToken cancellation) =>
        element.Unwrap() is ILocalReferenceOperation { Local: var local } ? HolderOf(local, function, collections, semantics, cancellation) : HolderFrom(element, collections, cancellation);

    // The shared collection that a local was taken out of; null where it was made anew, or the collection is the call's own.
    private ISymbol? HolderOf(ILocalSymbol local, SyntaxNode function, HashSet<string> collections, SemanticModel semantics, CancellationToken cancellation)
    {
        var source = local.InitializerOf(semantics, cancellation)
            ?? function.DescendantNodes().OfType<DeclarationExpressionSyntax>()
                .Where(declaration => declaration.Designation is SingleVariableDesignationSyntax one && one.Identifier.ValueText == local.Name)
                .Select(declaration => declaration.Parent?.Parent?.Parent).OfType<InvocationExpressionSyntax>().Select(call => semantics.GetOperation(call, cancellation)).FirstOrDefault();
        return HolderFrom(source, collections, cancellation);
    }

    private ISymbol? HolderFrom(IOperation? source, HashSet<string> collections, CancellationToken cancellation)
    {
        while (source != null)
            switch (source.Unwrap())
            {
                // What a query makes is its own: list.Select(one => new View(one)).
                case IInvocationOperation { TargetMethod.Name: "Select" or "SelectMany" or "Aggregate" or "Clone" }:
                    return null;
                case IInvocationOperation call:
                    source = call.Receiver();
                    break;
                case IPropertyReferenceOperation { Property: { IsIndexer: true } or { Name: "Values" } } element:
                    source = element.Instance;
                    break;
                case IArrayElementReferenceOperation element:
                    source = element.ArrayReference;
                    break;
                case ICoalesceOperation either:
                    source = either.Value;
                    break;
                case IParameterReferenceOperation { Parameter: var parameter } when IsCache(parameter):
                    return parameter;
                case IMemberReferenceOperation { Member: var member } when IsCache(member):
                    return member;
                case IMemberReferenceOperation member when collections.Contains(member.Member.Name):
                    return SharedEntries.SharedVariable(member, model, cancellation);
                default:
                    return null;
            }

        return null;
    }

    // The change itself reads the old value; or a condition before it has read the member that is set.
    private static SyntaxNode? LookBefore(
        IOperation write, IMemberReferenceOperation target, ILocalSymbol local, SyntaxNode function, SemanticModel semantics, CancellationToken cancellation)
    {
        if (write is ICompoundAssignmentOperation or IIncrementOrDecrementOperation)
            return target.Syntax;
        if (((IAssignmentOperation)write).Value.DescendantsAndSelf().FirstOrDefault(IsSame) is { } own)
            return own.Syntax;
        foreach (var condition in SharedEntries.ConditionsBefore(write.Syntax, function))
            if (semantics.GetOperation(condition, cancellation) is { } asked && asked.DescendantsAndSelf().FirstOrDefault(IsSame) is { } read)
                return read.Syntax;
        return null;

        bool IsSame(IOperation part) =>
            part is IMemberReferenceOperation { Instance: { } instance } member && SymbolEqualityComparer.Default.Equals(member.Member, target.Member)
            && instance.Unwrap() is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local);
    }
}

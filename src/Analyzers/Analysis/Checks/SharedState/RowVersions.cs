using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>
/// Which rows have a version that a save compares: by an attribute, or by a call in the program that builds its model. A call whose row is not
/// understood counts for all rows.
/// </summary>
internal sealed class RowVersions(AgentModel model)
{
    private readonly CatalogueQuery tokens = model.Query(entry => entry.Role == CatalogueRole.ConcurrencyToken);
    private readonly Once<Declared> declared = new();

    public static RowVersions Of(AgentModel model) => model.Shared(m => new RowVersions(m));

    /// <summary>Whether a save of a row of some type is refused when somebody else has changed the row.</summary>
    public bool Has(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var known = declared.Get(() => Find(cancellation));
        if (known.OfUnknown || type.AllInterfaces.Any(i => known.Types.Contains(i.OriginalDefinition)))
            return true;
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            if (known.Types.Contains(t.OriginalDefinition)
                || known.Names.Any(name => CatalogueMatcher.IsNamed(t.OriginalDefinition, name))
                || t.GetMembers().SelectMany(member => member.GetAttributes()).Any(attribute => model.Find(attribute.AttributeConstructor, CatalogueRole.ConcurrencyToken) != null))
                return true;
        return false;
    }

    private Declared Find(CancellationToken cancellation)
    {
        var found = new Declared(new(SymbolEqualityComparer.Default), []);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in tokens.In(tree, cancellation))
                if (use.Symbol is IMethodSymbol { MethodKind: not MethodKind.Constructor } && model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation call && !AddRowOf(call, found))
                    return found with { OfUnknown = true };
        return found;
    }

    // builder.Entity<Order>().Property(…), builder.Entity("Shop.Order", b => b.Property(…)), where builder is one of an Order: what stands first says it.
    private static bool AddRowOf(IInvocationOperation call, Declared found)
    {
        var chain = new Stack<IOperation>();
        for (IOperation? part = call; part != null; part = (part as IInvocationOperation)?.Receiver()?.Unwrap())
            chain.Push(part);
        while (chain.Count > 0)
        {
            var part = chain.Pop();
            if (AddType(part.Type, found))
                return true;
            if (part is IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } lambda }
                && LambdaOf(part, lambda)?.ArgumentAround() is { Parent: IInvocationOperation outer })
                return AddNamed(outer, found) || AddRowOf(outer, found);
            if (part is IInvocationOperation made && made != call && AddNamed(made, found))
                return true;
        }

        return false;
    }

    private static IOperation? LambdaOf(IOperation part, IMethodSymbol lambda)
    {
        for (var around = part.Parent; around != null; around = around.Parent)
            if (around is IAnonymousFunctionOperation { Symbol: var symbol } && SymbolEqualityComparer.Default.Equals(symbol, lambda))
                return around;
        return null;
    }

    private static bool AddType(ITypeSymbol? type, Declared found)
    {
        if (type is not INamedTypeSymbol { TypeArguments: { IsEmpty: false } arguments })
            return false;
        switch (arguments[arguments.Length - 1])
        {
            case INamedTypeSymbol { TypeKind: TypeKind.Class, SpecialType: SpecialType.None } row:
                found.Types.Add(row.OriginalDefinition);
                return true;
            case ITypeParameterSymbol { ConstraintTypes: { IsEmpty: false } rows }:
                foreach (var row in rows)
                    found.Types.Add(row.OriginalDefinition);
                return true;
            default:
                return false;
        }
    }

    // Entity(typeof(Order)), Entity("Shop.Order"), OwnsOne("Shop.Address", "Address", …)
    private static bool AddNamed(IInvocationOperation call, Declared found)
    {
        foreach (var argument in call.Arguments)
            switch (argument.Value.Unwrap())
            {
                case ITypeOfOperation { TypeOperand: INamedTypeSymbol row }:
                    found.Types.Add(row.OriginalDefinition);
                    return true;
                case { ConstantValue: { HasValue: true, Value: string name } } when name.Contains('.'):
                    found.Names.Add(name);
                    return true;
            }

        return false;
    }

    private sealed record Declared(HashSet<ISymbol> Types, HashSet<string> Names)
    {
        public bool OfUnknown { get; init; }
    }
}

using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis;

/// <summary>
/// Synchronous methods that hold their thread for a remote call, themselves or through others of their kind. Found from the blocking
/// calls outwards, by name over the text, so that a program without any pays nothing.
/// </summary>
internal sealed class BlockingHelpers(AgentModel model)
{
    /// <summary>How many synchronous methods a wait is followed through, and how many calls from it to the remote call.</summary>
    private const int MaxDepth = 8;

    private readonly object gate = new();
    private Found? found;

    public static BlockingHelpers Of(AgentModel model) => model.Shared(m => new BlockingHelpers(m));

    /// <summary>The calls of such methods in one file, each with the path from it to the remote call, in the order of the text.</summary>
    public IEnumerable<(SimpleNameSyntax Name, Witness Path, CatalogueEntry Remote)> CallsIn(SyntaxTree tree, CancellationToken cancellation)
    {
        Found all;
        // All files ask at the same time: one looks, the others wait. A cancelled search leaves nothing behind.
        lock (gate)
            all = found ??= Find(cancellation);
        return all.All.IsEmpty ? [] : CallsIn(tree, all, cancellation);
    }

    private IEnumerable<(SimpleNameSyntax Name, Witness Path, CatalogueEntry Remote)> CallsIn(SyntaxTree tree, Found helpers, CancellationToken cancellation)
    {
        // Names such as Create are everywhere: bound only where the type that declares the method can be meant.
        var index = NameIndex.Of(tree, cancellation);
        var names = helpers.ByName.Where(h => index.Mentions(h.Key) && h.Value.Any(method => CanBeCalledIn(tree, method, index))).Select(h => h.Key).ToList();
        if (names.Count == 0)
            yield break;
        var root = tree.GetRoot(cancellation);
        var semantics = model.SemanticsOf(tree);
        foreach (var name in names.SelectMany(n => index.Uses(n, root)).OrderBy(n => n.SpanStart))
            if (semantics.OperationOf(name, cancellation) is { } use && CalledBy(use) is { } called && Resolve(called) is { } target && helpers.All.TryGetValue(target, out var helper))
                yield return (name, helper.Path.After(new Call(called, target, use.Syntax)), helper.Remote);
    }

    private static bool CanBeCalledIn(SyntaxTree tree, IMethodSymbol method, NameIndex index)
    {
        if (method.ContainingType is not { } type || type.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == tree))
            return true;
        return method.DeclaredAccessibility != Accessibility.Private && TypesThatOffer(type).Any(index.Mentions);
    }

    private static IEnumerable<string> TypesThatOffer(INamedTypeSymbol type)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            yield return t.Name;
        foreach (var i in type.AllInterfaces)
            yield return i.Name;
    }

    private Found Find(CancellationToken cancellation)
    {
        var helpers = ImmutableDictionary.CreateBuilder<IMethodSymbol, (Witness Path, CatalogueEntry Remote)>(SymbolEqualityComparer.Default);
        var blocking = BlockingCalls.Of(model);
        var query = model.Query(BlockingCalls.Blocks);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree) is var semantics
                    && blocking.At(use, semantics, cancellation) is { IsSleep: false } call
                    && HelperAround(use.Name, semantics, cancellation) is { } method
                    && !helpers.ContainsKey(method)
                    && blocking.RemoteBehind(call, semantics, MaxDepth, cancellation) is { } remote)
                    helpers.Add(method, (remote.Witness, remote.Entry));

        // Their synchronous callers, level by level: the shortest path to each is found first.
        var level = helpers.ToImmutable();
        for (var depth = 1; depth < MaxDepth && !level.IsEmpty; depth++)
        {
            var next = ImmutableDictionary.CreateBuilder<IMethodSymbol, (Witness Path, CatalogueEntry Remote)>(SymbolEqualityComparer.Default);
            var last = new Found(level);
            foreach (var tree in model.Compilation.SyntaxTrees)
                foreach (var (name, path, remote) in CallsIn(tree, last, cancellation))
                    if (HelperAround(name, model.SemanticsOf(tree), cancellation) is { } caller && !helpers.ContainsKey(caller) && !next.ContainsKey(caller))
                        next.Add(caller, (path, remote));
            level = next.ToImmutable();
            helpers.AddRange(level);
        }

        return new Found(helpers.ToImmutable());
    }

    private IMethodSymbol? HelperAround(SyntaxNode node, SemanticModel semantics, CancellationToken cancellation) =>
        CodePlace.Of(node, semantics, model, cancellation) is { Kind: PlaceKind.Helper, Member: IMethodSymbol { MethodKind: not MethodKind.AnonymousFunction } method }
            ? method.OriginalDefinition
            : null;

    private static IMethodSymbol? CalledBy(IOperation use) => use switch
    {
        IInvocationOperation call => call.TargetMethod,
        IPropertyReferenceOperation property => property.Property.GetMethod,
        _ => null,
    };

    private IMethodSymbol? Resolve(IMethodSymbol method) =>
        method.MethodKind == MethodKind.LocalFunction ? method.OriginalDefinition : CallGraph.Of(model).Resolve(method);

    private sealed class Found
    {
        public Found(ImmutableDictionary<IMethodSymbol, (Witness Path, CatalogueEntry Remote)> all)
        {
            All = all;
            ByName = all.Keys.GroupBy(method => (method.AssociatedSymbol ?? method).Name.Split('.').Last()).ToImmutableDictionary(g => g.Key, g => g.ToImmutableArray());
        }

        public ImmutableDictionary<IMethodSymbol, (Witness Path, CatalogueEntry Remote)> All { get; }

        public ImmutableDictionary<string, ImmutableArray<IMethodSymbol>> ByName { get; }
    }
}

using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis;

/// <summary>A place in source that calls a method of the project, or hands it on.</summary>
/// <param name="Name">The name that stands for the method.</param>
/// <param name="Target">The method that runs.</param>
internal readonly record struct CallSite(SimpleNameSyntax Name, IMethodSymbol Target);

/// <summary>
/// Finds where some methods of the project are called: by name over the text, then bound. Names such as <c>RunAsync</c> are everywhere; they
/// are bound only in files that mention a type through which the method can be called.
/// </summary>
internal sealed class CallSites
{
    private readonly AgentModel model;
    private readonly ImmutableHashSet<ISymbol> methods;
    private readonly ILookup<string, IMethodSymbol> byName;
    private readonly NameSet names;

    public CallSites(AgentModel model, IReadOnlyCollection<IMethodSymbol> methods)
    {
        this.model = model;
        this.methods = methods.ToImmutableHashSet<ISymbol>(SymbolEqualityComparer.Default);
        byName = methods.ToLookup(method => method.Name.Split('.').Last(), StringComparer.Ordinal);
        names = new NameSet(byName.Select(group => group.Key).Concat(methods.Select(m => m.ContainingType).OfType<INamedTypeSymbol>().SelectMany(TypesThatOffer)));
    }

    public bool IsEmpty => methods.IsEmpty;

    /// <summary>The calls in one file, in the order of the text.</summary>
    public IEnumerable<CallSite> In(SyntaxTree tree, CancellationToken cancellation)
    {
        if (IsEmpty)
            yield break;
        var index = new NameIndex(names, tree, cancellation);
        var present = byName.Where(group => index.Mentions(group.Key) && group.Any(method => CanBeCalledIn(tree, method, index))).Select(group => group.Key).ToList();
        if (present.Count == 0)
            yield break;
        var root = tree.GetRoot(cancellation);
        var semantics = model.SemanticsOf(tree);
        foreach (var name in present.SelectMany(n => index.Uses(n, root)).OrderBy(n => n.SpanStart))
            if (CalledBy(semantics.OperationOf(name, cancellation)) is { } called && Resolve(called) is { } target && methods.Contains(target))
                yield return new CallSite(name, target);
    }

    private static IMethodSymbol? CalledBy(IOperation? use) => use switch
    {
        IInvocationOperation call => call.TargetMethod,
        IMethodReferenceOperation group => group.Method,
        _ => null,
    };

    private IMethodSymbol? Resolve(IMethodSymbol method) =>
        method.MethodKind == MethodKind.LocalFunction ? method.OriginalDefinition : CallGraph.Of(model).Resolve(method);

    private static bool CanBeCalledIn(SyntaxTree tree, IMethodSymbol method, NameIndex index)
    {
        if (method.ContainingType is not { } type || type.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == tree))
            return true;
        // An extension is called on what it extends, and its class need not be named.
        return method.DeclaredAccessibility != Accessibility.Private && (method.IsExtensionMethod || TypesThatOffer(type).Any(index.Mentions));
    }

    private static IEnumerable<string> TypesThatOffer(INamedTypeSymbol type)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            yield return t.Name;
        foreach (var i in type.AllInterfaces)
            yield return i.Name;
    }
}

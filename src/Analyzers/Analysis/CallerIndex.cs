using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>
/// Who may call a method: found by its name over the text, each place bound once, so that what has nothing to do with agents is never bound.
/// Shared by all that go from the calls of models outwards.
/// </summary>
internal sealed class CallerIndex
{
    private const int AnyUse = -1;
    private const int MaxCallers = 64;

    private readonly AgentModel model;
    private readonly ImmutableArray<(SyntaxTree Tree, NameIndex Names)> files;
    private readonly ConcurrentDictionary<string, ImmutableArray<(SyntaxTree Tree, NameIndex Names)>> mentions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> semantics = new();
    private readonly ConcurrentDictionary<(string Name, int MostArguments), Dictionary<IMethodSymbol, List<SimpleNameSyntax>>> uses = new();
    private readonly ConcurrentDictionary<SimpleNameSyntax, ImmutableArray<IMethodSymbol>> targets = new();

    private CallerIndex(AgentModel model, CancellationToken cancellation)
    {
        this.model = model;
        files = [.. model.Compilation.SyntaxTrees.Select(tree => (tree, NameIndex.Of(tree, cancellation)))];
    }

    public static CallerIndex Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<CallerIndex>()).Get(() => new CallerIndex(model, cancellation));

    /// <summary>The functions that contain a use of a method, outermost last. Whether the use runs there is for the call graph to say.</summary>
    public IEnumerable<IMethodSymbol> Of(IMethodSymbol method, CancellationToken cancellation) =>
        NamesOf(method, cancellation).SelectMany(name => FunctionsAround(name, cancellation));

    /// <summary>Whether every chain of calls to a function begins at the entry point.</summary>
    /// <param name="function">The function.</param>
    /// <param name="isOther">Whether something else runs a function on the way: a host, a library, another thread.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public bool IsOfEntryPointAlone(IMethodSymbol function, Func<IMethodSymbol, bool> isOther, CancellationToken cancellation)
    {
        if (model.Compilation.GetEntryPoint(cancellation) is not { } entry)
            return false;
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { function };
        var open = new Queue<IMethodSymbol>(seen);
        while (open.Count > 0 && seen.Count < MaxCallers)
        {
            var callers = Of(open.Dequeue(), cancellation).ToList();
            if (callers.Count == 0)
                return false;
            foreach (var caller in callers.Where(caller => !SymbolEqualityComparer.Default.Equals(caller, entry) && seen.Add(caller)))
                if (isOther(caller))
                    return false;
                else
                    open.Enqueue(caller);
        }

        return open.Count == 0;
    }

    /// <summary>The names that stand for a method.</summary>
    public IReadOnlyList<SimpleNameSyntax> NamesOf(IMethodSymbol method, CancellationToken cancellation)
    {
        // Nested functions are used within the member that was found with them.
        if (method.MethodKind is MethodKind.AnonymousFunction or MethodKind.LocalFunction or MethodKind.Constructor or MethodKind.StaticConstructor)
            return [];
        var named = uses.GetOrAdd((NameOf(method), MostArgumentsOf(method)), key => Bind(key.Name, key.MostArguments, cancellation)).TryGetValue(method, out var found) ? found : [];
        return Dispatch.Of(model).SendersOf(method, cancellation).ToList() is { Count: > 0 } senders ? [.. named, .. senders] : named;
    }

    /// <summary>The functions around a place that are functions of their own: its member, local functions, and lambdas that do not run right there.</summary>
    public IEnumerable<IMethodSymbol> FunctionsAround(SyntaxNode place, CancellationToken cancellation)
    {
        for (var symbol = SemanticsOf(place.SyntaxTree).GetEnclosingSymbol(place.SpanStart, cancellation); symbol is not (null or INamespaceOrTypeSymbol); symbol = symbol.ContainingSymbol)
        {
            if (symbol is not IMethodSymbol function)
                continue;
            if (function.MethodKind == MethodKind.AnonymousFunction
                && (function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } syntax
                    || SemanticsOf(place.SyntaxTree).GetOperation(syntax, cancellation) is not { } lambda
                    || CallGraph.Of(model).RunsNow(lambda, cancellation)))
                continue;
            yield return function.Implementation();
        }
    }

    /// <summary>Where a field, property or method is named.</summary>
    public IEnumerable<IOperation> UsesOf(ISymbol member, CancellationToken cancellation)
    {
        foreach (var use in UsesOf(SimpleName(member.Name), cancellation))
            if (SemanticsOf(use.SyntaxTree) is var file
                && SymbolEqualityComparer.Default.Equals(file.GetSymbolInfo(use, cancellation).Symbol?.OriginalDefinition, member)
                && file.OperationOf(use, cancellation) is { } operation)
                yield return operation;
    }

    /// <summary>Lets go of what was bound. To be called when a search has ended: the answers are kept.</summary>
    public void Release()
    {
        semantics.Clear();
        targets.Clear();
        UnboundCalls.Of(model).Release();
    }

    private IEnumerable<SimpleNameSyntax> UsesOf(string name, CancellationToken cancellation) =>
        mentions.GetOrAdd(name, n => [.. files.Where(file => file.Names.Mentions(n))]).SelectMany(file => file.Names.Uses(name, file.Tree.GetRoot(cancellation)));

    private Dictionary<IMethodSymbol, List<SimpleNameSyntax>> Bind(string name, int mostArguments, CancellationToken cancellation)
    {
        var bound = new Dictionary<IMethodSymbol, List<SimpleNameSyntax>>(SymbolEqualityComparer.Default);
        foreach (var use in UsesOf(name, cancellation))
            if (mostArguments == AnyUse || MayMean(use, mostArguments))
                foreach (var target in TargetsOf(use, cancellation))
                {
                    if (!bound.TryGetValue(target, out var found))
                        bound.Add(target, found = []);
                    found.Add(use);
                }

        return bound;
    }

    // How many arguments a method can be called with at most.
    private static int MostArgumentsOf(IMethodSymbol method) =>
        method.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation) ? AnyUse
        : method.Parameters.Any(parameter => parameter.IsParams || parameter.Type.TypeKind == TypeKind.Array) ? int.MaxValue
        : method.Parameters.Length;

    // What does not look like a call of the method is not bound: lines.Count, Sum(one, two).
    private bool MayMean(SimpleNameSyntax use, int mostArguments)
    {
        SyntaxNode callee = use.Parent is MemberAccessExpressionSyntax access && access.Name == use ? access : use.Parent is MemberBindingExpressionSyntax binding ? binding : use;
        if (callee.Parent is InvocationExpressionSyntax call && call.Expression == callee)
            return call.ArgumentList.Arguments.Count <= mostArguments;
        if (callee is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver })
            for (var type = UnboundCalls.TypeOf(UnboundCalls.Of(model).Variable(receiver)); type != null; type = type.BaseType)
                if (type.GetMembers(use.Identifier.ValueText) is { IsEmpty: false } members)
                    return members.Any(member => member is IMethodSymbol);
        return true;
    }

    private ImmutableArray<IMethodSymbol> TargetsOf(SimpleNameSyntax use, CancellationToken cancellation) =>
        targets.TryGetValue(use, out var known) ? known : targets.GetOrAdd(use, Read(use, cancellation));

    private ImmutableArray<IMethodSymbol> Read(SimpleNameSyntax use, CancellationToken cancellation)
    {
        switch (UnboundCalls.Of(model).At(use, cancellation)?.Candidates)
        {
            case { Length: 1 } only:
                return Targets(only[0], use, cancellation);
            case { } overloads when !overloads.Any(model.Declares):
                return [];
        }

        IMethodSymbol?[] named = SemanticsOf(use.SyntaxTree).GetSymbolInfo(use, cancellation).Symbol switch
        {
            IMethodSymbol method => [method],
            IPropertySymbol property => [property.GetMethod, property.SetMethod],
            _ => [],
        };
        return [.. named.OfType<IMethodSymbol>().SelectMany(method => Targets(method, use, cancellation))];
    }

    // Each of a few implementations has its callers.
    private ImmutableArray<IMethodSymbol> Targets(IMethodSymbol method, SimpleNameSyntax use, CancellationToken cancellation) =>
        [.. CallGraph.Of(model).MayRun(method, SemanticsOf(use.SyntaxTree).GetEnclosingSymbol(use.SpanStart, cancellation)?.ContainingType).Select(target => target.Implementation())];

    // One model per file: outside of a compiler's run each question would get a new one, which binds everything again.
    private SemanticModel SemanticsOf(SyntaxTree tree) => semantics.GetOrAdd(tree, model.SemanticsOf);

    // An accessor is used under the name of its property.
    private static string NameOf(IMethodSymbol method) => SimpleName((method.AssociatedSymbol ?? method).Name);

    // An explicit implementation carries its interface in its name.
    private static string SimpleName(string name) => name.Substring(name.LastIndexOf('.') + 1);
}

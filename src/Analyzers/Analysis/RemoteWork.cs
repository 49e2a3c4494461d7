using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>
/// The methods of a project that ask a model or an agent, themselves or through others. Found from the calls outwards, so that a program
/// without any pays nothing; which path a call takes is for <see cref="EffectSummaries"/> to say.
/// </summary>
internal sealed class RemoteWork(AgentModel model)
{
    /// <summary>How many methods lie at most between a call and the model.</summary>
    private const int MaxDepth = 16;

    private readonly CatalogueQuery query = model.Query(Asks);
    private CallSites? helpers;

    public static RemoteWork Of(AgentModel model) => model.Shared(m => new RemoteWork(m));

    /// <summary>Whether a call asks a model or an agent, or schedules a step of a workflow that may.</summary>
    public static bool Asks(CatalogueEntry entry) =>
        entry.AsksModelOrAgent() || (entry.Role == CatalogueRole.ActivityCall && !entry.Has("blocking"));

    /// <summary>The names in one file that stand for such calls, or for methods that lead to them, in the order of the text.</summary>
    public ImmutableArray<SimpleNameSyntax> NamesIn(SyntaxTree tree, CancellationToken cancellation)
    {
        var all = Volatile.Read(ref helpers) ?? Keep(Find(cancellation));
        return [.. AskingIn(tree, cancellation).Concat(all.In(tree, cancellation).Select(site => site.Name)).Distinct().OrderBy(name => name.SpanStart)];
    }

    private IEnumerable<SimpleNameSyntax> AskingIn(SyntaxTree tree, CancellationToken cancellation) =>
        query.In(tree, cancellation).Select(use => use.Name).Concat(ModelRequests.Of(model).In(tree, cancellation));

    private CallSites Find(CancellationToken cancellation)
    {
        var found = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var level = new List<IMethodSymbol>();
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var name in AskingIn(tree, cancellation))
                Add(name, level);

        for (var depth = 0; depth < MaxDepth && level.Count > 0; depth++)
        {
            var sites = new CallSites(model, level);
            level = [];
            foreach (var tree in model.Compilation.SyntaxTrees)
                foreach (var site in sites.In(tree, cancellation))
                    Add(site.Name, level);
        }

        return new CallSites(model, found);

        void Add(SyntaxNode place, List<IMethodSymbol> to)
        {
            foreach (var function in FunctionsAround(place, cancellation))
                if (found.Add(function))
                    to.Add(function);
        }
    }

    // A lambda has no name to be called by: it belongs to what is around it.
    private IEnumerable<IMethodSymbol> FunctionsAround(SyntaxNode place, CancellationToken cancellation)
    {
        for (var symbol = model.SemanticsOf(place.SyntaxTree).GetEnclosingSymbol(place.SpanStart, cancellation); symbol is IMethodSymbol method; symbol = symbol.ContainingSymbol)
            if (method.MethodKind is MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.ExplicitInterfaceImplementation)
                yield return method.OriginalDefinition;
    }

    private CallSites Keep(CallSites value) => Interlocked.CompareExchange(ref helpers, value, null) ?? value;
}

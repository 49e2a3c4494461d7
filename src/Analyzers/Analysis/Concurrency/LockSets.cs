using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>
/// Which locks code holds wherever it runs: what the function has entered and not left on all paths, and what all callers of the function hold. A must answer: a
/// lock in it is held, one that is missing may be held all the same.
/// </summary>
internal sealed class LockSets(AgentModel model)
{
    // How many callers a lock is looked for through.
    private const int MaxDepth = 3;

    private readonly LockNames names = new(model);
    private readonly ConcurrentDictionary<SyntaxNode, FlowPoints<LockSet>?> functions = new();
    private readonly ConcurrentDictionary<SyntaxNode, ControlFlowGraph?> graphs = new();
    private readonly ConcurrentDictionary<(SyntaxNode Function, int Depth), ImmutableArray<ISymbol>> around = new();

    public static LockSets Of(AgentModel model) => model.Shared(m => new LockSets(m));

    /// <summary>The locks that are held wherever this code runs.</summary>
    public ImmutableArray<ISymbol> HeldAt(SyntaxNode place, CancellationToken cancellation) => HeldAt(place, 0, cancellation);

    private ImmutableArray<ISymbol> HeldAt(SyntaxNode place, int depth, CancellationToken cancellation)
    {
        if (FlowGraphs.FunctionAround(place) is not { } function)
            return [];
        var semantics = model.SemanticsOf(place.SyntaxTree);
        return
        [
            .. StatementsAround(place, function, semantics, cancellation)
                .Concat(EnteredBefore(place, function, semantics, cancellation))
                .Concat(HeldAround(function, semantics, depth, cancellation))
                .Distinct(SymbolEqualityComparer.Default).OfType<ISymbol>(),
        ];
    }

    // The locks that are held whenever a function starts. An answer depends on how many callers may still be followed.
    private ImmutableArray<ISymbol> HeldAround(SyntaxNode function, SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (around.TryGetValue((function, depth), out var known))
            return known;
        ImmutableArray<ISymbol> held = [];
        if (function is AnonymousFunctionExpressionSyntax lambda)
        {
            if (semantics.GetOperation(lambda, cancellation) is { } operation)
            {
                held = OfRunner(operation, depth, cancellation);
                if (RunsHere(operation, cancellation))
                    held = [.. held.Concat(HeldAt(lambda, depth, cancellation)).Distinct(SymbolEqualityComparer.Default).OfType<ISymbol>()];
            }
        }
        else if (function is LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
            && semantics.GetDeclaredSymbol(function, cancellation) is IMethodSymbol symbol)
        {
            held = OfCallers(symbol, depth, cancellation);
        }

        return around.GetOrAdd((function, depth), held);
    }

    // A lock statement holds its lock over the whole of its text.
    private IEnumerable<ISymbol> StatementsAround(SyntaxNode place, SyntaxNode function, SemanticModel semantics, CancellationToken cancellation)
    {
        for (var node = place; node != function && node.Parent is { } parent; node = parent)
            if (parent is LockStatementSyntax statement && node == statement.Statement && names.NameOf(semantics.GetOperation(statement.Expression, cancellation), semantics, cancellation) is { } gate)
                yield return gate;
    }

    private IEnumerable<ISymbol> EnteredBefore(SyntaxNode place, SyntaxNode function, SemanticModel semantics, CancellationToken cancellation)
    {
        var index = NameIndex.Of(function.SyntaxTree, cancellation);
        if (!names.Members.Any(member => index.Mentions(member) && index.CountWithin(function.Span, member) > 0))
            return [];
        var points = functions.TryGetValue(function, out var solved)
            ? solved
            : functions.GetOrAdd(function, FlowGraphs.Of(function, semantics, graphs, cancellation) is { } graph ? new LockSetFlow(model, names, semantics, cancellation).Solve(graph, cancellation) : null);
        for (var node = place; points != null && node != null && node != function; node = node.Parent)
            if (points.Before(node) is { } state)
                return state.Gates;
        return [];
    }

    // One run at a time, before the code around it goes on.
    private bool RunsHere(IOperation function, CancellationToken cancellation) =>
        CallGraph.Of(model).RunsNow(function, cancellation)
        && function.ArgumentAround()?.Parent is IInvocationOperation call && !model.EntriesOf(call.TargetMethod).Any(entry => entry.Has("concurrent"))
        && (!call.Type.IsTask() || (call.Parent is IAwaitOperation && model.Find(call.TargetMethod, CatalogueRole.ResilientExecute) != null));

    // WithLock(() => …): the method that is given the function runs it under a lock of its own.
    private ImmutableArray<ISymbol> OfRunner(IOperation function, int depth, CancellationToken cancellation)
    {
        if (depth >= MaxDepth
            || function.ArgumentAround() is not { Parameter: { } parameter, Parent: IInvocationOperation call }
            || CallGraph.Of(model).Resolve(call.TargetMethod) is not { } runner
            || !MethodBodies.HasSource(runner, model))
            return [];
        var uses = MethodBodies.Of(runner, model, cancellation).SelectMany(body => body.Descendants()).OfType<IParameterReferenceOperation>()
            .Where(use => use.Parameter.Ordinal == parameter.Ordinal && SymbolEqualityComparer.Default.Equals(use.Parameter.ContainingSymbol, runner.Implementation())).ToList();
        return uses.Count == 0 ? [] : Common(uses.Select(use => HeldAt(use.Syntax, depth + 1, cancellation)));
    }

    // What every caller holds. A function without visible callers is assumed to hold no lock.
    private ImmutableArray<ISymbol> OfCallers(IMethodSymbol function, int depth, CancellationToken cancellation)
    {
        if (depth >= MaxDepth || function is not ({ MethodKind: MethodKind.LocalFunction } or { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private }))
            return [];
        var uses = UsesOf(function, cancellation).ToList();
        return uses.Count == 0 || uses.Any(use => use.Parent is not InvocationExpressionSyntax and not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax })
            ? []
            : Common(uses.Select(use => HeldAt(use, depth + 1, cancellation)));
    }

    private IEnumerable<SimpleNameSyntax> UsesOf(IMethodSymbol function, CancellationToken cancellation)
    {
        var scopes = function.MethodKind == MethodKind.LocalFunction
            ? function.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation).FirstAncestorOrSelf<MemberDeclarationSyntax>()).OfType<SyntaxNode>()
            : function.ContainingType.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation));
        foreach (var scope in scopes)
            if (model.Compilation.ContainsSyntaxTree(scope.SyntaxTree))
                foreach (var name in scope.DescendantNodes().OfType<SimpleNameSyntax>())
                    if (name.Identifier.ValueText == function.Name
                        && SymbolEqualityComparer.Default.Equals(model.SemanticsOf(scope.SyntaxTree).GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, function.OriginalDefinition))
                        yield return name;
    }

    private static ImmutableArray<ISymbol> Common(IEnumerable<ImmutableArray<ISymbol>> all)
    {
        ImmutableArray<ISymbol>? common = null;
        foreach (var held in all)
            common = common is { } before ? [.. before.Where(gate => held.Contains(gate, SymbolEqualityComparer.Default))] : held;
        return common ?? [];
    }
}

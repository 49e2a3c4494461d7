using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>
/// Which locks code holds: <c>lock</c> statements, what the catalogue knows as locks, and what all callers of a function hold. A lock is known by the
/// variable that it is kept in, so that two places can be seen to share one.
/// </summary>
internal sealed class Locks(AgentModel model)
{
    // How many callers a lock is looked for through.
    private const int MaxDepth = 3;

    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<ISymbol>> ofFunctions = new(SymbolEqualityComparer.Default);

    public static Locks Of(AgentModel model) => model.Shared(m => new Locks(m));

    /// <summary>The locks that are held wherever this code runs, as far as that is known; an element may stand for a whole dictionary of locks.</summary>
    public ImmutableArray<ISymbol> HeldAt(SyntaxNode place, CancellationToken cancellation) => HeldAt(place, 0, cancellation);

    private ImmutableArray<ISymbol> HeldAt(SyntaxNode place, int depth, CancellationToken cancellation)
    {
        var held = ImmutableArray.CreateBuilder<ISymbol>();
        var semantics = model.SemanticsOf(place.SyntaxTree);
        var child = place;
        for (var node = place.Parent; node != null; child = node, node = node.Parent)
        {
            cancellation.ThrowIfCancellationRequested();
            switch (node)
            {
                case LockStatementSyntax statement when child == statement.Statement:
                    Add(NameOf(semantics.GetOperation(statement.Expression, cancellation), cancellation));
                    break;
                case UsingStatementSyntax statement when child == statement.Statement:
                    AddScopes(statement.Declaration ?? (SyntaxNode?)statement.Expression);
                    break;
                case IfStatementSyntax choice when child == choice.Statement:
                    AddEntered(choice.Condition);
                    break;
                case BlockSyntax block:
                    AddBefore(block.Statements);
                    break;
                case SwitchSectionSyntax section:
                    AddBefore(section.Statements);
                    break;
                case AnonymousFunctionExpressionSyntax lambda:
                    AddRange(OfRunner(lambda));
                    if (!RunsHere(lambda))
                        return held.ToImmutable();
                    break;
                case LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax:
                    if (semantics.GetDeclaredSymbol(node, cancellation) is IMethodSymbol function)
                        AddRange(OfFunction(function, depth, cancellation));
                    return held.ToImmutable();
                case TypeDeclarationSyntax:
                    return held.ToImmutable();
            }
        }

        return held.ToImmutable();

        void Add(ISymbol? gate)
        {
            if (gate != null && !held.Contains(gate, SymbolEqualityComparer.Default))
                held.Add(gate);
        }

        void AddRange(ImmutableArray<ISymbol> gates)
        {
            foreach (var gate in gates)
                Add(gate);
        }

        // What was entered before, and not left since.
        void AddBefore(SyntaxList<StatementSyntax> statements)
        {
            foreach (var statement in statements)
            {
                if (statement == child || statement.SpanStart > child.SpanStart)
                    return;
                if (statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } scope)
                    AddScopes(scope.Declaration);
                else if (statement is ExpressionStatementSyntax or LocalDeclarationStatementSyntax)
                {
                    AddEntered(statement);
                    RemoveLeft(statement);
                }
                else if (statement is IfStatementSyntax choice)
                    AddEntered(choice.Condition);
                else if (statement is TryStatementSyntax { Finally: { } end })
                    RemoveLeft(end);
            }
        }

        void AddScopes(SyntaxNode? scope)
        {
            foreach (var (call, entry) in LocksIn(scope, entry => entry.Has("scope")))
                if (call.Receiver() is { } gate && IsExclusive(gate, entry, cancellation))
                    Add(NameOf(gate, cancellation));
        }

        void AddEntered(SyntaxNode code)
        {
            foreach (var (call, entry) in LocksIn(code, entry => entry["release"] != null))
                if (GateOf(call) is { } gate && IsExclusive(gate, entry, cancellation))
                    Add(NameOf(gate, cancellation));
        }

        void RemoveLeft(SyntaxNode code)
        {
            if (held.Count == 0)
                return;
            foreach (var name in code.DescendantNodes(n => n is not AnonymousFunctionExpressionSyntax).OfType<SimpleNameSyntax>())
                if (model.Catalogue.Of(CatalogueRole.Lock).Any(entry => entry["release"] == name.Identifier.ValueText)
                    && semantics.OperationOf(name, cancellation) is IInvocationOperation left && GateOf(left) is { } gate && NameOf(gate, cancellation) is { } released)
                    held.Remove(released, SymbolEqualityComparer.Default);
        }

        IEnumerable<(IInvocationOperation Call, CatalogueEntry Entry)> LocksIn(SyntaxNode? code, Func<CatalogueEntry, bool> wanted)
        {
            foreach (var syntax in code?.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax).OfType<InvocationExpressionSyntax>() ?? [])
                if (semantics.GetOperation(syntax, cancellation) is IInvocationOperation call && model.Find(call.TargetMethod, CatalogueRole.Lock) is { } entry && wanted(entry))
                    yield return (call, entry);
        }

        // One at a time, before the code around it goes on.
        bool RunsHere(AnonymousFunctionExpressionSyntax lambda) =>
            semantics.GetOperation(lambda, cancellation) is { } function && CallGraph.Of(model).RunsNow(function, cancellation)
            && CallAround(function) is { } call && !model.EntriesOf(call.TargetMethod).Any(entry => entry.Has("concurrent"))
            && (!call.Type.IsTask() || (call.Parent is IAwaitOperation && model.Find(call.TargetMethod, CatalogueRole.ResilientExecute) != null));

        // WithLock(() => …): the method that is given the function runs it under a lock of its own.
        ImmutableArray<ISymbol> OfRunner(AnonymousFunctionExpressionSyntax lambda)
        {
            if (depth >= MaxDepth
                || semantics.GetOperation(lambda, cancellation) is not { } function
                || ArgumentAround(function) is not { Parameter: { } parameter, Parent: IInvocationOperation call }
                || CallGraph.Of(model).Resolve(call.TargetMethod) is not { } runner
                || !MethodBodies.HasSource(runner, model))
                return [];
            var uses = MethodBodies.Of(runner, model, cancellation).SelectMany(body => body.Descendants()).OfType<IParameterReferenceOperation>()
                .Where(use => use.Parameter.Ordinal == parameter.Ordinal && SymbolEqualityComparer.Default.Equals(use.Parameter.ContainingSymbol, runner.Implementation())).ToList();
            return uses.Count == 0 ? [] : Common(uses.Select(use => HeldAt(use.Syntax, depth + 1, cancellation)));
        }
    }

    // What every caller holds. Whom nobody here can see calling, holds nothing.
    private ImmutableArray<ISymbol> OfFunction(IMethodSymbol function, int depth, CancellationToken cancellation)
    {
        if (depth >= MaxDepth || function is not ({ MethodKind: MethodKind.LocalFunction } or { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private }))
            return [];
        if (ofFunctions.TryGetValue(function, out var known))
            return known;
        var uses = UsesOf(function, cancellation).ToList();
        var held = uses.Count == 0 || uses.Any(use => use.Parent is not InvocationExpressionSyntax and not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax })
            ? []
            : Common(uses.Select(use => HeldAt(use, depth + 1, cancellation)));
        // What was not looked for to the end is not kept.
        return depth == 0 ? ofFunctions.GetOrAdd(function, held) : held;
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

    // A static Monitor.Enter(gate) is told by its argument.
    private static IOperation? GateOf(IInvocationOperation call) =>
        call.Instance != null ? call.Receiver() : call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value;

    // A semaphore that lets several in at once is none. Where that is not said, it is taken for a lock.
    private bool IsExclusive(IOperation gate, CatalogueEntry entry, CancellationToken cancellation)
    {
        if (entry["permits"] is not { } parameter || VariableOf(gate, cancellation) is not { } variable)
            return true;
        foreach (var reference in variable.DeclaringSyntaxReferences)
            if (reference.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value }
                && model.Compilation.ContainsSyntaxTree(value.SyntaxTree)
                && model.SemanticsOf(value.SyntaxTree).GetOperation(value, cancellation)?.Unwrap() is IObjectCreationOperation creation
                && creation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value.Unwrap().ConstantValue is { HasValue: true, Value: not (1 or 1L) })
                return false;
        return true;
    }

    private ISymbol? NameOf(IOperation? gate, CancellationToken cancellation) => VariableOf(gate, cancellation) ?? gate?.Type;

    // Locks that are kept in a collection go by its name, and so does a local that holds one of them.
    private ISymbol? VariableOf(IOperation? gate, CancellationToken cancellation)
    {
        for (var steps = 0; gate != null && steps < 8; steps++)
        {
            gate = gate.Unwrap();
            switch (gate)
            {
                case ILocalReferenceOperation { Local: var local }:
                    if (gate.SemanticModel is { } semantics && local.InitializerOf(semantics, cancellation)?.Unwrap() is (IInvocationOperation or IMemberReferenceOperation) and { } origin
                        && AccessPath.Of(RootOf(origin)) is { } path)
                        return path.Member ?? path.Root;
                    return local;
                case IInvocationOperation call:
                    gate = call.Receiver() ?? call.Arguments.FirstOrDefault()?.Value;
                    break;
                case IAwaitOperation awaited:
                    gate = awaited.Operation;
                    break;
                default:
                    return AccessPath.Of(gate) is { } found ? found.Member ?? found.Root : null;
            }
        }

        return null;
    }

    private static IOperation? RootOf(IOperation? value)
    {
        while (value?.Unwrap() is IInvocationOperation call)
            value = call.Receiver();
        return value;
    }

    private static IArgumentOperation? ArgumentAround(IOperation function)
    {
        var parent = function.Parent;
        while (parent is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return parent as IArgumentOperation;
    }

    private static IInvocationOperation? CallAround(IOperation function) => ArgumentAround(function)?.Parent as IInvocationOperation;
}

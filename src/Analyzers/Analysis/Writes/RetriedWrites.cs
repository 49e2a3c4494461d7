using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>A write that a retry makes again.</summary>
/// <param name="Site">What a report points at: the call that leads to the write, or the name of the call that puts a retry around a client.</param>
/// <param name="Retry">What makes it again, as messages name it.</param>
/// <param name="RetrySite">Where that stands.</param>
/// <param name="Write">The write.</param>
/// <param name="From">The function that the path of the write begins in, where the message names it.</param>
internal sealed record RetriedWrite(Location Site, string Retry, Location RetrySite, Write Write, IMethodSymbol? From)
{
    /// <summary>The calls that lead to the other writes that the same retry makes again.</summary>
    public ImmutableArray<Location> Others { get; init; } = [];
}

/// <summary>Finds writes without a key within what is run again when it fails.</summary>
internal sealed class RetriedWrites(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly RetryRegions scopes = RetryRegions.Of(model, depth, cancellation);
    private readonly UnkeyedWrites writes = UnkeyedWrites.Of(model);

    /// <summary>Those whose report stands in a file, in the order of the text.</summary>
    public IEnumerable<RetriedWrite> In(SyntaxTree tree)
    {
        foreach (var found in InRegions(tree))
            yield return found;
        var clients = ClientWrites.Of(model, depth, cancellation);
        foreach (var handler in clients.Handlers.Where(h => h.Name.SyntaxTree == tree))
            if (clients.Of(handler).ToList() is { Count: > 0 } all && all[0] is var (first, method))
                yield return new RetriedWrite(handler.Name.GetLocation(), $"'{handler.Name.Identifier.ValueText}'", first.Effect.Witness.Steps[0].Site.GetLocation(), first, method)
                {
                    Others = [.. all.Skip(1).Select(other => other.Write.Effect.Witness.Steps[0].Site.GetLocation())],
                };
    }

    /// <summary>Whether a region of code that is retried makes the last call of a path again: it is then reported there.</summary>
    public static bool Cover(Witness path, AgentModel model, int depth, CancellationToken cancellation)
    {
        var last = path.Steps[path.Steps.Length - 1].Site;
        var retried = new RetriedWrites(model, depth, cancellation);
        return path.Steps.Select(step => step.Site.SyntaxTree).Distinct()
            .Any(tree => retried.InRegions(tree).Any(found => found.Write.Effect.Witness.Steps is var steps && steps[steps.Length - 1].Site == last));
    }

    private IReadOnlyList<RetriedWrite> InRegions(SyntaxTree tree) => model.Shared(_ => new FoundByDepth()).Of(depth).Get(tree, () => [.. FindInRegions(tree)]);

    private IEnumerable<RetriedWrite> FindInRegions(SyntaxTree tree)
    {
        var reported = new HashSet<SyntaxNode>();
        foreach (var scope in scopes.In(tree))
            if (scope.Layers.Any(layer => !layer.ReadsOnly) && FunctionAround(scope.Body) is { } function)
                foreach (var write in WritesIn(scope, function))
                    if (IsTriedAgainAfter(write, scope) && !IsMadeBefore(write, scope) && (!write.Effect.Entry.Has("retried") || IsFollowed(write, scope)) && reported.Add(write.Effect.Witness.Steps[0].Site))
                        yield return new RetriedWrite(write.Effect.Witness.Steps[0].Site.GetLocation(), "the " + scope.Layers[scope.Layers.Count - 1].Name, scope.Site, write, null);
    }

    // The same object is added again: it is tracked already, and saved once.
    private bool IsMadeBefore(Write write, RetryRegion scope)
    {
        var steps = write.Effect.Witness.Steps;
        return steps.Length == 1
            && write.Effect.Entry["key"]?.StartsWith("entity:", StringComparison.Ordinal) == true
            && model.SemanticsOf(steps[0].Site.SyntaxTree).GetOperation(steps[0].Site, cancellation) is IInvocationOperation add
            && add.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == write.Effect.Entry["key-parameter"])?.Value.Unwrap()
                is ILocalReferenceOperation { Local.DeclaringSyntaxReferences: { Length: 1 } declarations }
            && !scope.Body.Span.Contains(declarations[0].Span);
    }

    // What an activity or a consumer does again without a key is reported whether or not a policy says how often.
    private IEnumerable<Write> WritesIn(RetryRegion scope, IMethodSymbol function) =>
        (scope.Body is BaseMethodDeclarationSyntax ? [] : writes.In(scope.Work, function, depth, cancellation)).Concat(writes.RefusedIn(scope.Work, function, depth, cancellation));

    private IMethodSymbol? FunctionAround(SyntaxNode body)
    {
        var semantics = model.SemanticsOf(body.SyntaxTree);
        var symbol = body is BaseMethodDeclarationSyntax ? semantics.GetDeclaredSymbol(body, cancellation) : semantics.GetEnclosingSymbol(body.SpanStart, cancellation);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } lambda)
            symbol = lambda.ContainingSymbol;
        return symbol as IMethodSymbol;
    }

    /// <summary>
    /// Whether there is another turn after the write was done: by an exception that it may itself end with, or one of something behind it. Only
    /// what reads and computes throws the exceptions of the base library's parsers.
    /// </summary>
    private bool IsTriedAgainAfter(Write write, RetryRegion scope)
    {
        if (scope.Body.Parent is not TryStatementSyntax attempt || attempt.Block != scope.Body)
            return true;
        var semantics = model.SemanticsOf(scope.Body.SyntaxTree);
        var again = attempt.Catches.Where(clause => !clause.Block.Statements.Any() || semantics.AnalyzeControlFlow(clause.Block) is { Succeeded: true, EndPointIsReachable: true } || clause.Block.DescendantNodes().OfType<ContinueStatementSyntax>().Any()).ToList();
        if (again.Count == 0 || again.Any(clause => !IsOfComputation(clause.Declaration is { } declaration ? semantics.GetTypeInfo(declaration.Type, cancellation).Type : null)))
            return true;
        var statement = write.Effect.Witness.Steps[0].Site.FirstAncestorOrSelf<StatementSyntax>();
        return scope.Body.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(later => statement != null && later.SpanStart > statement.Span.End);
    }

    // Something that may fail is done behind it in the same attempt.
    private bool IsFollowed(Write write, RetryRegion scope) =>
        CallGraph.Of(model).CallsIn(scope.Work, cancellation).Any(later => later.Site.SpanStart > write.Effect.Witness.Steps[0].Site.Span.End && model.EntriesOf(later.Named).Any(entry => entry.IsRemoteCall()));

    private bool IsOfComputation(ITypeSymbol? exception) =>
        exception is INamedTypeSymbol type && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Failure && entry.Has("computed"));

    private sealed class FoundByDepth
    {
        private readonly ConcurrentDictionary<int, OncePerFile<RetriedWrite>> depths = new();

        public OncePerFile<RetriedWrite> Of(int depth) => depths.GetOrAdd(depth, _ => new OncePerFile<RetriedWrite>());
    }
}

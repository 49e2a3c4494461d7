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
/// <param name="Behind">Whether the retry is configured elsewhere, around the client of the write.</param>
internal sealed record RetriedWrite(Location Site, string Retry, Location RetrySite, Write Write, IMethodSymbol? From, bool Behind = false);

/// <summary>Finds writes without a key within what is run again when it fails.</summary>
internal sealed class RetriedWrites(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly RetryRegions scopes = RetryRegions.Of(model, depth, cancellation);
    private readonly UnkeyedWrites writes = UnkeyedWrites.Of(model);

    /// <summary>Those whose report stands in a file, in the order of the text.</summary>
    public IEnumerable<RetriedWrite> In(SyntaxTree tree)
    {
        var reported = new HashSet<SyntaxNode>();
        foreach (var scope in scopes.In(tree))
            if (scope.Layers.Any(layer => !layer.ReadsOnly) && FunctionAround(scope.Body) is { } function)
                foreach (var write in WritesIn(scope, function))
                    if (IsTriedAgainAfter(write, scope) && (!write.Effect.Entry.Has("retried") || IsFollowed(write, scope)) && reported.Add(write.Effect.Witness.Steps[0].Site))
                        yield return new RetriedWrite(write.Effect.Witness.Steps[0].Site.GetLocation(), "the " + scope.Layers[scope.Layers.Count - 1].Name, scope.Site, write, null);
        var clients = ClientWrites.Of(model, depth, cancellation);
        foreach (var handler in clients.Handlers.Where(h => h.Name.SyntaxTree == tree))
            if (clients.Of(handler).FirstOrDefault() is var (first, method))
                yield return new RetriedWrite(handler.Name.GetLocation(), $"'{handler.Name.Identifier.ValueText}'", first.Effect.Witness.Steps[0].Site.GetLocation(), first, method);
        foreach (var (handler, write, method) in clients.In(tree))
            if (reported.Add(write.Effect.Witness.Steps[0].Site))
                yield return new RetriedWrite(write.Effect.Witness.Steps[0].Site.GetLocation(), $"'{handler.Name.Identifier.ValueText}'", handler.Name.GetLocation(), write, method, Behind: true);
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
}

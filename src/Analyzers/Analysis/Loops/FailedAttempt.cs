using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>A failure after which a cycle does its remote work again.</summary>
/// <param name="Cycle">The cycle.</param>
/// <param name="Call">The remote work.</param>
/// <param name="Handler">The handler that the way back goes through; null where what came back decides.</param>
/// <param name="Decision">The condition that decides for another attempt, where there is no handler.</param>
/// <param name="Caught">What the handler catches; null for everything.</param>
/// <param name="Paths">The ways back.</param>
internal sealed record FailedAttempt(Cycle Cycle, CycleCall Call, CatchClauseSyntax? Handler, SyntaxNode? Decision, INamedTypeSymbol? Caught, ImmutableArray<BackPath> Paths)
{
    /// <summary>What a report marks.</summary>
    public Location Site => Handler != null ? Handler.CatchKeyword.GetLocation() : Decision!.GetLocation();

    /// <summary>The failures after which the cycles of a file try again, in the order of the text.</summary>
    public static IEnumerable<FailedAttempt> In(SemanticModel semantics, AgentModel model, int depth, CancellationToken cancellation)
    {
        foreach (var cycle in Cycles.Of(model).In(semantics.SyntaxTree, depth, cancellation))
        {
            // What goes through a sequence goes on with the next item.
            if (!RetryRegions.IsRetry(cycle) || cycle.Shape == CycleShape.ForEach || cycle.Calls.FirstOrDefault(call => call.IsProven) is not { } work)
                continue;
            foreach (var same in cycle.FailurePaths.GroupBy(path => path.Handler ?? path.Decision).OrderBy(group => group.Key?.SpanStart ?? 0))
                if (same.Key is CatchClauseSyntax handler)
                    yield return new FailedAttempt(cycle, WorkOf(handler, cycle) ?? work, handler, null, CaughtBy(handler, semantics, cancellation), [.. same]);
                else if (same.Key is { } decision)
                    yield return new FailedAttempt(cycle, work, null, decision, null, [.. same]);
        }
    }

    /// <summary>Whether every failure is meant: no type is asked for, and nothing about the exception.</summary>
    public bool TakesAll =>
        Handler != null
        && ExceptionTypes.IsNearlyAny(Caught)
        && (Handler.Filter == null || !Mentions(Handler.Filter, Handler.Declaration?.Identifier));

    /// <summary>What is caught, in a message.</summary>
    public string Describe() => TakesAll ? "any failure" : Handler == null ? "a failed response" : $"'{Caught?.Name ?? "Exception"}'";

    /// <summary>Whether the catalogue says something of what is caught.</summary>
    public bool Is(string kind, AgentModel model) => Caught != null && model.EntriesOf(Caught).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == kind);

    private static CycleCall? WorkOf(CatchClauseSyntax handler, Cycle cycle) =>
        cycle.Calls.FirstOrDefault(call => call.IsProven && handler.Parent is TryStatementSyntax attempt && attempt.Block.Span.Contains(call.Call.Syntax.Span));

    private static INamedTypeSymbol? CaughtBy(CatchClauseSyntax handler, SemanticModel semantics, CancellationToken cancellation) =>
        handler.Declaration == null ? null : semantics.GetTypeInfo(handler.Declaration.Type, cancellation).Type as INamedTypeSymbol;

    private static bool Mentions(SyntaxNode node, SyntaxToken? name) =>
        name is { RawKind: (int)SyntaxKind.IdentifierToken } identifier
        && node.DescendantNodes().Any(n => n is IdentifierNameSyntax reference && reference.Identifier.ValueText == identifier.ValueText);
}

using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Values;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Verification;

/// <summary>A value that code makes up where it cannot read what a model wrote.</summary>
/// <param name="Flow">The flow from the model to the parser.</param>
/// <param name="Name">The member or variable that is given the value.</param>
/// <param name="Value">The value, as the code spells it.</param>
/// <param name="Place">Where it is given.</param>
internal sealed record InventedValue(UnverifiedFlow Flow, string Name, string Value, SyntaxNode Place);

/// <summary>
/// Finds parses of model text that handle a text of another form by a value that looks as if it had been read: the same member or variable that a readable
/// answer sets is set to a number above zero, or to the truth of what its name says is an approval. Zero, <c>false</c> and empty values say nothing, and a text
/// that tells of the failure beside it lets the caller know.
/// </summary>
internal sealed class InventedValues(AgentModel model, CancellationToken cancellation)
{
    private readonly ImmutableHashSet<string> approvals =
        model.Catalogue.Of(CatalogueRole.ApprovalWord).Select(entry => entry.Type).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<InventedValue> In(SyntaxTree tree, int depth)
    {
        foreach (var flow in UnverifiedFlows.Of(model).In(tree, kind => kind == SinkKind.Parse, depth, cancellation))
            if (flow.Finding is { Source.Origin: TaintOrigin.Answer, Hit: var hit } && AttemptAround(hit.Site) is var (attempt, handler)
                && Invented(attempt, handler, model.SemanticsOf(attempt.SyntaxTree)) is var (name, value))
                yield return new InventedValue(flow, name, value.ToString(), value);
    }

    private (TryStatementSyntax Attempt, CatchClauseSyntax Handler)? AttemptAround(SyntaxNode site)
    {
        for (var (child, node) = (site, site.Parent); node is not (null or MemberDeclarationSyntax); (child, node) = (node, node.Parent))
            if (node is TryStatementSyntax attempt && attempt.Block == child)
                foreach (var handler in attempt.Catches)
                    if (handler.Filter == null && ExceptionTypes.TakesParseFailures(handler, model.SemanticsOf(handler.SyntaxTree), model, cancellation))
                        return Handlers.Throws(handler.Block) ? null : (attempt, handler);
        return null;
    }

    private (string Name, ExpressionSyntax Value)? Invented(TryStatementSyntax attempt, CatchClauseSyntax handler, SemanticModel semantics)
    {
        if (FlowGraphs.FunctionAround(attempt) is not { } function || semantics.AnalyzeControlFlow(handler.Block) is not { Succeeded: true } flow)
            return null;
        var read = GivenIn([attempt.Block], semantics).Where(given => !semantics.GetConstantValue(given.Value, cancellation).HasValue)
            .Select(given => given.Target).ToImmutableHashSet(SymbolEqualityComparer.Default);
        if (read.IsEmpty)
            return null;
        // What stands behind the block is for failures where a readable answer has returned.
        var isBehind = flow.EndPointIsReachable && Handlers.PartsOf(attempt.Block).Any(part => part is ReturnStatementSyntax);
        var made = GivenIn(isBehind ? [handler.Block, .. Behind(attempt)] : [handler.Block], semantics).ToList();
        // What a variable began with stays where the handler gives it nothing else.
        if (flow.EndPointIsReachable)
            foreach (var begun in function.DescendantNodes().OfType<VariableDeclaratorSyntax>())
                if (begun.Initializer is { Value: var initial } && begun.SpanStart < attempt.SpanStart
                    && semantics.GetDeclaredSymbol(begun, cancellation) is { } local && read.Contains(local)
                    && !made.Any(given => SymbolEqualityComparer.Default.Equals(given.Target, local)))
                    made.Add((local, initial));
        var values = new EmptyValues(model, semantics, cancellation);
        // A text of the code's own beside the value is for callers to see.
        if (made.Any(given => values.Of(semantics.GetOperation(given.Value, cancellation)) == EmptyValue.FailureText
            || semantics.GetConstantValue(given.Value, cancellation) is { HasValue: true, Value: string { Length: > 0 } }
            || Handlers.MentionsException(given.Value, handler)))
            return null;
        foreach (var (target, value) in made)
            if (read.Contains(target) && LooksRead(target, semantics.GetConstantValue(value, cancellation)))
                return (target.Name, value);
        return null;
    }

    private bool LooksRead(ISymbol target, Optional<object?> constant) => constant switch
    {
        { HasValue: true, Value: true } => Words.Of(target.Name).Any(approvals.Contains),
        { HasValue: true, Value: int number } => number > 0,
        { HasValue: true, Value: long number } => number > 0,
        { HasValue: true, Value: double number } => number > 0,
        { HasValue: true, Value: float number } => number > 0,
        { HasValue: true, Value: decimal number } => number > 0,
        _ => false,
    };

    // The statements that run after a block, up to the end of the function.
    private static IEnumerable<SyntaxNode> Behind(TryStatementSyntax attempt)
    {
        for (SyntaxNode node = attempt; node.Parent is { } parent && !Handlers.IsFunction(node); node = parent)
            if (parent is BlockSyntax block)
                foreach (var statement in block.Statements.SkipWhile(s => s != node).Skip(1))
                    yield return statement;
    }

    // result.Score = …, new Result { Score = … }, new Result(score: …), score = …
    private IEnumerable<(ISymbol Target, ExpressionSyntax Value)> GivenIn(IEnumerable<SyntaxNode> code, SemanticModel semantics)
    {
        foreach (var part in code.SelectMany(Handlers.PartsOf))
            switch (part)
            {
                case AssignmentExpressionSyntax { Left: var left, Right: var right } when semantics.GetSymbolInfo(left, cancellation).Symbol is { } target
                    && target is IPropertySymbol or IFieldSymbol or ILocalSymbol:
                    yield return (target.OriginalDefinition, right);
                    break;
                case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } made
                    when semantics.GetOperation(made, cancellation) is IObjectCreationOperation { Constructor: { } constructor } creation && model.Declares(constructor):
                    foreach (var argument in creation.Arguments)
                        if (argument is { ArgumentKind: ArgumentKind.Explicit, Parameter: { } parameter, Value.Syntax: ExpressionSyntax value })
                            yield return (parameter.OriginalDefinition, value);
                    break;
            }
    }
}

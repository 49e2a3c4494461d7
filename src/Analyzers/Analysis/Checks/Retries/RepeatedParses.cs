using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>Loops that read the same text again when it could not be read: nothing that the attempt is made of changes.</summary>
internal sealed class RepeatedParses(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    /// <summary>The failure of a parse; null where the next attempt may end otherwise.</summary>
    public PermanentFailure? At(CatalogueUse use)
    {
        if (use.Name.FirstAncestorOrSelf<TryStatementSyntax>() is not { } attempt
            || !attempt.Block.Span.Contains(use.Name.Span)
            || LoopAround(attempt) is not { } loop
            || semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation parse
            // Whatever else the attempt waits for may change what is read.
            || attempt.Block.DescendantNodes().Any(node => node is AwaitExpressionSyntax)
            || !parse.Arguments.All(argument => IsTheSame(argument.Value, loop))
            || (parse.Instance != null && !IsTheSame(parse.Instance, loop)))
            return null;
        foreach (var clause in attempt.Catches)
            if (ExceptionTypes.TakesParseFailures(clause, semantics, model, cancellation))
                return GoesOn(clause) && !EndsOtherwise(attempt, loop)
                    ? new PermanentFailure(Permanence.SameText, "it failed to read the same text", $"'{Witness.NameOf(use.Symbol)}'", clause.CatchKeyword.GetLocation(), [])
                    : null;
        return null;
    }

    // try { blocks = Parse(text); } catch { plain = text; } … return: the turn goes on without what could not be read.
    private static bool EndsOtherwise(TryStatementSyntax attempt, StatementSyntax loop) =>
        loop.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Any(node => node.SpanStart > attempt.Span.End && node is ReturnStatementSyntax or BreakStatementSyntax { Parent: not SwitchSectionSyntax });

    private static StatementSyntax? LoopAround(SyntaxNode node)
    {
        for (var n = node.Parent; n is not null and not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax); n = n.Parent)
            switch (n)
            {
                case WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax:
                    return (StatementSyntax)n;
                // The next item is another text.
                case CommonForEachStatementSyntax:
                    return null;
            }

        return null;
    }

    // A constant, or made of variables that come from outside of the loop and stay as they are.
    private bool IsTheSame(IOperation value, StatementSyntax loop)
    {
        foreach (var part in value.DescendantsAndSelf())
            switch (part)
            {
                case ILocalReferenceOperation { Local: var local }:
                    if (local.DeclaringSyntaxReferences.Any(declaration => loop.Span.Contains(declaration.Span)) || IsTouched(local, loop))
                        return false;
                    break;
                case IParameterReferenceOperation { Parameter: var parameter }:
                    if (IsTouched(parameter, loop))
                        return false;
                    break;
                // result.GetText(), of what came back before the loop.
                case IInvocationOperation { Instance: { } instance } call when !call.TargetMethod.ReturnType.IsTask() && IsResult(instance):
                    break;
                case IInvocationOperation or IIncrementOrDecrementOperation or IAssignmentOperation or IAwaitOperation:
                    return false;
                case IFieldReferenceOperation { Field: { IsReadOnly: false, IsConst: false } }:
                    return false;
                case IPropertyReferenceOperation { Property: { SetMethod: not null, IsStatic: false }, Instance: IInstanceReferenceOperation }:
                    return false;
            }

        return true;
    }

    private bool IsResult(IOperation value) =>
        value.Unwrap() is ILocalReferenceOperation { Local: var local }
        && local.InitializerOf(semantics, cancellation)?.Unwrap() is IAwaitOperation
        && !Reads(local.Type);

    private static bool Reads(ITypeSymbol type)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (t is { Name: "Stream" or "TextReader", ContainingNamespace.Name: "IO" })
                return true;
        return false;
    }

    private static bool IsTouched(ISymbol variable, StatementSyntax loop) => loop.DescendantNodes().Any(node => node is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Name && name.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == name,
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } => true,
        PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax => true,
        // text.Position = 0, reader.Read()
        MemberAccessExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } member => assignment.Left == member,
        MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } } => true,
        _ => false,
    });

    private bool GoesOn(CatchClauseSyntax clause) =>
        semantics.AnalyzeControlFlow(clause.Block) is { Succeeded: true } flow
        && (flow.EndPointIsReachable || flow.ExitPoints.Any(exit => exit is ContinueStatementSyntax));
}

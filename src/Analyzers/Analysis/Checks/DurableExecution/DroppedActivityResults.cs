using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>A truth value that tells whether work was done, and that neither the workflow nor the engine acts on.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Work">The call that fails, or that tells whether it was done.</param>
/// <param name="Handler">The handler that returns <c>false</c>; null where the work itself tells.</param>
/// <param name="IsLogged">Whether the value is written into a log.</param>
internal sealed record DroppedActivityResult(IMethodSymbol Activity, Witness Work, CatchClauseSyntax? Handler, bool IsLogged);

/// <summary>
/// Finds results that alone tell that an activity has failed: a workflow drops them, or at most logs them; or the activity itself only logs what a function
/// tells it. The engine sees an activity that is completed.
/// </summary>
internal sealed class DroppedActivityResults(AgentModel model, int depth, CancellationToken cancellation)
{
    /// <summary>The result that a workflow does not act on.</summary>
    public DroppedActivityResult? At(IInvocationOperation call, SemanticModel semantics)
    {
        if (!IsTruth(call.Type) || ActivityCalls.Of(model).TargetOf(call, cancellation) is not { } activity)
            return null;
        var fate = new ResultFates(model, semantics, cancellation).Of(call);
        var isLogged = fate == ResultFate.OnlyLogged;
        if (!isLogged && fate != ResultFate.Dropped)
            return null;
        foreach (var reference in activity.DeclaringSyntaxReferences)
        {
            var code = reference.GetSyntax(cancellation);
            var around = model.SemanticsOf(code.SyntaxTree);
            foreach (var attempt in Handlers.PartsOf(code).OfType<TryStatementSyntax>())
                if (attempt.Catches.FirstOrDefault(GivesFalse) is { } handler
                    && around.GetOperation(attempt.Block, cancellation) is { } block
                    && EffectSummaries.Of(model).Of(block, depth, cancellation).First(entry => entry.IsRemoteCall()) is { Witness: var work })
                    return new DroppedActivityResult(activity, work, handler, isLogged);
            foreach (var statement in Handlers.PartsOf(code).OfType<ReturnStatementSyntax>())
                if (statement.Expression is { } value && ToldBy(value, around) is { } teller)
                    return new DroppedActivityResult(activity, teller, null, isLogged);
        }

        return null;
    }

    /// <summary>What functions tell an activity that only logs it, and gives nothing back.</summary>
    public IEnumerable<(SimpleNameSyntax Call, IMethodSymbol Method)> LoggedIn(IMethodSymbol activity, SemanticModel semantics)
    {
        if (!activity.GivesNothing())
            yield break;
        var fates = new ResultFates(model, semantics, cancellation);
        foreach (var reference in activity.DeclaringSyntaxReferences)
            if (reference.SyntaxTree == semantics.SyntaxTree)
                foreach (var syntax in Handlers.PartsOf(reference.GetSyntax(cancellation)).OfType<InvocationExpressionSyntax>())
                    if (syntax.Parent is AwaitExpressionSyntax && syntax.Expression is MemberAccessExpressionSyntax { Name: var name }
                        && semantics.GetOperation(syntax, cancellation) is IInvocationOperation call && IsTeller(call)
                        && fates.Of(call) == ResultFate.OnlyLogged && IsWarnedOf(syntax))
                        yield return (name, call.TargetMethod);
    }

    // if (sent) log…; else log…, or if (!sent) log…: what is not done is something to tell.
    private static bool IsWarnedOf(InvocationExpressionSyntax call) =>
        call.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { Identifier.ValueText: var told }
        && FlowGraphs.FunctionAround(call)?.DescendantNodes().OfType<IfStatementSyntax>().Any(test => test.Condition switch
        {
            IdentifierNameSyntax { Identifier.ValueText: var asked } => asked == told && test.Else != null,
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: IdentifierNameSyntax { Identifier.ValueText: var asked } } => asked == told,
            _ => false,
        }) == true;

    // return await service.ReleaseAsync(id), or a local that is given that.
    private Witness? ToldBy(ExpressionSyntax value, SemanticModel around)
    {
        var given = around.GetOperation(value, cancellation)?.Unwrap();
        if (given is ILocalReferenceOperation { Local: var local })
            given = local.InitializerOf(around, cancellation)?.Unwrap();
        return given is IAwaitOperation { Operation: var awaited } && awaited.Unwrap() is IInvocationOperation call && IsTeller(call)
            ? new Witness([new Call(call.TargetMethod, null, call.Syntax)])
            : null;
    }

    // A function of the program that ends later, and gives back whether.
    private bool IsTeller(IInvocationOperation call) => call.Instance != null && IsTruth(call.Type) && model.Declares(call.TargetMethod);

    private static bool IsTruth(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeArguments: { Length: 1 } result } && type.IsTask() && result[0].SpecialType == SpecialType.System_Boolean;

    private static bool GivesFalse(CatchClauseSyntax handler) => !Handlers.Throws(handler.Block)
        && Handlers.PartsOf(handler.Block).OfType<ReturnStatementSyntax>().Any(statement => statement.Expression.IsKind(SyntaxKind.FalseLiteralExpression));
}

using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A request that changes something, whose answer is not asked whether it did.</summary>
/// <param name="Name">The call.</param>
/// <param name="Method">The method that it calls.</param>
/// <param name="Function">The function that it stands in.</param>
/// <param name="IsRead">Whether the body of the answer is read all the same.</param>
/// <param name="Caller">The caller that drops the answer, where the function gives it back.</param>
internal sealed record UncheckedResponse(SimpleNameSyntax Name, IMethodSymbol Method, IMethodSymbol Function, bool IsRead, SimpleNameSyntax? Caller = null);

/// <summary>
/// Finds requests whose answer carries a status that nothing looks at: its body is read as if it were the one of success, or the answer is dropped: within a
/// block whose handler takes all failures, and never sees this one; in a type that looks at others; by a caller that is given it back. An answer that is given to another function, or kept, may be looked at there. What is sent when a function ends, or
/// beside what it is there for, in a block whose handler logs all failures, need not arrive.
/// </summary>
internal sealed class UncheckedResponses(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    public IEnumerable<UncheckedResponse> In()
    {
        if (TestPlaces.Of(model, cancellation).Contains(semantics.SyntaxTree))
            yield break;
        foreach (var use in model.Query(entry => entry.Role == CatalogueRole.HttpCall && !entry.Has("blocking")).In(semantics.SyntaxTree, cancellation))
            if (use.Symbol is IMethodSymbol { ReturnType: INamedTypeSymbol { TypeArguments.Length: 1 } task } method
                && HasStatus(task.TypeArguments[0])
                && model.EntriesOf(method).FirstOrDefault(entry => entry.Role == CatalogueRole.Effect && entry["kind"] == "http") is { } effect
                && semantics.OperationOf(use.Name, cancellation) is IInvocationOperation call
                && semantics.GetEnclosingSymbol(use.Name.SpanStart, cancellation) is IMethodSymbol function
                && IsUnchecked(call, function, out var isRead, out var caller)
                && IsWrite(call, effect, method, isRead))
                yield return new UncheckedResponse(use.Name, method, function, isRead, caller);
    }

    private bool IsWrite(IInvocationOperation call, CatalogueEntry effect, IMethodSymbol method, bool isRead)
    {
        var path = new Witness([new Call(method, null, call.Syntax)]);
        var request = new HttpRequest(call, path, model, cancellation);
        return (request.Verb(effect) is "DELETE" && !isRead)
            || request.Verb(effect) is "POST" or "PUT" or "PATCH" && RequestPurposes.Of(model).Of(request, path, !isRead, cancellation) != RequestPurpose.Question;
    }

    private bool IsGuarded(SyntaxNode call)
    {
        var handlers = new Handlers(model, semantics, cancellation);
        var child = call;
        for (var node = call.Parent; node != null && !Handlers.IsFunction(node); (child, node) = (node, node.Parent))
            if (node is TryStatementSyntax attempt && attempt.Block == child && attempt.Catches.Any(handlers.TakesAll))
                return true;
        return false;
    }

    // The type asks what became of other requests.
    private bool LooksElsewhere(SyntaxNode call) =>
        call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type
        && model.Query(entry => entry.Role == CatalogueRole.StatusCode && (entry.Has("success") || entry.Has("throws")))
            .In(semantics.SyntaxTree, cancellation, where: name => type.Span.Contains(name.Span)).Any();

    // In clean-up, or beside other work in a block of its own whose handler does no more than log.
    private bool IsOptional(SyntaxNode call, IMethodSymbol function)
    {
        if (GuardedWork.IsOfEnd(function, model))
            return true;
        var handlers = new Handlers(model, semantics, cancellation);
        var child = call;
        for (var node = call.Parent; node != null && !Handlers.IsFunction(node); (child, node) = (node, node.Parent))
            if (node is CatchClauseSyntax or FinallyClauseSyntax)
                return true;
            else if (node is TryStatementSyntax attempt && attempt.Block == child
                && attempt.Catches.FirstOrDefault(handlers.TakesAll) is { } handler && handlers.Of(handler) is { OnlyLogs: true, Exits: HandlerExits.GoesOn })
                return RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation)
                    .Any(other => FlowGraphs.FunctionAround(attempt)?.Span.Contains(other.Span) == true && !attempt.Span.Contains(other.Span));
        return false;
    }

    private bool IsUnchecked(IInvocationOperation call, IMethodSymbol function, out bool isRead, out SimpleNameSyntax? caller)
    {
        caller = null;
        isRead = false;
        if (FateOf(call) is { } read)
        {
            isRead = read;
            // Steps of tests, which need not be marked as such, send what later steps look at.
            return read || ((IsGuarded(call.Syntax) || (!model.MayHaveTests && LooksElsewhere(call.Syntax))) && !IsOptional(call.Syntax, function));
        }

        return !model.MayHaveTests && new ResultFates(model, semantics, cancellation).Of(call) == ResultFate.Returned
            && (caller = DroppedOutcomes.CallerThatDrops(function, 2, model, cancellation)) != null;
    }

    private bool HasStatus(ITypeSymbol answer) => answer.GetMembers().Any(member => member is IPropertySymbol && model.Find(member, CatalogueRole.StatusCode)?.Has("success") == true);

    // Whether the body is read; null where the status may be looked at.
    private bool? FateOf(IOperation call)
    {
        for (var (child, parent) = (call, call.Parent); parent != null; (child, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case IAwaitOperation:
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } awaited when awaited.Instance == child:
                    continue;
                case IExpressionStatementOperation when child is IAwaitOperation:
                case ISimpleAssignmentOperation { Target: IDiscardOperation } when child is IAwaitOperation:
                    return false;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when child is IAwaitOperation:
                    return OfLocal(local, parent);
                default:
                    return null;
            }

        return null;
    }

    private static bool? OfLocal(ILocalSymbol local, IOperation place)
    {
        var isRead = false;
        foreach (var part in place.Top().Descendants())
            if (part is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local))
                switch (reference.Parent)
                {
                    case IPropertyReferenceOperation { Property.Name: "Content" } content when content.Instance == reference:
                        isRead = true;
                        break;
                    case IInvocationOperation { TargetMethod.Name: "Dispose" }:
                        break;
                    default:
                        return null;
                }

        return isRead;
    }
}

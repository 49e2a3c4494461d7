using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Values;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A function that gives back whether an answer was one of success, and a caller that takes an error for something else, or does not look.</summary>
/// <param name="Status">The member of the answer that is given back.</param>
/// <param name="Request">The method that sends the request.</param>
/// <param name="Function">The function.</param>
/// <param name="Caller">The call of the function.</param>
/// <param name="IsProbe">Whether the function asks for an item, and the caller takes each error for its absence; otherwise the caller does not look at what became of a write.</param>
internal sealed record StatusFlag(SimpleNameSyntax Status, IMethodSymbol Function, IMethodSymbol Request, SimpleNameSyntax Caller, bool IsProbe);

/// <summary>
/// Finds functions that give back <c>response.IsSuccessStatusCode</c>: of a request for one item, whose caller has nothing to do where it is not there; of a
/// request that changes something, whose caller drops what it is told, or only logs it where the engine that runs it would try again.
/// </summary>
internal sealed class StatusFlags(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    public IEnumerable<StatusFlag> In()
    {
        if (TestPlaces.Of(model, cancellation).Contains(semantics.SyntaxTree))
            yield break;
        var statuses = model.Query(entry => entry.Role == CatalogueRole.StatusCode && !entry.Has("throws"));
        foreach (var status in statuses.In(semantics.SyntaxTree, cancellation, where: name => name.Parent is MemberAccessExpressionSyntax))
            if (status.Name.Parent is MemberAccessExpressionSyntax { Expression: var answer } access
                && AnsweredRequests.TestOf(access, status.Entry.Has("success"), semantics, cancellation) is (var test, true)
                && IsGivenBack(test)
                && semantics.GetEnclosingSymbol(status.Name.SpanStart, cancellation) is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } function
                && (model.RolesOf(function, cancellation) & (MethodRoles.Root | MethodRoles.Test)) == 0
                && RequestOf(answer) is { } call
                && model.EntriesOf(call.TargetMethod).Any(entry => entry.Role == CatalogueRole.HttpCall)
                && CallerOf(function, call) is var (caller, isProbe))
                yield return new StatusFlag(status.Name, function, call.TargetMethod, caller, isProbe);
    }

    private (SimpleNameSyntax Call, bool IsProbe)? CallerOf(IMethodSymbol function, IInvocationOperation call)
    {
        var path = new Witness([new Call(call.TargetMethod, null, call.Syntax)]);
        var request = new HttpRequest(call, path, model, cancellation);
        if (model.EntriesOf(call.TargetMethod).FirstOrDefault(entry => entry.Role == CatalogueRole.Effect && entry["kind"] == "http") is { } effect && request.Verb(effect) is not "GET" and var verb)
            return verb is "POST" or "PUT" or "PATCH" or "DELETE" && !model.MayHaveTests && DroppedOutcomes.CallerThatDrops(function, 1, model, cancellation, ofTried: true) is { } dropping
                ? (dropping, false)
                : null;
        return request.NamesItem() && new GivenResults(model, semantics, cancellation).CallerThatSkips(function) is { } skipping ? (skipping, true) : null;
    }

    // return response.IsSuccessStatusCode; => (await http.GetAsync(…)).StatusCode == HttpStatusCode.OK
    private static bool IsGivenBack(ExpressionSyntax test)
    {
        SyntaxNode node = test;
        while (node.Parent is ParenthesizedExpressionSyntax)
            node = node.Parent;
        return node.Parent is ReturnStatementSyntax or ArrowExpressionClauseSyntax;
    }

    private IInvocationOperation? RequestOf(ExpressionSyntax answer)
    {
        while (answer is ParenthesizedExpressionSyntax { Expression: var inner })
            answer = inner;
        var source = AnsweredRequests.SourceOf(answer, semantics, cancellation)?.Unwrap();
        while (source is IAwaitOperation { Operation: var awaited })
            source = awaited.Unwrap();
        return source is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } configured } ? configured.Unwrap() as IInvocationOperation : source as IInvocationOperation;
    }
}

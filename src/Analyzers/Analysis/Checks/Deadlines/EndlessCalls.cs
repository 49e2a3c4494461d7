using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>A request whose body nothing ends.</summary>
/// <param name="Name">The name of the called method.</param>
/// <param name="Noun">What it is, in messages.</param>
/// <param name="Method">The method.</param>
/// <param name="Body">Where the body is read that the client's timeout does not cover.</param>
internal sealed record EndlessCall(SimpleNameSyntax Name, string Noun, IMethodSymbol Method, SyntaxNode Body);

/// <summary>
/// Finds bodies that are read without a token after the headers alone were waited for: the client's timeout does not cover them.
/// </summary>
internal sealed class EndlessCalls(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private readonly TokenSupply supply = new(model, cancellation);

    public IEnumerable<EndlessCall> In()
    {
        foreach (var name in RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation))
            if (semantics.OperationOf(name, cancellation) is IInvocationOperation call
                && model.EntriesOf(call.TargetMethod).FirstOrDefault(entry => entry.IsRemoteCall() && !entry.Has("blocking")) is { } remote
                && !supply.IsGiven(call) && supply.WayOf(call) != TokenWay.None && !TokenScopes.IsDetached(call)
                && WaitsForHeadersOnly(call) && BodyReadAfter(call) is { } body)
                yield return new EndlessCall(name, remote.Noun(), call.TargetMethod, body);
    }

    private static bool WaitsForHeadersOnly(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.Value.Unwrap() is IFieldReferenceOperation { Field: { Name: "ResponseHeadersRead", ContainingType.TypeKind: TypeKind.Enum } });

    // response.Content.ReadAsStreamAsync(), reader.ReadLineAsync() in the same function, without a token.
    private SyntaxNode? BodyReadAfter(IInvocationOperation call)
    {
        var function = Flow.FlowGraphs.FunctionAround(call.Syntax);
        foreach (var later in function?.DescendantNodes().OfType<InvocationExpressionSyntax>() ?? [])
            if (later.SpanStart > call.Syntax.Span.End
                && later.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } && name.StartsWith("Read", StringComparison.Ordinal)
                && semantics.GetOperation(later, cancellation) is IInvocationOperation read && read.Type.IsTask()
                && !supply.IsGiven(read) && supply.WayOf(read) != TokenWay.None)
                return later;
        return null;
    }
}

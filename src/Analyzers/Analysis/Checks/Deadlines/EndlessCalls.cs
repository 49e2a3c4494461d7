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
    private readonly BodyReads reads = new(semantics, new TokenSupply(model, cancellation), cancellation);

    public IEnumerable<EndlessCall> In()
    {
        foreach (var name in RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation))
            if (semantics.OperationOf(name, cancellation) is IInvocationOperation call
                && model.EntriesOf(call.TargetMethod).FirstOrDefault(entry => entry.IsRemoteCall() && !entry.Has("blocking")) is { } remote
                && !supply.IsGiven(call) && supply.WayOf(call) != TokenWay.None && !TokenScopes.IsDetached(call)
                && reads.After(call).FirstOrDefault() is { } body)
                yield return new EndlessCall(name, remote.Noun(), call.TargetMethod, body.Syntax);
    }
}

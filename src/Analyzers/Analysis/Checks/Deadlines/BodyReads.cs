using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Values;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>Finds the reads of a response's body that no time limit covers: the call came back with the headers, and the read is given no token.</summary>
internal sealed class BodyReads(SemanticModel semantics, TokenSupply supply, CancellationToken cancellation)
{
    /// <summary>
    /// The reads after a call in the same function, as <c>response.Content.ReadAsStreamAsync()</c> and <c>reader.ReadLineAsync()</c>; none where the
    /// call waits for the whole response.
    /// </summary>
    public IEnumerable<IInvocationOperation> After(IInvocationOperation call)
    {
        if (!WaitsForHeadersOnly(call))
            yield break;
        foreach (var later in FlowGraphs.FunctionAround(call.Syntax)?.DescendantNodes().OfType<InvocationExpressionSyntax>() ?? [])
            if (later.SpanStart > call.Syntax.Span.End
                && later.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } && name.StartsWith("Read", StringComparison.Ordinal)
                && semantics.GetOperation(later, cancellation) is IInvocationOperation read && read.Type.IsTask()
                && !supply.IsGiven(read) && supply.WayOf(read) != TokenWay.None)
                yield return read;
    }

    private static bool WaitsForHeadersOnly(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.Value.Unwrap() is IFieldReferenceOperation { Field: { Name: "ResponseHeadersRead", ContainingType.TypeKind: TypeKind.Enum } });
}

using AgentLint.Analysis.Values;
using AgentLint.Analysis.Loops;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>Callers that give no token to a function that takes one: nothing they have can end what it waits for.</summary>
internal static class MissingTokens
{
    /// <summary>The first call of the function around a cycle that passes no token; null where all pass one, or none is seen.</summary>
    public static SyntaxNode? CallWithout(Cycle cycle, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        for (var symbol = semantics.GetEnclosingSymbol(cycle.Syntax.SpanStart, cancellation); symbol is IMethodSymbol method; symbol = symbol.ContainingSymbol)
        {
            if (method.Parameters.FirstOrDefault(parameter => CancellationTokens.IsToken(parameter.Type)) is not { } token)
                continue;
            foreach (var name in CallerIndex.Of(model, cancellation).NamesOf(method.Implementation(), cancellation))
                if (model.SemanticsOf(name.SyntaxTree).OperationOf(name, cancellation) is IInvocationOperation call
                    && call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == token.Name) is { } given && IsNone(given)
                    && !CodePlace.IsOfTests(CodePlace.Of(call.Syntax, model.SemanticsOf(name.SyntaxTree), model, cancellation).Member, model, cancellation))
                    return call.Syntax;
            return null;
        }

        return null;
    }

    private static bool IsNone(IArgumentOperation given) =>
        given.ArgumentKind == ArgumentKind.DefaultValue || given.Value.Unwrap() is IDefaultValueOperation or IPropertyReferenceOperation { Property: { IsStatic: true, Name: "None" } };
}

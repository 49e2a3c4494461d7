using System.Collections.Concurrent;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Loops;

/// <summary>What the result of a method of the program is made of. An answer that a method asks for and drops is no part of its result.</summary>
/// <remarks>Answered for results that can be said by a constant (truth values, numbers, choices); any other result counts as made of what the method gets.</remarks>
internal sealed class ResultOrigins(AgentModel model)
{
    private readonly ConcurrentDictionary<(ISymbol Method, int Depth), Origin> known = new(new KeyComparer());

    public static ResultOrigins Of(AgentModel model) => model.Shared(m => new ResultOrigins(m));

    /// <summary>Whether the result of a method is of a kind that may have nothing to do with what the method gets.</summary>
    public static bool MayBeDropped(IMethodSymbol method) => ResultOf(method) is null or { SpecialType: not SpecialType.System_String, TypeKind: TypeKind.Enum or TypeKind.Struct };

    /// <summary>The origins of what a method returns, and of the conditions that decide about constants.</summary>
    /// <param name="method">A method with source.</param>
    /// <param name="depth">How many calls are followed.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public Origin Of(IMethodSymbol method, int depth, CancellationToken cancellation) =>
        known.TryGetValue((method, depth), out var found) ? found : known.GetOrAdd((method, depth), Find(method, depth, cancellation));

    private Origin Find(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        if (ResultOf(method) == null)
            return Origin.None;
        var origin = Origin.None;
        foreach (var body in MethodBodies.Of(method, model, cancellation))
        {
            var origins = new ValueOrigins(model, model.SemanticsOf(body.Syntax.SyntaxTree), body, new RemoteCalls(model, depth, cancellation), cancellation);
            foreach (var value in ValueSources.ReturnedIn(body))
            {
                origin |= origins.Of(value);
                if (value.ConstantValue.HasValue && value.Syntax.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.CatchClauseSyntax>() != null)
                    origin |= Origin.Exception;
                else if (value.ConstantValue.HasValue)
                    foreach (var condition in ValueOrigins.ConditionsOf(value))
                        origin |= origins.Of(condition);
            }
        }

        return origin;
    }

    // Task<bool> is a truth value to who awaits it.
    private static ITypeSymbol? ResultOf(IMethodSymbol method) =>
        method.ReturnsVoid ? null
        : !method.ReturnType.IsTask() ? method.ReturnType
        : ((INamedTypeSymbol)method.ReturnType).TypeArguments.FirstOrDefault();

    private sealed class KeyComparer : IEqualityComparer<(ISymbol Method, int Depth)>
    {
        public bool Equals((ISymbol Method, int Depth) x, (ISymbol Method, int Depth) y) => x.Depth == y.Depth && SymbolEqualityComparer.Default.Equals(x.Method, y.Method);

        public int GetHashCode((ISymbol Method, int Depth) key) => SymbolEqualityComparer.Default.GetHashCode(key.Method) * 31 + key.Depth;
    }
}

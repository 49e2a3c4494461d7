using System.Collections.Concurrent;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>What a helper that runs a delegate is given to run: <c>RetryAsync(() => client.GetResponseAsync(…))</c>.</summary>
internal sealed class DelegateUses(AgentModel model)
{
    private readonly ConcurrentDictionary<(IMethodSymbol Method, int Ordinal, int Depth), (bool IsUsed, Effect? Remote)> known = new(new KeyComparer());
    private readonly ConcurrentDictionary<IParameterSymbol, IReadOnlyList<IOperation>> given = new(SymbolEqualityComparer.Default);

    public static DelegateUses Of(AgentModel model) => model.Shared(m => new DelegateUses(m));

    /// <summary>The functions that the project gives to a parameter, as far as the calls show them.</summary>
    public IReadOnlyList<IOperation> GivenTo(IParameterSymbol parameter, CancellationToken cancellation)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method)
            return [];
        if (given.TryGetValue(parameter.OriginalDefinition, out var found))
            return found;
        List<IOperation> values =
        [
            .. NamesOf(method.OriginalDefinition, cancellation)
                .Select(name => ArgumentAt(name, parameter.Ordinal, cancellation)).OfType<IOperation>()
                .Select(value => value.Unwrap()),
        ];
        return given.GetOrAdd(parameter.OriginalDefinition, values);
    }

    /// <summary>Whether the project gives a delegate to a parameter at all, and what remote work one of them does.</summary>
    public (bool IsUsed, Effect? Remote) Of(IParameterSymbol parameter, int depth, CancellationToken cancellation)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method)
            return (false, null);
        method = method.OriginalDefinition;
        var key = (method, parameter.Ordinal, depth);
        return known.TryGetValue(key, out var found) ? found : known.GetOrAdd(key, Find(method, parameter.Ordinal, depth, cancellation));
    }

    private (bool IsUsed, Effect? Remote) Find(IMethodSymbol method, int ordinal, int depth, CancellationToken cancellation)
    {
        var isUsed = false;
        foreach (var name in NamesOf(method, cancellation))
        {
            isUsed = true;
            if (ArgumentAt(name, ordinal, cancellation) is not { } value)
                continue;
            var summary = value.Unwrap() switch
            {
                IMethodReferenceOperation { Method: var named } when model.EntriesOf(named).FirstOrDefault(e => e.IsRemoteCall()) is { } entry =>
                    new EffectSummary([new Effect(entry, new Witness([new Call(named, null, value.Syntax)]))], false),
                IMethodReferenceOperation group when CallGraph.Of(model).Resolve(group.Method) is { } target => EffectSummaries.Of(model).Of(target, depth, cancellation),
                IAnonymousFunctionOperation lambda => EffectSummaries.Of(model).Of(lambda.Body, depth, cancellation),
                _ => null,
            };
            if (summary?.Effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall()) is { } remote)
                return (true, remote);
        }

        return (isUsed, null);
    }

    private IOperation? ArgumentAt(SimpleNameSyntax name, int ordinal, CancellationToken cancellation) =>
        model.SemanticsOf(name.SyntaxTree).OperationOf(name, cancellation) is IInvocationOperation call
            ? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == ordinal + (call.TargetMethod.ReducedFrom != null ? -1 : 0))?.Value
            : null;

    // A local function is named in the function around it.
    private IEnumerable<SimpleNameSyntax> NamesOf(IMethodSymbol method, CancellationToken cancellation)
    {
        if (method.MethodKind != MethodKind.LocalFunction)
            return CallerIndex.Of(model, cancellation).NamesOf(method.Implementation(), cancellation);
        return method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation).Parent?.Parent?.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.ValueText == method.Name
                && SymbolEqualityComparer.Default.Equals(model.SemanticsOf(name.SyntaxTree).GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, method)) ?? [];
    }

    private sealed class KeyComparer : IEqualityComparer<(IMethodSymbol Method, int Ordinal, int Depth)>
    {
        public bool Equals((IMethodSymbol Method, int Ordinal, int Depth) x, (IMethodSymbol Method, int Ordinal, int Depth) y) =>
            x.Ordinal == y.Ordinal && x.Depth == y.Depth && SymbolEqualityComparer.Default.Equals(x.Method, y.Method);

        public int GetHashCode((IMethodSymbol Method, int Ordinal, int Depth) key) => (SymbolEqualityComparer.Default.GetHashCode(key.Method) * 31 + key.Ordinal) * 31 + key.Depth;
    }
}

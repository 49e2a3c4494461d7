using System.Collections.Concurrent;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Which activity a workflow runs by a call: <c>ExecuteActivityAsync((Payments p) => p.PayAsync(order), …)</c>, <c>CallActivityAsync(nameof(PayActivity), …)</c>.</summary>
internal sealed class ActivityCalls(AgentModel model)
{
    private readonly ConcurrentDictionary<string, IMethodSymbol[]> named = new(StringComparer.Ordinal);

    public static ActivityCalls Of(AgentModel model) => model.Shared(m => new ActivityCalls(m));

    /// <summary>The activity with its source; null where the call runs none of this program, or does not say which.</summary>
    public IMethodSymbol? TargetOf(IInvocationOperation call, CancellationToken cancellation)
    {
        foreach (var argument in call.Arguments)
            // A name is a text that becomes a TaskName.
            switch (argument.Value.Unwrap() is IConversionOperation { OperatorMethod: not null, Operand: var text } ? text : argument.Value.Unwrap())
            {
                case IAnonymousFunctionOperation { Body: var body }:
                    return body.Descendants().OfType<IInvocationOperation>()
                        .Select(work => CallGraph.Of(model).Resolve(work.TargetMethod)).OfType<IMethodSymbol>()
                        .FirstOrDefault(method => MethodBodies.HasSource(method, model));
                case { ConstantValue: { HasValue: true, Value: string name } }:
                    return named.TryGetValue(name, out var found) ? Only(found) : Only(named.GetOrAdd(name, [.. ActivitiesNamed(name, cancellation)]));
            }

        return null;
    }

    private static IMethodSymbol? Only(IMethodSymbol[] found) => found.Length == 1 ? found[0] : null;

    private IEnumerable<IMethodSymbol> ActivitiesNamed(string name, CancellationToken cancellation) =>
        model.Compilation.GetSymbolsWithName(name, SymbolFilter.TypeAndMember, cancellation)
            .SelectMany(symbol => symbol is INamedTypeSymbol type ? type.GetMembers() : [symbol])
            .OfType<IMethodSymbol>()
            .Where(method => method.MethodKind == MethodKind.Ordinary && (model.RolesOf(method, cancellation) & MethodRoles.Activity) != 0);
}

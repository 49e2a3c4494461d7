using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Which tokens a deadline cancels that was set before a cycle began. One that is set anew in each turn bounds a turn, not the cycle.</summary>
internal sealed class Deadlines(AgentModel model, ValueOrigins origins, CycleText region)
{
    private const int MaxVariables = 16;

    private HashSet<ISymbol>? timed;

    /// <summary>Whether a member tells that a token, or its source, was cancelled.</summary>
    public bool IsCancellationTest(IMemberReferenceOperation reference) =>
        reference.Member is IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean, ContainingType: var type } && (CancellationTokens.IsToken(type) || CancellationTokens.IsSource(type));

    /// <summary>Whether a token, or a source of tokens, is cancelled when time is up.</summary>
    public bool IsDeadline(IOperation value)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        open.Enqueue(value);
        while (open.Count > 0)
        {
            var operation = origins.Whole(open.Dequeue().Unwrap()).Unwrap();
            if (AccessPath.Of(operation) is { } path && IsTimed(path.Root))
                return true;
            switch (operation)
            {
                // source.Token
                case IPropertyReferenceOperation { Instance: { } source } when CancellationTokens.IsSource(source.Type):
                    open.Enqueue(source);
                    break;
                case ILocalReferenceOperation { Local: var local } when seen.Count < MaxVariables && seen.Add(local):
                    // A source that is made in the cycle is another one in each turn: only what it is linked to counts.
                    foreach (var definition in origins.DefinitionsOf(local))
                        open.Enqueue(definition);
                    break;
                case IObjectCreationOperation creation when !IsInside(creation) && IsTimed(creation.Constructor, creation.Arguments):
                    return true;
                case IInvocationOperation call:
                    foreach (var argument in call.Arguments)
                        foreach (var token in argument.Value.Elements())
                            if (CancellationTokens.IsToken(token.Type))
                                open.Enqueue(token);
                    break;
            }
        }

        return false;
    }

    // source.CancelAfter(…), before the cycle.
    private bool IsTimed(ISymbol source)
    {
        if (timed == null)
        {
            timed = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
            foreach (var call in origins.CallsOn("CancellationTokenSource"))
                if (!IsInside(call) && IsTimed(call.TargetMethod, call.Arguments) && AccessPath.Of(call.Receiver()) is { } path)
                    timed.Add(path.Root);
        }

        return timed.Contains(source);
    }

    private bool IsTimed(IMethodSymbol? method, IEnumerable<IArgumentOperation> arguments) =>
        method != null
        && CancellationTokens.IsSource(method.ContainingType)
        && model.Find(method, CatalogueRole.Timeout) is { } timeout
        && arguments.Any(argument => argument.Parameter is { } parameter && timeout.List("parameter").Contains(parameter.Name));

    private bool IsInside(IOperation operation) => region.Contains(operation);
}

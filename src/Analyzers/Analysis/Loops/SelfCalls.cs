using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>The calls by which a function comes back to itself: its own, and those of methods beside it that call it.</summary>
internal sealed class SelfCalls(AgentModel model, IMethodSymbol function, CancellationToken cancellation)
{
    private readonly Dictionary<IMethodSymbol, Neighbour> known = new(SymbolEqualityComparer.Default);

    /// <summary>Whether a call leads back to the function.</summary>
    public bool IsOne(IInvocationOperation call) => IsFunction(call) || BackFrom(call).Back != null;

    /// <summary>Whether a call leads back by a method that compares numbers: it may well count.</summary>
    public bool MayBeCounted(IInvocationOperation call) => !IsFunction(call) && BackFrom(call).Compares;

    /// <summary>Whether a call leads back by a method that waits.</summary>
    public bool Waits(IInvocationOperation call) => !IsFunction(call) && BackFrom(call).Waits;

    /// <summary>What a call that leads back gives to a parameter, as far as the function shows it, and whether it is changed on the way.</summary>
    public (IOperation? Value, bool IsChanged) GivenTo(IParameterSymbol parameter, IInvocationOperation call)
    {
        if (IsFunction(call))
            return (ArgumentFor(parameter.Ordinal, call), false);
        if (BackFrom(call).Back is not { } back || ArgumentFor(parameter.Ordinal, back) is not { } passed)
            return (null, false);
        return passed.DescendantsAndSelf().OfType<IParameterReferenceOperation>().FirstOrDefault() is { Parameter: var own }
            ? (ArgumentFor(own.Ordinal, call), passed.Unwrap() is not IParameterReferenceOperation)
            : (null, false);
    }

    private static IOperation? ArgumentFor(int ordinal, IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == ordinal && argument.ArgumentKind != ArgumentKind.DefaultValue)?.Value;

    private bool IsFunction(IInvocationOperation call) =>
        SymbolEqualityComparer.Default.Equals((call.TargetMethod.ReducedFrom ?? call.TargetMethod).OriginalDefinition, function);

    private Neighbour BackFrom(IInvocationOperation call)
    {
        var method = call.TargetMethod.OriginalDefinition;
        if (call.IsImplicit
            || method.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction)
            || !SymbolEqualityComparer.Default.Equals(method.ContainingType, function.ContainingType)
            || !MethodBodies.HasSource(method, model))
            return default;
        if (!known.TryGetValue(method, out var found))
            known.Add(method, found = Read(method));
        return found;
    }

    private Neighbour Read(IMethodSymbol method)
    {
        IInvocationOperation? back = null;
        var compares = false;
        var waits = false;
        foreach (var body in MethodBodies.Of(method, model, cancellation))
            foreach (var operation in body.Descendants())
                switch (operation)
                {
                    case IInvocationOperation call when IsFunction(call):
                        back ??= call;
                        break;
                    case IInvocationOperation call:
                        waits |= AgentLint.Analysis.Loops.Waits.IsWait(call.TargetMethod, model);
                        break;
                    case IBinaryOperation { Type.SpecialType: SpecialType.System_Boolean } comparison when ExitTests.IsNumber(comparison.LeftOperand.Unwrap().Type):
                    case IIsPatternOperation match when ExitTests.IsNumber(match.Value.Unwrap().Type):
                        compares = true;
                        break;
                }

        return new Neighbour(back, compares, waits);
    }

    // How a method beside the function leads back to it; not at all where there is no call.
    private readonly record struct Neighbour(IInvocationOperation? Back, bool Compares, bool Waits);
}

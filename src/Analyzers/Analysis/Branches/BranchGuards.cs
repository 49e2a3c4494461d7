using AgentLint.Analysis.Concurrency;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Branches;

/// <summary>Says whether a step of a branch runs alone, because of a lock that each branch enters.</summary>
internal sealed class BranchGuards(AgentModel model, CancellationToken cancellation)
{
    private readonly LockSets locks = LockSets.Of(model);

    public bool Hold(BranchStep step)
    {
        // What is held around all branches, and what each branch has for itself, keeps none of them out.
        var around = locks.HeldAt(step.Frame.Branch.Code.Syntax, cancellation);
        return step.Frame.Steps.Select(call => call.Site).Append(step.Operation.Syntax)
            .SelectMany(place => locks.HeldAt(place, cancellation))
            .Any(gate => !around.Contains(gate, SymbolEqualityComparer.Default) && !IsOwn(gate, step.Frame.Branch));
    }

    private static bool IsOwn(ISymbol gate, Branch branch) =>
        gate is ILocalSymbol or IParameterSymbol && gate.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && branch.Owns(declaration);
}

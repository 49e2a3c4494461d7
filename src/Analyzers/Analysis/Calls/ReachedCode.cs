using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Calls;

/// <summary>The operations of some code and of the functions of this project that it calls, for questions that one operation answers.</summary>
internal static class ReachedCode
{
    // How many functions of the project are entered one after the other.
    private const int MaxDepth = 3;

    /// <summary>Whether an operation of the code, or of what it calls in this project, is what is asked for. Each function is entered once.</summary>
    public static bool Has(IOperation code, Func<IOperation, bool> isWanted, AgentModel model, CancellationToken cancellation) =>
        Has(code, isWanted, model, new HashSet<ISymbol>(SymbolEqualityComparer.Default), 0, cancellation);

    private static bool Has(IOperation code, Func<IOperation, bool> isWanted, AgentModel model, HashSet<ISymbol> seen, int depth, CancellationToken cancellation)
    {
        foreach (var operation in code.DescendantsAndSelf())
        {
            cancellation.ThrowIfCancellationRequested();
            if (isWanted(operation))
                return true;
            if (depth < MaxDepth && operation is IInvocationOperation { TargetMethod: var method }
                && CallGraph.Of(model).Resolve(method) is { } target && MethodBodies.HasSource(target, model)
                && seen.Add(target.OriginalDefinition)
                && MethodBodies.Of(target, model, cancellation).Any(body => Has(body, isWanted, model, seen, depth + 1, cancellation)))
                return true;
        }

        return false;
    }
}

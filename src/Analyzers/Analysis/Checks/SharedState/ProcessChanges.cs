using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Sharing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>Finds changes of what the whole process has one of, made for one call.</summary>
internal static class ProcessChanges
{
    /// <summary>From where a change is reached by several callers at once; null where it is none, or no two callers meet.</summary>
    public static Entrance? At(CatalogueUse use, SemanticModel semantics, AgentModel model, CancellationToken cancellation) =>
        semantics.OperationOf(use.Name, cancellation) is IInvocationOperation
        && !IsChangedBefore(use.Name)
        && LockSets.Of(model).HeldAt(use.Name, cancellation).IsEmpty
        && Entrances.Of(model).At(use.Name, cancellation, ofStatic: true) is { Roots.IsEmpty: false } entrance
            ? entrance
            : null;

    // To put back what was there is part of the same change.
    private static bool IsChangedBefore(SimpleNameSyntax name) =>
        FlowGraphs.FunctionAround(name)?.DescendantNodes().OfType<SimpleNameSyntax>().Any(other => other.SpanStart < name.SpanStart && other.Identifier.ValueText == name.Identifier.ValueText) == true;
}

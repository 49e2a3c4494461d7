using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Sharing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>A change, for one call, of what the whole process has one of.</summary>
/// <param name="Entrance">From where several callers reach it at once.</param>
/// <param name="MayBeEqual">Whether each call may set the value that is already there, such as one of the configuration.</param>
internal sealed record ProcessChange(Entrance Entrance, bool MayBeEqual);

/// <summary>Finds changes of what the whole process has one of, made for one call.</summary>
internal static class ProcessChanges
{
    /// <summary>The change that a use makes; null where it makes none, or no two callers meet.</summary>
    public static ProcessChange? At(CatalogueUse use, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        var operation = semantics.OperationOf(use.Name, cancellation);
        var assigned = (operation as IMemberReferenceOperation)?.Parent is ISimpleAssignmentOperation assignment && assignment.Target == operation
            ? assignment.Value
            : null;
        return (operation is IInvocationOperation || assigned != null)
            && !IsChangedBefore(use.Name)
            && LockSets.Of(model).HeldAt(use.Name, cancellation).IsEmpty
            && EntranceOf(use.Name, model, cancellation) is { Roots.IsEmpty: false } entrance
                ? new ProcessChange(entrance, assigned != null && !IsOfCall(assigned))
                : null;
    }

    // A constructor runs once for each request where the container, or the host, makes an object for each.
    private static Entrance EntranceOf(SyntaxNode place, AgentModel model, CancellationToken cancellation) =>
        CallerIndex.Of(model, cancellation).FunctionsAround(place, cancellation).FirstOrDefault() is
            { MethodKind: MethodKind.Constructor, ContainingType: { } type } constructor
            ? Lifetimes.Of(model).AreMadeAnew(type, cancellation) && !Entrances.Of(model).IsOfTests(type, cancellation)
                ? new Entrance([constructor], [], false) { RootName = $"the constructor of '{type.Name}', which is created for each request" }
                : Entrance.None
            : Entrances.Of(model).At(place, cancellation, ofStatic: true);

    // What comes with the call differs from call to call; what an interface gives, such as the configuration, is the same for all.
    private static bool IsOfCall(IOperation value) =>
        value.DescendantsAndSelf().OfType<IParameterReferenceOperation>().Any(use =>
            use.Parameter is { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor }, Type.TypeKind: not TypeKind.Interface });

    // To put back what was there is part of the same change.
    private static bool IsChangedBefore(SimpleNameSyntax name) =>
        FlowGraphs.FunctionAround(name)?.DescendantNodes().OfType<SimpleNameSyntax>()
            .Any(other => other.SpanStart < name.SpanStart && other.Identifier.ValueText == name.Identifier.ValueText) == true;
}

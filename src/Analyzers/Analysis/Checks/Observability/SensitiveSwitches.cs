using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Observability;

/// <summary>Finds where a program records prompts and answers in every environment.</summary>
internal static class SensitiveSwitches
{
    /// <summary>
    /// Whether a use switches recording on by a constant, and nothing around it asks where the program runs: a condition, a conditional
    /// expression, or a directive of the compiler. A method whose calls all stand in such a choice is decided on there.
    /// </summary>
    public static bool IsAlwaysOn(CatalogueUse use, AgentModel model, SemanticModel semantics, CancellationToken cancellation) =>
        ValueOf(use, semantics, cancellation) is { ConstantValue: { HasValue: true, Value: true } } && !Choices.DecideOn(use.Name) && !IsInDirective(use.Name, cancellation)
        && !IsChosenByCallers(use.Name, model, semantics, cancellation);

    private static bool IsChosenByCallers(SyntaxNode place, AgentModel model, SemanticModel semantics, CancellationToken cancellation)
    {
        var around = semantics.GetEnclosingSymbol(place.SpanStart, cancellation);
        while (around is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
            around = around.ContainingSymbol;
        return around is IMethodSymbol { MethodKind: MethodKind.Ordinary } method
            && CallerIndex.Of(model, cancellation).NamesOf(method, cancellation) is { Count: > 0 } callers
            && callers.All(caller => Choices.DecideOn(caller) || IsInDirective(caller, cancellation));
    }

    private static IOperation? ValueOf(CatalogueUse use, SemanticModel semantics, CancellationToken cancellation)
    {
        switch (semantics.OperationOf(use.Name, cancellation))
        {
            case IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation assignment } property when assignment.Target == property:
                return assignment.Value;
            // options.EnableSensitiveDataLogging(), which is true where nothing else is said.
            case IInvocationOperation { Arguments: var given } when use.Entry["switch"] == null:
                return given.FirstOrDefault(argument => argument.Value.Type?.SpecialType == SpecialType.System_Boolean)?.Value;
            case IInvocationOperation { Arguments: var arguments } when use.Entry["switch"] is { } name:
                return arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: string text } && text == name)
                    ? arguments.FirstOrDefault(argument => argument.Value.Type?.SpecialType == SpecialType.System_Boolean)?.Value
                    : null;
            default:
                return null;
        }
    }

    /// <summary>Whether a directive of the compiler decides that a place is compiled.</summary>
    public static bool IsInDirective(SyntaxNode site, CancellationToken cancellation)
    {
        var depth = 0;
        for (var directive = site.SyntaxTree.GetRoot(cancellation).GetFirstDirective(d => d is BranchingDirectiveTriviaSyntax or EndIfDirectiveTriviaSyntax);
            directive != null && directive.SpanStart < site.SpanStart;
            directive = directive.GetNextDirective(d => d is BranchingDirectiveTriviaSyntax or EndIfDirectiveTriviaSyntax))
            depth += directive.Kind() switch
            {
                SyntaxKind.IfDirectiveTrivia => 1,
                SyntaxKind.EndIfDirectiveTrivia => -1,
                _ => 0,
            };
        return depth > 0;
    }
}

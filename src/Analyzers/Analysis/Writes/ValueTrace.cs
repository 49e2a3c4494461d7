using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// Where a value at the end of a chain of calls comes from: back through locals that are written once, through members of what was handed
/// over, and through the parameters of the functions on the way.
/// </summary>
internal static class ValueTrace
{
    // How many hand-overs are followed: a value that is passed on forever is nobody's.
    private const int MaxSteps = 64;

    /// <summary>The first function's parameter that the value is, or that it is a member of; null where it is something else.</summary>
    /// <param name="value">A value in the function that the last call of the path stands in.</param>
    /// <param name="path">The calls that lead there; the value is used by the last one.</param>
    /// <param name="root">The function that the first call stands in.</param>
    /// <param name="model">The compilation.</param>
    /// <param name="isChecked">Whether something has looked at the value on its way.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public static IParameterSymbol? ParameterBehind(IOperation value, Witness path, IMethodSymbol root, AgentModel model, out bool isChecked, CancellationToken cancellation)
    {
        isChecked = false;
        // The call whose caller the value stands in.
        var step = path.Steps.Length - 1;
        for (var i = 0; i < MaxSteps; i++)
            switch (Source(value))
            {
                case ILocalReferenceOperation { Local: var local } use:
                    isChecked |= IsLookedAt(local, use, cancellation);
                    if (OnlyValueOf(local, use, cancellation) is not { } assigned)
                        return null;
                    value = assigned;
                    break;
                case IParameterReferenceOperation { Parameter: var parameter } use:
                    isChecked |= IsLookedAt(parameter, use, cancellation);
                    if (parameter.ContainingSymbol is not IMethodSymbol function || IsWritten(parameter, use, cancellation))
                        return null;
                    if (SymbolEqualityComparer.Default.Equals(function.OriginalDefinition, root.OriginalDefinition))
                        return parameter;
                    // Up to the call that runs this function.
                    while (step > 0 && !SymbolEqualityComparer.Default.Equals(path.Steps[step - 1].Target?.OriginalDefinition, function.OriginalDefinition))
                        step--;
                    if (step == 0 || ArgumentOf(path.Steps[step - 1], parameter, model, cancellation) is not { } argument)
                        return null;
                    step--;
                    value = argument;
                    break;
                case IPropertyReferenceOperation { Instance: { } owner }:
                    value = owner;
                    break;
                default:
                    return null;
            }

        return null;
    }

    // Trim() and the like leave a text what it is.
    private static IOperation Source(IOperation value)
    {
        while (true)
            switch (value.Unwrap())
            {
                case IInvocationOperation { Instance: { Type.SpecialType: SpecialType.System_String } text, TargetMethod.ReturnType.SpecialType: SpecialType.System_String }:
                    value = text;
                    break;
                case ICoalesceOperation coalesce:
                    value = coalesce.Value;
                    break;
                case var other:
                    return other;
            }
    }

    private static IOperation? ArgumentOf(Call call, IParameterSymbol parameter, AgentModel model, CancellationToken cancellation)
    {
        if (!model.Compilation.ContainsSyntaxTree(call.Site.SyntaxTree) || model.SemanticsOf(call.Site.SyntaxTree).GetOperation(call.Site, cancellation) is not { } site)
            return null;
        var arguments = site switch
        {
            IInvocationOperation invocation => invocation.Arguments,
            IObjectCreationOperation creation => creation.Arguments,
            _ => [],
        };
        // The implementation of an interface may call its parameters otherwise.
        return arguments.FirstOrDefault(a => a.Parameter?.Ordinal == parameter.Ordinal)?.Value;
    }

    private static IOperation? OnlyValueOf(ILocalSymbol local, IOperation use, CancellationToken cancellation)
    {
        if (use.SemanticModel is not { } semantics || IsWritten(local, use, cancellation))
            return null;
        return local.InitializerOf(semantics, cancellation);
    }

    private static bool IsWritten(ISymbol variable, IOperation use, CancellationToken cancellation) =>
        Uses(variable, use, cancellation).Any(name =>
            (name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name)
            || name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 });

    // Something that is asked about the value, as a validator is; a logger is told it and answers nothing, and belongs to nobody here.
    private static bool IsLookedAt(ISymbol variable, IOperation use, CancellationToken cancellation)
    {
        foreach (var name in Uses(variable, use, cancellation))
        {
            if (name.Span == use.Syntax.Span)
                continue;
            if (name.FirstAncestorOrSelf<ArgumentSyntax>()?.Parent?.Parent is InvocationExpressionSyntax call
                && use.SemanticModel?.GetOperation(call, cancellation) is IInvocationOperation asked
                && !use.Syntax.AncestorsAndSelf().Contains(call)
                && (!asked.TargetMethod.ReturnsVoid || asked.TargetMethod.DeclaringSyntaxReferences.Length > 0)
                && !IsEmptinessTest(asked))
                return true;
            // text.StartsWith("SELECT"), text is "a" or "b", switch (text)
            if (name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax member } && use.SemanticModel?.GetTypeInfo(member, cancellation).Type?.SpecialType == SpecialType.System_Boolean)
                return true;
            if (name.Parent is SwitchStatementSyntax or SwitchExpressionSyntax || name.Parent is IsPatternExpressionSyntax { Pattern: not (ConstantPatternSyntax or UnaryPatternSyntax) })
                return true;
        }

        return false;
    }

    private static bool IsEmptinessTest(IInvocationOperation call) =>
        call.TargetMethod is { Name: "IsNullOrEmpty" or "IsNullOrWhiteSpace", ContainingType.SpecialType: SpecialType.System_String }
        || (call.TargetMethod.IsStatic && call.TargetMethod.Name.StartsWith("ThrowIfNull", StringComparison.Ordinal));

    private static IEnumerable<IdentifierNameSyntax> Uses(ISymbol variable, IOperation use, CancellationToken cancellation)
    {
        if (use.SemanticModel is not { } semantics || Body(use.Syntax) is not { } body)
            yield break;
        foreach (var name in body.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (name.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, variable))
                yield return name;
    }

    private static SyntaxNode? Body(SyntaxNode node) => node.FirstAncestorOrSelf<MemberDeclarationSyntax>();
}

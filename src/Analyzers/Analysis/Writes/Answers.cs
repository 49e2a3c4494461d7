using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// Whether anybody reads what a request answers. A POST whose answer is only asked whether it succeeded is no question: it was sent for what
/// it does.
/// </summary>
internal static class Answers
{
    public static bool IsUnread(IInvocationOperation request, AgentModel model, CancellationToken cancellation)
    {
        IOperation value = request;
        while (value.Parent is { } parent)
            switch (parent)
            {
                case IAwaitOperation or IConversionOperation or IParenthesizedOperation or IVariableInitializerOperation or IVariableDeclarationOperation or IArgumentOperation or IDelegateCreationOperation:
                    value = parent;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" }:
                    value = parent;
                    break;
                // The answer of a delegate is the answer of what runs it.
                case IReturnOperation { Parent: IBlockOperation { Parent: IAnonymousFunctionOperation lambda } }:
                    value = lambda;
                    break;
                case IInvocationOperation run when model.EntriesOf(run.TargetMethod).Any(e => e.Role is CatalogueRole.ResilientExecute or CatalogueRole.RunsDelegate):
                    value = run;
                    break;
                case IPropertyReferenceOperation or IInvocationOperation when IsAboutSuccess(parent):
                    return true;
                case IExpressionStatementOperation:
                    return true;
                case IVariableDeclaratorOperation declarator:
                    return IsOnlyAskedForSuccess(declarator.Symbol, declarator, cancellation);
                default:
                    return false;
            }

        return false;
    }

    private static bool IsOnlyAskedForSuccess(ILocalSymbol answer, IOperation declarator, CancellationToken cancellation)
    {
        if (declarator.SemanticModel is not { } semantics || declarator.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } body)
            return false;
        foreach (var name in body.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (name.Identifier.ValueText == answer.Name
                && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, answer)
                && !(name.Parent is MemberAccessExpressionSyntax access && access.Expression == name && IsAboutSuccess(access.Name.Identifier.ValueText)))
                return false;
        return true;
    }

    private static bool IsAboutSuccess(IOperation use) => use switch
    {
        IPropertyReferenceOperation property => IsAboutSuccess(property.Property.Name),
        IInvocationOperation call => call.Instance != null && IsAboutSuccess(call.TargetMethod.Name),
        _ => false,
    };

    // Members of HttpResponseMessage that tell whether a request succeeded, and not what it answered.
    private static bool IsAboutSuccess(string member) => member is "EnsureSuccessStatusCode" or "IsSuccessStatusCode" or "StatusCode" or "ReasonPhrase" or "Dispose";
}

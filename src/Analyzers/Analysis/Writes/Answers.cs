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
                case IPropertyReferenceOperation or IInvocationOperation when IsAboutSuccess(parent, model):
                    return true;
                case IExpressionStatementOperation:
                    return true;
                case IVariableDeclaratorOperation declarator:
                    return IsOnlyAskedForSuccess(declarator.Symbol, declarator, model, cancellation);
                default:
                    return false;
            }

        return false;
    }

    private static bool IsOnlyAskedForSuccess(ILocalSymbol answer, IOperation declarator, AgentModel model, CancellationToken cancellation)
    {
        if (declarator.SemanticModel is not { } semantics || declarator.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } body)
            return false;
        foreach (var name in body.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (name.Identifier.ValueText == answer.Name
                && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, answer)
                && !(name.Parent is MemberAccessExpressionSyntax access && access.Expression == name && IsAboutSuccess(semantics.GetSymbolInfo(access.Name, cancellation).Symbol, model)))
                return false;
        return true;
    }

    private static bool IsAboutSuccess(IOperation use, AgentModel model) => use switch
    {
        IPropertyReferenceOperation property => IsAboutSuccess(property.Property, model),
        IInvocationOperation call => call.Instance != null && IsAboutSuccess(call.TargetMethod, model),
        _ => false,
    };

    private static bool IsAboutSuccess(ISymbol? member, AgentModel model) => model.Find(member, CatalogueRole.AnswerStatus) != null;
}

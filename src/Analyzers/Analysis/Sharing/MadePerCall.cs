using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>How a function uses an object that it makes each time it runs.</summary>
/// <param name="Local">The variable that holds it; null where it is used at once.</param>
/// <param name="IsDisposed">Whether the function ends it.</param>
/// <param name="Entrance">From where the function is reached.</param>
internal sealed record UsePerCall(ILocalSymbol? Local, bool IsDisposed, Entrance Entrance);

/// <summary>Tells objects that a function makes each time it runs, uses and forgets from those that are kept, given back, handed on, or
/// made once for a program.</summary>
internal sealed class MadePerCall(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    /// <summary>How an object is used that is made for one call; null where it is made once, or others may have it.</summary>
    public UsePerCall? At(IOperation made)
    {
        if (IsOfStart(made.Syntax))
            return null;
        if (VariableOf(made) is not { } variable)
            return IsUsedAtOnce(made) ? Found(null, isDisposed: false) : null;
        return Escapes(variable.Local, made) ? null : Found(variable.Local, variable.IsDisposed || IsDisposedLater(variable.Local, made));

        UsePerCall? Found(ILocalSymbol? local, bool isDisposed)
        {
            var entrance = Entrances.Of(model).At(made.Syntax, cancellation);
            return entrance.Root == null && !entrance.IsOpen ? null : new UsePerCall(local, isDisposed, entrance);
        }
    }

    /// <summary>Whether a place runs once for an object or for the program: a constructor, a field, a factory of the container, the
    /// start.</summary>
    public bool IsOfStart(SyntaxNode place)
    {
        for (var node = place.Parent; node != null; node = node.Parent)
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax:
                    if (semantics.GetOperation(node, cancellation) is not { } lambda || !CallGraph.Of(model).RunsNow(lambda, cancellation))
                        return (semantics.GetSymbolInfo(node, cancellation).Symbol is IMethodSymbol function
                            && (model.RolesOf(function, cancellation) & MethodRoles.Root) == 0) || IsKept(node);
                    break;
                case ConstructorDeclarationSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax or GlobalStatementSyntax
                    or AccessorDeclarationSyntax:
                    return true;
                case MethodDeclarationSyntax:
                    return semantics.GetDeclaredSymbol(node, cancellation) is not IMethodSymbol method
                        || Entrances.Of(model).IsOfStart(method, cancellation)
                        || CodePlace.IsOfTests(method, model, cancellation);
            }

        return true;
    }

    private bool IsKept(SyntaxNode lambda) => lambda.Parent is ArgumentSyntax { Parent.Parent: ObjectCreationExpressionSyntax };

    private (ILocalSymbol Local, bool IsDisposed)? VariableOf(IOperation made)
    {
        var value = made;
        while (value.Parent is IAwaitOperation or IConversionOperation or IParenthesizedOperation
            || value.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "GetResult" })
            value = value.Parent;
        if (value.Parent is not IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } })
            return null;
        var declaration = local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        var isUsing = declaration?.Parent is VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } or UsingStatementSyntax };
        return (local, isUsing);
    }

    // new HttpClient().GetStringAsync(…)
    private static bool IsUsedAtOnce(IOperation made) =>
        made.Parent is IInvocationOperation { Instance: { } instance } && instance.Unwrap() == made.Unwrap();

    // Given back, kept, or handed to something that may keep it.
    private static bool Escapes(ILocalSymbol local, IOperation made)
    {
        foreach (var operation in made.Top().Descendants())
        {
            if (operation is not ILocalReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Local, local))
                continue;
            var use = reference.Parent;
            while (use is IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation)
                use = use.Parent;
            switch (use)
            {
                // client.GetAsync(…), client.Timeout = …, client?.Dispose()
                case IInvocationOperation call when call.Receiver()?.Unwrap() is ILocalReferenceOperation:
                case IMemberReferenceOperation:
                case IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } }:
                    continue;
                default:
                    return true;
            }
        }

        return false;
    }

    private static bool IsDisposedLater(ILocalSymbol local, IOperation made) =>
        made.Top().Descendants().Any(operation =>
            operation is IInvocationOperation { TargetMethod.Name: "Dispose" or "DisposeAsync" } call
            && call.Receiver()?.Unwrap() is ILocalReferenceOperation reference
                && SymbolEqualityComparer.Default.Equals(reference.Local, local));
}

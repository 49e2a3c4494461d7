using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>
/// Which cancellation token a call should end with. The innermost function that has one decides. Work that goes on without its caller
/// (a discarded task, an event handler, a registered callback) has none, and neither has work that must be done although the caller has given up:
/// <c>finally</c>, <c>catch</c>, disposal, and what runs where the token is seen to be cancelled.
/// </summary>
internal sealed class TokenScopes(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private readonly Dictionary<SyntaxNode, IMethodSymbol?> functions = [];
    private readonly Dictionary<SyntaxNode, bool> attached = [];
    private readonly Dictionary<INamedTypeSymbol, IPropertySymbol?> contexts = new(SymbolEqualityComparer.Default);

    /// <summary>The token that a call at a place should be given; null where none is in scope, or where the work must not end with it.</summary>
    public ScopedToken? At(IOperation call)
    {
        if (IsDetached(call))
            return null;
        var handler = false;
        for (SyntaxNode? node = call.Syntax; node != null; node = node.Parent)
        {
            if (node is CatchClauseSyntax)
                handler = true;
            else if (IsCleanUp(node, call.Syntax))
                return null;
            if (!IsFunction(node))
                continue;
            // What handles a failure is clean-up, unless it is another attempt: the function itself.
            if (handler && !(call is IInvocationOperation again && SymbolEqualityComparer.Default.Equals(again.TargetMethod.OriginalDefinition, FunctionOf(node))))
                return null;
            var function = FunctionOf(node);
            if (function == null || (model.Find(function, CatalogueRole.RunsOnce) != null && IsDisposal(function)))
                return null;
            if (TokenOf(function, node) is { } token)
                return token;
            if (node is MemberDeclarationSyntax and not GlobalStatementSyntax)
                return TokenOfType(function, node);
            if (!IsAttached(node))
                return null;
        }

        return null;
    }

    /// <summary>Whether nothing waits for the task that a call returns: it is discarded, or kept for later.</summary>
    public static bool IsDetached(IOperation call)
    {
        var operation = call;
        while (true)
        {
            var parent = operation.Parent;
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation:
                    operation = parent;
                    break;
                // task.ConfigureAwait(false), task.ContinueWith(…)
                case IInvocationOperation next when next.Receiver() == operation && next.Type.IsTask():
                    operation = parent;
                    break;
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } next } argument when argument.Parameter?.Ordinal == 0 && next.Type.IsTask():
                    operation = next;
                    break;
                case IExpressionStatementOperation:
                    return operation.Type.IsTask();
                case ISimpleAssignmentOperation assignment when assignment.Value == operation:
                    return assignment.Target is IDiscardOperation || (operation.Type.IsTask() && assignment.Target is IFieldReferenceOperation or IPropertyReferenceOperation);
                default:
                    return false;
            }
        }
    }

    // The tokens that a function is given: the last one that is a token itself, else one that another parameter carries.
    private ScopedToken? TokenOf(IMethodSymbol function, SyntaxNode owner)
    {
        IParameterSymbol? found = null;
        foreach (var parameter in function.Parameters)
            // A parameter that is called _ is given up in the code.
            if (parameter.RefKind == RefKind.None && CancellationTokens.IsTokenOrNullable(parameter.Type) && parameter.Name != "_")
                found = parameter;
        if (found != null)
            return new ScopedToken(found, found.Type, null, owner);
        foreach (var parameter in function.Parameters)
            if (parameter is { RefKind: RefKind.None, IsThis: false } && model.Is(parameter.Type, CatalogueRole.TokenCarrier) && CancellationTokens.CarriedBy(parameter.Type) is { } member)
                return new ScopedToken(parameter, parameter.Type, member, owner);
        return null;
    }

    // A controller, a page and a hub have the context of what they answer: HttpContext.RequestAborted.
    private ScopedToken? TokenOfType(IMethodSymbol function, SyntaxNode owner)
    {
        // The request waits for the handler itself; what a handler calls may be left running on purpose.
        if (function.IsStatic || function.ContainingType is not { } type || (model.RolesOf(function, cancellation) & MethodRoles.Handler) == 0)
            return null;
        if (!contexts.TryGetValue(type, out var context))
            contexts.Add(type, context = ContextOf(type));
        return context != null ? new ScopedToken(context, context.Type, CancellationTokens.CarriedBy(context.Type), owner) : null;
    }

    private IPropertySymbol? ContextOf(INamedTypeSymbol type)
    {
        // The base types of frameworks alone: what a type of the program keeps may be of another request.
        for (var t = type.BaseType; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            if (t.DeclaringSyntaxReferences.IsEmpty)
                foreach (var member in t.GetMembers())
                    if (member is IPropertySymbol { IsStatic: false, GetMethod: not null } property && model.Is(property.Type, CatalogueRole.TokenCarrier))
                        return property;
        return null;
    }

    private IMethodSymbol? FunctionOf(SyntaxNode node)
    {
        if (functions.TryGetValue(node, out var known))
            return known;
        var function = (node is AnonymousFunctionExpressionSyntax ? semantics.GetSymbolInfo(node, cancellation).Symbol : semantics.GetDeclaredSymbol(node, cancellation)) as IMethodSymbol;
        functions.Add(node, function);
        return function;
    }

    /// <summary>Whether the code of a nested function runs while the function around it waits for it.</summary>
    private bool IsAttached(SyntaxNode function)
    {
        if (function is LocalFunctionStatementSyntax local)
            return !local.Modifiers.Any(SyntaxKind.StaticKeyword);
        if (function is not AnonymousFunctionExpressionSyntax lambda || lambda.Modifiers.Any(SyntaxKind.StaticKeyword))
            return false;
        if (!attached.TryGetValue(function, out var known))
            attached.Add(function, known = semantics.GetOperation(function, cancellation) is { } operation && IsWaitedFor(operation));
        return known;
    }

    private bool IsWaitedFor(IOperation lambda)
    {
        var parent = lambda.Parent;
        while (parent is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            parent = parent.Parent;
        switch (parent)
        {
            // Func<Task> step = async () => …;
            case IVariableInitializerOperation:
                return true;
            case IArgumentOperation { Parent: IInvocationOperation call }:
                // What a synchronous policy starts, nothing waits for: what mends that passes the token.
                if (IsDetached(call) || model.Find(call.TargetMethod, CatalogueRole.ResilientExecute)?.Has("blocking") == true)
                    return false;
                return CallGraph.Of(model).RunsNow(lambda, cancellation) || IsAwaited(call);
            case IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } call:
                return !IsDetached(call);
            default:
                return false;
        }
    }

    private static bool IsAwaited(IOperation call)
    {
        for (var parent = call.Parent; parent != null; parent = parent.Parent)
            switch (parent)
            {
                case IAwaitOperation or IReturnOperation:
                    return true;
                case IConversionOperation or IParenthesizedOperation or IInvocationOperation or IArgumentOperation:
                    break;
                default:
                    return false;
            }

        return false;
    }

    // On the way out, or where the token is seen to be cancelled.
    private static bool IsCleanUp(SyntaxNode node, SyntaxNode place) => node switch
    {
        FinallyClauseSyntax => true,
        IfStatementSyntax choice => choice.Statement.Span.Contains(place.Span) && AsksForCancellation(choice.Condition),
        _ => false,
    };

    // if (token.IsCancellationRequested) …; not if (!token.IsCancellationRequested) …
    private static bool AsksForCancellation(ExpressionSyntax condition) => condition switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsCancellationRequested" } => true,
        ParenthesizedExpressionSyntax inner => AsksForCancellation(inner.Expression),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } and => AsksForCancellation(and.Left) || AsksForCancellation(and.Right),
        _ => false,
    };

    // StopAsync and DisposeAsync have to finish; StartAsync and ExecuteAsync end with their token.
    private static bool IsDisposal(IMethodSymbol function) => !function.Parameters.Any(parameter => CancellationTokens.IsToken(parameter.Type)) || function.Name.StartsWith("Stop", StringComparison.Ordinal);

    private static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax;
}

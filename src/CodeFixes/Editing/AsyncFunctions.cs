using AgentLint.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace AgentLint.Editing;

/// <summary>Which functions can be made asynchronous without anybody else noticing more than that.</summary>
internal sealed class AsyncFunctions(FixContext context, FileHabits habits)
{
    private readonly Dictionary<SyntaxNode, AsyncFunction?> known = [];
    private readonly TaskReturns returns = new(context, habits);
    private readonly SemanticModel semantics = context.Semantics;

    /// <summary>What making a function asynchronous takes; null where it has to stay as it is.</summary>
    public async Task<AsyncFunction?> OfAsync(SyntaxNode function)
    {
        if (!known.TryGetValue(function, out var found))
            known.Add(function, found = await FindAsync(function).ConfigureAwait(false));
        return found;
    }

    private async Task<AsyncFunction?> FindAsync(SyntaxNode function)
    {
        if (Functions.BodyOf(function) is not { } body || SymbolOf(function) is not { } symbol || !CanBeAsync(symbol, body))
            return null;
        var shape = ReturnShapes.Of(symbol);
        if (shape == ReturnShape.Other || TaskTypes.Find(semantics.Compilation, "System.Threading.Tasks.Task") == null || (shape.IsTask() && !returns.CanRewrite(body, shape)))
            return null;
        if (function is AnonymousFunctionExpressionSyntax lambda)
            return Accepts(lambda, shape) ? new AsyncFunction(function, shape, symbol, []) : null;
        if (shape.IsTask())
            return new AsyncFunction(function, shape, symbol, []);
        return await MayChangeTypeAsync(symbol).ConfigureAwait(false)
            && await Callers.OfAsync(symbol, context).ConfigureAwait(false) is { } calls
                ? new AsyncFunction(function, shape, symbol, calls)
                : null;
    }

    private IMethodSymbol? SymbolOf(SyntaxNode function) =>
        (function is AnonymousFunctionExpressionSyntax ? semantics.GetSymbolInfo(function, context.Cancellation).Symbol : semantics.GetDeclaredSymbol(function, context.Cancellation)) as IMethodSymbol;

    private static bool CanBeAsync(IMethodSymbol method, SyntaxNode body) =>
        !method.IsExtern
        && method.Parameters.All(p => p.RefKind == RefKind.None && !p.Type.IsRefLikeType && p.Type is not (IPointerTypeSymbol or IFunctionPointerTypeSymbol))
        // An asynchronous method of a struct works on a copy.
        && (method.IsStatic || method.MethodKind != MethodKind.Ordinary || method.ContainingType is not { TypeKind: TypeKind.Struct, IsReadOnly: false } || method.IsReadOnly)
        && !Functions.OwnNodes(body).Any(n => n is YieldStatementSyntax);

    // A lambda has to fit the delegate that it becomes.
    private bool Accepts(AnonymousFunctionExpressionSyntax lambda, ReturnShape shape)
    {
        var type = semantics.GetTypeInfo(lambda, context.Cancellation).ConvertedType;
        if (Delegates.SignatureOf(type) is { } signature)
            return (shape.IsTask() && signature.ReturnType.IsTask()) || IsRunAsTask(lambda);
        return lambda.Parent is ArgumentSyntax && Delegates.IsAnyDelegate(type);
    }

    // Task.Run has an overload for either kind, with the same result.
    private bool IsRunAsTask(AnonymousFunctionExpressionSyntax lambda) =>
        lambda.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call }
        && semantics.GetSymbolInfo(call, context.Cancellation).Symbol is IMethodSymbol { Name: "Run" } run
        && run.ContainingType.IsTask();

    private async Task<bool> MayChangeTypeAsync(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
            return true;
        if (method.MethodKind != MethodKind.Ordinary
            || method.IsOverride || method.IsAbstract
            || method.ContainingType.TypeKind == TypeKind.Interface
            || method.PartialDefinitionPart != null || method.PartialImplementationPart != null
            || ImplementsInterface(method)
            // An asynchronous entry point does not start on a thread of its own choice.
            || method.GetAttributes().Any(a => a.AttributeClass?.Name == "STAThreadAttribute"))
            return false;
        return !method.IsVirtual
            || !(await SymbolFinder.FindOverridesAsync(method, context.Document.Project.Solution, cancellationToken: context.Cancellation).ConfigureAwait(false)).Any();
    }

    private static bool ImplementsInterface(IMethodSymbol method) =>
        !method.ExplicitInterfaceImplementations.IsEmpty
        || method.ContainingType.AllInterfaces
            .SelectMany(i => i.GetMembers(method.Name))
            .Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method));
}

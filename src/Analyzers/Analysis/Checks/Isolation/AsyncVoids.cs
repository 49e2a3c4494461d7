using AgentLint.Analysis.Branches;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>Who runs an <c>async void</c> function.</summary>
internal enum AsyncVoidKind
{
    /// <summary>A model, a host or a broker, which takes the function for done when it returns.</summary>
    Root,

    /// <summary>Code that could wait for it.</summary>
    Callback,

    /// <summary>An event, whose handlers return nothing.</summary>
    Event,

    /// <summary>A constructor, which hands out its object before that is ready.</summary>
    Constructor,
}

/// <summary>An asynchronous function that returns nothing, so that its caller cannot wait for it.</summary>
/// <param name="Place">Its name, or the keyword of a lambda.</param>
/// <param name="Function">The function.</param>
/// <param name="Kind">Who runs it.</param>
/// <param name="Remote">The remote call that goes on by itself; null where none is known among what it awaits.</param>
/// <param name="IsHandled">Whether it handles its failures.</param>
internal sealed record AsyncVoid(Location Place, IMethodSymbol Function, AsyncVoidKind Kind, Effect? Remote, bool IsHandled);

/// <summary>
/// Finds <c>async void</c> functions that do remote work. A signature that a base class or an interface demands is not the author's
/// choice, and a function that handles its failures ends no process; but what runs a root, or has it make an object ready, takes it for
/// done all the same.
/// </summary>
internal sealed class AsyncVoids(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    public IEnumerable<AsyncVoid> In()
    {
        var index = NameIndex.Of(semantics.SyntaxTree, cancellation);
        if (!index.Mentions("async"))
            yield break;
        // A lambda that a call takes for one without a task is reported as such.
        HashSet<SyntaxNode>? late = null;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        foreach (var position in index.PositionsOf("async"))
            if (root.FindToken(position) is { RawKind: (int)SyntaxKind.AsyncKeyword } token && token.SpanStart == position
                && Of(token) is { } found)
            {
                late ??= [.. LateLambdas.Of(model).In(semantics, depth, cancellation).Select(lambda => lambda.Lambda.Syntax)];
                if (!late.Contains(token.Parent!))
                    yield return found;
            }
    }

    private AsyncVoid? Of(SyntaxToken keyword)
    {
        var (function, place) = keyword.Parent switch
        {
            MethodDeclarationSyntax { ReturnType: PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } } method =>
                (semantics.GetDeclaredSymbol(method, cancellation), method.Identifier.GetLocation()),
            LocalFunctionStatementSyntax { ReturnType: PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } } local =>
                (semantics.GetDeclaredSymbol(local, cancellation) as IMethodSymbol, local.Identifier.GetLocation()),
            AnonymousFunctionExpressionSyntax { Parent: not ExpressionStatementSyntax } lambda =>
                (semantics.GetSymbolInfo(lambda, cancellation).Symbol as IMethodSymbol, keyword.GetLocation()),
            _ => (null, Location.None),
        };
        if (function is not { ReturnsVoid: true, IsAsync: true } || IsDemanded(function)
            || MethodBodies.Of(function, model, cancellation).ToList() is not { Count: > 0 } bodies)
            return null;
        var remote = RemoteIn(function, bodies);
        var isHandled = bodies.All(body => OwnFailures.Of(model).AreHandledIn(body, cancellation));
        if ((model.RolesOf(function, cancellation) & MethodRoles.Root) != 0)
            return remote != null || bodies.Any(body => body.Descendants().Any(operation => operation is IAwaitOperation))
                ? Found(AsyncVoidKind.Root)
                : null;
        if (remote == null && !bodies.Any(body => ForeignWaits.Of(model).AreIn(body, cancellation)))
            return null;
        if (isHandled)
            return IsOfConstructor(function) ? Found(AsyncVoidKind.Constructor) : null;
        return Found(IsHandler(function) || IsSubscribed(function, keyword) ? AsyncVoidKind.Event : AsyncVoidKind.Callback);

        AsyncVoid Found(AsyncVoidKind kind) => new(place, function, kind, remote, isHandled);
    }

    private bool IsOfConstructor(IMethodSymbol function) =>
        function.MethodKind == MethodKind.Ordinary
        && CallerIndex.Of(model, cancellation).NamesOf(function, cancellation).Any(name =>
            IsCalled(name)
            && model.SemanticsOf(name.SyntaxTree).GetEnclosingSymbol(name.SpanStart, cancellation) is { } caller
            && caller is IMethodSymbol { MethodKind: MethodKind.Constructor }
            && SymbolEqualityComparer.Default.Equals(caller.ContainingType, function.ContainingType));

    // A constructor that only subscribes a function to an event does not run it.
    private static bool IsCalled(SimpleNameSyntax name) =>
        name.Parent is InvocationExpressionSyntax
        || (name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access && access.Name == name && call.Expression == access);

    private Effect? RemoteIn(IMethodSymbol function, IReadOnlyList<IOperation> bodies)
    {
        var effects = function.MethodKind == MethodKind.AnonymousFunction
            ? bodies.SelectMany(body =>
                EffectSummaries.Of(model).Of(body is IAnonymousFunctionOperation lambda ? lambda.Body
                : body, depth, cancellation).Effects)
            : EffectSummaries.Of(model).Of(function, depth, cancellation).Effects;
        return effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall() && !effect.Entry.Has("blocking"));
    }

    // service.Changed += Refresh, service.Changed += async text => …
    private bool IsSubscribed(IMethodSymbol function, SyntaxToken keyword) =>
        function.MethodKind == MethodKind.AnonymousFunction
            ? keyword.Parent is { } lambda && IsAdded(lambda)
            : CallerIndex.Of(model, cancellation).NamesOf(function, cancellation) is { Count: > 0 } names
                && names.All(name => IsAdded(name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name));

    private bool IsAdded(SyntaxNode handler) =>
        handler.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SubtractAssignmentExpression } subscription
        && subscription.Right == handler
        && model.SemanticsOf(handler.SyntaxTree).GetOperation(subscription, cancellation) is IEventAssignmentOperation;

    // Overrides and implementations: another wrote the signature.
    private static bool IsDemanded(IMethodSymbol function) =>
        function.IsOverride || !function.ExplicitInterfaceImplementations.IsEmpty
        || (function is { MethodKind: MethodKind.Ordinary, ContainingType: { } type }
            && type.AllInterfaces.SelectMany(i => i.GetMembers(function.Name)).Any(member =>
                SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), function)));

    // (object sender, EventArgs e)
    private static bool IsHandler(IMethodSymbol function)
    {
        if (function.Parameters.Length != 2 || function.Parameters[0].Type.SpecialType != SpecialType.System_Object)
            return false;
        for (var type = function.Parameters[1].Type; type != null; type = type.BaseType)
            if (type.Name is "EventArgs" or "RoutedEventArgs")
                return true;
        return false;
    }
}

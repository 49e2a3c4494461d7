using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis;

/// <summary>What kind of code a place is in, by who waits for it.</summary>
internal enum PlaceKind
{
    /// <summary>Ordinary synchronous code: who waits is not known here.</summary>
    Helper,

    /// <summary>An asynchronous function, or one that returns a task.</summary>
    AsyncCode,

    /// <summary>A tool, agent, activity, consumer, handler or workflow.</summary>
    Root,

    /// <summary>A constructor, or an initializer that one runs.</summary>
    Constructor,

    /// <summary>A lambda or method that makes a service for the container.</summary>
    ServiceFactory,

    /// <summary>The program's entry point, or a test: nobody else waits.</summary>
    EntryPoint,

    /// <summary>The synchronous twin of a framework's asynchronous member: its caller had the choice.</summary>
    SynchronousTwin,
}

/// <summary>Where some code stands.</summary>
/// <param name="Kind">Who waits for it.</param>
/// <param name="Member">The function that a message names.</param>
/// <param name="IsAsync">Whether the innermost function may await.</param>
/// <param name="IsTest">Whether a test runner calls it.</param>
internal readonly record struct CodePlace(PlaceKind Kind, ISymbol Member, bool IsAsync, bool IsTest = false)
{
    /// <summary>The function that decides about the kind: a callback, or the member itself.</summary>
    public IMethodSymbol? Function { get; init; }

    /// <summary>What a message calls the place: the route or the callback where a host runs a lambda, or the member.</summary>
    public string NameOf(AgentModel model, CancellationToken cancellation) =>
        Function is { MethodKind: MethodKind.AnonymousFunction } callback && Kind is PlaceKind.Root or PlaceKind.Helper && (model.RolesOf(callback, cancellation) & MethodRoles.Tool) == 0
            ? EntryPointNames.CallbackName(callback, model, cancellation) ?? $"'{Witness.NameOf(Member)}'"
            : $"'{Witness.NameOf(Member)}'";

    /// <summary>Whether a synchronous function is called by the entry point alone, also through others: the program has nothing else to do.</summary>
    public static bool IsOfEntryPointAlone(IMethodSymbol function, AgentModel model, CancellationToken cancellation) =>
        model.Compilation.GetEntryPoint(cancellation) is { IsAsync: false }
        && CallerIndex.Of(model, cancellation).IsOfEntryPointAlone(function, caller => caller.IsAsync || (model.RolesOf(caller, cancellation) & MethodRoles.Root) != 0, cancellation);

    /// <summary>Whether others are known to wait while this code holds its thread.</summary>
    public bool IsAwaitedByOthers => Kind is PlaceKind.AsyncCode or PlaceKind.Root or PlaceKind.Constructor or PlaceKind.ServiceFactory;

    public static CodePlace Of(SyntaxNode node, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        var innermost = semantics.GetEnclosingSymbol(node.SpanStart, cancellation) ?? semantics.Compilation.Assembly;
        var named = innermost;
        for (var symbol = innermost; symbol != null; symbol = symbol.ContainingSymbol)
        {
            if (symbol is not IMethodSymbol method)
                return symbol is IFieldSymbol or IPropertySymbol ? new CodePlace(PlaceKind.Constructor, symbol, false) : new CodePlace(PlaceKind.Helper, named, false);
            if (KindOf(method, semantics, model, cancellation) is { } kind)
                return new CodePlace(kind, Outermost(method), innermost is IMethodSymbol { IsAsync: true }, (model.RolesOf(method, cancellation) & MethodRoles.Test) != 0) { Function = method };
            named = method;
        }

        return new CodePlace(PlaceKind.Helper, named, false);
    }

    /// <summary>Whether code is a test, or stands in a class of tests: its runner ends what takes too long, and nobody else waits.</summary>
    public static bool IsOfTests(ISymbol member, AgentModel model, CancellationToken cancellation) =>
        member.ContainingType?.GetMembers().OfType<IMethodSymbol>().Any(method => (model.RolesOf(method, cancellation) & MethodRoles.Test) != 0) == true;

    /// <summary>Whether a private function is called from asynchronous code of its own type, which could as well await it.</summary>
    public static bool IsCalledFromAsyncCode(IMethodSymbol method, AgentModel model, CancellationToken cancellation)
    {
        if (method is not { DeclaredAccessibility: Accessibility.Private, MethodKind: MethodKind.Ordinary })
            return false;
        foreach (var reference in method.ContainingType.DeclaringSyntaxReferences)
        {
            if (!model.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
                continue;
            foreach (var name in reference.GetSyntax(cancellation).DescendantNodes().OfType<SimpleNameSyntax>())
                if (name.Identifier.ValueText == method.Name
                    && model.SemanticsOf(reference.SyntaxTree) is var semantics
                    && semantics.OperationOf(name, cancellation) is IInvocationOperation call
                    && SymbolEqualityComparer.Default.Equals(call.TargetMethod.OriginalDefinition, method)
                    && Of(name, semantics, model, cancellation) is { Kind: PlaceKind.AsyncCode or PlaceKind.Root, IsAsync: true })
                    return true;
        }

        return false;
    }

    // Null: a nested function that runs as part of the code around it, which decides.
    private static PlaceKind? KindOf(IMethodSymbol method, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        if (SymbolEqualityComparer.Default.Equals(method, semantics.Compilation.GetEntryPoint(cancellation)) || model.Find(method, CatalogueRole.CommandMember) != null)
            return PlaceKind.EntryPoint;
        if ((model.RolesOf(method, cancellation) & MethodRoles.Root) != 0)
            return PlaceKind.Root;
        if (!method.IsAsync && (model.RolesOf(method, cancellation) & MethodRoles.Test) != 0)
            return PlaceKind.EntryPoint;
        if (method.IsAsync || method.ReturnType.IsTask())
            return PlaceKind.AsyncCode;
        if (method.MethodKind is MethodKind.Constructor or MethodKind.StaticConstructor)
            return PlaceKind.Constructor;
        if (model.IsServiceFactory(method, cancellation))
            return PlaceKind.ServiceFactory;
        if (method.MethodKind == MethodKind.AnonymousFunction)
            return RunsNow(method, semantics, model, cancellation) ? null : PlaceKind.Helper;
        if (method.MethodKind == MethodKind.LocalFunction)
            return null;
        return HasAsyncTwin(method) ? PlaceKind.SynchronousTwin : PlaceKind.Helper;
    }

    private static bool RunsNow(IMethodSymbol lambda, SemanticModel semantics, AgentModel model, CancellationToken cancellation) =>
        lambda.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } syntax
        && semantics.GetOperation(syntax, cancellation) is { } operation
        && CallGraph.Of(model).RunsNow(operation, cancellation);

    // Overrides or implements a member of another assembly beside which an asynchronous one can be overridden or implemented.
    private static bool HasAsyncTwin(IMethodSymbol method)
    {
        for (var m = method.OverriddenMethod; m != null; m = m.OverriddenMethod)
            if (IsForeign(m) && HasTwin(m.ContainingType, m.Name))
                return true;
        foreach (var type in method.ContainingType?.AllInterfaces ?? [])
            foreach (var member in type.GetMembers().OfType<IMethodSymbol>())
                if (IsForeign(member)
                    && SymbolEqualityComparer.Default.Equals(method.ContainingType!.FindImplementationForInterfaceMember(member), method)
                    && (HasTwin(type, member.Name) || method.ContainingType.AllInterfaces.Any(i => i.Name == "IAsync" + type.Name.TrimStart('I') && HasTwin(i, member.Name))))
                    return true;
        // The pattern of disposal: Dispose(bool) beside DisposeAsyncCore.
        return method.Name == "Dispose" && method.ContainingType?.AllInterfaces.Any(i => i.Name == "IAsyncDisposable") == true;
    }

    private static bool IsForeign(ISymbol symbol) => !symbol.Locations.Any(l => l.IsInSource);

    private static bool HasTwin(INamedTypeSymbol type, string name)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (!t.GetMembers(name + "Async").IsEmpty)
                return true;
        return false;
    }

    // Messages name the member that a reader finds in the outline, not a lambda in it.
    private static ISymbol Outermost(IMethodSymbol method)
    {
        ISymbol symbol = method;
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } && symbol.ContainingSymbol is IMethodSymbol or IFieldSymbol or IPropertySymbol)
            symbol = symbol.ContainingSymbol;
        return symbol;
    }
}

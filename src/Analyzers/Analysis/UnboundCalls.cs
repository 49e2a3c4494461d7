using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>A call, and the methods that its name can mean where it stands.</summary>
/// <param name="Site">The call.</param>
/// <param name="Receiver">The parameter, field, property or type that it is made on; null for a call on <c>this</c> or without a receiver.</param>
/// <param name="On">The type that the method is looked for in.</param>
/// <param name="Candidates">At least one: overloads, where there are several.</param>
internal sealed record UnboundCall(InvocationExpressionSyntax Site, ISymbol? Receiver, INamedTypeSymbol On, ImmutableArray<IMethodSymbol> Candidates);

/// <summary>
/// What calls mean, without binding the bodies that they stand in: the compiler binds a body as a whole, however little is asked of it.
/// Answers calls of a name alone, or on a parameter, field, property or type that a name stands for. Everything else is left to the compiler.
/// </summary>
internal sealed class UnboundCalls(AgentModel model)
{
    private readonly ConcurrentDictionary<SimpleNameSyntax, UnboundCall?> calls = new();
    private readonly ConcurrentDictionary<(INamedTypeSymbol Type, string Name, string Scope), ImmutableArray<IMethodSymbol>> found = new(new LookupComparer());
    private readonly ConcurrentDictionary<SyntaxNode, string> scopes = new();
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> ownTypes = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<string, bool> extensions = new(StringComparer.Ordinal);

    public static UnboundCalls Of(AgentModel model) => model.Shared(m => new UnboundCalls(m));

    /// <summary>The call that a name names; null where only the compiler can tell.</summary>
    public UnboundCall? At(SimpleNameSyntax name, CancellationToken cancellation) =>
        calls.TryGetValue(name, out var known) ? known : calls.GetOrAdd(name, Read(name, cancellation));

    /// <summary>What a name stands for; null where only the compiler can tell.</summary>
    public ISymbol? Variable(IdentifierNameSyntax name)
    {
        var found = model.SemanticsOf(name.SyntaxTree).LookupSymbols(name.SpanStart, container: null, name.Identifier.ValueText);
        // Not a local: its type may be what its initializer says, which would have to be bound.
        return found.Length == 1 && found[0] is (IParameterSymbol or IFieldSymbol or IPropertySymbol or INamedTypeSymbol) ? found[0] : null;
    }

    /// <summary>Lets go of what was read. The answers do not depend on it.</summary>
    public void Release() => calls.Clear();

    /// <summary>The method declaration that a node is in the body of, with nothing in between that has a scope of its own.</summary>
    public static MethodDeclarationSyntax? BodyAround(SyntaxNode node)
    {
        for (var around = node.Parent; around != null; around = around.Parent)
            switch (around)
            {
                case MethodDeclarationSyntax method:
                    return method.Body?.Span.Contains(node.Span) == true || method.ExpressionBody?.Span.Contains(node.Span) == true ? method : null;
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax or MemberDeclarationSyntax or AttributeListSyntax:
                    return null;
            }

        return null;
    }

    private UnboundCall? Read(SimpleNameSyntax name, CancellationToken cancellation)
    {
        ExpressionSyntax callee = name.Parent is MemberAccessExpressionSyntax access && access.IsKind(SyntaxKind.SimpleMemberAccessExpression) && access.Name == name ? access : name;
        if (name is not IdentifierNameSyntax || callee.Parent is not InvocationExpressionSyntax site || site.Expression != callee || BodyAround(site) is not { } body)
            return null;
        var semantics = model.SemanticsOf(name.SyntaxTree);
        if (semantics.GetDeclaredSymbol(body, cancellation)?.ContainingType is not { } caller)
            return null;
        if (callee == name)
        {
            var named = semantics.LookupSymbols(name.SpanStart, container: null, name.Identifier.ValueText);
            return named.Length == 1 && named[0] is IMethodSymbol { MethodKind: MethodKind.Ordinary } only && Fits(only, site) && IsNewSlot(only)
                ? new UnboundCall(site, null, caller, [only])
                : null;
        }

        var receiver = ((MemberAccessExpressionSyntax)callee).Expression;
        var variable = receiver is IdentifierNameSyntax identifier ? Variable(identifier) : null;
        if ((receiver is ThisExpressionSyntax ? caller : variable as INamedTypeSymbol ?? TypeOf(variable)) is not { TypeKind: TypeKind.Class or TypeKind.Interface or TypeKind.Struct } type)
            return null;
        var candidates = IsOwn(type) ? MemberOf(type, name.Identifier.ValueText, site) : Lookup(type, name, caller, body);
        // A type that a variable is called like can be meant as well.
        return candidates.IsDefaultOrEmpty || candidates.Any(candidate => candidate.IsStatic != variable is INamedTypeSymbol)
            ? null
            : new UnboundCall(site, variable, type, candidates);
    }

    /// <summary>The type of a variable; null for what is none.</summary>
    public static INamedTypeSymbol? TypeOf(ISymbol? variable) => variable switch
    {
        IParameterSymbol parameter => parameter.Type as INamedTypeSymbol,
        IFieldSymbol field => field.Type as INamedTypeSymbol,
        IPropertySymbol property => property.Type as INamedTypeSymbol,
        _ => null,
    };

    // Whether all that can be called on a type is written in this compilation.
    private bool IsOwn(INamedTypeSymbol type) => ownTypes.GetOrAdd(type.OriginalDefinition, t =>
    {
        for (var b = t; b != null; b = b.BaseType)
            if (!model.Declares(b) && b.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType))
                return false;
        return t.AllInterfaces.All(i => model.Declares(i));
    });

    // The only method of its name. Who chooses between overloads is the compiler.
    private ImmutableArray<IMethodSymbol> MemberOf(INamedTypeSymbol type, string name, InvocationExpressionSyntax site)
    {
        if (extensions.GetOrAdd(name, n => model.Compilation.SyntaxTrees.Any(tree => TypeTexts.Of(tree, CancellationToken.None).Extensions.Contains(n))))
            return [];
        ISymbol? only = null;
        for (var t = type; t != null; t = t.BaseType)
            if (!AddMembers(t))
                return [];
        if (type.TypeKind == TypeKind.Interface)
            foreach (var i in type.AllInterfaces)
                if (!AddMembers(i))
                    return [];
        return only is IMethodSymbol { MethodKind: MethodKind.Ordinary } method && IsNewSlot(method) && Fits(method, site) ? [method] : [];

        bool AddMembers(INamedTypeSymbol t)
        {
            var members = t.GetMembers(name);
            if (members.IsEmpty)
                return true;
            if (only != null || members.Length > 1)
                return false;
            only = members[0];
            return true;
        }
    }

    // A call of an override names what it overrides, or does not: the compiler knows.
    private static bool IsNewSlot(IMethodSymbol method) => !method.IsOverride && !method.IsGenericMethod;

    private static bool Fits(IMethodSymbol method, InvocationExpressionSyntax site)
    {
        // What the compiler cannot resolve is unknown.
        if (method.ReturnType.TypeKind == TypeKind.Error || method.Parameters.Any(p => p.Type.TypeKind == TypeKind.Error))
            return false;
        var given = site.ArgumentList.Arguments.Count;
        return given >= method.Parameters.Count(p => !p.IsOptional && !p.IsParams) && (given <= method.Parameters.Length || method.Parameters.Any(p => p.IsParams));
    }

    // The compiler looks through all imported namespaces for extensions: once for each type, name and set of imports.
    private ImmutableArray<IMethodSymbol> Lookup(INamedTypeSymbol type, SimpleNameSyntax name, INamedTypeSymbol caller, MethodDeclarationSyntax body)
    {
        // What derives from the type may call more of it than others.
        for (var b = caller; b != null; b = b.ContainingType)
            for (var t = b; t != null; t = t.BaseType)
                if (SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, type.OriginalDefinition))
                    return [];
        return found.GetOrAdd((type, name.Identifier.ValueText, ScopeOf(body)), key =>
        {
            var members = model.SemanticsOf(name.SyntaxTree).LookupSymbols(name.SpanStart, key.Type, key.Name, includeReducedExtensionMethods: true);
            return members.All(member => member is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension }) ? [.. members.Cast<IMethodSymbol>()] : [];
        });
    }

    // The namespaces around a member and what they import.
    private string ScopeOf(MethodDeclarationSyntax body)
    {
        SyntaxNode type = body;
        while (type.Parent is TypeDeclarationSyntax outer)
            type = outer;
        return type.Parent is not { } around ? "" : scopes.GetOrAdd(around, node => string.Join("\n", node.AncestorsAndSelf().Select(n => n switch
        {
            BaseNamespaceDeclarationSyntax ns => $"{ns.Name}\n{ns.Usings}",
            CompilationUnitSyntax unit => unit.Usings.ToString(),
            _ => "",
        })));
    }

    private sealed class LookupComparer : IEqualityComparer<(INamedTypeSymbol Type, string Name, string Scope)>
    {
        public bool Equals((INamedTypeSymbol Type, string Name, string Scope) x, (INamedTypeSymbol Type, string Name, string Scope) y) =>
            SymbolEqualityComparer.Default.Equals(x.Type, y.Type) && x.Name == y.Name && x.Scope == y.Scope;

        public int GetHashCode((INamedTypeSymbol Type, string Name, string Scope) key) =>
            SymbolEqualityComparer.Default.GetHashCode(key.Type) * 31 + StringComparer.Ordinal.GetHashCode(key.Name);
    }
}

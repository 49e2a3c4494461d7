using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>
/// Spells types of namespaces that a file may not import: by the simple name where that means the type, with a new using directive where that
/// changes the meaning of nothing else in the file, and in full otherwise.
/// </summary>
internal sealed class TypeNames(FixContext context)
{
    private readonly SortedSet<string> imports = new(StringComparer.Ordinal);

    /// <summary>The name of a type, without type arguments.</summary>
    public string Spell(INamedTypeSymbol type, int position)
    {
        var probe = type.Arity == 0 ? type.Name : type.Name + "<" + new string(',', type.Arity - 1) + ">";
        if (SymbolEqualityComparer.Default.Equals(Bind(probe, position)?.OriginalDefinition, type.OriginalDefinition))
            return type.Name;
        var space = type.ContainingNamespace;
        if (CanImport(space))
        {
            imports.Add(space.ToDisplayString());
            return type.Name;
        }

        var outermost = space;
        while (outermost.ContainingNamespace is { IsGlobalNamespace: false } outer)
            outermost = outer;
        var isShadowed = !SymbolEqualityComparer.Default.Equals(Bind(outermost.Name, position), context.Semantics.Compilation.GetCompilationNamespace(outermost));
        return (isShadowed ? "global::" : "") + space.ToDisplayString() + "." + type.Name;
    }

    /// <summary>Has a namespace imported for its extension methods, unless it is already at a place.</summary>
    public void Import(INamespaceSymbol space, int position)
    {
        var name = space.ToDisplayString();
        var imported = context.Semantics.GetImportScopes(position, context.Cancellation).SelectMany(scope => scope.Imports).Select(import => import.NamespaceOrType.ToDisplayString());
        if (!imported.Contains(name) && CanImport(space))
            imports.Add(name);
    }

    /// <summary>Adds the using directives that the names spelled so far need.</summary>
    public SyntaxNode AddImports(SyntaxNode root, SyntaxTrivia endOfLine) =>
        imports.Aggregate((CompilationUnitSyntax)root, (unit, name) => UsingDirectives.Add(unit, name, endOfLine));

    private ISymbol? Bind(string name, int position) =>
        context.Semantics.GetSpeculativeSymbolInfo(position, SyntaxFactory.ParseTypeName(name), SpeculativeBindingOption.BindAsTypeOrNamespace).Symbol;

    // Safe as long as the file uses no other type, or namespace, by a name that the import would bring along.
    private bool CanImport(INamespaceSymbol space)
    {
        var names = new HashSet<string>(context.Semantics.Compilation.GetCompilationNamespace(space)!.GetTypeMembers().Select(t => t.Name), StringComparer.Ordinal);
        return !context.Root.DescendantNodes().Any(node => node switch
        {
            SimpleNameSyntax name => names.Contains(name.Identifier.ValueText) && !IsQualified(name),
            BaseTypeDeclarationSyntax type => names.Contains(type.Identifier.ValueText),
            _ => false,
        });
    }

    private static bool IsQualified(SimpleNameSyntax name) =>
        (name.Parent is MemberAccessExpressionSyntax access && access.Name == name) || (name.Parent is QualifiedNameSyntax qualified && qualified.Right == name);
}

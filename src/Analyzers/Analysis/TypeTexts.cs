using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>
/// What the types of a file say of themselves: what they derive from, which extension methods and which static objects they have. To ask the
/// symbols of all types instead costs more than most rules.
/// </summary>
internal sealed class TypeTexts
{
    private static readonly TextFacts<TypeTexts> Facts = new((tree, cancellation) => new TypeTexts(tree.GetRoot(cancellation)));

    private TypeTexts(SyntaxNode root)
    {
        var derived = ImmutableArray.CreateBuilder<(string, TypeDeclarationSyntax)>();
        var extensions = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var aliases = ImmutableArray.CreateBuilder<(string, string)>();
        var statics = ImmutableArray.CreateBuilder<(string, MemberDeclarationSyntax)>();
        var kept = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var node in root.Declarations())
            switch (node)
            {
                case TypeDeclarationSyntax { BaseList.Types: var bases } type:
                    derived.AddRange(bases.Select(b => NameOf(b.Type)).OfType<string>().Select(name => (name, type)));
                    break;
                case UsingDirectiveSyntax { Alias.Name.Identifier.ValueText: var alias, NamespaceOrType: var target } when NameOf(target) is { } name:
                    aliases.Add((alias, name));
                    break;
                case FieldDeclarationSyntax { Declaration: var declaration } field when field.Modifiers.Any(SyntaxKind.StaticKeyword):
                    if (MadeBy(declaration) is { } madeName && (declaration.Variables.Any(variable => IsMade(variable.Initializer)) || declaration.Variables.Any(variable => IsMadeLater(variable, field.Parent))))
                        statics.Add((madeName, field));
                    break;
                case FieldDeclarationSyntax { Declaration: var declaration }:
                    AddKept(NameOf(declaration.Type), declaration.Variables.Select(variable => variable.Initializer?.Value));
                    break;
                case ConstructorDeclarationSyntax constructor when constructor.Body is { } body:
                    AddKept(null, body.DescendantNodes().OfType<AssignmentExpressionSyntax>().Select(assignment => assignment.Right));
                    break;
                case PropertyDeclarationSyntax { Initializer: { } initializer } property when !property.Modifiers.Any(SyntaxKind.StaticKeyword):
                    AddKept(NameOf(property.Type), [initializer.Value]);
                    break;
                case PropertyDeclarationSyntax property when property.Modifiers.Any(SyntaxKind.StaticKeyword) && IsMade(property.Initializer) && NameOf(property.Type) is { } propertyType:
                    statics.Add((propertyType, property));
                    break;
                case MethodDeclarationSyntax method when IsExtension(method):
                    extensions.Add(method.Identifier.ValueText);
                    break;
            }

        Statics = statics.ToImmutable();
        Derived = derived.ToImmutable();
        Aliases = aliases.ToImmutable();
        Extensions = extensions.ToImmutable();
        Kept = kept.ToImmutable();

        // The type that is declared says what 'new()' makes.
        void AddKept(string? declared, IEnumerable<ExpressionSyntax?> values)
        {
            foreach (var creation in values.Select(value => value is BinaryExpressionSyntax { Right: var otherwise } ? otherwise : value).OfType<BaseObjectCreationExpressionSyntax>())
                if ((creation is ObjectCreationExpressionSyntax { Type: var type } ? NameOf(type) : declared) is { } made)
                    kept.Add(made);
        }
    }

    // static Store instance; where the class sets it to a new object later: instance ??= new Store().
    private static bool IsMadeLater(VariableDeclaratorSyntax variable, SyntaxNode? type) =>
        variable.Initializer == null
        && type?.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment =>
            assignment.Right is BaseObjectCreationExpressionSyntax && assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Identifier.ValueText) == true;

    // Store, or the T of Lazy<T>.
    private static string? MadeBy(VariableDeclarationSyntax declaration) =>
        declaration.Type is GenericNameSyntax { Identifier.ValueText: "Lazy", TypeArgumentList.Arguments: { Count: 1 } lazy } ? NameOf(lazy[0]) : NameOf(declaration.Type);

    /// <summary>The types that derive from something or implement it, each with the name of that.</summary>
    public ImmutableArray<(string Base, TypeDeclarationSyntax Type)> Derived { get; }

    /// <summary>The names of the types whose objects an initializer or a constructor makes for a member.</summary>
    public ImmutableHashSet<string> Kept { get; }

    /// <summary>The static fields and properties that hold a new object, made at once or later, each with the name of its type.</summary>
    public ImmutableArray<(string Type, MemberDeclarationSyntax Member)> Statics { get; }

    /// <summary>Other names of types.</summary>
    public ImmutableArray<(string Alias, string Name)> Aliases { get; }

    /// <summary>The names of extension methods.</summary>
    public ImmutableHashSet<string> Extensions { get; }

    public static TypeTexts Of(SyntaxTree tree, CancellationToken cancellation) => Facts.Of(tree, cancellation);

    // static void M(this T self), or a member of an extension block.
    private static bool IsExtension(MethodDeclarationSyntax method) =>
        method.ParameterList.Parameters.FirstOrDefault() is { } first && first.Modifiers.Any(SyntaxKind.ThisKeyword)
        || method.Parent is TypeDeclarationSyntax { Keyword.Text: "extension" };

    private static bool IsMade(EqualsValueClauseSyntax? initializer) => initializer?.Value is BaseObjectCreationExpressionSyntax;

    private static string? NameOf(TypeSyntax type) => (type is NullableTypeSyntax nullable ? nullable.ElementType : type).SimpleName();
}

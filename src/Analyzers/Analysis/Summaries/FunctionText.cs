using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Analysis.Summaries;

/// <summary>A function of a file, as its text declares it.</summary>
/// <param name="shape">By which names it can be meant.</param>
/// <param name="outer">The function that it stands in.</param>
internal sealed class FunctionText(FunctionShape shape, FunctionText? outer)
{
    public FunctionShape Shape { get; } = shape;

    public FunctionText? Outer { get; } = outer;
}

/// <summary>What a name must look like to mean a function. Functions of one shape are one.</summary>
/// <param name="Name">What others call the function by; null where they do not.</param>
/// <param name="IsMethod">Whether it is called with arguments: not a property, event or the like.</param>
/// <param name="Least">The number of arguments that a call has at least.</param>
/// <param name="Most">The number of arguments that a call has at most.</param>
internal readonly record struct FunctionShape(string? Name, bool IsMethod = false, int Least = 0, int Most = int.MaxValue)
{
    /// <summary>The type that alone can call the function: its name, as it may have parts.</summary>
    public string? Type { get; private init; }

    /// <summary>The code that alone can call the function.</summary>
    public Location? Scope { get; private init; }

    public static FunctionShape Of(MethodDeclarationSyntax method)
    {
        // The members of an extension block are called with one argument more, and belong to the class around it.
        if (method.Parent is not TypeDeclarationSyntax { Identifier.ValueText: { Length: > 0 } owner } type)
            return new FunctionShape(method.Identifier.ValueText, IsMethod: true);
        var isPrivate = method.ExplicitInterfaceSpecifier == null && IsPrivate(method.Modifiers, type);
        var (least, most) = CountsOf(method.ParameterList);
        // What overrides or implements another method is called with the optional parameters of that one.
        var isAlone = isPrivate
            || (method.Modifiers.Any(SyntaxKind.StaticKeyword) && type is { BaseList: null } and not InterfaceDeclarationSyntax && !type.Modifiers.Any(SyntaxKind.PartialKeyword));
        return new FunctionShape(method.Identifier.ValueText, IsMethod: true, isAlone ? least : 0, most) { Type = isPrivate ? owner : null };
    }

    public static FunctionShape Of(LocalFunctionStatementSyntax local, SyntaxNode scope)
    {
        var (least, most) = CountsOf(local.ParameterList);
        return new FunctionShape(local.Identifier.ValueText, IsMethod: true, least, most) { Scope = scope.GetLocation() };
    }

    /// <summary>Whether a name like the function's can mean it, by the way it is used.</summary>
    public bool CanBeMeantBy(NameUse use) =>
        (IsMethod ? use.Arguments == NameUse.IsGroup || (use.Arguments >= Least && use.Arguments <= Most) : use.Arguments != NameUse.IsNothing)
        && (Type == null || use.Types.Contains(Type))
        && (Scope == null || (Scope.SourceTree == use.Tree && Scope.SourceSpan.Contains(use.Position)));

    private static bool IsPrivate(SyntaxTokenList modifiers, TypeDeclarationSyntax type) =>
        type is not InterfaceDeclarationSyntax
        && (modifiers.Any(SyntaxKind.PrivateKeyword) ? !modifiers.Any(SyntaxKind.ProtectedKeyword)
            : !modifiers.Any(SyntaxKind.PublicKeyword) && !modifiers.Any(SyntaxKind.InternalKeyword) && !modifiers.Any(SyntaxKind.ProtectedKeyword));

    private static (int Least, int Most) CountsOf(ParameterListSyntax list)
    {
        var least = 0;
        var isOpen = false;
        foreach (var parameter in list.Parameters)
        {
            isOpen |= parameter.Type is null or ArrayTypeSyntax || parameter.Modifiers.Any(SyntaxKind.ParamsKeyword);
            // An attribute can make a parameter optional; the first parameter of an extension is its receiver.
            if (parameter is { Default: null, AttributeLists.Count: 0 } && !parameter.Modifiers.Any(SyntaxKind.ParamsKeyword) && !parameter.Modifiers.Any(SyntaxKind.ThisKeyword))
                least++;
        }

        return (least, isOpen ? int.MaxValue : list.Parameters.Count);
    }
}

/// <summary>A name in code, by the way it is used.</summary>
/// <param name="Tree">The file.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="Types">The names of the types around it.</param>
/// <param name="Arguments">How many arguments it is called with; or one of the constants, where it is not called.</param>
internal readonly record struct NameUse(SyntaxTree Tree, int Position, IReadOnlyList<string> Types, int Arguments)
{
    /// <summary>Neither called nor set, nor asked for a member: a value, or a group of methods.</summary>
    public const int IsGroup = -1;

    /// <summary>Set, or asked for a member: no method.</summary>
    public const int IsNoMethod = -2;

    /// <summary>A type, or the name of an argument.</summary>
    public const int IsNothing = -3;

    public static NameUse Of(SimpleNameSyntax name) => new(name.SyntaxTree, name.SpanStart, TypesAround(name), ArgumentsOf(name));

    /// <summary>The names of the types around a place.</summary>
    public static IReadOnlyList<string> TypesAround(SyntaxNode place) => [.. place.Ancestors().OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.ValueText)];

    /// <summary>How a name is used.</summary>
    public static int ArgumentsOf(SimpleNameSyntax name)
    {
        ExpressionSyntax callee = name.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Name == name => access,
            MemberBindingExpressionSyntax binding => binding,
            _ => name,
        };
        return callee.Parent switch
        {
            InvocationExpressionSyntax call when call.Expression == callee => call.ArgumentList.Arguments.Count,
            MemberAccessExpressionSyntax access when access.Expression == callee => IsNoMethod,
            AssignmentExpressionSyntax assignment when assignment.Left == callee => IsNoMethod,
            NameColonSyntax { Parent: ArgumentSyntax or AttributeArgumentSyntax } or NameEqualsSyntax => IsNothing,
            NameColonSyntax => IsNoMethod,
            _ => SyntaxFacts.IsInTypeOnlyContext(callee) ? IsNothing : IsGroup,
        };
    }
}

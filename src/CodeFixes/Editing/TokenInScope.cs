using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Finds the cancellation token that code at a place should pass on.</summary>
internal static class TokenInScope
{
    /// <summary>The token of the innermost scope that has one: a local declared before, or a parameter. Null where none is, or where two compete.</summary>
    public static ExpressionSyntax? At(SyntaxNode place, FixContext context) =>
        // What runs after a failure has to run although the request was given up.
        place.FirstAncestorOrSelf<SyntaxNode>(n => n is FinallyClauseSyntax or CatchClauseSyntax || Functions.IsFunction(n)) is FinallyClauseSyntax or CatchClauseSyntax
            ? null
            : Symbol(place, context) is { } token ? Read(token) : null;

    /// <summary>The same for what waits to try again after a failure: that has to end when the request is given up.</summary>
    public static ExpressionSyntax? InHandler(SyntaxNode place, FixContext context) => Symbol(place, context) is { } token ? Read(token) : null;

    /// <summary>Whether a type is a cancellation token.</summary>
    public static bool IsToken(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "CancellationToken", ContainingNamespace: { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } };

    /// <summary>The variable that <see cref="At"/> reads.</summary>
    public static ISymbol? Symbol(SyntaxNode place, FixContext context)
    {
        for (var node = place; node.Parent is { } scope; node = scope)
        {
            var declared = DeclaredIn(scope, place.SpanStart, context).Where(s => IsTokenOrNullable(TypeOf(s))).ToList();
            if (declared.Count > 0)
                return declared.Count == 1 ? declared[0] : declared.FirstOrDefault(s => s.Name == "cancellationToken");
            // A static function sees nothing of what is around it.
            if (scope is MemberDeclarationSyntax and not GlobalStatementSyntax
                || (scope is AnonymousFunctionExpressionSyntax lambda && lambda.Modifiers.Any(SyntaxKind.StaticKeyword))
                || (scope is LocalFunctionStatementSyntax local && local.Modifiers.Any(SyntaxKind.StaticKeyword)))
                break;
        }

        return null;
    }

    private static IEnumerable<ISymbol> DeclaredIn(SyntaxNode scope, int position, FixContext context)
    {
        var semantics = context.Semantics;
        switch (scope)
        {
            case BlockSyntax block:
                return LocalsOf(block.Statements);
            case SwitchSectionSyntax section:
                return LocalsOf(section.Statements);
            case CompilationUnitSyntax unit:
                return LocalsOf(unit.Members.OfType<GlobalStatementSyntax>().Select(g => g.Statement));
            case AnonymousFunctionExpressionSyntax:
                return semantics.GetSymbolInfo(scope, context.Cancellation).Symbol is IMethodSymbol lambda ? lambda.Parameters : [];
            case LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax:
                return semantics.GetDeclaredSymbol(scope, context.Cancellation) is IMethodSymbol method ? method.Parameters : [];
            default:
                return [];
        }

        IEnumerable<ISymbol> LocalsOf(IEnumerable<StatementSyntax> statements) =>
            from statement in statements
            where statement.Span.End <= position
            let declaration = (statement as LocalDeclarationStatementSyntax)?.Declaration
            where declaration != null
            from variable in declaration.Variables
            where variable.Initializer != null
            select semantics.GetDeclaredSymbol(variable, context.Cancellation);
    }

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol { RefKind: RefKind.None } parameter => parameter.Type,
        _ => null,
    };

    private static bool IsTokenOrNullable(ITypeSymbol? type) => IsToken(type) || IsToken(ValueOf(type));

    private static ITypeSymbol? ValueOf(ITypeSymbol? type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : null;

    private static ExpressionSyntax Read(ISymbol token) =>
        SyntaxFactory.ParseExpression(NameOf(token) + (IsToken(TypeOf(token)) ? "" : " ?? default"));

    private static string NameOf(ISymbol symbol) =>
        SyntaxFacts.GetKeywordKind(symbol.Name) == SyntaxKind.None ? symbol.Name : "@" + symbol.Name;
}

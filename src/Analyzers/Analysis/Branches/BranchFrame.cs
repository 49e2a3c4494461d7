using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>One function that a branch goes through, and what it has of what the branches share.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Member">The declaration that starts the branches: what is declared in it outside of a branch is shared.</param>
/// <param name="Function">The method that runs; null for the code that the branch begins with.</param>
/// <param name="Body">Its code.</param>
/// <param name="This">The object that it is called on, where the branches share that.</param>
/// <param name="Given">The shared objects that it is given, by parameter.</param>
/// <param name="IsApart">Whether other branches may be running when it begins.</param>
/// <param name="Around">The code of the functions that lead to it: what is declared there is the branch's own.</param>
/// <param name="Steps">The calls that lead to it from the branch.</param>
internal sealed record BranchFrame(
    Branch Branch,
    SyntaxNode Member,
    IMethodSymbol? Function,
    IOperation Body,
    SharedPath? This,
    ImmutableDictionary<int, SharedPath> Given,
    bool IsApart,
    ImmutableArray<SyntaxNode> Around,
    ImmutableArray<Call> Steps)
{
    // How many variables an object is followed through.
    private const int MaxAliases = 4;

    /// <summary>The shared object that an expression names; null where it is the branch's own, or nobody can tell.</summary>
    public SharedPath? ObjectOf(IOperation? operation, CancellationToken cancellation) => SharedPath.Of(operation) is { } path ? Resolve(path, isVariable: false, 0, cancellation) : null;

    /// <summary>The shared variable that an expression names: what it holds may be the same for a copy of it.</summary>
    public SharedPath? VariableOf(IOperation? operation, CancellationToken cancellation) => SharedPath.Of(operation) is { } path ? Resolve(path, path.Members.IsEmpty, 0, cancellation) : null;

    private SharedPath? Resolve(SharedPath path, bool isVariable, int aliases, CancellationToken cancellation)
    {
        switch (path.Root)
        {
            case ILocalSymbol or IParameterSymbol when IsDeclaredIn(Body.Syntax, path.Root) || (Function != null && SymbolEqualityComparer.Default.Equals(path.Root.ContainingSymbol.OriginalDefinition, Function.OriginalDefinition)):
                if (path.Root is IParameterSymbol parameter)
                    return (!isVariable || parameter.RefKind is RefKind.Ref) && IsOfFunction(parameter) && Given.TryGetValue(parameter.Ordinal, out var given) ? given.Then(path.Members) : null;
                return !isVariable && aliases < MaxAliases && Body.SemanticModel is { } semantics && ((ILocalSymbol)path.Root).InitializerOf(semantics, cancellation) is { } value && SharedPath.Of(value) is { } source
                    && !SymbolEqualityComparer.Default.Equals(source.Root, path.Root)
                        ? Resolve(source.Then(path.Members), false, aliases + 1, cancellation)
                        : null;
            case ILocalSymbol or IParameterSymbol:
                return path.Root.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && declaration.SyntaxTree == Member.SyntaxTree && Member.Span.Contains(declaration.Span) && !Branch.Owns(declaration) && !Branch.Renews(path.Root) && !Around.Any(code => IsDeclaredIn(code, path.Root))
                    ? path
                    : null;
            case INamedTypeSymbol:
                return This is { } self ? self.Then(path.Members) : null;
            default:
                return path.Root is { IsStatic: true } && !Mutability.IsOfThread(path.Root) ? path : null;
        }
    }

    private bool IsOfFunction(IParameterSymbol parameter) => Function != null && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, Function.OriginalDefinition);

    private static bool IsDeclaredIn(SyntaxNode code, ISymbol variable) =>
        variable.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && declaration.SyntaxTree == code.SyntaxTree && code.Span.Contains(declaration.Span);

    /// <summary>The member around some code, which declares what nested functions share.</summary>
    public static SyntaxNode MemberAround(SyntaxNode node) =>
        node.AncestorsAndSelf().First(n => n is CompilationUnitSyntax or AccessorDeclarationSyntax || n is MemberDeclarationSyntax and not GlobalStatementSyntax);
}

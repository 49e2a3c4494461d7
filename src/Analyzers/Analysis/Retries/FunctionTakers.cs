using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Retries;

/// <summary>A call that gives a function to a method of the program.</summary>
/// <param name="Name">The name of the method.</param>
/// <param name="Call">The call.</param>
/// <param name="Target">The method that runs.</param>
internal readonly record struct HandOver(SimpleNameSyntax Name, IInvocationOperation Call, IMethodSymbol Target);

/// <summary>Where functions are given to methods of the program. Only names that the text declares with such parameters are bound.</summary>
internal sealed class FunctionTakers(AgentModel model)
{
    private static readonly TextFacts<HashSet<string>> Declared = new((tree, cancellation) => DeclaredIn(tree.GetRoot(cancellation)));

    private readonly OncePerFile<HandOver> calls = new();

    public static FunctionTakers Of(AgentModel model) => model.Shared(m => new FunctionTakers(m));

    /// <summary>The calls of a file, in the order of the text.</summary>
    public IReadOnlyList<HandOver> CallsIn(SyntaxTree tree, CancellationToken cancellation) => calls.Get(tree, () => [.. Find(tree, cancellation)]);

    private IEnumerable<HandOver> Find(SyntaxTree tree, CancellationToken cancellation)
    {
        foreach (var site in tree.GetRoot(cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (site.ArgumentList.Arguments.Count > 0 && NameOf(site) is { } name && IsDeclared(name.Identifier.ValueText, cancellation)
                && (UnboundCalls.Of(model).At(name, cancellation) is not { } unbound || unbound.Candidates.Any(TakesFunction))
                && model.SemanticsOf(tree).GetOperation(site, cancellation) is IInvocationOperation call
                && TakesFunction(call.TargetMethod)
                && CallGraph.Of(model).Resolve(call.TargetMethod)?.Implementation() is { } target)
                yield return new HandOver(name, call, target);
    }

    private bool IsDeclared(string name, CancellationToken cancellation) =>
        model.Compilation.SyntaxTrees.Any(tree => Declared.Of(tree, cancellation).Contains(name));

    private static HashSet<string> DeclaredIn(SyntaxNode root) =>
    [
        .. root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax).OfType<MethodDeclarationSyntax>()
            .Where(method => method.ParameterList.Parameters.Any(parameter => MayBeDelegate(parameter.Type)))
            .Select(method => method.Identifier.ValueText),
    ];

    private bool TakesFunction(IMethodSymbol method) => model.Declares(method) && method.Parameters.Any(parameter => parameter.Type.TypeKind == TypeKind.Delegate);

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax access => access.Name,
        _ => null,
    };

    // Tokens of cancellation are in every signature.
    private static bool MayBeDelegate(TypeSyntax? type) => type switch
    {
        NullableTypeSyntax nullable => MayBeDelegate(nullable.ElementType),
        SimpleNameSyntax name => name.Identifier.ValueText != nameof(CancellationToken),
        NameSyntax => true,
        _ => false,
    };
}

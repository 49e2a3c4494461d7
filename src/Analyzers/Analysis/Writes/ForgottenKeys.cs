using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Writes;

/// <summary>Parameters that are called keys, of functions that write and never look at them.</summary>
internal sealed class ForgottenKeys(AgentModel model)
{
    public static ForgottenKeys Of(AgentModel model) => model.Shared(m => new ForgottenKeys(m));

    /// <summary>The forgotten keys in a file, in the order of the text, each with the nearest write that it does not reach.</summary>
    public IEnumerable<(ParameterSyntax Parameter, IMethodSymbol Method, Write Write)> In(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        foreach (var node in semantics.SyntaxTree.GetRoot(cancellation).Declarations())
            if (node is MethodDeclarationSyntax { ParameterList.Parameters: var parameters } declaration && ((SyntaxNode?)declaration.Body ?? declaration.ExpressionBody) is { } body)
                foreach (var parameter in parameters)
                    if (OperationKeys.Of(model).IsKeyName(parameter.Identifier.ValueText)
                        && !body.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == parameter.Identifier.ValueText)
                        && semantics.GetDeclaredSymbol(declaration, cancellation) is IMethodSymbol method
                        && Writes.Of(model).ReachedFrom(method, depth, cancellation).FirstOrDefault(write => write.Changes && write.Repeats) is { } write)
                        yield return (parameter, method, write);
    }
}

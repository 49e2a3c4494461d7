using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Loops;

/// <summary>A conversation that grows, is sent to a model whole, and that nothing shortens.</summary>
/// <param name="Variable">The local, parameter, field or property that holds it.</param>
/// <param name="Growth">What adds to it.</param>
/// <param name="Asking">What it is sent by.</param>
/// <param name="Model">The model or agent that is sent it.</param>
/// <param name="Around">The loop, or the function, that runs again and again.</param>
internal sealed record UnboundedHistory(ISymbol Variable, InvocationExpressionSyntax Growth, SyntaxNode Asking, IMethodSymbol Model, SyntaxNode Around)
{
    public bool IsInLoop => Around is StatementSyntax and not LocalFunctionStatementSyntax;
}

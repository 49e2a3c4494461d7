using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>A function that can be made asynchronous.</summary>
/// <param name="Syntax">Its declaration, or the lambda.</param>
/// <param name="Shape">What it gives back now.</param>
/// <param name="Symbol">What it is to others.</param>
/// <param name="Calls">The calls that have to be awaited then.</param>
internal sealed record AsyncFunction(SyntaxNode Syntax, ReturnShape Shape, IMethodSymbol Symbol, ImmutableArray<InvocationExpressionSyntax> Calls)
{
    /// <summary>The name of a method whose callers see a change.</summary>
    public string? ChangedName => Shape.IsTask() || Syntax is AnonymousFunctionExpressionSyntax ? null : Symbol.Name;
}

using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>An expression that an await is to replace.</summary>
/// <param name="Place">The expression.</param>
/// <param name="Edit">Plans the replacement, and what goes with it.</param>
/// <param name="WrapsExceptions">Whether what it replaces throws an <c>AggregateException</c> where the await throws what is in it.</param>
internal sealed record AwaitSite(ExpressionSyntax Place, Action<NodeEdits> Edit, bool WrapsExceptions = false);

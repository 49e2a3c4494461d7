using AgentLint.Catalogue;
using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>How an entry of a concurrent table is set in one step.</summary>
internal static class Table
{
    /// <summary>
    /// Sets an entry unless somebody else has: <c>table[key] = value</c> becomes <c>value = table.GetOrAdd(key, value)</c>, so that all go on with the same value, or
    /// <c>table.TryAdd(key, …)</c> where the value has no name. Null where the value is made of the old one.
    /// </summary>
    public static (SyntaxNode Node, Func<SyntaxNode, SyntaxNode> Edit)? SetOnce(IAssignmentOperation assignment, CatalogueEntry table, FixContext context)
    {
        if (assignment is not ISimpleAssignmentOperation { Syntax: AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax element, Right: var value } syntax }
            || element.ArgumentList.Arguments is not [{ } key]
            || syntax.Parent is not ExpressionStatementSyntax
            // A value that is made of what the table holds would not be made again where another call has set the entry.
            || value.DescendantNodesAndSelf().OfType<ExpressionSyntax>().Any(other => other.IsEquivalentTo(element.Expression, topLevel: false)))
            return null;
        var text = assignment.Value.Syntax is IdentifierNameSyntax name && assignment.Value.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Any(local => !local.Local.IsConst && !local.Local.IsForEach && !local.Local.IsUsing)
            ? $"{name} = {element.Expression}.{table["get-or-add"]}({key}, {name})"
            : $"{element.Expression}.{table["add"]}({key}, {value})";
        return (syntax, node => context.Expression(text).WithTriviaFrom(node));
    }
}

using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Flow;

/// <summary>Whether a failure at a place ends in its own function: a <c>try</c> around it takes every exception and throws none.</summary>
internal static class SwallowingTries
{
    /// <param name="place">The place.</param>
    /// <param name="model">The program.</param>
    /// <param name="cancellation">Ends the question with an exception.</param>
    /// <param name="within">Where the search ends, if it does not end with the function: a <c>try</c> whose own handlers do not count.</param>
    public static bool StandAround(SyntaxNode place, AgentModel model, CancellationToken cancellation, TryStatementSyntax? within = null)
    {
        var child = place;
        for (var node = place.Parent; node != null && node != within && !Handlers.IsFunction(node); (child, node) = (node, node.Parent))
            if (node is TryStatementSyntax tried && tried.Block == child && tried.Catches.Any(handler => handler.Filter == null && !Handlers.Throws(handler.Block)
                && ExceptionTypes.IsNearlyAny(handler.Declaration is { } declared ? model.SemanticsOf(place.SyntaxTree).GetTypeInfo(declared.Type, cancellation).Type : null)))
                return true;
        return false;
    }
}

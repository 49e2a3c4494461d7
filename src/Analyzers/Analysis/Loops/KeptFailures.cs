using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Loops;

/// <summary>Handlers that keep a failure to themselves: who called the function never hears of it.</summary>
internal static class KeptFailures
{
    /// <summary>Whether no failure of a remote call in a block leaves the function as an exception.</summary>
    public static bool IsKept(TryStatementSyntax attempt, AgentModel model, CancellationToken cancellation)
    {
        var semantics = model.SemanticsOf(attempt.SyntaxTree);
        foreach (var handler in attempt.Catches)
        {
            // What a filter or a type leaves out goes on upwards. Cancellation is no failure.
            if (handler.Declaration is { } declaration && semantics.GetTypeInfo(declaration.Type, cancellation).Type is var type && !ExceptionTypes.IsNearlyAny(type))
                continue;
            if (handler.Filter != null && !IsAboutCancellation(handler.Filter))
                return false;
            return !Throws(handler.Block) && !ThrowsAfterLoop(attempt);
        }

        return false;
    }

    // catch (Exception e) when (e is not OperationCanceledException)
    private static bool IsAboutCancellation(CatchFilterClauseSyntax filter) =>
        filter.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText is "OperationCanceledException" or "TaskCanceledException" or "IsCancellationRequested");

    private static bool Throws(SyntaxNode code) =>
        code.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(node => node is ThrowStatementSyntax or ThrowExpressionSyntax);

    // for (…) { try { return …; } catch { last = …; } } throw new …: behind the last attempt the function fails.
    private static bool ThrowsAfterLoop(TryStatementSyntax attempt)
    {
        var loop = attempt.Ancestors()
            .TakeWhile(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax))
            .FirstOrDefault(node => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax);
        if (loop == null)
            return false;
        var function = loop.Ancestors().First(node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax or CompilationUnitSyntax);
        // In the loop as well: if (attempt == last) throw.
        return function.DescendantNodes().Any(node => node is ThrowStatementSyntax or ThrowExpressionSyntax && (node.SpanStart > loop.Span.End || loop.Span.Contains(node.Span)));
    }
}

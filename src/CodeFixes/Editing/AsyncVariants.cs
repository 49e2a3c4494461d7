using AgentLint.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Calls the asynchronous variant of a synchronous method.</summary>
internal sealed class AsyncVariants(FixContext context, FileHabits habits)
{
    private readonly SemanticModel semantics = context.Semantics;

    /// <summary>The variant with the same arguments, and a token where one is in scope; null where it gives something else.</summary>
    public AwaitSite? Of(InvocationExpressionSyntax call, string? variant)
    {
        if (variant == null || !SyntaxFacts.IsValidIdentifier(variant) || semantics.GetSymbolInfo(call, context.Cancellation).Symbol is not IMethodSymbol method)
            return null;
        var renamed = AwaitSyntax.Rename(call, variant);
        if (semantics.GetSpeculativeSymbolInfo(call.SpanStart, renamed, SpeculativeBindingOption.BindAsExpression).Symbol is not IMethodSymbol found)
            return null;
        var loop = call.Parent is CommonForEachStatementSyntax parent && parent.Expression == call ? parent : null;
        if (!(loop == null ? GivesSame(method.ReturnType, found.ReturnType) : StreamsSame(loop, found.ReturnType)))
            return null;
        var argument = TokenInScope.At(call, context) is { } token ? TokenArgument.For(call, token, semantics, context.Cancellation, renamed) : null;
        return new AwaitSite(call, edits =>
        {
            edits.Add(call, rewritten =>
            {
                var asynchronous = AwaitSyntax.Rename(rewritten, variant);
                if (argument != null)
                    asynchronous = asynchronous.WithArgumentList(asynchronous.ArgumentList.With(argument));
                return loop == null ? AwaitSyntax.Await(asynchronous, call, rewritten, habits.ConfiguresAwait) : asynchronous;
            });
            if (loop != null)
                edits.Add(loop, l => l.WithForEachKeyword(l.ForEachKeyword.WithLeadingTrivia())
                    .WithAwaitKeyword(SyntaxFactory.Token(l.ForEachKeyword.LeadingTrivia, SyntaxKind.AwaitKeyword, [SyntaxFactory.Space])));
        });
    }

    private static bool GivesSame(ITypeSymbol value, ITypeSymbol task) =>
        task.IsTask()
        && (((INamedTypeSymbol)task).TypeArguments is [var result]
            ? SymbolEqualityComparer.Default.Equals(result, value)
            : value.SpecialType == SpecialType.System_Void);

    private bool StreamsSame(CommonForEachStatementSyntax loop, ITypeSymbol stream) =>
        semantics.GetForEachStatementInfo(loop).ElementType is { } element
        && stream.AllInterfaces.Append(stream).OfType<INamedTypeSymbol>().Any(i =>
            i is { Name: "IAsyncEnumerable", TypeKind: TypeKind.Interface, TypeArguments: [var streamed] } && SymbolEqualityComparer.Default.Equals(streamed, element));
}

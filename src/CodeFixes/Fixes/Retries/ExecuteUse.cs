using AgentLint.Analysis;
using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Retries;

/// <summary>A synchronous execution of asynchronous work.</summary>
/// <param name="Call">The call of <c>Execute</c>.</param>
/// <param name="Receiver">The policy or pipeline.</param>
/// <param name="Work">The argument with the asynchronous delegate.</param>
/// <param name="Signature">What the delegate's type demands of it.</param>
/// <param name="Variant">The name of the asynchronous method.</param>
internal sealed record ExecuteUse(InvocationExpressionSyntax Call, ExpressionSyntax Receiver, ArgumentSyntax Work, IMethodSymbol Signature, string Variant)
{
    /// <summary>The use that a name stands for; null where it is none, or one that is spelled in a way that nothing is known about.</summary>
    public static ExecuteUse? At(SimpleNameSyntax name, string? variant, FixContext context)
    {
        // Type arguments would have to be those of another method.
        if (variant == null
            || name is not IdentifierNameSyntax
            || name.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } member || call.Expression != member
            || Functions.StartsConditionally(member.Expression)
            || context.Semantics.GetOperation(call, context.Cancellation) is not IInvocationOperation execute)
            return null;
        foreach (var argument in execute.Arguments)
            if (argument.Syntax is ArgumentSyntax work
                && Delegates.SignatureOf(argument.Value.Type) is { } signature
                && (signature.ReturnType.IsTask() || (signature.ReturnsVoid && work.Expression is AnonymousFunctionExpressionSyntax lambda && lambda.Modifiers.Any(SyntaxKind.AsyncKeyword))))
                return new ExecuteUse(call, member.Expression, work, signature, variant);
        return null;
    }

    /// <summary>The expression of the call's result, with the parentheses around it.</summary>
    public ExpressionSyntax Result
    {
        get
        {
            ExpressionSyntax result = Call;
            while (result.Parent is ParenthesizedExpressionSyntax parenthesized)
                result = parenthesized;
            return result;
        }
    }

    /// <summary>Whether the result is awaited on the spot.</summary>
    public bool IsAwaited => Result.Parent switch
    {
        AwaitExpressionSyntax => true,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax { Parent: AwaitExpressionSyntax } } => true,
        _ => false,
    };

    /// <summary>Whether nobody looks at the result.</summary>
    public bool IsDropped(SemanticModel semantics, CancellationToken cancellation) => Result.Parent switch
    {
        ExpressionStatementSyntax => true,
        AnonymousFunctionExpressionSyntax lambda => semantics.GetSymbolInfo(lambda, cancellation).Symbol is IMethodSymbol { ReturnsVoid: true },
        ArrowExpressionClauseSyntax { Parent: { } member } => semantics.GetDeclaredSymbol(member, cancellation) is IMethodSymbol { ReturnsVoid: true },
        _ => false,
    };

    /// <summary>The call that waits for the result by holding the thread; null where none does.</summary>
    public BlockingCall? Blocking(FixContext context)
    {
        var blocking = BlockingCalls.Of(context.Model);
        return context.Model.Query(BlockingCalls.Blocks).In(Call.SyntaxTree, context.Cancellation)
            .Where(use => use.Name.SpanStart > Call.SpanStart && use.Name.FirstAncestorOrSelf<StatementSyntax>() == Call.FirstAncestorOrSelf<StatementSyntax>())
            .Select(use => blocking.At(use, context.Semantics, context.Cancellation))
            .FirstOrDefault(call => call?.Tasks is [var task] && task.Syntax == Call);
    }
}

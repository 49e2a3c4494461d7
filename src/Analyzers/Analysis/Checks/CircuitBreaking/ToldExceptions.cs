using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>Who reads what an exception says.</summary>
internal enum ExceptionReader
{
    /// <summary>The model that called the tool.</summary>
    Model,

    /// <summary>All that read the conversation.</summary>
    Conversation,

    /// <summary>Whoever sent the request.</summary>
    Client,
}

/// <summary>An exception whose text leaves the program.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="Detail">The expression that gives the text.</param>
/// <param name="Text">The whole text that it becomes a part of.</param>
/// <param name="Reader">Who reads it.</param>
/// <param name="Function">The function that tells it.</param>
/// <param name="IsTrace">Whether it is the whole exception or its stack trace, and not the message alone.</param>
internal sealed record ToldException(CatchClauseSyntax Handler, ExpressionSyntax Detail, ExpressionSyntax Text, ExceptionReader Reader, IMethodSymbol Function, bool IsTrace);

/// <summary>
/// Finds what handlers tell models, conversations and clients of an exception: by the value that a tool gives back, by a message that is made, by the answer
/// to a request. Of a message alone only plain text counts: one in a member for errors, and one of an exception that was asked for by its type, is meant for the reader.
/// </summary>
internal sealed class ToldExceptions(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    public IEnumerable<ToldException> In()
    {
        var index = NameIndex.Of(semantics.SyntaxTree, cancellation);
        if (!index.Mentions("catch") || TestPlaces.Of(model, cancellation).Contains(semantics.SyntaxTree))
            yield break;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        foreach (var position in index.PositionsOf("catch"))
            if (root.FindToken(position) is { Parent: CatchClauseSyntax { Declaration.Identifier.ValueText: { Length: > 0 } name } handler } token && token.SpanStart == position
                && semantics.GetEnclosingSymbol(handler.SpanStart, cancellation) is IMethodSymbol function)
            {
                ToldException? told = null;
                foreach (var detail in DetailsIn(handler, name))
                    if (Told(detail, handler, function) is { } found && (told == null || (found.IsTrace && !told.IsTrace)))
                        told = found;
                if (told != null)
                    yield return told;
            }
    }

    // ex.ToString(), ex.StackTrace, ex.Message, {ex}, "…" + ex
    private static IEnumerable<(ExpressionSyntax Node, bool IsTrace)> DetailsIn(CatchClauseSyntax handler, string name)
    {
        foreach (var use in Handlers.PartsOf(handler.Block).OfType<IdentifierNameSyntax>())
            if (use.Identifier.ValueText == name)
                switch (use.Parent)
                {
                    case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "StackTrace" } trace when trace.Expression == use:
                        yield return (trace, true);
                        break;
                    case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToString", Parent: InvocationExpressionSyntax text } access when access.Expression == use:
                        yield return (text, true);
                        break;
                    case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Message" } message when message.Expression == use:
                        yield return (message, false);
                        break;
                    case InterpolationSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression }:
                        yield return (use, true);
                        break;
                }
    }

    private ToldException? Told((ExpressionSyntax Node, bool IsTrace) detail, CatchClauseSyntax handler, IMethodSymbol function)
    {
        // if (environment.IsDevelopment()) …: the program chooses what is told, and to whom.
        if (Choices.DecideOn(detail.Node, handler) || (!detail.IsTrace && !TakesAll(handler)))
            return null;
        var text = WholeText(detail.Node);
        if (ReaderOf(text, handler, function, 0) is not { } reader)
            return null;
        // A member for errors, in a result or a message, is meant to be read.
        if (!detail.IsTrace && (reader == ExceptionReader.Client || IsInMember(text) || UsesOf(text, handler).Any(use => IsInMember(WholeText(use)))))
            return null;
        return new ToldException(handler, detail.Node, text, reader, function, detail.IsTrace);
    }

    private bool TakesAll(CatchClauseSyntax handler) =>
        handler.Declaration is { } declared && ExceptionTypes.IsNearlyAny(semantics.GetTypeInfo(declared.Type, cancellation).Type) && new Handlers(model, semantics, cancellation).TakesAll(handler);

    // Where the text goes: what the handler gives back, or a message that it makes; also through a local of the handler.
    private ExceptionReader? ReaderOf(SyntaxNode text, CatchClauseSyntax handler, IMethodSymbol function, int locals)
    {
        for (SyntaxNode child = text, node = text.Parent!; node != handler.Block; (child, node) = (node, node.Parent!))
            switch (node)
            {
                case BaseObjectCreationExpressionSyntax creation when model.Is(semantics.GetTypeInfo(creation, cancellation).Type, CatalogueRole.ChatMessage):
                    return ExceptionReader.Conversation;
                case InvocationExpressionSyntax call when child is ArgumentListSyntax && Adds(call):
                    return ExceptionReader.Conversation;
                // What is given to another function is its business; JSON, results and answers are made of what they are given.
                case InvocationExpressionSyntax call when child is ArgumentListSyntax && !IsMade(call):
                    return null;
                case ReturnStatementSyntax:
                    return OfResult(function);
                case EqualsValueClauseSyntax when locals == 0:
                    return UsesOf(text, handler)
                        .Select(use => ReaderOf(WholeText(use), handler, function, locals + 1)).FirstOrDefault(reader => reader != null);
                case StatementSyntax:
                    return null;
            }

        return null;
    }

    // Where the local is used that a text is given to.
    private static IEnumerable<IdentifierNameSyntax> UsesOf(SyntaxNode text, CatchClauseSyntax handler) =>
        text.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: var local } } declared
            ? Handlers.PartsOf(handler.Block).OfType<IdentifierNameSyntax>().Where(use => use.Identifier.ValueText == local && use.SpanStart > declared.Span.End)
            : [];

    private ExceptionReader? OfResult(IMethodSymbol function)
    {
        for (ISymbol? symbol = function; symbol is IMethodSymbol method; symbol = method.ContainingSymbol)
        {
            var roles = model.RolesOf(method, cancellation);
            if ((roles & MethodRoles.Tool) != 0)
                return ExceptionReader.Model;
            if ((roles & MethodRoles.Handler) != 0)
                return ExceptionReader.Client;
            if (method.MethodKind is not (MethodKind.AnonymousFunction or MethodKind.LocalFunction))
                break;
        }

        return null;
    }

    private bool Adds(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member, Expression: var receiver }
        && semantics.GetTypeInfo(receiver, cancellation).Type is INamedTypeSymbol type
        && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.ChatMessage && entry.List("says").Contains(member));

    // A factory gives back what it is made of: Task.FromResult, JsonSerializer.Serialize, Results.Problem, CallToolResult.Error. A function of the program may clean the text.
    private bool IsMade(InvocationExpressionSyntax call) =>
        semantics.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ReturnsVoid: false } method && !model.Declares(method) && !model.Is(method.ContainingType, CatalogueRole.Log);

    // The interpolated string, sum or call of Format around an expression.
    private static ExpressionSyntax WholeText(ExpressionSyntax detail)
    {
        var whole = detail;
        for (SyntaxNode? node = detail.Parent; node != null; node = node.Parent)
            switch (node)
            {
                case InterpolationSyntax or ParenthesizedExpressionSyntax:
                    continue;
                case InterpolatedStringExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.CoalesceExpression }:
                    whole = (ExpressionSyntax)node;
                    continue;
                default:
                    return whole;
            }

        return whole;
    }

    // new { error = … }, new Result { Error = … }
    private static bool IsInMember(ExpressionSyntax text) =>
        text.Parent is AnonymousObjectMemberDeclaratorSyntax or AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } or ArgumentSyntax { NameColon: not null };
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Analysis.Loops;

/// <summary>The text that is run again: what is declared in it is new in each turn.</summary>
internal sealed class CycleText
{
    private readonly SyntaxTree tree;
    private readonly TextSpan span;
    private readonly TextSpan start;

    private CycleText(SyntaxTree tree, TextSpan span, TextSpan start = default)
    {
        this.tree = tree;
        this.span = span;
        this.start = start;
    }

    /// <summary>The text of a loop; of a jump, what lies between it and the first statement that it repeats; of a call of a function by itself, the function.</summary>
    public static CycleText Of(SyntaxNode syntax, SyntaxNode function, IEnumerable<IOperation> statements) => syntax switch
    {
        // for (var attempt = 0; …): that happens once.
        ForStatementSyntax { Declaration: { } declaration } loop => new(loop.SyntaxTree, loop.Span, declaration.Span),
        ForStatementSyntax { Initializers: { Count: > 0 } initializers } loop => new(loop.SyntaxTree, loop.Span, initializers.Span),
        StatementSyntax and not GotoStatementSyntax => new(syntax.SyntaxTree, syntax.Span),
        GotoStatementSyntax => new(syntax.SyntaxTree, TextSpan.FromBounds(Math.Min(syntax.SpanStart, statements.Select(s => s.Syntax.SpanStart).DefaultIfEmpty(int.MaxValue).Min()), syntax.Span.End)),
        _ => new(function.SyntaxTree, function.Span),
    };

    public bool Contains(SyntaxNode node) => node.SyntaxTree == tree && span.Contains(node.Span) && !start.Contains(node.Span);

    public bool Contains(IOperation operation) => Contains(operation.Syntax);

    /// <summary>Whether a variable is declared here, so that each turn has its own.</summary>
    public bool Declares(ISymbol variable) => variable.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration
        && declaration.SyntaxTree == tree && span.Contains(declaration.Span) && !start.Contains(declaration.Span);
}

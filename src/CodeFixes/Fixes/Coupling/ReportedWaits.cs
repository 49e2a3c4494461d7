using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Editing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Fixes.Coupling;

/// <summary>The blocking calls of a document, as reports speak of them.</summary>
internal sealed class ReportedWaits(FixContext context)
{
    private readonly ImmutableArray<CatalogueUse> uses = [.. context.Model.Query(BlockingCalls.Blocks).In(context.Root.SyntaxTree, context.Cancellation)];

    /// <summary>
    /// The blocking call that a report stands on, and what else blocks in its line or statement, since a line is reported once. Where the report
    /// stands on the call of a method that blocks: the blocking calls of that, as far as they are in this document.
    /// </summary>
    public IEnumerable<CatalogueUse> Of(TextSpan report) =>
        uses.FirstOrDefault(use => use.Name.Span == report) is { Name: { } name } first
            ? uses.Where(use => use.Name != name && IsReportedWith(use.Name, name)).Prepend(first)
            : BlockingHelpers.Of(context.Model).CallsIn(context.Root.SyntaxTree, context.Cancellation)
                .Where(call => call.Name.Span == report)
                .SelectMany(call => Within(call.Path.Steps[0].Target, new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default)));

    private IEnumerable<CatalogueUse> Within(IMethodSymbol? helper, HashSet<IMethodSymbol> seen)
    {
        if (helper?.DeclaringSyntaxReferences is not [var reference] || reference.SyntaxTree != context.Root.SyntaxTree || !seen.Add(helper))
            return [];
        var declaration = reference.GetSyntax(context.Cancellation);
        var direct = uses.Where(use => IsOwn(use.Name, declaration));
        var through = BlockingHelpers.Of(context.Model).CallsIn(context.Root.SyntaxTree, context.Cancellation)
            .Where(call => IsOwn(call.Name, declaration))
            .SelectMany(call => Within(call.Path.Steps[0].Target, seen));
        return direct.Concat(through);
    }

    // Code that makes its method wait: the method's own, or that of a local function.
    private static bool IsOwn(SyntaxNode node, SyntaxNode declaration)
    {
        if (!declaration.Span.Contains(node.Span))
            return false;
        var function = Functions.Around(node);
        while (function != declaration && function is LocalFunctionStatementSyntax)
            function = Functions.Around(function);
        return function == declaration;
    }

    private static bool IsReportedWith(SyntaxNode call, SyntaxNode reported) =>
        Functions.Around(call) == Functions.Around(reported)
        && (LineOf(call) == LineOf(reported)
            || (call.FirstAncestorOrSelf<StatementSyntax>() is { } statement && statement == reported.FirstAncestorOrSelf<StatementSyntax>()));

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line;
}

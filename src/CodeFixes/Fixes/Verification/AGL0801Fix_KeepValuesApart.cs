using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Verification;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Verification;

/// <summary>Keeps a value apart from the text that it must not change: a parameter of a statement, the name of a file.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0801Fix_KeepValuesApart)), Shared]
public sealed class AGL0801Fix_KeepValuesApart() : AgentCodeFix(AGL0801_UnverifiedOutputToSink.Rule, "Keep the values apart")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var spans = diagnostics.Select(diagnostic => diagnostic.Location.SourceSpan).ToImmutableHashSet();
        var edits = new NodeEdits();
        var titles = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<SyntaxNode>();
        foreach (var flow in UnverifiedFlows.Of(context.Model)
            .In(context.Root.SyntaxTree, kind => kind is SinkKind.Sql or SinkKind.Path, context.CallDepth, context.Cancellation))
            if (spans.Contains(flow.Finding.Site.Span)
                && seen.Add(flow.Finding.Site)
                && (flow.Sink.Kind == SinkKind.Sql ? PassParameters(flow.Finding.Site, context, edits)
                    : KeepFileName(flow.Finding.Site, context, edits)))
                titles.Add(flow.Sink.Kind == SinkKind.Sql ? "Pass the values as parameters" : "Keep only the file name");
        return Task.FromResult<Edit?>(edits.IsEmpty ? null
            : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root)), titles.Count == 1 ? titles.First() : null));
    }

    // database.QueryAsync($"… '{name}'") → database.QueryAsync("… @name", new { name })
    private static bool PassParameters(SyntaxNode site, FixContext context, NodeEdits edits)
    {
        if (site is not InterpolatedStringExpressionSyntax text || text.StringStartToken.Text.Contains('@')
            || text.StringStartToken.Text.Contains("\"\"\"")
            || text.Parent is not ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } list } argument
            || list.Arguments.Last() != argument
            || context.Semantics.GetOperation(call, context.Cancellation) is not IInvocationOperation operation
            || operation.Arguments.FirstOrDefault(a => a.Syntax == argument)?.Parameter is not { } sql
            || operation.TargetMethod.Parameters.Length <= sql.Ordinal + 1
            || operation.TargetMethod.Parameters[sql.Ordinal + 1] is not { Name: "param", Type.SpecialType: SpecialType.System_Object })
            return false;
        var statement = "";
        var values = new List<string>();
        for (var i = 0; i < text.Contents.Count; i++)
            switch (text.Contents[i])
            {
                case InterpolatedStringTextSyntax part:
                    var own = part.TextToken.ValueText;
                    statement += own;
                    break;
                case InterpolationSyntax { AlignmentClause: null, FormatClause: null,
                    Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax } hole:
                    var next = i + 1 < text.Contents.Count && text.Contents[i + 1] is InterpolatedStringTextSyntax following
                        ? following.TextToken.ValueText : "";
                    if (!IsValue(statement, next))
                        return false;
                    var name = hole.Expression is MemberAccessExpressionSyntax member ? member.Name.Identifier.ValueText
                        : ((IdentifierNameSyntax)hole.Expression).Identifier.ValueText;
                    statement = statement.EndsWith("'", StringComparison.Ordinal)
                        ? statement.Substring(0, statement.Length - 1) + "@" + name + "\u0001" : statement + "@" + name;
                    if (!values.Contains(hole.Expression.ToString()))
                        values.Add(hole.Expression.ToString());
                    break;
                default:
                    return false;
            }

        // The mark that a value stood in quotes, and the quote after it.
        statement = statement.Replace("\u0001'", "");
        if (statement.Contains('\u0001') || values.Count == 0)
            return false;
        var literal = SyntaxFactory.Literal(statement).Text;
        var written = list.ToFullString();
        var start = text.SpanStart - list.FullSpan.Start;
        edits.Add(list, _ =>
            SyntaxFactory.ParseArgumentList(written.Substring(0,
                start) + literal + $", new {{ {string.Join(", ", values)} }}" + written.Substring(start + text.Span.Length)));
        return true;
    }

    // A value stands in quotes, or after an operator; anything else is a name or a part of the statement.
    private static bool IsValue(string before, string after)
    {
        if (before.EndsWith("'", StringComparison.Ordinal))
            return after.StartsWith("'", StringComparison.Ordinal);
        var text = before.TrimEnd();
        return text.EndsWith("=", StringComparison.Ordinal) || text.EndsWith("<", StringComparison.Ordinal)
            || text.EndsWith(">", StringComparison.Ordinal)
            || text.EndsWith(" like", StringComparison.OrdinalIgnoreCase);
    }

    // Path.Combine(root, file) → Path.Combine(root, Path.GetFileName(file))
    private static bool KeepFileName(SyntaxNode site, FixContext context, NodeEdits edits)
    {
        foreach (var call in site.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
            if (call is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Combine" } access,
                ArgumentList.Arguments: { Count: > 1 } arguments }
                && context.Semantics.GetSymbolInfo(call, context.Cancellation)
                    .Symbol is IMethodSymbol { ContainingType: { Name: "Path", ContainingNamespace.Name: "IO" } }
                && arguments.Last().Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax)
            {
                edits.Add(arguments.Last(), old =>
                    old.WithExpression(context.Expression($"{access.Expression}.GetFileName({old.Expression})")));
                return true;
            }

        return false;
    }
}

using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Writes;
using AgentLint.Editing;
using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Passes a key that is made of what the framework gives the tool, activity or consumer: the same in each attempt, another for the next operation.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0101Fix_PassKey)), Shared]
public sealed class AGL0101Fix_PassKey() : AgentCodeFix(AGL0101_SideEffectWithoutIdempotencyKey.Rule, "Pass a key that is the same in each attempt")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        var names = new TypeNames(context);
        var places = new KeyPlaces(context, edits);
        var passing = new KeyPassing(context, edits, names);
        var used = new Dictionary<SyntaxNode, int>();
        foreach (var found in RootWrites.Of(context.Model).In(context.Semantics, context.CallDepth, context.Cancellation).ToList())
            if (diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == found.Site.Span)
                && found.Write.Effect.Witness.Steps.Length == 1
                && context.Semantics.GetOperation(found.Site, context.Cancellation) is IInvocationOperation call
                && found.Root.DeclaringSyntaxReferences[0].GetSyntax(context.Cancellation) is var root
                && IsDoneOnce(found.Site, root)
                && KeySources.Of(found.Root, context.Model, context.Cancellation) is var (expression, type))
            {
                if (type != null)
                    expression = expression.Replace("@", names.Spell(type, found.Site.SpanStart));
                // Two operations of one attempt are two.
                used.TryGetValue(root, out var before);
                var number = before + root.DescendantNodes().OfType<ExpressionSyntax>().Count(node => node.ToString() == expression) + 1;
                used[root] = before + 1;
                if (number > 1)
                    expression = $"{expression} + \"/{number}\"";
                var key = expression.Length > 60 && found.Site.FirstAncestorOrSelf<StatementSyntax>() is { Parent: BlockSyntax } statement && root.Contains(statement) ? places.Declare(statement, expression) : expression;
                if (key != null)
                    passing.Pass(call, found.Write.Effect.Entry, key);
            }

        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(names.AddImports(edits.Apply(context.Root), FileHabits.Of(context.Root).EndOfLine))));
    }

    // What is done for each item wants a key for each item.
    private static bool IsDoneOnce(SyntaxNode site, SyntaxNode root) =>
        !site.Ancestors().TakeWhile(node => node != root).Any(node => Functions.IsFunction(node) || node is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax);
}

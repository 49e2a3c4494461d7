using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Editing;
using AgentLint.Rules.Isolation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Isolation;

/// <summary>Starts the tasks once and keeps them in an array.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0404Fix_StoreTasks)), Shared]
public sealed class AGL0404Fix_StoreTasks() : AgentCodeFix(AGL0404_DeferredTaskSequence.Rule, "Start the tasks once with 'ToArray'")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        foreach (var found in new DeferredTasks(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            if (diagnostics.Any(diagnostic => found.Query.Span.Contains(diagnostic.Location.SourceSpan)))
                edits.Add(found.Query, query =>
                    AwaitSyntax.Call(AwaitSyntax.Member(Receiver((ExpressionSyntax)query), "ToArray")).WithTriviaFrom(query));
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }

    private static ExpressionSyntax Receiver(ExpressionSyntax query) =>
        query is InvocationExpressionSyntax ? query.WithoutTrivia() : AwaitSyntax.Parenthesize(query);
}

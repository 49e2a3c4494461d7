using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Editing;
using AgentLint.Rules.Isolation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Isolation;

/// <summary>Awaits the work, and makes the functions on the way asynchronous.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0402Fix_AwaitIt)), Shared]
public sealed class AGL0402Fix_AwaitIt() : AgentCodeFix(AGL0402_AbandonedAgentCall.Rule, Title)
{
    private const string Title = "Await it";

    private protected override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var conversion = new AsyncConversion(context, habits, types);
        foreach (var call in new AbandonedCalls(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            if (call.Task.Start.Syntax is InvocationExpressionSyntax start
                && diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == start.Expression.Span)
                && PlaceOf(call.Task.Whole, start) is { } place)
                await conversion.TryAddAsync(new AwaitSite(place, edits =>
                    edits.Add(place, rewritten => Await(rewritten, place, habits)))).ConfigureAwait(false);
        return conversion.Edits.IsEmpty ? null
            : new Edit(context.Document.WithSyntaxRoot(types.AddImports(conversion.Edits.Apply(context.Root), habits.EndOfLine)),
            conversion.Extend(Title));
    }

    // _ = SendAsync(); or SendAsync(); alone: what is chained to the task has its own idea of how it ends, and before ?. there may be no
    // task.
    private static ExpressionSyntax? PlaceOf(ExpressionSyntax whole, InvocationExpressionSyntax start) => whole.Parent switch
    {
        _ when whole != start => null,
        ExpressionStatementSyntax => whole,
        AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax } discard => discard,
        _ => null,
    };

    private static ExpressionSyntax Await(SyntaxNode rewritten, ExpressionSyntax place, FileHabits habits) =>
        AwaitSyntax.Await(rewritten is AssignmentExpressionSyntax discard ? discard.Right
            : (ExpressionSyntax)rewritten, place, rewritten, habits.ConfiguresAwait);
}

using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Concurrency;
using AgentLint.Editing;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Coupling;

/// <summary>Runs the iterations of a loop a few at a time. What they make keeps its order.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0602Fix_RunIterationsTogether)), Shared]
public sealed class AGL0602Fix_RunIterationsTogether()
    : AgentCodeFix(AGL0602_SequentialIndependentCalls.Rule, $"Run the iterations concurrently, at most {BoundedLoop.AtOnce} at a time")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var bounded = new BoundedLoop(context, habits, types);
        foreach (var loop in SequentialLoops.Of(context.Model).In(context.Semantics, context.CallDepth, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == loop.Await.Span))
                bounded.Add(loop, edits);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }
}

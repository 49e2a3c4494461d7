using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Concurrency;
using AgentLint.Editing;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Coupling;

/// <summary>Starts calls that need nothing of each other before the first of them is awaited.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0602Fix_StartTogether)), Shared]
public sealed class AGL0602Fix_StartTogether() : AgentCodeFix(AGL0602_SequentialIndependentCalls.Rule, "Start the calls together")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var together = new CallsTogether(context, habits, types);
        foreach (var sequence in SequentialCalls.Of(context.Model).In(context.Semantics, context.CallDepth, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == sequence.Calls[1].Syntax.Span))
                together.Add(sequence);
        return Task.FromResult(together.Apply() is { } root ? new Edit(context.Document.WithSyntaxRoot(types.AddImports(root, habits.EndOfLine))) : null);
    }
}

using System.Collections.Immutable;
using AgentLint.Analysis.Loops;
using AgentLint.Editing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Fixes;

/// <summary>Base of the fixes of unbounded cycles. The result is analysed again: a fix is offered only where it bounds the cycle.</summary>
public abstract class CycleFix : AgentCodeFix
{
    private readonly CycleKind kind;

    private protected CycleFix(Rule rule, CycleKind kind, string title)
        : base(rule, title) => this.kind = kind;

    /// <summary>Plans the edit of one cycle.</summary>
    /// <returns>Whether there is one.</returns>
    private protected delegate bool Mend(Cycle cycle);

    private protected abstract Mend Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits);

    /// <summary>Plans the edits of reports that stand on something else than a cycle.</summary>
    private protected virtual void PlanOthers(FixContext context, ImmutableArray<Diagnostic> diagnostics, TypeNames types, NodeEdits edits)
    {
    }

    private protected sealed override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var mend = Plan(context, habits, types, edits);
        var unbounded = UnboundedIn(context);
        var mended = 0;
        foreach (var cycle in unbounded)
            if (diagnostics.Any(d => d.Location.SourceSpan == cycle.Head.SourceSpan))
            {
                if (!mend(cycle))
                    return null;
                mended++;
            }

        PlanOthers(context, diagnostics, types, edits);
        if (edits.IsEmpty)
            return null;
        var document = context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine));
        return mended == 0 || (await FixContext.CreateAsync(document, context.Cancellation).ConfigureAwait(false) is { } after && UnboundedIn(after).Length <= unbounded.Length - mended)
            ? new Edit(document)
            : null;
    }

    private ImmutableArray<Cycle> UnboundedIn(FixContext context) =>
        [.. Cycles.Of(context.Model).In(context.Root.SyntaxTree, context.CallDepth, context.Cancellation).Where(cycle => cycle.Kind == kind && cycle.Unguarded != null)];
}

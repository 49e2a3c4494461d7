using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.SharedState;
using AgentLint.Editing;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>Looks and sets in one step, which the table can do.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0707Fix_OneStep)), Shared]
public sealed class AGL0707Fix_OneStep()
    : AgentCodeFix(AGL0707_CheckThenAct.Rule, "Set the entry in one step")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        foreach (var found in TableChecks.Of(context.Model).In(context.Semantics, context.Cancellation))
            if (found.Table is { } table && diagnostics.Any(d => d.Location.SourceSpan == found.Write.Span)
                && context.Semantics.GetOperation(found.Write, context.Cancellation) is IAssignmentOperation assignment
                && Table.SetOnce(assignment, table, context) is var (node, edit))
                edits.Add(node, edit);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}

using System.Collections.Immutable;
using AgentLint.Editing;
using AgentLint.Editing.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Tests.Editing;

/// <summary>Reports loops that none of the edits has been made to, so that what the edits make can be tested without a rule.</summary>
#pragma warning disable RS1036, RS1038, RS1041
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NakedLoop() : AgentAnalyzer(Rule)
#pragma warning restore RS1036, RS1038, RS1041
{
    internal static readonly Rule Rule = Rule.Define("AGL0299", "NakedLoop", "A loop", "'{0}' is a loop", "For tests.", DiagnosticSeverity.Warning);

    private static readonly string[] Edited = ["attempt", "deadline", "rounds", "Before;", "Count)", "Length = "];

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        foreach (var node in file.Semantics.SyntaxTree.GetRoot().DescendantNodes())
            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax && !Edited.Any(node.ToString().Contains))
                file.Report(Rule, node, DiagnosticSeverity.Warning, [], "loop");
    });
}

/// <summary>Makes an edit of each reported loop.</summary>
public abstract class LoopFix() : AgentCodeFix(NakedLoop.Rule, "Mend the loop")
{
    private protected abstract Func<RetryLoopSyntax, bool> Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits);

    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var add = Plan(context, habits, types, edits);
        foreach (var diagnostic in diagnostics)
            if (RetryLoopSyntax.Around(context.Root.FindNode(diagnostic.Location.SourceSpan), context) is { } loop)
                add(loop);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }
}

public sealed class BoundLoop : LoopFix
{
    private protected override Func<RetryLoopSyntax, bool> Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits) => new BoundedRetry(context, habits, types, edits, new Statements(context, habits, edits)).Add;
}

public sealed class UsePipeline : LoopFix
{
    private protected override Func<RetryLoopSyntax, bool> Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits) => new RetryPipeline(context, habits, types, edits).Add;
}

public sealed class SetDeadline : LoopFix
{
    private protected override Func<RetryLoopSyntax, bool> Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
    {
        var deadlines = new LoopDeadline(context, types, edits, new Statements(context, habits, edits));
        return loop => deadlines.Add(loop.Loop);
    }
}

public sealed class CapLoop : LoopFix
{
    private protected override Func<RetryLoopSyntax, bool> Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
    {
        var capped = new BoundedRetry(context, habits, types, edits, new Statements(context, habits, edits));
        return loop => capped.AddCap(loop, 20, "The agent has not come to an end in 20 rounds");
    }
}

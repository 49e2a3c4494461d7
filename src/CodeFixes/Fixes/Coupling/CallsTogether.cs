using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Coupling;

/// <summary>Rewrites lists of statements so that their calls are started together. Names and types stay, so that the code below need not change.</summary>
internal sealed class CallsTogether(FixContext context, FileHabits habits, TypeNames types)
{
    private readonly Dictionary<SyntaxNode, List<(StatementOrder Order, ImmutableArray<AwaitedCall> Calls)>> plans = [];

    /// <summary>Plans one sequence; leaves it out where it cannot be rewritten.</summary>
    public void Add(CallSequence sequence)
    {
        if (sequence.Calls.All(CanStartAlone)
            && StatementOrder.Of(sequence, context.Model, context.Semantics, context.Cancellation) is { } order
            && order.Statements.All(statement => FileHabits.IsFirstOnLine(statement.GetFirstToken()) && !statement.ContainsDirectives)
            && order.Statements[0].Parent is { } list
            && !plans.Keys.Any(other => other != list && (other.Span.OverlapsWith(list.Span))))
        {
            if (!plans.TryGetValue(list, out var known))
                plans.Add(list, known = []);
            known.Add((order, sequence.Calls));
        }
    }

    /// <summary>The changed file; null where nothing is planned.</summary>
    public SyntaxNode? Apply()
    {
        if (plans.Count == 0)
            return null;
        var lists = plans.ToDictionary(plan => plan.Key, plan => Rewrite(StatementsOf(plan.Key), plan.Value));
        return context.Root.ReplaceNodes(lists.Keys, (list, _) => list is BlockSyntax block ? block.WithStatements(lists[list]) : ((SwitchSectionSyntax)list).WithStatements(lists[list]));
    }

    private static SyntaxList<StatementSyntax> StatementsOf(SyntaxNode list) => list is BlockSyntax block ? block.Statements : ((SwitchSectionSyntax)list).Statements;

    private bool CanStartAlone(AwaitedCall call) =>
        call.Call.Syntax is InvocationExpressionSyntax syntax
        && !Functions.StartsConditionally(syntax)
        && call.Call.Type.IsTask()
        // A workflow engine with static methods brings its own scheduler along.
        && (call.Call.Instance != null || context.Model.Find(call.Call.TargetMethod, CatalogueRole.ActivityCall) == null);

    private SyntaxList<StatementSyntax> Rewrite(SyntaxList<StatementSyntax> list, List<(StatementOrder Order, ImmutableArray<AwaitedCall> Calls)> edits)
    {
        var statements = list.ToList();
        // From the end, so that the places before it stay.
        foreach (var (order, calls) in edits.OrderByDescending(edit => edit.Order.Statements[0].SpanStart))
        {
            var at = list.IndexOf(order.Statements[0]);
            statements.RemoveRange(at, order.Statements.Length);
            statements.InsertRange(at, Reordered(order, calls));
        }

        return SyntaxFactory.List(statements);
    }

    private IEnumerable<StatementSyntax> Reordered(StatementOrder order, ImmutableArray<AwaitedCall> calls)
    {
        var first = order.Statements[0];
        var indentation = FileHabits.IndentationOf(first.GetFirstToken());
        var names = new Dictionary<SyntaxNode, string>();
        foreach (var call in calls)
            names.Add(call.Call.Syntax, NameOf(call, names.Values));

        var starts = new List<StatementSyntax>();
        var rest = new List<StatementSyntax>();
        foreach (var statement in order.Statements)
        {
            var own = calls.Where(call => statement.Span.Contains(call.Syntax.Span)).ToList();
            for (var i = 0; i < own.Count; i++)
                // What is said above the call stays above it.
                starts.Add(Line($"var {names[own[i].Call.Syntax]} = {own[i].Call.Syntax}{(own[i].Call.Type is { IsValueType: true } ? ".AsTask()" : "")};", i == 0 ? statement.GetLeadingTrivia() : indentation));
            if (own.Count > 0)
                rest.Add(statement
                    .ReplaceNodes(own.Select(call => call.Call.Syntax), (node, _) => SyntaxFactory.IdentifierName(names[node]).WithTriviaFrom(node))
                    .WithLeadingTrivia(indentation));
            else if (order.Later.Contains(statement))
                rest.Add(statement);
            else
                starts.Add(statement);
        }

        var task = TaskTypes.Task(context.Semantics.Compilation);
        var configured = calls.All(call => call.Syntax.ToString().EndsWith(".ConfigureAwait(false)", StringComparison.Ordinal)) ? ".ConfigureAwait(false)" : "";
        var wait = Line($"await {types.Spell(task, first.SpanStart)}.WhenAll({string.Join(", ", calls.Select(call => names[call.Call.Syntax]))}){configured};", indentation);
        return starts.Append(wait).Concat(rest);
    }

    private StatementSyntax Line(string text, SyntaxTriviaList leading) =>
        SyntaxFactory.ParseStatement(text, options: context.Root.SyntaxTree.Options).WithLeadingTrivia(leading).WithTrailingTrivia(habits.EndOfLine);

    // plan → planTask, note.Title → titleTask, GetResponseAsync → getResponseTask
    private static string NameOf(AwaitedCall call, IEnumerable<string> taken)
    {
        var wanted = (call.Syntax.FirstAncestorOrSelf<SyntaxNode>(n => n is VariableDeclaratorSyntax or AssignmentExpressionSyntax or StatementSyntax) switch
        {
            VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax variable } => variable.Identifier.ValueText,
            AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax member } => member.Name.Identifier.ValueText,
            _ => call.Call.TargetMethod.Name is var method && method.EndsWith("Async", StringComparison.Ordinal) ? method.Substring(0, method.Length - "Async".Length) : method,
        }).TrimStart('_');
        var name = char.ToLowerInvariant(wanted[0]) + wanted.Substring(1) + "Task";
        var candidates = Enumerable.Range(1, 100).Select(i => i == 1 ? name : name + i).Where(n => !taken.Contains(n));
        return NewNames.Unused(call.Syntax, [.. candidates])!;
    }
}

using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.DurableExecution;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.DurableExecution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.DurableExecution;

/// <summary>Asks the workflow engine for what workflow code took from the process: time, ids, random numbers, timers.</summary>
/// <remarks>Only where the workflow itself asks. A helper that it shares with other code has to be given the value.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL1001Fix_AskTheEngine)), Shared]
public sealed class AGL1001Fix_AskTheEngine() : AgentCodeFix(AGL1001_NonDeterministicWorkflow.Rule, "Use the workflow engine's API")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        // One report a line stands for all that the line asks of the process.
        var lines = diagnostics.Select(diagnostic => diagnostic.Location.GetLineSpan().StartLinePosition.Line).ToImmutableHashSet();
        var breaks = new ReplayBreaks(context.Model, context.CallDepth, context.Cancellation);
        var edits = new NodeEdits();
        var titles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var workflow in WorkflowFunctions.Of(context.Model).In(context.Semantics, context.Cancellation))
            foreach (var found in breaks.NonDeterminismIn(workflow))
                if (lines.Contains(found.Site.GetLocation().GetLineSpan().StartLinePosition.Line)
                    && found is { Effect.Witness.Steps.Length: 1, Replacement: { } replacement, Site: ExpressionSyntax site }
                    && !edits.Contains(site)
                    && TextFor(site, found, replacement, context) is { } text)
                {
                    titles.Add(replacement);
                    edits.Add(site, (ExpressionSyntax old) => context.Expression(text).WithTriviaFrom(old));
                }

        return Task.FromResult<Edit?>(edits.IsEmpty
            ? null
            : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root)), titles.Count == 1 ? $"Use '{titles.First()}'" : null));
    }

    private static string? TextFor(ExpressionSyntax site, ReplayBreak found, string replacement, FixContext context) =>
        (ReplayUnsafeApi.Of(found.Effect.Entry)?.Hazard, site) switch
        {
            (ReplayHazard.Clock, MemberAccessExpressionSyntax { Expression: var type, Name.Identifier.ValueText: var member }) =>
                found.Effect.Witness.Target.ContainingType.Name == "DateTimeOffset" ? $"new {type}({replacement})"
                : found.Effect.Witness.Target.ContainingType.Name != "DateTime" ? null
                : member == "Today" ? replacement + ".Date"
                : replacement,
            (ReplayHazard.Guid, InvocationExpressionSyntax) => replacement + "()",
            (ReplayHazard.Random, BaseObjectCreationExpressionSyntax or MemberAccessExpressionSyntax) => replacement,
            (ReplayHazard.Delay, InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments }) => Timer(arguments, replacement, found, context),
            (ReplayHazard.Thread or null, InvocationExpressionSyntax call) => replacement + call.ArgumentList,
            _ => null,
        };

    // A context's timer takes a time span and a token; the static engine's takes what Task.Delay takes.
    private static string Timer(SeparatedSyntaxList<ArgumentSyntax> arguments, string replacement, ReplayBreak found, FixContext context)
    {
        if (!found.Workflow.IsGivenContext)
            return $"{replacement}({arguments})";
        var delay = arguments[0].Expression;
        var time = context.Semantics.GetTypeInfo(delay, context.Cancellation).Type is { SpecialType: SpecialType.System_Int32 } ? $"TimeSpan.FromMilliseconds({delay})" : delay.ToString();
        return $"{replacement}({time}, {(arguments.Count > 1 ? arguments[1].Expression.ToString() : "CancellationToken.None")})";
    }
}

using AgentLint.Analysis;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Isolation;

/// <summary>A lazy sequence of tasks is enumerated more than once: each time, all of its work starts again.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0404_DeferredTaskSequence() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0404",
        "DeferredTaskSequence",
        "A lazy sequence of tasks is enumerated more than once",
        "'{0}' starts {1}{2} again each time it is enumerated: {3}",
        "A lazy sequence holds no tasks but the recipe for them. Whatever goes through it a second time starts all of the work a second time, and waits for other tasks than those that have ended.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var found in new DeferredTasks(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var place = CodePlace.Of(found.Query, file.Semantics, file.Model, file.Cancellation);
            file.ReportOncePerLine(
                Rule,
                found.Query is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } } ? name
                    : found.Query,
                found.Work == null ? DiagnosticSeverity.Info : file.SeverityOf(found.Query, counting: Mitigations.Test),
                new[] { found.First.Use.Syntax.GetLocation(),
                    found.Second.Use.Syntax.GetLocation() }.Concat(found.Work?.Witness.Locations ?? []).Distinct(),
                found.Local.Name,
                found.Work is { } work ? $"the {work.Entry.Noun()} '{work.Witness.TargetName}'" : "its work",
                found.Work is { Witness.IsIndirect: true } way ? $" ({way.Witness.Describe(place.Member)})" : "",
                found.First == found.Second ? $"{found.First.By} goes through it again" : $"by {found.First.By} and by {found.Second.By}");
        }
    });
}

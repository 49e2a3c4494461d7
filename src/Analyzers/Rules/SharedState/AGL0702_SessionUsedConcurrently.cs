using AgentLint.Analysis.Branches;
using AgentLint.Analysis.Calls;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Concurrent branches use one conversation without taking turns.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0702_SessionUsedConcurrently() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0702",
        "SessionUsedConcurrently",
        "Concurrent branches use one conversation",
        "'{0}' is {1} in concurrent branches ({2}), {3}",
        "A session, a thread or a history is one conversation: each run reads it and adds to it. Concurrent runs read each other's unfinished turns, lose messages, or fail.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        // A test of what runs at the same time means it.
        if (TestPlaces.Of(context.Model, context.Cancellation).Contains(context.Semantics.SyntaxTree))
            return;
        foreach (var (group, uses) in BranchFindings.Of(context.Model).SessionsIn(context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                uses[0].Value.Syntax.Span is var span && uses[0].Site.Span.Contains(span) ? uses[0].Value.Syntax : uses[0].Site,
                DiagnosticSeverity.Warning,
                group.LocationsBeside(uses[0].Value.Syntax, uses.Select(use => use.Value.Syntax)),
                uses[0].Path.Name,
                string.Join(" and ", uses.GroupBy(use => use.Kind).Select(kind => Verb(kind.Key) + " by " + string.Join(" and ", kind.Select(use => use.Describe()).Distinct()))),
                group.Describe(),
                uses[0].Kind == SessionUseKind.Serves ? "although it serves one call at a time" : "so their turns are mixed up");
    }

    private static string Verb(SessionUseKind kind) => kind switch
    {
        SessionUseKind.Runs or SessionUseKind.Serves => "used",
        SessionUseKind.Sends => "sent",
        _ => "changed",
    };
}

using AgentLint.Analysis.Branches;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Concurrent branches change a shared variable or collection without protection.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0706_CapturedStateMutatedConcurrently() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0706",
        "CapturedStateMutatedConcurrently",
        "Concurrent branches change the same variable or collection",
        "'{0}' is {1} in concurrent branches ({2}), {3}",
        "After its first await a branch continues on any thread, at the same time as the others. A collection that is not thread-safe, or a variable that is read and then set, loses updates or is corrupted.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var found in BranchFindings.Of(context.Model).ChangesIn(context.Semantics, context.Cancellation))
        {
            var (group, changes) = found;
            context.Report(
                Rule,
                changes[0].Site,
                DiagnosticSeverity.Warning,
                group.LocationsBeside(changes[0].Site, changes.Select(change => change.Step.Operation.Syntax)),
                changes[0].Path.Name,
                $"{(found.Guarded == null ? "changed" : "read")} by {string.Join(" and ", changes.Select(change => change.Describe()).Distinct())}",
                group.Describe(),
                found.Guarded == null
                    ? "and no lock or concurrent type protects it"
                    : $"without the lock that {found.Guarded.Describe()} holds while changing it");
        }
    }
}

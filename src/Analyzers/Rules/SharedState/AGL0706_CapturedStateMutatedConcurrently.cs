using AgentLint.Analysis.Branches;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Branches that run at the same time change a variable or a collection that they share, and nothing keeps them apart.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0706_CapturedStateMutatedConcurrently() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0706",
        "CapturedStateMutatedConcurrently",
        "Branches that run at the same time change the same variable or collection",
        "'{0}' is {1} in branches that {2} at the same time, and {3}",
        "After its first await a branch goes on on any thread, at the same time as the others. A collection that is made for one thread, or a variable that is read and set, then loses what one of two branches has put there, or breaks.",
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
                    ? "no lock or concurrent type keeps one from undoing what another does"
                    : $"not under the lock that {found.Guarded.Describe()} holds while it changes it");
        }
    }
}

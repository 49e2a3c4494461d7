using AgentLint.Analysis;
using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Calls that run at once lose each other's updates.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0703_UnguardedToolState() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0703",
        "UnguardedToolState",
        "Calls that run at the same time change the same state without a lock",
        "'{0}' is changed without a lock{3}: {1}, and it is reached {2}",
        "Updates are lost, a collection is torn, or one call reads what another has put there, and nothing says so.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(Check);
        context.OnUse(FixedFiles.Writes, CheckFile);
    }

    private static void Check(FileContext context)
    {
        foreach (var shared in SharedVariables.Of(context.Model).In(context.Semantics, context.Cancellation))
            if (!shared.IsSession)
                context.Report(
                    Rule,
                    shared.Write.Site,
                    shared.IsProven ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info,
                    shared.Evidence,
                    Witness.NameOf(shared.Variable),
                    shared.Owner.Text,
                    shared.Reached,
                    shared.Guarded is { } guarded ? $" that is held in line {guarded.Site.GetLocation().GetLineSpan().StartLinePosition.Line + 1}" : "");
    }

    // One file is in a thousand programs, and only some of them have two calls at once.
    private static void CheckFile(UseContext context)
    {
        if (FixedFiles.At(context.Semantics.OperationOf(context.Use.Name, context.Cancellation), context.Model, context.Cancellation) is { } file)
            context.Report(Rule, file.Site, DiagnosticSeverity.Info, file.Entrance.Locations, file.Path, "it is one file for all calls", file.Entrance.Text, "");
    }
}

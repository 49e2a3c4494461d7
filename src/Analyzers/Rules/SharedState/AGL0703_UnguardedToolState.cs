using AgentLint.Analysis;
using AgentLint.Analysis.Checks.SharedState;
using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.SharedState;

/// <summary>Concurrent calls lose each other's updates.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0703_UnguardedToolState() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0703",
        "UnguardedToolState",
        "Concurrent calls change shared state without a lock",
        "'{0}' {3}: {1}, and it is reached {2}",
        "Updates are lost, a collection is corrupted, or one call reads data of another, and no error is raised.",
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
                    context.SeverityOf(shared.Write.Site, shared.IsProven ? Mitigations.None : Mitigations.Uncertain, Mitigations.Usual & ~Mitigations.OneClient),
                    shared.Evidence,
                    Witness.NameOf(shared.Variable),
                    shared.Owner.Text,
                    shared.Reached,
                    What(shared));
        // Two calls at once have to meet in one of the elements.
        foreach (var write in ElementChecks.Of(context.Model).ContentIn(context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                write.Site,
                context.SeverityOf(write.Site, Mitigations.Uncertain),
                [.. write.Holder.Locations.Take(1), .. write.Owner.Locations, .. write.Entrance.Locations],
                Witness.NameOf(write.Holder),
                write.Owner.Text,
                write.Entrance.Text,
                "holds collections that are changed without a lock");
        foreach (var line in SharedLines.Of(context.Model).In(context.Semantics.SyntaxTree, context.Cancellation))
            context.Report(
                Rule,
                line.Site,
                context.SeverityOf(line.Site, Mitigations.Uncertain),
                [.. line.Holder.Locations.Take(1), .. line.Owner.Locations, .. line.Entrance.Locations],
                Witness.NameOf(line.Holder),
                line.Owner.Text,
                line.Entrance.Text,
                "sends without a lock, and one send has to end before the next");
    }

    private static string What(SharedVariable shared) =>
        shared.Fault == GuardFault.Different ? $"is changed under one lock here and under another in line {LineOf(shared.Guarded)}"
        : shared.Fault == GuardFault.Reader ? $"is read without the lock that line {LineOf(shared.Guarded)} holds while changing it"
        : shared.IsOfOneCall ? "holds data of one call, which the next call overwrites"
        : shared.Guarded is { } guarded ? $"is changed without the lock that line {LineOf(guarded)} holds"
        : "is changed without a lock";

    private static int LineOf(StateWrite? write) => (write?.Site.GetLocation().GetLineSpan().StartLinePosition.Line ?? 0) + 1;

    // One file is in a thousand programs, and only some of them have two calls at once.
    private static void CheckFile(UseContext context)
    {
        if (FixedFiles.At(context.Semantics.OperationOf(context.Use.Name, context.Cancellation), context.Model, context.Cancellation) is { } file
            // One that is read before, and written from what was read, is reported as that.
            && !StoreChecks.In(context.Semantics.SyntaxTree, context.Model, context.Settings.CallDepth, context.Cancellation).Any(found => found.Write == file.Site))
            context.Report(Rule, file.Site, DiagnosticSeverity.Info, file.Entrance.Locations, file.Path, "all calls use the same file", file.Entrance.Text, "is changed without a lock");
    }
}

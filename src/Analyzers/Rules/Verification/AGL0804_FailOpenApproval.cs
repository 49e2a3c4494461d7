using AgentLint.Analysis.Checks.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Verification;

/// <summary>An approval says yes although no person has.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0804_FailOpenApproval() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0804",
        "FailOpenApproval",
        "An approval says yes although no person has",
        "{0}: {1}",
        "An approval is there for the case in which something goes wrong. One that says yes by default, when no answer comes, when asking fails, or when the model says so, lets through what it should stop.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var approval in FailOpenApprovals.Of(context.Model)
            .In(context.Semantics, context.Settings.CallDepth, context.Cancellation))
            context.ReportOncePerLine(
                Rule,
                approval.Site,
                context.SeverityOf(approval.Site, approval.Kind == FailOpenKind.ModelSays ? Mitigations.Uncertain : Mitigations.None,
                    Mitigations.Uncertain | Mitigations.Test),
                approval.Places,
                WhatOf(approval),
                CureOf(approval));
    }

    private static string WhatOf(FailOpenApproval approval) => approval.Kind switch
    {
        FailOpenKind.Always => $"'{approval.Name}' approves whatever is asked",
        FailOpenKind.NoAnswer => $"'{approval.Name}' gives a value that means yes when no answer comes",
        FailOpenKind.Failure => $"'{approval.Name}' says yes when asking fails",
        FailOpenKind.NoPerson => $"'{approval.Name}' says yes when no person can be asked",
        _ => $"'{approval.Name}' is filled in by the model and stands for the approval of '{approval.Tool}'",
    };

    private static string CureOf(FailOpenApproval approval) => approval.Kind switch
    {
        FailOpenKind.Always => "decide by the tool and its arguments, or ask a person",
        FailOpenKind.NoAnswer or FailOpenKind.Failure or FailOpenKind.NoPerson => "treat that as a no",
        _ => "ask a person in the host",
    };
}

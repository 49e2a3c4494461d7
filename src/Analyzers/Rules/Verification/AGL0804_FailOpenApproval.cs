using AgentLint.Analysis.Checks.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Verification;

/// <summary>An approval is granted although no person has decided.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0804_FailOpenApproval() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0804",
        "FailOpenApproval",
        "An approval is granted without a person's decision",
        "{0}: {1}",
        "An approval protects the case in which something goes wrong. One that is granted by default, when no answer arrives, when asking fails, or when the model claims it, lets through what it should stop.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var approval in FailOpenApprovals.Of(context.Model)
            .In(context.Semantics, context.Settings.CallDepth, context.Cancellation))
            context.ReportOncePerLine(
                Rule,
                approval.Site,
                context.SeverityOf(approval.Site, approval.IsCertain ? Mitigations.None : Mitigations.Uncertain,
                    Mitigations.Uncertain | Mitigations.Test),
                approval.Places,
                WhatOf(approval),
                CureOf(approval));
    }

    private static string WhatOf(FailOpenApproval approval) => approval.Kind switch
    {
        FailOpenKind.Always => $"'{approval.Name}' approves every request",
        FailOpenKind.NoAnswer => $"'{approval.Name}' returns a value that means approval when no answer arrives",
        FailOpenKind.Failure => $"'{approval.Name}' approves when asking fails",
        FailOpenKind.NoPerson => $"'{approval.Name}' approves when no person can be asked",
        FailOpenKind.ToolGrants => $"a model can call '{approval.Name}', which grants the approval that '{approval.Tool}' asks for",
        FailOpenKind.Unread => $"the decision that '{approval.Name}' returns is not read, so the workflow continues after a refusal",
        _ => $"'{approval.Name}' is set by the model and counts as the approval of '{approval.Tool}'",
    };

    private static string CureOf(FailOpenApproval approval) => approval.Kind switch
    {
        FailOpenKind.Always => "decide based on the tool and its arguments, or ask a person",
        FailOpenKind.NoAnswer or FailOpenKind.Failure or FailOpenKind.NoPerson => "treat this case as a refusal",
        FailOpenKind.Unread => "branch on it, or wait for an event without a value",
        _ => "let the host ask a person",
    };
}

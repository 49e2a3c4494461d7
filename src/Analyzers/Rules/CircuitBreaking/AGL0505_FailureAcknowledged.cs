using AgentLint.Analysis;
using AgentLint.Analysis.Checks.CircuitBreaking;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.CircuitBreaking;

/// <summary>A message is completed, a webhook is answered well, or an item is marked as done, although the work has failed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0505_FailureAcknowledged() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0505",
        "FailureAcknowledged",
        "Failed work is acknowledged as done",
        "'{0}' catches every failure of the {1} '{2}'{3}, and {4}",
        "A broker, a webhook's sender and a loop over open items repeat failed work, but only if they learn that it failed. Work that is acknowledged after a failure is lost.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        foreach (var found in new AcknowledgedFailures(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var isOnce = found.By == Acknowledged.Message && MethodRoleReader.IsDeliveredOnce(file.Model, found.Root);
            // What one of several functions behind a webhook does may be kept beside its work.
            var isIndirect = found.By == Acknowledged.Webhook && !SymbolEqualityComparer.Default.Equals(found.Root, found.Failure.Function);
            file.Report(
                Rule,
                found.Failure.Handler.CatchKeyword.GetLocation(),
                file.SeverityOf(found.Failure.Handler, found.Failure.IsPossible || isOnce || isIndirect ? Mitigations.Uncertain : Mitigations.None, Mitigations.Uncertain | Mitigations.Test),
                found.Failure.Work.Witness.Locations.Concat(found.At is { } place ? [place.GetLocation()] : []),
                Witness.NameOf(found.Root),
                found.Failure.Work.Entry.IsRemoteCall() ? found.Failure.Work.Entry.Noun() : "write",
                found.Failure.Work.Witness.TargetName,
                found.Failure.Work.Witness.IsIndirect ? $" ({found.Failure.Work.Witness.Describe(found.Failure.Function)})" : "",
                found.By switch
                {
                    Acknowledged.Message when isOnce => "reports success to the bus: let the exception through, so that the bus applies its error handling",
                    Acknowledged.Message => "completes the message anyway: let the exception through, so that the message is delivered again",
                    Acknowledged.Webhook => "answers with success anyway: let the exception through, so that the event is sent again",
                    _ => $"marks the item as done anyway ('{found.At}'): do so only after success",
                });
        }
    });
}

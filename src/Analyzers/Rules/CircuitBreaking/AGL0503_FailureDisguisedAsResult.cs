using AgentLint.Analysis;
using AgentLint.Analysis.Checks.CircuitBreaking;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.CircuitBreaking;

/// <summary>A handler returns a value that looks like a result for every failure of a remote call, or ignores a failed write completely.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0503_FailureDisguisedAsResult() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0503",
        "FailureDisguisedAsResult",
        "A failed remote call is returned as a result",
        "'{0}' {1} the {2} '{3}'{4} {5}",
        "An outage that looks like an empty answer is treated as one: it is not retried, no error is reported, and later decisions rest on missing data.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        foreach (var disguised in new DisguisedFailures(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var failure = disguised.Failure;
            file.Report(
                Rule,
                failure.Handler.CatchKeyword.GetLocation(),
                IsLost(failure) ? file.SeverityOf(failure.Handler) : DiagnosticSeverity.Info,
                failure.Work.Witness.Locations.Concat(disguised.Caller is { } caller ? [caller.GetLocation()] : []),
                Witness.NameOf(failure.Function),
                "turns every failure of",
                failure.Write != null ? "write" : failure.Work.Entry.Noun(),
                failure.Work.Witness.TargetName,
                failure.Work.Witness.IsIndirect ? $" ({failure.Work.Witness.Describe(failure.Function)})" : "",
                $"into {NameOf(disguised.As)}: {RemedyFor(disguised)}");
        }

        foreach (var stored in new StoredFailures(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
            file.Report(
                Rule,
                stored.Failure.Handler.CatchKeyword.GetLocation(),
                DiagnosticSeverity.Info,
                stored.Failure.Work.Witness.Locations.Append(stored.Store.GetLocation()),
                Witness.NameOf(stored.Failure.Function),
                "turns every failure of",
                stored.Failure.Write != null ? "write" : stored.Failure.Work.Entry.Noun(),
                stored.Failure.Work.Witness.TargetName,
                stored.Failure.Work.Witness.IsIndirect ? $" ({stored.Failure.Work.Witness.Describe(stored.Failure.Function)})" : "",
                $"into {NameOf(stored.As)} and stores it with '{stored.Store.Identifier.ValueText}' in place of the result: store only results");

        foreach (var lost in new OverwrittenFiles(file.Model, file.Semantics, file.Cancellation).In())
            file.Report(
                Rule,
                lost.Handler.CatchKeyword.GetLocation(),
                DiagnosticSeverity.Info,
                [lost.Write.GetLocation()],
                Witness.NameOf(lost.Function),
                "ignores every failure of",
                "read",
                Witness.NameOf(lost.Read),
                ", and",
                $"'{Witness.NameOf(lost.Writer)}' writes '{lost.State.Name}' over the same file: let the exception through, or move the file aside");

        foreach (var refused in new RefusedAnswers(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
            file.Report(
                Rule,
                refused.Statement.GetFirstToken().GetLocation(),
                DiagnosticSeverity.Info,
                refused.Work.Witness.Locations.Concat(refused.Caller is { } caller ? [caller.GetLocation()] : []),
                Witness.NameOf(refused.Function),
                "turns every error status of",
                refused.Work.Entry.Noun(),
                refused.Work.Witness.TargetName,
                refused.Work.Witness.IsIndirect ? $" ({refused.Work.Witness.Describe(refused.Function)})" : "",
                $"into {NameOf(refused.As)}: throw an exception, or return a value that callers can tell from success");

        foreach (var answer in new UncheckedResponses(file.Model, file.Semantics, file.Cancellation).In())
            file.Report(
                Rule,
                answer.Name,
                DiagnosticSeverity.Info,
                answer.Caller is { } receiver ? [receiver.GetLocation()] : [],
                Witness.NameOf(answer.Function),
                answer.IsRead ? "reads the answer of" : answer.Caller != null ? "returns the answer of" : "drops the answer of",
                "HTTP call",
                Witness.NameOf(answer.Method),
                "",
                answer.Caller is { Identifier.ValueText: var dropped }
                    ? $"and a caller of '{dropped}' drops it: call 'EnsureSuccessStatusCode', or test 'IsSuccessStatusCode'"
                    : "without checking its status: call 'EnsureSuccessStatusCode', or test 'IsSuccessStatusCode'");

        foreach (var flag in new StatusFlags(file.Model, file.Semantics, file.Cancellation).In())
            file.Report(
                Rule,
                flag.Status.GetLocation(),
                DiagnosticSeverity.Info,
                [flag.Caller.GetLocation()],
                Witness.NameOf(flag.Function),
                flag.IsProbe ? "turns every error status of" : "returns the result of",
                flag.IsProbe ? "HTTP call" : "write",
                Witness.NameOf(flag.Request),
                flag.IsProbe ? "" : ",",
                flag.IsProbe
                    ? "into 'false', which a caller takes for an item that is not there: return 'false' for 404, and throw an exception for other errors"
                    : $"and a caller of '{flag.Caller.Identifier.ValueText}' does not act on it: test it");

        foreach (var outcome in new DroppedOutcomes(file.Model, file.Semantics, file.Cancellation).In())
            file.Report(
                Rule,
                outcome.Name,
                outcome.IsLogged || outcome.Caller != null ? DiagnosticSeverity.Info : file.SeverityOf(outcome.Name, counting: Mitigations.Test),
                outcome.Caller is { } receiver ? [receiver.GetLocation()] : [],
                Witness.NameOf(outcome.Function),
                outcome.IsLogged ? "only logs the result of" : outcome.Caller != null ? "returns the result of" : "drops the result of",
                "write",
                Witness.NameOf(outcome.Method),
                outcome.Caller == null ? "," : "",
                (outcome.Caller is { Identifier.ValueText: var dropped } ? $"and a caller of '{dropped}' drops it: " : "which does not throw when the write is refused: ")
                    + (outcome.Member is { } member ? $"test '{member}'" : "test it"));

        foreach (var dropped in new DroppedResponses(file.Model, file.Semantics, file.Cancellation).In())
            file.Report(
                Rule,
                dropped.Name,
                file.SeverityOf(dropped.Name),
                [],
                Witness.NameOf(dropped.Function),
                "makes",
                "answer",
                Witness.NameOf(dropped.Method),
                "",
                "and does not return it, so that the request is answered with success: return it");
    });

    // Nothing is left of what was to be sent out.
    private static bool IsLost(GuardedFailure failure) => failure is { Write: not null, Ways.IsSilent: true, IsPossible: false } && GuardedWork.IsSentOut(failure.Work.Entry);

    private static string RemedyFor(DisguisedFailure disguised) => disguised.As == EmptyValue.None
        ? "let the exception through, or return whether it succeeded"
        : "let the exception through, or return a value that callers can tell from success";

    private static string NameOf(EmptyValue value) => value switch
    {
        EmptyValue.False => "'false'",
        EmptyValue.True => "'true'",
        EmptyValue.Null => "'null'",
        EmptyValue.Collection => "an empty list",
        EmptyValue.Text => "an empty text",
        EmptyValue.FixedText => "a fixed text",
        EmptyValue.FailureText => "a text in place of the answer",
        EmptyValue.Number => "a number",
        EmptyValue.Object => "an empty object",
        EmptyValue.MadeUp => "an object of fixed values",
        _ => "a normal return",
    };
}

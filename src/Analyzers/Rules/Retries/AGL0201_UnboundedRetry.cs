using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Retries;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.Retries;

/// <summary>A failed call is retried for as long as it fails.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0201_UnboundedRetry() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0201",
        "UnboundedRetry",
        "A failed call is retried without a limit",
        "'{0}' retries {1} for as long as it fails: {2}",
        "A call that cannot succeed is retried forever: the caller never learns of the failure, and every attempt costs time, tokens and capacity of the called service.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(CheckCycles);
        context.OnUse(IsOfPolicy, CheckPolicy);
    }

    internal static bool IsOfPolicy(CatalogueEntry entry) =>
        entry.Role == CatalogueRole.RetrySetting || (entry.Role == CatalogueRole.Retry && (entry.Has("forever") || entry.Has("attempts-in") || entry.Has("requeue-in")));

    private static void CheckCycles(FileContext context)
    {
        foreach (var found in context.Unbounded(CycleKind.Retry))
            // A question that waits at the server until something happens is asked anew when its time is up.
            if (!LongPolls.IsOne(found.Way, context.Semantics, context.Model, context.Cancellation))
                context.Report(Rule, found, found.Call.IsProven ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info, "leads to another attempt with no attempt limit, no deadline and no other exit");
    }

    private static void CheckPolicy(UseContext context)
    {
        if (context.Use.Entry["requeue-in"] is { } requeue)
        {
            CheckRequeue(context, requeue);
            return;
        }

        if (!context.Use.Entry.Has("forever") && !IsUnlimited(context))
            return;
        var place = CodePlace.Of(context.Use.Name, context.Semantics, context.Model, context.Cancellation);
        context.Report(Rule, context.Use.Name, context.SeverityOf(context.Use.Name, counting: Mitigations.Startup), [], Witness.NameOf(place.Member), "every call under its policy", $"'{Witness.NameOf(context.Use.Symbol)}' sets no attempt limit");
    }

    // A queue may have a limit of its own.
    private static void CheckRequeue(UseContext context, string parameter)
    {
        if (context.Semantics.OperationOf(context.Use.Name, context.Cancellation) is not IInvocationOperation call
            || call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value.Unwrap().ConstantValue is not { HasValue: true, Value: true }
            || Requeues.AreCounted(call.Syntax) || Requeues.IsAfterCancellation(call.Syntax))
            return;
        var place = CodePlace.Of(context.Use.Name, context.Semantics, context.Model, context.Cancellation);
        var severity = context.SeverityOf(context.Use.Name, Requeues.AreUnlimited(call.Syntax, context.Use.Entry) ? Mitigations.None : Mitigations.Uncertain);
        context.Report(Rule, context.Use.Name, severity, [], Witness.NameOf(place.Member), "the handling of a message", $"'{Witness.NameOf(call.TargetMethod)}' puts it back into the queue, and nothing counts its deliveries");
    }

    // RetryAsync(int.MaxValue), MaxRetryAttempts = int.MaxValue
    private static bool IsUnlimited(UseContext context) => context.Semantics.OperationOf(context.Use.Name, context.Cancellation) switch
    {
        IInvocationOperation call => IsUnlimited(call.Arguments, context.Use.Entry),
        IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation assignment } property => assignment.Target == property && IsAll(assignment.Value),
        _ => false,
    };

    private static bool IsUnlimited(IEnumerable<IArgumentOperation> arguments, CatalogueEntry entry) =>
        arguments.Any(argument => argument.Parameter is { } parameter && entry.List("attempts-in").Contains(parameter.Name) && IsAll(argument.Value));

    private static bool IsAll(IOperation value) => value.Unwrap().ConstantValue is { HasValue: true, Value: int.MaxValue };
}

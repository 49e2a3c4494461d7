using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>Something that workflow code reaches and that its history does not hold.</summary>
/// <param name="Workflow">The workflow code.</param>
/// <param name="Site">The call in the workflow code that leads to it.</param>
/// <param name="Effect">What is reached, with the chain of calls.</param>
internal sealed record ReplayBreak(WorkflowFunction Workflow, SyntaxNode Site, Effect Effect)
{
    /// <summary>The member of the engine's API that does the same and is recorded; null where there is none.</summary>
    public string? Replacement =>
        Workflow is not { Context: { } context, Api: { } api } ? null
        : (ReplayUnsafeApi.Of(Effect.Entry)?.ReplacementIn(api) ?? SchedulerExit.Of(Effect.Entry)?.Instead) is { } member ? context + "." + member
        : null;

    /// <summary>The chain of calls, in parentheses; empty where the workflow makes the call itself.</summary>
    public string Way => Effect.Witness.IsIndirect ? $" ({Effect.Witness.Describe(Workflow.Function)})" : "";
}

/// <summary>
/// Finds what breaks replay in workflow code: each call of the workflow that reaches it is one finding. What the engine itself hands out is
/// recorded, and what runs only while nothing is replayed cannot differ.
/// </summary>
internal sealed class ReplayBreaks(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly CallGraph graph = CallGraph.Of(model);
    private readonly EffectSummaries summaries = EffectSummaries.Of(model);
    private readonly ReplayGuards guards = ReplayGuards.Of(model);
    private readonly Promises promises = Promises.Of(model);
    private readonly RecordedCalls recorded = RecordedCalls.Of(model);

    /// <summary>What gives another result, or runs elsewhere, when the workflow is replayed.</summary>
    public IEnumerable<ReplayBreak> NonDeterminismIn(WorkflowFunction workflow) => In(workflow, effect => Differs(effect, workflow.Api));

    /// <summary>What crosses the network, or touches files and processes, without a record in the history.</summary>
    public IEnumerable<ReplayBreak> RemoteWorkIn(WorkflowFunction workflow) => In(workflow, IsUnrecordedWork);

    private IEnumerable<ReplayBreak> In(WorkflowFunction workflow, Func<Effect, bool> breaks)
    {
        // One helper that is called five times is one fault: it is reported where it is called first.
        var seen = new HashSet<(ISymbol, ISymbol)>();
        foreach (var call in CallsOf(workflow.Function))
            if (FirstIn(call, breaks) is { } effect
                && (!effect.Witness.IsIndirect || seen.Add((effect.Witness.Steps[0].Named.OriginalDefinition, effect.Witness.Target.OriginalDefinition)))
                && !guards.RunsOnlyLive(call.Site, cancellation)
                && !IsRecorded(call, effect))
                yield return new ReplayBreak(workflow, call.Site, effect);
    }

    // The engine records the work of what it hands out. Where the task of such a call goes on, the engine does not see.
    private bool IsRecorded(Call call, Effect effect) => effect.Entry.Role != CatalogueRole.LeavesScheduler && recorded.Contains(call.Site, cancellation);

    // What an activity is given is evaluated by the workflow, although the lambda that names the activity never runs.
    private IEnumerable<Call> CallsOf(IMethodSymbol function)
    {
        foreach (var call in graph.CallsOf(function, cancellation))
            yield return call;
        foreach (var body in MethodBodies.Of(function, model, cancellation))
            foreach (var operation in body.DescendantsAndSelf())
                if (operation is IInvocationOperation scheduled && model.Find(scheduled.TargetMethod, CatalogueRole.ActivityCall) != null)
                    foreach (var argument in ScheduledArguments(scheduled))
                        foreach (var call in graph.CallsIn(argument, cancellation))
                            yield return call;
    }

    private static IEnumerable<IOperation> ScheduledArguments(IInvocationOperation scheduled) =>
        from argument in scheduled.Arguments
        let lambda = argument.Value.Unwrap() as IAnonymousFunctionOperation
        where lambda != null
        from activity in lambda.Body.Descendants().OfType<IInvocationOperation>().Take(1)
        from given in activity.Arguments
        select given.Value;

    private Effect? FirstIn(Call call, Func<Effect, bool> breaks)
    {
        var direct = new Witness([call]);
        foreach (var entry in model.EntriesOf(call.Member))
            if (breaks(new Effect(entry, direct)))
                return new Effect(entry, direct);
        if (call.Target is not { } target || depth == 0 || model.EntriesOf(call.Member).Any(entry => entry.IsRemoteCall() || entry.Role == CatalogueRole.ActivityCall))
            return null;
        // What another project's facts say of the target has no steps of its own: the call is its only one.
        foreach (var effect in summaries.Of(target, depth - 1, cancellation).Effects)
            if ((effect.Witness.Steps.IsEmpty || !guards.RunsOnlyLive(effect.Witness.Steps[0].Site, cancellation))
                && effect.Witness.Beyond?.Fact.Is(ReachedTraits.Live) != true
                && effect with { Witness = effect.Witness.After(call) } is var reached
                && !promises.Cover(reached.Witness, CatalogueRole.Deterministic) && breaks(reached))
                return reached;
        return null;
    }

    private static bool Differs(Effect effect, WorkflowApi? engine)
    {
        // What another project calls is known without its arguments.
        var last = effect.Witness.Beyond == null ? effect.Witness.Steps[effect.Witness.Steps.Length - 1].Site : null;
        if (SchedulerExit.Of(effect.Entry) is { } exit)
            return exit.Api == engine && (exit.Argument is not { } value || IsFirstArgument(last, value))
                && (exit.Unless is not { } option || !IsGiven(last, option))
                && (!exit.OfSequences || effect.Witness.Target is { Arity: > 0, Parameters.Length: 1 });
        // A seed makes numbers that are the same each time, as long as the seed is.
        return ReplayUnsafeApi.Of(effect.Entry) is { } api
            && !(api.Hazard == ReplayHazard.Random && last is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 0 });
    }

    private static bool IsFirstArgument(SyntaxNode? site, bool value) =>
        (site as InvocationExpressionSyntax)?.ArgumentList.Arguments.FirstOrDefault()?.Expression is LiteralExpressionSyntax { Token.Value: bool given } && given == value;

    private static bool IsGiven(SyntaxNode? site, string option) =>
        (site as InvocationExpressionSyntax)?.ArgumentList.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText == option) != false;

    private bool IsUnrecordedWork(Effect effect) =>
        (effect.Entry.IsRemoteCall() || effect.Entry.Role == CatalogueRole.Effect)
        && effect.Witness.Target is var target
        && model.Find(target, CatalogueRole.ActivityCall) == null
        && !effect.Witness.Steps.Any(step => recorded.Contains(step.Site, cancellation));
}

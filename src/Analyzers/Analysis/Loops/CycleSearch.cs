using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// The ways from the head of a cycle back to it. A way is guarded when one and the same value is moved on and looked at on it; the search
/// keeps, for each place, the ways that differ in what is known of them, so that the one way that is not guarded is found among many that are.
/// </summary>
internal sealed class CycleSearch
{
    // Different ways to one place. With more, nothing is said of the cycle.
    private const int MaxStates = 96;

    // From here on it is no longer told apart which handler a way came through.
    private const int ManyStates = 24;

    // All work for one cycle.
    private const int MaxSteps = 60_000;

    private readonly CycleBody body;
    private readonly CycleTests tests;
    private readonly CycleSteps steps;
    private readonly CycleHandlers handlers;
    private readonly KnownConditions conditions;
    private readonly ulong deferred;
    private readonly Dictionary<int, List<State>> known = [];
    private readonly Queue<State> open = new();
    private readonly List<State> arrivals = [];

    private CycleSearch(CycleBody body, ImmutableArray<CycleCall> calls)
    {
        this.body = body;
        var deadlines = new Deadlines(body.Context.Model, body.Context.Origins, body.Region);
        tests = new CycleTests(body, deadlines);
        steps = new CycleSteps(body, tests.Guards, deadlines, calls);
        handlers = new CycleHandlers(body.Graph, body.Context.Function);
        conditions = new KnownConditions(body);
        deferred = Deferred();
    }

    /// <summary>The ways back around some remote work; null where they are too many.</summary>
    public static ImmutableArray<BackPath>? Run(CycleBody body, ImmutableArray<CycleCall> calls) => new CycleSearch(body, calls).Run();

    private ImmutableArray<BackPath>? Run()
    {
        Arrive(new State(body.Head, 0, 0, 0, PathFacts.None, null, null, null, null, default));
        var done = 0;
        while (open.Count > 0)
        {
            body.Context.Cancellation.ThrowIfCancellationRequested();
            if (++done > MaxSteps || !Advance(open.Dequeue()))
                return null;
        }

        return [.. arrivals.Select(PathOf).GroupBy(path => (path.Facts, path.Guard, path.Handler, path.Decision)).Select(same => same.First())];
    }

    private bool Advance(State state)
    {
        var node = body.Graph.Nodes[state.Node];
        foreach (var statement in node.Statements)
        {
            var step = steps.Of(statement);
            if (step.Again is { } again)
            {
                if (step.Delay != null)
                    state = state with { Facts = state.Facts | PathFacts.Waited, Trace = new Trace(statement, null, state.Trace) };
                arrivals.Add(Settle(EnterAgain(state, again), isBack: true));
                return true;
            }

            if (step.MayThrow)
                foreach (var handler in node.Handlers)
                    if (body.Nodes.Contains(handler) && !Arrive(Throw(state, step, handler, statement)))
                        return false;
            // What is known to have failed does not go on behind it.
            if (step.ThrowsFailure && (state.Facts & PathFacts.FailedResult) != 0)
                return true;
            state = Do(state, step, statement);
            state = state with { Known = conditions.After(state.Known, statement) };
        }

        if (node.Throws)
            foreach (var handler in node.Handlers)
                if (body.Nodes.Contains(handler) && !Arrive(state with { Node = handler, Handler = handlers.Of(handler) ?? state.Handler, Facts = state.Facts | (IsAfterWork(state) ? PathFacts.Failed : PathFacts.None) }))
                    return false;
        foreach (var edge in node.Next)
        {
            if (edge.Target < 0 || !body.Nodes.Contains(edge.Target))
                continue;
            var next = state;
            if (edge.Outcome is { } came && !conditions.May(state.Known, node.Number, came))
                continue;
            if (edge.Outcome is { } known)
                next = next with { Known = conditions.Learn(next.Known, node.Number, known) };
            if (edge.Outcome is { } outcome && tests.TryGet(node.Number, outcome, out var exit))
            {
                next = next with
                {
                    Trace = exit.Guards != 0 ? Tell(next.Trace, node.Block.BranchValue!, outcome) : next.Trace,
                    Tested = next.Tested | exit.Guards,
                    Facts = next.Facts | exit.Test.Facts,
                    Decision = exit.Test.Facts != PathFacts.None && exit.Test.Facts != PathFacts.Token ? node.Block.BranchValue!.Syntax : next.Decision,
                };
                if (exit.Test.Bound is { } bound)
                    next = Bind(next, new CycleGuard(bound, null, node.Block.BranchValue!.Syntax));
            }

            next = Settle(next);
            if (edge.Target == body.Head && body.Recursion == null)
                arrivals.Add(Settle(next, isBack: true));
            else if (!Arrive(next with { Node = edge.Target }))
                return false;
        }

        return arrivals.Count < 4096;
    }

    // A condition that counts by itself has been told of as a statement.
    private static Trace Tell(Trace? trace, IOperation condition, bool outcome) =>
        trace?.Statement == condition ? trace with { Outcome = outcome } : new Trace(condition, outcome, trace);

    private State Do(State state, Step step, IOperation statement)
    {
        if (step == Step.Nothing)
            return state;
        var next = state with
        {
            Advanced = state.Advanced | step.Moves,
            Receded = state.Receded | step.MovesBack,
            Facts = state.Facts | step.Facts,
            Trace = step.Matters ? new Trace(statement, null, state.Trace) : state.Trace,
        };
        return Settle(step.Bound is { } bound ? Bind(next, bound) : next);
    }

    // What a call was given is evaluated before it fails; what it would have changed is not.
    private State Throw(State state, Step step, int handler, IOperation statement)
    {
        var next = state with
        {
            Node = handler,
            Advanced = state.Advanced | (step.Moves & step.MovesBefore),
            Receded = state.Receded | (step.MovesBack & step.MovesBefore),
            Facts = state.Facts | (step.Fails || IsAfterWork(state) ? PathFacts.Failed : PathFacts.None),
            Handler = handlers.Of(handler) ?? state.Handler,
            Known = conditions.After(state.Known, statement),
            Trace = step.Matters ? new Trace(statement, null, state.Trace) : state.Trace,
        };
        // A cancelled call ends the cycle unless it is taken for a failure like any other.
        if (step.PassesToken && !handlers.CatchesCancellation(handler))
        {
            next = next with { Facts = next.Facts | PathFacts.Token };
            if (step.Bound is { Kind: GuardKind.Deadline } deadline)
                next = Bind(next, deadline);
        }

        return Settle(next);
    }

    // Whatever fails behind the work, and is caught, has the work done again because something failed.
    private static bool IsAfterWork(State state) => (state.Facts & PathFacts.Called) != 0;

    private static State Bind(State state, CycleGuard guard) => state.Guard != null ? state : state with { Guard = guard, Facts = state.Facts | PathFacts.Guarded };

    private State Settle(State state, bool isBack = false)
    {
        if (state.Guard == null && ((state.Advanced ^ state.Receded) & state.Tested & (isBack ? ulong.MaxValue : ~deferred)) is var both and not 0)
            for (var i = 0; i < tests.Guards.Count; i++)
                if ((both & (1UL << i)) != 0)
                {
                    state = Bind(state, tests.Guards[i].Guard);
                    if (tests.Guards[i].Guard.Kind == GuardKind.Latch)
                        state = state with { Facts = state.Facts | PathFacts.Latched };
                    break;
                }

        return state.Guard != null ? state with { Advanced = 0, Receded = 0, Tested = 0 } : state;
    }

    // Whether a parameter of a function that calls itself counts is known when it is handed on; a number that is moved both ways, at the end.
    private ulong Deferred()
    {
        var (up, down, parameters) = (0UL, 0UL, 0UL);
        foreach (var node in body.Nodes)
            foreach (var statement in body.Graph.Nodes[node].Statements)
            {
                up |= steps.Of(statement).Moves;
                down |= steps.Of(statement).MovesBack;
            }

        if (body.Recursion != null)
            for (var i = 0; i < tests.Guards.Count; i++)
                if (tests.Guards[i].Path.Root is IParameterSymbol)
                    parameters |= 1UL << i;
        return (up & down) | parameters;
    }

    private bool Arrive(State state)
    {
        if (!known.TryGetValue(state.Node, out var states))
            known.Add(state.Node, states = []);
        // Among many ways, what conditions said is forgotten: there are more ways then, not fewer.
        if (states.Count > ManyStates)
            state = state with { Known = default };
        foreach (var other in states)
            if (other.Covers(state, states.Count > ManyStates))
                return true;
        if (states.Count >= MaxStates)
            return false;
        states.Add(state);
        open.Enqueue(state);
        return true;
    }

    private State EnterAgain(State state, IInvocationOperation again)
    {
        for (var i = 0; i < tests.Guards.Count; i++)
            if (tests.Guards[i].Path is { Root: IParameterSymbol parameter, Member: null })
            {
                var (given, isChanged) = body.Recursion!.GivenTo(parameter, again);
                var bit = 1UL << i;
                if (given == null || !body.Context.Origins.DependsOn(given, parameter, body.Region))
                    state = state with { Advanced = state.Advanced & ~bit, Receded = state.Receded & ~bit };
                else if (isChanged || given.Unwrap() is not IParameterReferenceOperation)
                    state = state with { Advanced = state.Advanced | bit, Receded = state.Receded & ~bit };
            }

        if (body.Recursion!.MayBeCounted(again))
            state = Bind(state, new CycleGuard(GuardKind.Unknown, null, again.Syntax));
        // A node's children, the rest of a list: there is less of it in each turn.
        foreach (var argument in again.Arguments)
            if (argument.Value.Unwrap() is IMemberReferenceOperation or IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation
                && AccessPath.Of(argument.Value) is { Root: IParameterSymbol } && (body.Context.Origins.Of(argument.Value) & (Origin.Answer | Origin.Remote)) == 0)
                state = Bind(state, new CycleGuard(GuardKind.Sequence, null, argument.Syntax));
        return state;
    }

    private BackPath PathOf(State state)
    {
        var turn = new List<PathStep>();
        for (var trace = state.Trace; trace != null; trace = trace.Before)
            turn.Add(new PathStep(trace.Statement, trace.Outcome, (steps.Of(trace.Statement).Facts & PathFacts.Called) != 0));
        turn.Reverse();
        return new BackPath(
            state.Facts,
            state.Guard,
            state.Handler,
            state.Decision,
            [.. turn.Select(step => step.Statement)],
            [.. turn.Select(step => steps.Of(step.Statement).Delay).OfType<CycleDelay>().Distinct()])
        {
            Attempts = state.Guard is { Kind: GuardKind.Counter, Variable: { } counter } ? new AttemptCount(body.Context.Origins, body.Region, counter).Of(turn) : null,
        };
    }

    private sealed record Trace(IOperation Statement, bool? Outcome, Trace? Before);

    private sealed record State(int Node, ulong Advanced, ulong Receded, ulong Tested, PathFacts Facts, CycleGuard? Guard, SyntaxNode? Handler, SyntaxNode? Decision, Trace? Trace, Outcomes Known)
    {
        // A way that is known to do less is reason enough.
        public bool Covers(State other, bool whateverFailed) =>
            Facts == other.Facts && (Advanced & ~other.Advanced) == 0 && Receded == other.Receded && (Tested & ~other.Tested) == 0 && Known.Covers(other.Known) && (whateverFailed || Handler == other.Handler);
    }
}

using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Cycles;

/// <summary>What is known of the text around a cycle, and asked by its search.</summary>
internal sealed record CycleContext(AgentModel Model, ValueOrigins Origins, RemoteCalls Calls, Waits Waits, NestedWrites Nested, SyntaxNode Function, CancellationToken Cancellation);

/// <summary>
/// The ways from the head of a cycle back to it. A way is guarded when one and the same value is moved on and looked at on it; the search
/// keeps, for each place, the ways that differ in what is known of them, so that the one way that is not guarded is found among many that are.
/// </summary>
internal sealed class CycleSearch
{
    // Different ways to one place. With more, nothing is said of the cycle.
    private const int MaxStates = 96;

    // All work for one cycle.
    private const int MaxSteps = 60_000;

    private const int MaxGuards = 60;

    private readonly PathGraph graph;
    private readonly CycleContext context;
    private readonly HashSet<int> nodes;
    private readonly int head;
    private readonly CycleText region;
    private readonly IMethodSymbol? recursion;
    private readonly Deadlines deadlines;
    private readonly ExitTests tests;
    private readonly Advances advances;
    private readonly HashSet<int> returning;
    private ulong deferred;
    private readonly List<(CycleGuard Guard, AccessPath Path, bool? Switch)> guards = [];
    private readonly Dictionary<(int Node, bool Outcome), (ExitTest Test, ulong Guards)> exits = [];
    private readonly Dictionary<IOperation, Step> steps = [];
    private readonly HashSet<ISymbol> fedBack = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<int, List<State>> known = [];
    private readonly Queue<State> open = new();
    private readonly List<(State State, IInvocationOperation? Again)> arrivals = [];

    /// <param name="graph">The paths of the function.</param>
    /// <param name="context">The function.</param>
    /// <param name="nodes">The nodes of the cycle; for a function that calls itself, all from which it does.</param>
    /// <param name="head">Where a turn begins.</param>
    /// <param name="region">The text that is run again.</param>
    /// <param name="recursion">The function, where it calls itself.</param>
    public CycleSearch(PathGraph graph, CycleContext context, HashSet<int> nodes, int head, CycleText region, IMethodSymbol? recursion = null)
    {
        this.graph = graph;
        this.context = context;
        this.nodes = nodes;
        this.head = head;
        this.region = region;
        this.recursion = recursion;
        deadlines = new Deadlines(context.Model, context.Origins, region);
        tests = new ExitTests(context.Model, context.Origins, deadlines, StateReads.Of(context.Model), context.Cancellation);
        advances = new Advances(context.Model, context.Origins, region, context.Cancellation);
        returning = Returning();
    }

    /// <summary>The remote work in the cycle.</summary>
    public ImmutableArray<CycleCall> CallsIn()
    {
        var calls = new Dictionary<SyntaxNode, CycleCall>();
        foreach (var node in nodes)
            foreach (var statement in graph.Nodes[node].Statements)
                foreach (var part in context.Origins.Parts(statement))
                    if (part is IInvocationOperation call && context.Calls.Of(call) is { } remote && !IsAgain(call))
                        calls[call.Syntax] = remote;
        return [.. calls.Values.OrderBy(call => call.Call.Syntax.SpanStart)];
    }

    /// <summary>The ways back; null where they are too many.</summary>
    public ImmutableArray<BackPath>? Run(ImmutableArray<CycleCall> calls)
    {
        ReadTests();
        ReadFeedback(calls);
        deferred = Deferred();
        Arrive(new State(head, 0, 0, 0, PathFacts.None, null, null, null, null));
        var done = 0;
        while (open.Count > 0)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (++done > MaxSteps || !Advance(open.Dequeue()))
                return null;
        }

        return [.. arrivals.Select(arrival => PathOf(arrival.State)).GroupBy(path => (path.Facts, path.Guard, path.Handler, path.Decision)).Select(same => same.First())];
    }

    // ---- what decides ---------------------------------------------------------------------------------------------------

    // The nodes from which a turn that nothing disturbs comes back. What fails later on is another turn for another reason.
    private HashSet<int> Returning()
    {
        var before = new Dictionary<int, List<int>>();
        var found = new HashSet<int>();
        var way = new Queue<int>();
        foreach (var node in nodes)
        {
            if (recursion == null ? graph.Nodes[node].Next.Any(edge => edge.Target == head) : graph.Nodes[node].Statements.Any(statement => CallAgain(statement) != null))
                if (found.Add(node))
                    way.Enqueue(node);
            foreach (var edge in graph.Nodes[node].Next)
                if (edge.Target >= 0 && nodes.Contains(edge.Target) && (edge.Target != head || recursion != null))
                {
                    if (!before.TryGetValue(edge.Target, out var list))
                        before.Add(edge.Target, list = []);
                    list.Add(node);
                }
        }

        while (way.Count > 0)
            foreach (var node in before.TryGetValue(way.Dequeue(), out var list) ? list : [])
                if (found.Add(node))
                    way.Enqueue(node);
        return found;
    }

    private bool IsWithin(PathEdge edge) => edge.Target >= 0 && nodes.Contains(edge.Target);

    private bool Returns(PathEdge edge) => edge.Target >= 0 && ((edge.Target == head && recursion == null) || (IsWithin(edge) && returning.Contains(edge.Target)));

    // On which outcomes a condition lets the cycle go on while it ends on the other.
    private List<PathEdge> Stays(PathNode node)
    {
        var stays = node.Next.Where(Returns).ToList();
        if (stays.Count == 0)
            // while (…) { try { return …; } catch { … } }: only what fails comes back.
            stays = [.. node.Next.Where(IsWithin)];
        return stays.Count == 1 ? stays : [];
    }

    private void ReadTests()
    {
        var conditions = nodes.OrderBy(n => n).Select(n => graph.Nodes[n])
            .Where(node => node.Block.ConditionalSuccessor != null && node.Block.BranchValue is { ConstantValue.HasValue: false } && !node.Statements.Any(statement => CallAgain(statement) != null))
            .ToList();
        // a || b is left where both are false: then a decides as well, where it is true.
        var leaving = new HashSet<SyntaxNode>(conditions.Where(node => Stays(node).Count == 1).Select(node => WholeCondition(node.Block.BranchValue!.Syntax)));
        foreach (var node in conditions)
        {
            var condition = node.Block.BranchValue!;
            var stays = Stays(node);
            if (stays.Count == 0 && leaving.Contains(WholeCondition(condition.Syntax)))
                stays = [.. node.Next.Where(edge => Returns(edge) && !IsSameCondition(graph.Nodes[edge.Target], condition.Syntax))];
            foreach (var edge in node.Next)
            {
                if (edge.Outcome is not { } outcome || !IsWithin(edge) && edge.Target != head)
                    continue;
                var test = tests.Read(condition, outcome, region);
                var mask = 0UL;
                foreach (var (latch, value) in test.Latches)
                    if (IsLatch(latch, value))
                        mask |= Bit(GuardKind.Latch, latch, value, condition.Syntax);
                if (stays.Contains(edge))
                    foreach (var counter in test.Counters)
                        mask |= Bit(GuardKind.Counter, counter, null, condition.Syntax);
                else
                    test = new ExitTest { Facts = test.Facts & PathFacts.Token };
                exits[(node.Number, outcome)] = (test, mask);
            }
        }
    }

    private static SyntaxNode WholeCondition(SyntaxNode part)
    {
        while (part.Parent is ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression })
            part = part.Parent;
        return part;
    }

    private static bool IsSameCondition(PathNode node, SyntaxNode part) =>
        node.Block.BranchValue is { } other && other.Syntax != part && WholeCondition(other.Syntax) == WholeCondition(part) && other.Syntax.SpanStart > part.SpanStart;

    private ulong Bit(GuardKind kind, AccessPath path, bool? value, SyntaxNode test)
    {
        for (var i = 0; i < guards.Count; i++)
            if (guards[i].Path.Equals(path) && guards[i].Switch == value)
                return 1UL << i;
        if (guards.Count >= MaxGuards)
            return 0;
        // What a function within this one counts is counted somewhere.
        if (kind == GuardKind.Counter && context.Nested.Writes(path.Root, context.Function))
            kind = GuardKind.Unknown;
        guards.Add((new CycleGuard(kind, path.Member ?? path.Root, test), path, value));
        return 1UL << (guards.Count - 1);
    }

    // A switch that the cycle only ever sets the other way: the way on which it is looked at and set is taken once.
    private bool IsLatch(AccessPath path, bool value)
    {
        if (path.Root is ILocalSymbol && region.Declares(path.Root))
            return false;
        var given = context.Origins.DefinitionsOf(path.Root).Where(definition => region.Contains(definition) && definition.Parent is IAssignmentOperation).ToList();
        return given.Count > 0 && given.All(definition => definition.Unwrap().ConstantValue is { HasValue: true, Value: bool set } && set != value);
    }

    // What came back, and goes into the next call.
    private void ReadFeedback(ImmutableArray<CycleCall> calls)
    {
        foreach (var call in calls)
            foreach (var part in context.Origins.Parts(call.Call))
                if (part is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation })
                    Keep(AccessPath.Of(part)?.Root, 0);

        void Keep(ISymbol? root, int depth)
        {
            if (root is null or ITypeSymbol || depth > 4)
                return;
            if (root is ILocalSymbol && region.Declares(root))
            {
                foreach (var definition in context.Origins.DefinitionsOf(root))
                    foreach (var part in context.Origins.Parts(definition))
                        if (part is ILocalReferenceOperation { Local: var local } && !SymbolEqualityComparer.Default.Equals(local, root))
                            Keep(local, depth + 1);
                        else if (part is IParameterReferenceOperation { Parameter: var parameter })
                            Keep(parameter, depth + 1);
            }
            else
            {
                fedBack.Add(root);
            }
        }
    }

    // ---- the search -----------------------------------------------------------------------------------------------------

    private bool Advance(State state)
    {
        var node = graph.Nodes[state.Node];
        foreach (var statement in node.Statements)
        {
            var step = StepOf(statement);
            if (step.Again is { } again)
            {
                arrivals.Add((Settle(EnterAgain(state, again), isBack: true), again));
                return true;
            }

            if (step.MayThrow)
                foreach (var handler in node.Handlers)
                    if (nodes.Contains(handler) && !Arrive(Throw(state, step, handler, statement)))
                        return false;
            state = Do(state, step, statement);
        }

        if (node.Throws)
            foreach (var handler in node.Handlers)
                if (nodes.Contains(handler) && !Arrive(state with { Node = handler, Handler = HandlerOf(handler) ?? state.Handler }))
                    return false;
        foreach (var edge in node.Next)
        {
            if (edge.Target < 0 || !nodes.Contains(edge.Target))
                continue;
            var next = state;
            if (edge.Outcome is { } outcome && exits.TryGetValue((node.Number, outcome), out var exit))
            {
                next = next with
                {
                    Tested = next.Tested | exit.Guards,
                    Facts = next.Facts | exit.Test.Facts,
                    Decision = exit.Test.Facts != PathFacts.None && exit.Test.Facts != PathFacts.Token ? node.Block.BranchValue!.Syntax : next.Decision,
                };
                if (exit.Test.Bound is { } bound)
                    next = Bind(next, new CycleGuard(bound, null, node.Block.BranchValue!.Syntax));
            }

            next = Settle(next);
            if (edge.Target == head && recursion == null)
                arrivals.Add((Settle(next, isBack: true), null));
            else if (!Arrive(next with { Node = edge.Target }))
                return false;
        }

        return arrivals.Count < 4096;
    }

    private State Do(State state, Step step, IOperation statement)
    {
        if (step == Step.Nothing)
            return state;
        var next = state with
        {
            Advanced = state.Advanced | step.Moves,
            Receded = state.Receded | step.MovesBack,
            Facts = state.Facts | step.Facts,
            Trace = step.Matters ? new Trace(statement, state.Trace) : state.Trace,
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
            Facts = state.Facts | (step.Fails ? PathFacts.Failed : PathFacts.None),
            Handler = HandlerOf(handler) ?? state.Handler,
            Trace = step.Matters ? new Trace(statement, state.Trace) : state.Trace,
        };
        // A cancelled call ends the cycle unless it is taken for a failure like any other.
        if (step.PassesToken && !CatchesCancellation(handler))
        {
            next = next with { Facts = next.Facts | PathFacts.Token };
            if (step.Bound is { Kind: GuardKind.Deadline } deadline)
                next = Bind(next, deadline);
        }

        return Settle(next);
    }

    private static State Bind(State state, CycleGuard guard) => state.Guard != null ? state : state with { Guard = guard, Facts = state.Facts | PathFacts.Guarded };

    private State Settle(State state, bool isBack = false)
    {
        if (state.Guard == null && ((state.Advanced ^ state.Receded) & state.Tested & (isBack ? ulong.MaxValue : ~deferred)) is var both and not 0)
            for (var i = 0; i < guards.Count; i++)
                if ((both & (1UL << i)) != 0)
                {
                    state = Bind(state, guards[i].Guard);
                    if (guards[i].Guard.Kind == GuardKind.Latch)
                        state = state with { Facts = state.Facts | PathFacts.Latched };
                    break;
                }

        return state.Guard != null ? state with { Advanced = 0, Receded = 0, Tested = 0 } : state;
    }

    // Whether a parameter of a function that calls itself counts is known when it is handed on; a number that is moved both ways, at the end.
    private ulong Deferred()
    {
        var (up, down, parameters) = (0UL, 0UL, 0UL);
        foreach (var node in nodes)
            foreach (var statement in graph.Nodes[node].Statements)
            {
                up |= StepOf(statement).Moves;
                down |= StepOf(statement).MovesBack;
            }

        if (recursion != null)
            for (var i = 0; i < guards.Count; i++)
                if (guards[i].Path.Root is IParameterSymbol)
                    parameters |= 1UL << i;
        return (up & down) | parameters;
    }

    private bool Arrive(State state)
    {
        if (!known.TryGetValue(state.Node, out var states))
            known.Add(state.Node, states = []);
        foreach (var other in states)
            if (other.Covers(state))
                return true;
        if (states.Count >= MaxStates)
            return false;
        states.Add(state);
        open.Enqueue(state);
        return true;
    }

    private State EnterAgain(State state, IInvocationOperation again)
    {
        for (var i = 0; i < guards.Count; i++)
            if (guards[i].Path is { Root: IParameterSymbol parameter, Member: null })
            {
                var given = again.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal && argument.ArgumentKind != ArgumentKind.DefaultValue)?.Value;
                var bit = 1UL << i;
                if (given == null || !context.Origins.DependsOn(given, parameter, region))
                    state = state with { Advanced = state.Advanced & ~bit, Receded = state.Receded & ~bit };
                else if (given.Unwrap() is not IParameterReferenceOperation)
                    state = state with { Advanced = state.Advanced | bit, Receded = state.Receded & ~bit };
            }

        // A node's children, the rest of a list: there is less of it in each turn.
        foreach (var argument in again.Arguments)
            if (argument.Value.Unwrap() is IMemberReferenceOperation or IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation
                && AccessPath.Of(argument.Value) is { Root: IParameterSymbol } && (context.Origins.Of(argument.Value) & (Origin.Answer | Origin.Remote)) == 0)
                state = Bind(state, new CycleGuard(GuardKind.Sequence, null, argument.Syntax));
        return state;
    }

    // ---- statements -----------------------------------------------------------------------------------------------------

    private Step StepOf(IOperation statement)
    {
        if (!steps.TryGetValue(statement, out var step))
            steps.Add(statement, step = Read(statement));
        return step;
    }

    private Step Read(IOperation statement)
    {
        var step = new Step();
        var isCall = false;
        foreach (var part in context.Origins.Parts(statement))
            switch (part)
            {
                case IInvocationOperation call:
                    isCall = step.MayThrow = true;
                    if (IsAgain(call))
                        step.Again = call;
                    ReadCall(call, step);
                    break;
                case IAwaitOperation or IObjectCreationOperation or IThrowOperation or IPropertyReferenceOperation or IArrayElementReferenceOperation or IDynamicInvocationOperation:
                    step.MayThrow = true;
                    if (part is IAwaitOperation { Operation: var awaited } && IsEvent(awaited))
                        step.Bound ??= new CycleGuard(GuardKind.Arrival, null, part.Syntax);
                    break;
            }

        for (var i = 0; i < guards.Count; i++)
        {
            var (guard, path, value) = guards[i];
            var move = value != null ? (Sets(statement, path, !value.Value) ? 1 : 0) : guard.Kind == GuardKind.Unknown ? 1 : advances.Moves(statement, path);
            if (move == 0)
                continue;
            if (move > 0)
                step.Moves |= 1UL << i;
            else
                step.MovesBack |= 1UL << i;
            if (isCall && statement is not IExpressionStatementOperation { Operation: ISimpleAssignmentOperation })
                step.MovesBefore |= step.Moves | step.MovesBack;
        }

        if (step.MayThrow)
            step.Fails = (step.Facts & PathFacts.Called) != 0 || (context.Origins.Of(statement) & (Origin.Answer | Origin.Remote)) != 0;
        ReadChanges(statement, step);
        step.Matters = step.Facts != PathFacts.None || step.Moves != 0 || step.MovesBack != 0 || step.Bound != null;
        return step is { Matters: false, MayThrow: false, Again: null } ? Step.Nothing : step;
    }

    private void ReadCall(IInvocationOperation call, Step step)
    {
        if (context.Calls.Of(call) is { } remote && step.Again != call)
            step.Facts |= PathFacts.Called | (remote.Asks ? PathFacts.Asked : PathFacts.None);
        if (context.Waits.Of(call, region) is { } delay)
        {
            step.Facts |= PathFacts.Waited;
            step.Delay = delay;
        }

        if (context.Model.Find(call.TargetMethod, CatalogueRole.HumanInput) != null || IsHuman(call))
            step.Bound ??= new CycleGuard(GuardKind.Human, null, call.Syntax);
        if (IsArrival(call))
            step.Bound ??= new CycleGuard(GuardKind.Arrival, null, call.Syntax);
        foreach (var argument in call.Arguments)
            if (argument.ArgumentKind != ArgumentKind.DefaultValue && Deadlines.IsToken(argument.Value.Type))
                ReadToken(argument.Value, call, step);
        if (call.Instance is { } token && Deadlines.IsToken(token.Type))
            ReadToken(token, call, step);
    }

    private void ReadToken(IOperation token, IInvocationOperation call, Step step)
    {
        if (token.Unwrap() is IDefaultValueOperation or IPropertyReferenceOperation { Property: { IsStatic: true } } or { ConstantValue.HasValue: true })
            return;
        step.PassesToken = true;
        step.Facts |= PathFacts.Token;
        if (deadlines.IsDeadline(token))
            step.Bound ??= new CycleGuard(GuardKind.Deadline, null, call.Syntax);
    }

    // A helper that asks somebody.
    private bool IsHuman(IInvocationOperation call) =>
        !call.IsImplicit
        && context.Model.EntriesOf(call.TargetMethod).IsEmpty
        && CallGraph.Of(context.Model).Resolve(call.TargetMethod) is { } helper
        && MethodBodies.HasSource(helper, context.Model)
        && EffectSummaries.Of(context.Model).Of(helper, 3, context.Cancellation).First(entry => entry.Role == CatalogueRole.HumanInput) != null;

    // The next item of a channel or a queue.
    private bool IsArrival(IInvocationOperation call) =>
        !call.IsImplicit && call.TargetMethod.ContainingType is { ContainingNamespace: { Name: "Channels", ContainingNamespace.Name: "Threading" } } && call.TargetMethod.ReturnType.IsTask();

    // await completion.Task: somebody else says when.
    private bool IsEvent(IOperation awaited) =>
        awaited.UnwrapAwaitable() is IPropertyReferenceOperation { Instance.Type: { Name: "TaskCompletionSource" } };

    private void ReadChanges(IOperation statement, Step step)
    {
        var operation = statement is IExpressionStatementOperation expression ? expression.Operation : statement;
        var target = operation switch
        {
            IAssignmentOperation assignment => assignment.Target,
            IInvocationOperation call => call.Receiver(),
            _ => null,
        };
        if (target != null && AccessPath.Of(context.Origins.Whole(target.Unwrap())) is { } path && fedBack.Contains(path.Root) && (context.Origins.Of(operation) & (Origin.Answer | Origin.Remote)) != 0)
            step.Facts |= PathFacts.FedBack;
    }

    private static bool Sets(IOperation statement, AccessPath path, bool value) =>
        statement.DescendantsAndSelf().Any(part => part is ISimpleAssignmentOperation assignment
            && AccessPath.Of(assignment.Target) is { } target && target.Equals(path)
            && assignment.Value.Unwrap().ConstantValue is { HasValue: true, Value: bool set } && set == value);

    private IInvocationOperation? CallAgain(IOperation statement) =>
        recursion == null ? null : context.Origins.Parts(statement).OfType<IInvocationOperation>().FirstOrDefault(IsAgain);

    private bool IsAgain(IInvocationOperation call) =>
        recursion != null && SymbolEqualityComparer.Default.Equals((call.TargetMethod.ReducedFrom ?? call.TargetMethod).OriginalDefinition, recursion);

    // ---- handlers -------------------------------------------------------------------------------------------------------

    private SyntaxNode? HandlerOf(int node)
    {
        var block = graph.Nodes[node].Block;
        foreach (var operation in graph.Nodes[node].Statements)
            if (operation.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>() is { } clause)
                return clause;
        // A handler that does nothing has no statement to tell it by: the first of its region that has.
        for (var region = block.EnclosingRegion; region != null; region = region.EnclosingRegion)
            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
                return HandlerByType(region);
        return null;
    }

    // catch { }: found by what stands beside it.
    private SyntaxNode? HandlerByType(ControlFlowRegion region)
    {
        if (region.EnclosingRegion is not { } whole)
            return null;
        foreach (var part in whole.NestedRegions)
            if (part.Kind == ControlFlowRegionKind.Try)
                for (var i = part.FirstBlockOrdinal; i <= part.LastBlockOrdinal; i++)
                    foreach (var operation in BlockOperations(i))
                        for (var node = operation.Syntax; node != null && node != context.Function; node = node.Parent)
                            if (node is TryStatementSyntax statement)
                            {
                                var index = whole.NestedRegions.Where(r => r.Kind != ControlFlowRegionKind.Try).ToList().IndexOf(region);
                                if (index >= 0 && index < statement.Catches.Count && statement.Catches.Count == whole.NestedRegions.Length - 1)
                                    return statement.Catches[index];
                            }

        return null;
    }

    private IEnumerable<IOperation> BlockOperations(int ordinal) =>
        graph.Nodes.FirstOrDefault(node => node.Block.Ordinal == ordinal)?.Statements ?? [];

    private bool CatchesCancellation(int handler)
    {
        for (var region = graph.Nodes[handler].Block.EnclosingRegion; region != null; region = region.EnclosingRegion)
            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
            {
                if (region.ExceptionType is { } type && type.SpecialType != SpecialType.System_Object && type.Name is not ("Exception" or "OperationCanceledException" or "TaskCanceledException" or "SystemException"))
                    return false;
                return region.Kind == ControlFlowRegionKind.Catch || HandlerOf(handler) is not CatchClauseSyntax { Filter: { } filter }
                    || !filter.DescendantNodes().Any(node => node is SimpleNameSyntax { Identifier.ValueText: "OperationCanceledException" or "TaskCanceledException" or "IsCancellationRequested" });
            }

        return false;
    }

    // ---- results --------------------------------------------------------------------------------------------------------

    private BackPath PathOf(State state)
    {
        var statements = new List<IOperation>();
        for (var trace = state.Trace; trace != null; trace = trace.Before)
            statements.Add(trace.Statement);
        statements.Reverse();
        return new BackPath(
            state.Facts,
            state.Guard,
            state.Handler,
            state.Decision,
            [.. statements],
            [.. statements.Select(statement => steps[statement].Delay).OfType<CycleDelay>().Distinct()]);
    }

    private sealed class Step
    {
        public static readonly Step Nothing = new();

        public ulong Moves { get; set; }

        /// <summary>What is moved downwards: up and down again is where it was.</summary>
        public ulong MovesBack { get; set; }

        public ulong MovesBefore { get; set; }

        public PathFacts Facts { get; set; }

        public CycleGuard? Bound { get; set; }

        public CycleDelay? Delay { get; set; }

        public IInvocationOperation? Again { get; set; }

        public bool MayThrow { get; set; }

        public bool Fails { get; set; }

        public bool PassesToken { get; set; }

        public bool Matters { get; set; }
    }

    private sealed record Trace(IOperation Statement, Trace? Before);

    private sealed record State(int Node, ulong Advanced, ulong Receded, ulong Tested, PathFacts Facts, CycleGuard? Guard, SyntaxNode? Handler, SyntaxNode? Decision, Trace? Trace)
    {
        // A way that is known to do less is reason enough.
        public bool Covers(State other) =>
            Facts == other.Facts && (Advanced & ~other.Advanced) == 0 && Receded == other.Receded && (Tested & ~other.Tested) == 0 && Handler == other.Handler;
    }
}

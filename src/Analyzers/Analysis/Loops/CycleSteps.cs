using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>What a statement does to a turn.</summary>
internal sealed class Step
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

    /// <summary>Whether it throws when what came back is a failure.</summary>
    public bool ThrowsFailure { get; set; }

    public bool Fails { get; set; }

    public bool PassesToken { get; set; }

    public bool Matters { get; set; }
}

/// <summary>Reads the statements of a cycle, each once.</summary>
internal sealed class CycleSteps
{
    private readonly CycleBody body;
    private readonly IReadOnlyList<(CycleGuard Guard, AccessPath Path, bool? Switch)> guards;
    private readonly Deadlines deadlines;
    private readonly Advances advances;
    private readonly Dictionary<IOperation, Step> steps = [];
    private readonly HashSet<ISymbol> fedBack = new(SymbolEqualityComparer.Default);

    public CycleSteps(CycleBody body, IReadOnlyList<(CycleGuard Guard, AccessPath Path, bool? Switch)> guards, Deadlines deadlines, ImmutableArray<CycleCall> calls)
    {
        this.body = body;
        this.guards = guards;
        this.deadlines = deadlines;
        advances = new Advances(body.Context.Model, body.Context.Origins, body.Region, body.Context.Cancellation);
        ReadFeedback(calls);
    }

    public Step Of(IOperation statement)
    {
        if (!steps.TryGetValue(statement, out var step))
            steps.Add(statement, step = Read(statement));
        return step;
    }

    private Step Read(IOperation statement)
    {
        var step = new Step();
        var isCall = false;
        foreach (var part in body.Context.Origins.Parts(statement))
            switch (part)
            {
                case IInvocationOperation call:
                    isCall = step.MayThrow = true;
                    if (body.IsAgain(call))
                    {
                        step.Again = call;
                        if (body.Recursion!.Waits(call))
                            step.Delay = new CycleDelay(call, null, DelayGrowth.Unknown, HasJitter: false);
                    }

                    ReadCall(call, step);
                    break;
                case IAwaitOperation or IObjectCreationOperation or IThrowOperation or IPropertyReferenceOperation or IArrayElementReferenceOperation or IDynamicInvocationOperation:
                    step.MayThrow = true;
                    if (part is IAwaitOperation { Operation: var awaited } && IsEvent(awaited))
                        step.Bound ??= new CycleGuard(GuardKind.Arrival, null, part.Syntax);
                    break;
            }

        if (statement.Descendants().OfType<IFlowAnonymousFunctionOperation>().FirstOrDefault(AsksHuman) is { } asked)
            step.Bound ??= new CycleGuard(GuardKind.Human, null, asked.Syntax);

        for (var i = 0; i < guards.Count; i++)
        {
            var (guard, path, value) = guards[i];
            var move = guard.Kind == GuardKind.Latch ? (value == null ? Fills(statement, path) : Sets(statement, path, !value.Value)) ? 1 : 0 : guard.Kind == GuardKind.Unknown ? 1 : advances.Moves(statement, path);
            if (move == 0)
                continue;
            if (move > 0)
                step.Moves |= 1UL << i;
            else
                step.MovesBack |= 1UL << i;
            if (isCall && statement is not (ISimpleAssignmentOperation or IExpressionStatementOperation { Operation: ISimpleAssignmentOperation }))
                step.MovesBefore |= step.Moves | step.MovesBack;
        }

        if (step.MayThrow)
            step.Fails = (step.Facts & PathFacts.Called) != 0 || (body.Context.Origins.Of(statement) & (Origin.Answer | Origin.Remote)) != 0;
        ReadChanges(statement, step);
        step.Matters = step.Facts != PathFacts.None || step.Moves != 0 || step.MovesBack != 0 || step.Bound != null;
        return step is { Matters: false, MayThrow: false, Again: null } ? Step.Nothing : step;
    }

    private void ReadCall(IInvocationOperation call, Step step)
    {
        if (body.Context.Calls.Of(call) is { } remote && step.Again != call)
            step.Facts |= PathFacts.Called | (remote.Asks ? PathFacts.Asked : PathFacts.None);
        if (body.Context.Waits.Of(call, body.Region) is { } delay)
        {
            step.Facts |= PathFacts.Waited;
            step.Delay = delay;
        }

        if (ThrowsFailure(call, body.Context.Model))
            step.ThrowsFailure = true;
        if (body.Context.Model.Find(call.TargetMethod, CatalogueRole.HumanInput) != null || IsHuman(call))
            step.Bound ??= new CycleGuard(GuardKind.Human, null, call.Syntax);
        if (IsArrival(call))
            step.Bound ??= new CycleGuard(GuardKind.Arrival, null, call.Syntax);
        foreach (var argument in call.Arguments)
            if (argument.ArgumentKind != ArgumentKind.DefaultValue && CancellationTokens.IsToken(argument.Value.Type))
                ReadToken(argument.Value, call, step);
        if (call.Instance is { } token && CancellationTokens.IsToken(token.Type))
            ReadToken(token, call, step);
    }

    /// <summary>Whether a call throws what a failed answer says: response.EnsureSuccessStatusCode().</summary>
    public static bool ThrowsFailure(IInvocationOperation call, AgentModel model) => model.Find(call.TargetMethod, CatalogueRole.StatusCode)?.Has("throws") == true;

    private void ReadToken(IOperation token, IInvocationOperation call, Step step)
    {
        if (token.Unwrap() is IDefaultValueOperation or IPropertyReferenceOperation { Property: { IsStatic: true } } or { ConstantValue.HasValue: true })
            return;
        step.PassesToken = true;
        step.Facts |= PathFacts.Token;
        if (deadlines.IsDeadline(token))
            step.Bound ??= new CycleGuard(GuardKind.Deadline, null, call.Syntax);
    }

    // requests.Select(request => Console.ReadLine() == "y"): whoever runs it, somebody is asked.
    private bool AsksHuman(IFlowAnonymousFunctionOperation lambda) =>
        body.Context.Model.SemanticsOf(lambda.Syntax.SyntaxTree).GetOperation(lambda.Syntax, body.Context.Cancellation) is { } written
        && written.Descendants().OfType<IInvocationOperation>().Any(call => body.Context.Model.Find(call.TargetMethod, CatalogueRole.HumanInput) != null);

    // A helper that asks somebody.
    private bool IsHuman(IInvocationOperation call) =>
        !call.IsImplicit
        && body.Context.Model.EntriesOf(call.TargetMethod).IsEmpty
        && CallGraph.Of(body.Context.Model).Resolve(call.TargetMethod) is { } helper
        && MethodBodies.HasSource(helper, body.Context.Model)
        && EffectSummaries.Of(body.Context.Model).Of(helper, 3, body.Context.Cancellation).First(entry => entry.Role == CatalogueRole.HumanInput) != null;

    // The next item of a channel or a queue; an event that a workflow waits for.
    private bool IsArrival(IInvocationOperation call) =>
        body.Context.Model.Find(call.TargetMethod, CatalogueRole.ActivityCall)?["waits"] == "event"
        || !call.IsImplicit && call.TargetMethod.ContainingType is { ContainingNamespace: { Name: "Channels", ContainingNamespace.Name: "Threading" } } && call.TargetMethod.ReturnType.IsTask();

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
        if (target != null && AccessPath.Of(body.Context.Origins.Whole(target.Unwrap())) is { } path && fedBack.Contains(path.Root) && (body.Context.Origins.Of(operation) & (Origin.Answer | Origin.Remote)) != 0)
            step.Facts |= PathFacts.FedBack;
    }

    private static bool Sets(IOperation statement, AccessPath path, bool value) =>
        statement.DescendantsAndSelf().Any(part => part is ISimpleAssignmentOperation assignment
            && AccessPath.Of(assignment.Target) is { } target && target.Equals(path)
            && assignment.Value.Unwrap().ConstantValue is { HasValue: true, Value: bool set } && set == value);

    private static bool Fills(IOperation statement, AccessPath path) =>
        statement.DescendantsAndSelf().Any(part => part is ISimpleAssignmentOperation assignment && AccessPath.Of(assignment.Target) is { } target && target.Equals(path));

    // What came back, and goes into the next call.
    private void ReadFeedback(ImmutableArray<CycleCall> calls)
    {
        foreach (var call in calls)
            foreach (var part in body.Context.Origins.Parts(call.Call))
                if (part is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation })
                    Keep(AccessPath.Of(part)?.Root, 0);

        void Keep(ISymbol? root, int depth)
        {
            if (root is null or ITypeSymbol || depth > 4)
                return;
            if (root is ILocalSymbol && body.Region.Declares(root))
            {
                foreach (var definition in body.Context.Origins.DefinitionsOf(root))
                    foreach (var part in body.Context.Origins.Parts(definition))
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
}

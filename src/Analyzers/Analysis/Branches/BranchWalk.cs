using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>One operation that a branch comes to.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Frame">The function that it stands in.</param>
/// <param name="IsApart">Whether other branches may be running then.</param>
internal readonly record struct BranchStep(IOperation Operation, BranchFrame Frame, bool IsApart)
{
    /// <summary>The place in the declaration that starts the branches: the operation, or the call that leads to it.</summary>
    public SyntaxNode Site => Frame.Steps.IsEmpty || IsNear ? Operation.Syntax : Frame.Steps[0].Site;

    // In the declaration that starts the branches itself, as in its local functions.
    private bool IsNear => Operation.Syntax.SyntaxTree == Frame.Member.SyntaxTree && Frame.Member.Span.Contains(Operation.Syntax.Span);

    /// <summary>What the operation is called in a message, with the way there.</summary>
    public string Describe(string what) => IsNear ? $"'{what}'" : $"'{what}' ({string.Join(" → ", Frame.Steps.Select(step => Witness.NameOf(step.Target ?? step.Named)).Append(what))})";
}

/// <summary>
/// Goes through all that a branch does, into the functions of the project that can reach what branches share: local functions, and methods
/// that are called on a shared object or are given one.
/// </summary>
internal sealed class BranchWalk(AgentModel model, CancellationToken cancellation)
{
    // How many calls a branch is followed through, and how many functions.
    private const int MaxDepth = 4;
    private const int MaxFrames = 64;

    private readonly CallGraph graph = CallGraph.Of(model);

    public IEnumerable<BranchStep> Of(BranchGroup group, Branch branch) => Of(BranchFrame.MemberAround(group.Join.Syntax), branch);

    /// <summary>The steps of a branch, in the order in which its functions are reached.</summary>
    /// <param name="member">The declaration that starts it.</param>
    /// <param name="branch">The branch.</param>
    public IEnumerable<BranchStep> Of(SyntaxNode member, Branch branch)
    {
        var self = branch.Code.SemanticModel?.GetEnclosingSymbol(branch.Code.Syntax.SpanStart, cancellation)?.ContainingType;
        var seen = new List<BranchFrame>();
        var open = new Queue<BranchFrame>();
        var first = new BranchFrame(branch, member, null, branch.Code, self == null ? null : new SharedPath(self, []), ImmutableDictionary<int, SharedPath>.Empty, branch.IsApart, [], []);
        if (branch.Code is IMethodReferenceOperation named)
            Enter(first, named.Method, named.Instance, ImmutableDictionary<int, SharedPath>.Empty, named.Syntax, branch.IsApart);
        else
            open.Enqueue(first);
        while (open.Count > 0)
        {
            var frame = open.Dequeue();
            foreach (var step in In(frame))
            {
                yield return step;
                switch (step.Operation)
                {
                    case IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } invoke when frame.Steps.Length < MaxDepth:
                        if (invoke.Receiver()?.Unwrap() is ILocalReferenceOperation { Local: var local } && invoke.SemanticModel is { } semantics && local.InitializerOf(semantics, cancellation)?.Unwrap() is { } function)
                            if (function is IAnonymousFunctionOperation lambda)
                                Add(frame with { Function = lambda.Symbol, Body = lambda, Given = Given(invoke, step), IsApart = step.IsApart, Around = frame.Around.Add(frame.Body.Syntax), Steps = frame.Steps.Add(new Call(lambda.Symbol, lambda.Symbol, invoke.Syntax)) });
                            else if (function is IMethodReferenceOperation kept)
                                Enter(frame, kept.Method, kept.Instance, Given(invoke, step), invoke.Syntax, step.IsApart);
                        break;
                    case IInvocationOperation call:
                        Enter(frame, call.TargetMethod, call.Instance is IConditionalAccessInstanceOperation instance ? instance.ConditionalOperand() : call.Instance, Given(call, step), call.Syntax, step.IsApart);
                        break;
                    // items.Select(One): runs as part of this.
                    case IMethodReferenceOperation passed when passed != branch.Code && graph.RunsNow(passed, cancellation):
                        Enter(frame, passed.Method, passed.Instance, ImmutableDictionary<int, SharedPath>.Empty, passed.Syntax, step.IsApart || IsApartFor(passed));
                        break;
                }
            }
        }

        ImmutableDictionary<int, SharedPath> Given(IInvocationOperation call, BranchStep step)
        {
            var given = ImmutableDictionary.CreateBuilder<int, SharedPath>();
            foreach (var argument in call.Arguments)
                if (argument.Parameter is { } parameter && step.Frame.ObjectOf(argument.Value, cancellation) is { } path)
                    given[parameter.Ordinal] = path;
            return given.ToImmutable();
        }

        void Enter(BranchFrame frame, IMethodSymbol method, IOperation? instance, ImmutableDictionary<int, SharedPath> given, SyntaxNode site, bool isApart)
        {
            var isLocal = method.MethodKind == MethodKind.LocalFunction;
            // What crosses the network is another's business, and so is what takes turns.
            if (frame.Steps.Length >= MaxDepth || model.EntriesOf(method).Any(RoleQuestions.IsRemoteCall)
                || (isLocal ? method.OriginalDefinition : graph.Resolve(method))?.Implementation() is not { } target || !MethodBodies.HasSource(target, model)
                || model.Is(target.ContainingType, CatalogueRole.TurnBased))
                return;
            var self = isLocal ? frame.This : instance == null ? null : frame.ObjectOf(instance, cancellation);
            if (!isLocal && self == null && given.IsEmpty)
                return;
            foreach (var body in MethodBodies.Of(target, model, cancellation))
                Add(frame with { Function = target, Body = body, This = self, Given = given, IsApart = isApart, Around = frame.Around.Add(frame.Body.Syntax), Steps = frame.Steps.Add(new Call(method, target, site)) });
        }

        void Add(BranchFrame frame)
        {
            if (seen.Count >= MaxFrames || seen.Any(known => IsSame(known, frame)))
                return;
            seen.Add(frame);
            open.Enqueue(frame);
        }
    }

    private static bool IsSame(BranchFrame one, BranchFrame other) =>
        one.Body.Syntax == other.Body.Syntax && one.IsApart == other.IsApart
        && (one.This is { } self ? other.This is { } otherSelf && self.IsSame(otherSelf) : other.This == null)
        && one.Given.Count == other.Given.Count
        && one.Given.All(given => other.Given.TryGetValue(given.Key, out var path) && path.IsSame(given.Value));

    // The operations of one function in the order of the text, with those of lambdas that run as part of it.
    private IEnumerable<BranchStep> In(BranchFrame frame)
    {
        var waits = new List<IOperation>();
        var open = new Stack<(IOperation Operation, bool IsApart)>();
        var steps = new List<(IOperation Operation, bool IsApart)>();
        open.Push((frame.Body, frame.IsApart));
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (operation, isApart) = open.Pop();
            if (operation != frame.Body && operation is ILocalFunctionOperation or INameOfOperation)
                continue;
            if (operation is IAnonymousFunctionOperation lambda && lambda != frame.Body)
            {
                if (!graph.RunsNow(lambda, cancellation))
                    continue;
                isApart |= IsApartFor(lambda);
            }

            steps.Add((operation, isApart));
            if (IsWait(operation))
                waits.Add(operation);
            foreach (var child in operation.ChildOperations.Reverse())
                open.Push((child, isApart));
        }

        foreach (var (operation, isApart) in steps)
            yield return new BranchStep(operation, frame, isApart || waits.Any(wait => ComesBefore(wait, operation, frame.Body)));
    }

    private bool IsApartFor(IOperation function)
    {
        var argument = function.Parent;
        while (argument is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            argument = argument.Parent;
        return argument is IArgumentOperation { Parent: IInvocationOperation call } && model.Find(call.TargetMethod, CatalogueRole.RunsDelegate) is { } run && (run.Has("apart") || run.Has("concurrent"));
    }

    private bool IsWait(IOperation operation) => operation switch
    {
        // What has ended already is not waited for.
        IAwaitOperation await => await.Operation.UnwrapAwaitable() is var task
            && !((task as IInvocationOperation)?.TargetMethod is { } made && model.Find(made, CatalogueRole.CompletedTask) != null)
            && !(task is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.CompletedTask) != null),
        IForEachLoopOperation { IsAsynchronous: true } => true,
        _ => false,
    };

    // Whether a way leads from a wait to an operation.
    private static bool ComesBefore(IOperation wait, IOperation operation, IOperation body)
    {
        if (FunctionAround(wait, body) is { } function && !function.Syntax.Span.Contains(operation.Syntax.Span))
            return false;
        var isForEach = wait is IForEachLoopOperation;
        var isWithin = operation.Syntax.Span.Contains(wait.Syntax.Span);
        if (isForEach ? wait.Syntax.Span.Contains(operation.Syntax.Span) || wait.Syntax.Span.End <= operation.Syntax.SpanStart : isWithin || wait.Syntax.Span.End <= operation.Syntax.SpanStart)
            return isWithin || !IsLeftBehind(wait, operation, body);
        // The next time around.
        for (var around = wait.Parent; around != null && around != body.Parent; around = around.Parent)
            if (around is ILoopOperation && around.Syntax.Span.Contains(operation.Syntax.Span))
                return true;
        return false;
    }

    // Whoever calls a function that waits need not wait for it.
    private static IOperation? FunctionAround(IOperation wait, IOperation body)
    {
        for (var around = wait.Parent; around != null && around != body; around = around.Parent)
            if (around is IAnonymousFunctionOperation)
                return around;
        return null;
    }

    // if (…) { await …; return; }
    private static bool IsLeftBehind(IOperation wait, IOperation operation, IOperation body)
    {
        for (var around = wait.Parent; around != null && around != body.Parent && !around.Syntax.Span.Contains(operation.Syntax.Span); around = around.Parent)
            if (around is IAnonymousFunctionOperation)
                return false;
            else if (around is IReturnOperation or IThrowOperation || (around is IBlockOperation { Operations: var statements } && around != body && statements.LastOrDefault() is IReturnOperation or IThrowOperation or IBranchOperation))
                return true;
        return false;
    }
}

using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>What a value is made of.</summary>
[Flags]
internal enum Origin
{
    None = 0,

    /// <summary>What a model or an agent said.</summary>
    Answer = 1,

    /// <summary>What another remote call gave back.</summary>
    Remote = 2,

    /// <summary>A caught exception.</summary>
    Exception = 4,
    Clock = 8,
    Random = 16,
}

/// <summary>
/// What the values of a member are made of, by the variables that they go through. Flow is not looked at: a variable is made of all that it is
/// ever given, and of what decides about that.
/// </summary>
internal sealed class ValueOrigins
{
    // How many variables in a row are followed to a call.
    private const int MaxVariables = 8;

    private readonly AgentModel model;
    private readonly SemanticModel semantics;
    private readonly RemoteCalls calls;
    private readonly CancellationToken cancellation;
    private readonly Dictionary<ISymbol, List<IOperation>> definitions = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, Origin> origins = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<IOperation>> changes = new(SymbolEqualityComparer.Default);
    private readonly ILookup<string, IInvocationOperation> callsOn;

    public ValueOrigins(AgentModel model, SemanticModel semantics, IOperation member, RemoteCalls calls, CancellationToken cancellation)
    {
        this.model = model;
        this.semantics = semantics;
        this.calls = calls;
        this.cancellation = cancellation;
        var invocations = new List<IInvocationOperation>();
        foreach (var operation in member.DescendantsAndSelf())
        {
            Define(operation);
            if (operation is IInvocationOperation { Instance.Type.Name: not null } call)
                invocations.Add(call);
        }

        callsOn = invocations.ToLookup(call => call.Instance!.Type!.Name, StringComparer.Ordinal);
        Solve();
    }

    /// <summary>The calls of the member on things of a type, told by its simple name.</summary>
    public IEnumerable<IInvocationOperation> CallsOn(string typeName) => callsOn[typeName];

    /// <summary>What a variable is given, where the member shows it.</summary>
    public IReadOnlyList<IOperation> DefinitionsOf(ISymbol variable) => definitions.TryGetValue(variable, out var values) ? values : [];

    public Origin Of(IOperation value)
    {
        var origin = Origin.None;
        foreach (var part in PartsAndPredicates(value))
        {
            origin |= OwnOf(part) | (Variable(part) is { } variable && origins.TryGetValue(variable, out var known) ? known : Origin.None);
            foreach (var field in ReadThrough(part))
                origin |= origins.TryGetValue(field, out var kept) ? kept : Origin.None;
        }

        return origin;
    }

    /// <summary>The calls that a value comes from, itself or through variables.</summary>
    public IEnumerable<IInvocationOperation> CallsBehind(IOperation value)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        open.Enqueue(value);
        while (open.Count > 0 && seen.Count < MaxVariables)
            switch (Whole(open.Dequeue().Unwrap()).Unwrap())
            {
                case IAwaitOperation { Operation: var task }:
                    open.Enqueue(task.UnwrapAwaitable());
                    break;
                case IInvocationOperation call:
                    yield return call;
                    break;
                case ILocalReferenceOperation { Local: var local } when seen.Add(local):
                    foreach (var definition in DefinitionsOf(local))
                        open.Enqueue(definition);
                    break;
            }
    }

    /// <summary>Whether a turn gives a variable another value.</summary>
    public bool IsChangedIn(ISymbol variable, CycleText region) => changes.TryGetValue(variable, out var places) && places.Any(region.Contains);

    /// <summary>Whether a variable is given another value outside of a cycle, or anywhere.</summary>
    public bool IsChangedOutside(ISymbol variable, CycleText? region) => changes.TryGetValue(variable, out var places) && places.Any(place => region?.Contains(place) != true);

    /// <summary>Whether a value is made of a variable, itself or through variables that a region declares.</summary>
    public bool DependsOn(IOperation value, ISymbol variable, CycleText region)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        open.Enqueue(value);
        while (open.Count > 0)
            foreach (var part in Parts(open.Dequeue()))
                if (Variable(part) is { } read)
                {
                    if (SymbolEqualityComparer.Default.Equals(read, variable))
                        return true;
                    if (read is ILocalSymbol && region.Declares(read) && seen.Add(read))
                        foreach (var definition in DefinitionsOf(read))
                            open.Enqueue(definition);
                }

        return false;
    }

    /// <summary>An operation of a control-flow graph as the source has it: what was taken apart is whole again.</summary>
    public IOperation Whole(IOperation operation) =>
        operation is IFlowCaptureReferenceOperation && semantics.GetOperation(operation.Syntax, cancellation) is { } whole ? whole : operation;

    /// <summary>All parts of a value, without the code of functions in it.</summary>
    public IEnumerable<IOperation> Parts(IOperation value)
    {
        var open = new Stack<IOperation>();
        open.Push(value);
        while (open.Count > 0)
        {
            var part = open.Pop();
            if (part is IFlowCaptureReferenceOperation)
            {
                var whole = Whole(part);
                if (whole is not IFlowCaptureReferenceOperation)
                    open.Push(whole);
                continue;
            }

            yield return part;
            if (part is not (IAnonymousFunctionOperation or IFlowAnonymousFunctionOperation or ILocalFunctionOperation or INameOfOperation))
                foreach (var child in part.ChildOperations)
                    open.Push(child);
        }
    }

    // Parts, and what the predicates in it look at: edges.FirstOrDefault(edge => edge.Fits(state)).
    private IEnumerable<IOperation> PartsAndPredicates(IOperation value)
    {
        foreach (var part in Parts(value))
        {
            yield return part;
            if (part is IAnonymousFunctionOperation or IFlowAnonymousFunctionOperation
                && (part as IAnonymousFunctionOperation ?? semantics.GetOperation(part.Syntax, cancellation) as IAnonymousFunctionOperation) is { Symbol.ReturnType.SpecialType: SpecialType.System_Boolean } predicate)
                foreach (var inner in predicate.Body.Descendants())
                    yield return inner;
        }
    }

    // bool More => last.Contains("X"): what a property or helper of the object itself reads of it.
    private ImmutableArray<ISymbol> ReadThrough(IOperation part)
    {
        var method = part switch
        {
            IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Property: { GetMethod: { } getter } property } when model.Declares(property) => getter,
            IInvocationOperation { Instance: null or IInstanceReferenceOperation, Arguments.IsEmpty: true, TargetMethod: { ReturnType.SpecialType: SpecialType.System_Boolean } helper } when model.Declares(helper) => helper,
            _ => null,
        };
        return method == null ? [] : StateReads.Of(model).ReadsOf(method, cancellation);
    }

    // A variable, a parameter, or a member of the object itself.
    private static ISymbol? Variable(IOperation part) => part switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } member => member.Member,
        _ => null,
    };

    private Origin OwnOf(IOperation part)
    {
        switch (part)
        {
            case IInvocationOperation call:
                var remote = calls.Of(call);
                var own = remote is not { IsProven: true } ? Origin.None : remote.Asks ? Origin.Answer : Origin.Remote;
                return (own == Origin.None ? own : ResultOf(call, own)) | OwnOf(call.TargetMethod);
            case IMemberReferenceOperation member:
                return OwnOf(member.Member);
            case IObjectCreationOperation { Constructor: { } constructor }:
                return OwnOf(constructor);
            default:
                return Origin.None;
        }
    }

    // A helper may drop what it has asked for, and say something else.
    private Origin ResultOf(IInvocationOperation call, Origin usual)
    {
        var result = ResultOf(call);
        // What a handler says tells whether it went well, and not what came back.
        return result == null || (result & (Origin.Answer | Origin.Remote)) != 0 ? usual : (result & Origin.Exception) != 0 ? Origin.Remote : Origin.None;
    }

    /// <summary>Whether the result of a call tells whether it went well, and nothing else.</summary>
    public bool TellsSuccessOnly(IInvocationOperation call) =>
        ResultOf(call) is { } result && (result & Origin.Exception) != 0 && (result & (Origin.Answer | Origin.Remote)) == 0;

    private Origin? ResultOf(IInvocationOperation call) =>
        call.TargetMethod.MethodKind != MethodKind.DelegateInvoke && ResultOrigins.MayBeDropped(call.TargetMethod) && calls.Depth > 0
        && CallGraph.Of(model).Resolve(call.TargetMethod) is { } target && MethodBodies.HasSource(target, model) && model.EntriesOf(call.TargetMethod).IsEmpty
            ? ResultOrigins.Of(model).Of(target, calls.Depth - 1, cancellation)
            : null;

    private Origin OwnOf(ISymbol member) => model.Find(member, CatalogueRole.ReplayUnsafe)?["kind"] switch
    {
        "clock" => Origin.Clock,
        "random" => Origin.Random,
        _ => Origin.None,
    };

    private void Solve()
    {
        var readers = new Dictionary<ISymbol, List<ISymbol>>(SymbolEqualityComparer.Default);
        // What a handler caught is known from the start.
        var open = new Queue<ISymbol>(origins.Keys);
        foreach (var pair in definitions)
        {
            foreach (var part in pair.Value.SelectMany(PartsAndPredicates))
            {
                if (OwnOf(part) is var own and not Origin.None)
                    Add(pair.Key, own);
                if (Variable(part) is { } read && !SymbolEqualityComparer.Default.Equals(read, pair.Key))
                {
                    if (!readers.TryGetValue(read, out var of))
                        readers.Add(read, of = []);
                    of.Add(pair.Key);
                }
            }
        }

        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var variable = open.Dequeue();
            foreach (var reader in readers.TryGetValue(variable, out var of) ? of : [])
                Add(reader, origins[variable]);
        }

        void Add(ISymbol variable, Origin origin)
        {
            origins.TryGetValue(variable, out var known);
            if ((known | origin) == known)
                return;
            origins[variable] = known | origin;
            open.Enqueue(variable);
        }
    }

    private void Define(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation { Symbol: var local } declarator when (declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer) is { } initializer:
                Add(local, initializer.Value);
                break;
            case IAssignmentOperation assignment:
                foreach (var target in Targets(assignment.Target))
                    Add(target, assignment.Value);
                Change(assignment.Target, assignment);
                break;
            case IIncrementOrDecrementOperation step:
                Change(step.Target, step);
                break;
            case IForEachLoopOperation loop:
                foreach (var local in loop.Locals)
                    Add(local, loop.Collection);
                break;
            case IDeclarationPatternOperation { DeclaredSymbol: { } declared }:
                AddMatched(declared, operation);
                break;
            case IRecursivePatternOperation { DeclaredSymbol: { } declared }:
                AddMatched(declared, operation);
                break;
            // out result
            case IArgumentOperation { Parameter.RefKind: RefKind.Out or RefKind.Ref, Value: { } output, Parent: { } call }:
                foreach (var target in Targets(output))
                    Add(target, call);
                Change(output, operation);
                break;
            // items.Select(item => …)
            case IAnonymousFunctionOperation lambda when ReceiverOf(lambda) is { } receiver:
                foreach (var parameter in lambda.Symbol.Parameters)
                    Add(parameter, receiver);
                break;
            // calls.Add(call): what is put into something is a part of it.
            case IInvocationOperation call when call.Receiver() is { } receiver && AccessPath.Of(receiver)?.Root is { } root
                && (call.Parent is IExpressionStatementOperation || (root is ILocalSymbol && call.Instance != null && model.Declares(call.TargetMethod) && !call.Type.IsTask())):
                foreach (var argument in call.Arguments)
                    if (argument.Value != receiver)
                        AddGiven(root, argument.Value);
                break;
            case ICatchClauseOperation clause:
                foreach (var local in clause.Locals)
                    origins[local] = Origin.Exception;
                break;
        }
    }

    private void Change(IOperation target, IOperation place)
    {
        foreach (var variable in Targets(target))
        {
            if (!changes.TryGetValue(variable, out var places))
                changes.Add(variable, places = []);
            places.Add(place);
        }
    }

    private void AddMatched(ISymbol declared, IOperation pattern)
    {
        for (var around = pattern.Parent; around != null; around = around.Parent)
            switch (around)
            {
                case IIsPatternOperation test:
                    Add(declared, test.Value);
                    return;
                case ISwitchExpressionOperation choice:
                    Add(declared, choice.Value);
                    return;
                case ISwitchOperation choice:
                    Add(declared, choice.Value);
                    return;
            }
    }

    private void Add(ISymbol variable, IOperation value)
    {
        AddGiven(variable, value);
        // needsAnotherTurn = true, where an answer asks for tools: what decides about a constant is what it says.
        if (value.ConstantValue.HasValue)
            foreach (var condition in ConditionsOf(value))
                AddGiven(variable, condition);
    }

    private void AddGiven(ISymbol variable, IOperation value)
    {
        if (!definitions.TryGetValue(variable, out var values))
            definitions.Add(variable, values = []);
        values.Add(value);
    }

    /// <summary>The conditions of the function that decide whether an operation is evaluated.</summary>
    public static IEnumerable<IOperation> ConditionsOf(IOperation operation)
    {
        for (var child = operation; child.Parent is { } parent and not (IAnonymousFunctionOperation or ILocalFunctionOperation or ILoopOperation { LoopKind: LoopKind.While or LoopKind.For }); child = parent)
            switch (parent)
            {
                case IConditionalOperation conditional when child != conditional.Condition:
                    yield return conditional.Condition;
                    break;
                case ISwitchCaseOperation { Parent: ISwitchOperation choice }:
                    yield return choice.Value;
                    break;
                case IForEachLoopOperation each:
                    yield return each.Collection;
                    break;
            }
    }

    private static IEnumerable<ISymbol> Targets(IOperation target)
    {
        if (target is ITupleOperation tuple)
            return tuple.Elements.SelectMany(Targets);
        if (target is IDeclarationExpressionOperation declaration)
            return Targets(declaration.Expression);
        return AccessPath.Of(target) is { Root: var root and not ITypeSymbol } ? [root] : [];
    }

    private static IOperation? ReceiverOf(IAnonymousFunctionOperation lambda)
    {
        var use = lambda.Parent;
        while (use is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            use = use.Parent;
        return use is IArgumentOperation { Parent: IInvocationOperation call } ? call.Receiver() : null;
    }
}

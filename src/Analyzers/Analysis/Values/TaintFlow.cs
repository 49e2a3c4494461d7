using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>
/// The taint of one function, forward over its control-flow graph. Conditions are read by <see cref="TaintConditions"/>, calls by
/// <see cref="TaintCalls"/>.
/// </summary>
internal sealed class TaintFlow : ForwardFlow<TaintState>
{
    /// <summary>The root that stands for the object itself.</summary>
    public static readonly object Self = new();

    private const int MaxDepth = 250;
    private const int MaxNestedFunctions = 4;

    private readonly ControlFlowGraph graph;
    private readonly TaintState initial;
    private readonly int nesting;
    private readonly TaintCalls calls;
    private readonly TaintConditions conditions;
    private readonly Dictionary<CaptureId, IOperation> captured = [];
    private TaintState state;
    private int depth;

    private TaintFlow(TaintRun run, ControlFlowGraph graph, TaintState initial, int nesting)
    {
        Context = run;
        this.graph = graph;
        this.initial = initial;
        this.nesting = nesting;
        state = initial;
        calls = new TaintCalls(this);
        conditions = new TaintConditions(this);
    }

    public TaintRun Context { get; }

    /// <summary>Whether what is found counts: while the analysis runs, what is known may still grow.</summary>
    public bool IsRecording { get; private set; }

    public TaintState State
    {
        get => state;
        set => state = value;
    }

    public TaintConditions Conditions => conditions;

    protected override TaintState Initial => initial;

    public static TaintExit Analyze(TaintRun run, ControlFlowGraph graph)
    {
        var state = TaintState.Empty;
        var function = run.Key.Function;
        foreach (var parameter in function.Parameters)
            if (run.Key.IsTool && run.Knowledge.IsModelFilled(parameter, run.Engine.Services))
                state = state.With(parameter, TaintValue.Of(new TaintLabel(new TaintSource(TaintOrigin.Argument, parameter, null), "")));
            else if (run.Key.IsTainted(parameter.Ordinal))
                state = state.With(parameter, TaintValue.Of(new TaintLabel(TaintSource.Parameter(parameter.Ordinal), "")));
        if (run.Key.IsTainted(-1))
            state = state.With(Self, TaintValue.Of(new TaintLabel(TaintSource.Parameter(-1), "")));
        return new TaintFlow(run, graph, state, 0).Analyze(isRecording: true);
    }

    /// <summary>What an operation gives. Effects of evaluating it go into the state.</summary>
    public TaintValue Value(IOperation? operation)
    {
        if (operation == null || depth > MaxDepth)
            return TaintValue.Clean;
        depth++;
        var value = Read(operation);
        depth--;
        return value.IsClean || !Context.Knowledge.IsClosed(operation.Type) ? value : value.WithoutLabels();
    }

    /// <summary>What an operation gives, without its effects.</summary>
    public TaintValue Peek(IOperation? operation)
    {
        var (before, wasRecording) = (state, IsRecording);
        IsRecording = false;
        var value = Value(operation);
        (state, IsRecording) = (before, wasRecording);
        return value;
    }

    /// <summary>The source expression behind a temporary of the graph.</summary>
    public IOperation Uncaptured(IOperation operation)
    {
        operation = Unwrapped(operation);
        for (var i = 0; i < 8 && operation is IFlowCaptureReferenceOperation reference
            && captured.TryGetValue(reference.Id, out var value); i++)
            operation = Unwrapped(value);
        return operation;
    }

    /// <summary>The variable, or the temporary, that holds an object; null for what no later code can name.</summary>
    public object? RootOf(IOperation? operation)
    {
        for (var i = 0; i < MaxDepth && operation != null; i++)
            switch (operation)
            {
                case ILocalReferenceOperation local:
                    return local.Local;
                case IParameterReferenceOperation parameter:
                    return parameter.Parameter;
                case IInstanceReferenceOperation:
                    return Self;
                case IDeclarationExpressionOperation declaration:
                    operation = declaration.Expression;
                    break;
                case IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation,
                    Member: IFieldSymbol or IPropertySymbol { IsIndexer: false } } member:
                    return member.Member;
                case IMemberReferenceOperation member:
                    operation = member.Instance;
                    break;
                case IArrayElementReferenceOperation element:
                    operation = element.ArrayReference;
                    break;
                case IFlowCaptureReferenceOperation reference:
                    if (captured.TryGetValue(reference.Id, out var value)
                        && Unwrapped(value) is not (IObjectCreationOperation or IInvocationOperation))
                        operation = value;
                    else
                        return reference.Id;
                    break;
                case IInvocationOperation call when call.Receiver() is { } receiver
                    && SymbolEqualityComparer.Default.Equals(receiver.Type, call.Type):
                    operation = receiver;
                    break;
                case IConversionOperation or IParenthesizedOperation or IAwaitOperation:
                    operation = Unwrapped(operation) is var inner && inner != operation ? inner : (operation as IAwaitOperation)?.Operation;
                    break;
                default:
                    return null;
            }

        return null;
    }

    /// <summary>Puts a value into an object: what is read of it later may be that.</summary>
    public void AddTo(IOperation? target, TaintValue value, string? member = null)
    {
        if (value.Labels.IsEmpty && value.Members.IsEmpty || RootOf(target) is not { } root)
            return;
        var known = state[root];
        var isDirect = member != null && target != null
            && Unwrapped(target) is not IMemberReferenceOperation { Instance: not (null or IInstanceReferenceOperation) };
        state = state.With(root, isDirect ? known.WithMember(member!, known.Member(member!).Join(value)) : known.Join(value.Whole()));
        Note(root, member, value);
    }

    /// <summary>Gives a variable or a member a value.</summary>
    public void Store(IOperation target, TaintValue value, IOperation? source)
    {
        target = Unwrapped(target);
        switch (target)
        {
            case ILocalReferenceOperation { Local: var local }:
                state = state.With(local, value).With(local, TestIn(source));
                break;
            case IParameterReferenceOperation { Parameter: var parameter }:
                state = state.With(parameter, value).With(parameter, TestIn(source));
                if (parameter.RefKind is RefKind.Out or RefKind.Ref)
                    Written(parameter, value);
                break;
            case IDeclarationExpressionOperation declaration:
                Store(declaration.Expression, value, source);
                break;
            case ITupleOperation tuple:
                Deconstruct(tuple, value, source);
                break;
            case IFlowCaptureReferenceOperation reference when captured.TryGetValue(reference.Id, out var aliased):
                Store(aliased, value, source);
                break;
            case IMemberReferenceOperation member:
                StoreMember(member, value);
                break;
            case IArrayElementReferenceOperation element:
                AddTo(element.ArrayReference, value);
                break;
        }
    }

    /// <summary>What a function whose code is here has checked when it says so; null for other calls.</summary>
    public TaintChecks? CheckedByCode(IInvocationOperation call, bool outcome) => calls.CheckedBy(call, outcome);

    /// <summary>What a lambda gives back, with a value for its parameters.</summary>
    public TaintValue RunLambda(IFlowAnonymousFunctionOperation lambda, TaintValue given)
    {
        if (nesting >= MaxNestedFunctions || !Context.Open.Add(lambda.Symbol))
            return TaintValue.Clean;
        var isTool = (Context.Model.RolesOf(lambda.Symbol, Context.Cancellation) & MethodRoles.Tool) != 0
            && !ToolApprovals.Of(Context.Model).IsApproved(lambda.Symbol, Context.Cancellation);
        var start = state;
        foreach (var parameter in lambda.Symbol.Parameters)
            start = start.With(
                parameter,
                isTool && Context.Knowledge.IsModelFilled(parameter, Context.Engine.Services)
                    ? TaintValue.Of(new TaintLabel(new TaintSource(TaintOrigin.Argument, parameter, null), ""))
                : Context.Knowledge.IsClosed(parameter.Type) ? TaintValue.Clean
                : given);
        var value = RunNested(
            lambda.Symbol, graph.GetAnonymousFunctionControlFlowGraphInScope(lambda, Context.Cancellation), start, runsHere: false);
        Context.Open.Remove(lambda.Symbol);
        return value;
    }

    /// <summary>What a local function gives back.</summary>
    public TaintValue RunLocalFunction(IMethodSymbol function, Func<IParameterSymbol, TaintValue> given)
    {
        if (nesting >= MaxNestedFunctions || !Context.Open.Add(function))
            return TaintValue.Clean;
        var start = state;
        foreach (var parameter in function.Parameters)
            start = start.With(parameter, given(parameter));
        var value = TaintValue.Clean;
        if (FindLocalFunction(function) is { } body)
            value = RunNested(function, body, start, runsHere: true);
        Context.Open.Remove(function);
        return value;
    }

    /// <summary>What a local function has checked when it gives true, or false.</summary>
    public TaintChecks? LocalFunctionSays(IInvocationOperation call, bool outcome)
    {
        if (nesting >= MaxNestedFunctions || FindLocalFunction(call.TargetMethod) is not { } body || !Context.Open.Add(call.TargetMethod))
            return null;
        var start = state;
        foreach (var argument in call.Arguments)
            if (argument.Parameter is { } parameter)
                start = start.With(parameter, Peek(argument.Value));
        var exit = Nested(body, start).Analyze(isRecording: false);
        Context.Open.Remove(call.TargetMethod);
        return outcome ? exit.WhenTrue : exit.WhenFalse;
    }

    protected override TaintState Join(TaintState left, TaintState right) => left.Join(right);

    protected override TaintState Transfer(IOperation operation, TaintState before)
    {
        state = before;
        Value(operation);
        return state;
    }

    protected override TaintState Assume(IOperation condition, bool outcome, TaintState before)
    {
        state = before;
        return before.With(before.Checks.And(conditions.CheckedBy(condition, outcome)));
    }

    private static IOperation Unwrapped(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } or IParenthesizedOperation)
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)operation).Operand;
        return operation;
    }

    private TaintExit Analyze(bool isRecording)
    {
        var entries = Run(graph, Context.Cancellation);
        IsRecording = isRecording;
        var returned = TaintValue.Clean;
        TaintChecks? whenTrue = null, whenFalse = null;
        foreach (var block in graph.Blocks)
        {
            if (entries[block.Ordinal] is not { } entry)
                continue;
            state = entry;
            foreach (var operation in block.Operations)
                Value(operation);
            if (block.BranchValue is not { } value)
                continue;
            var before = state;
            var result = Value(value);
            if (block.FallThroughSuccessor?.Semantics != ControlFlowBranchSemantics.Return)
                continue;
            returned = returned.Join(result);
            state = before;
            var constant = value.ConstantValue is { HasValue: true, Value: bool known } ? known : (bool?)null;
            if (constant != false)
                whenTrue = Both(whenTrue, state.Checks.And(conditions.CheckedBy(value, true)));
            if (constant != true)
                whenFalse = Both(whenFalse, state.Checks.And(conditions.CheckedBy(value, false)));
        }

        IsRecording = false;
        var exit = entries[entries.Length - 1];
        return new TaintExit(returned, exit, exit?.Checks, whenTrue, whenFalse);

        static TaintChecks Both(TaintChecks? known, TaintChecks next) => known == null ? next : known.Join(next);
    }

    private TaintValue RunNested(IMethodSymbol function, ControlFlowGraph body, TaintState start, bool runsHere)
    {
        var exit = Nested(body, start).Analyze(IsRecording);
        // A local function has run when its call has ended; a lambda may not have.
        if (runsHere && exit.After is { } checks)
            state = state.With(state.Checks.And(checks));
        // What it has put into variables around it stays there.
        if (exit.State is { } after)
            foreach (var pair in after.Values)
                if (state.Knows(pair.Key) || IsVariableAround(pair.Key))
                    state = state.With(pair.Key, state[pair.Key].Join(pair.Value));
        return exit.Returned;

        bool IsVariableAround(object root) => root is ILocalSymbol or IParameterSymbol
            && !SymbolEqualityComparer.Default.Equals(((ISymbol)root).ContainingSymbol.OriginalDefinition, function.OriginalDefinition);
    }

    private TaintFlow Nested(ControlFlowGraph body, TaintState start)
    {
        var nested = new TaintFlow(Context, body, start, nesting + 1);
        foreach (var pair in captured)
            nested.captured[pair.Key] = pair.Value;
        return nested;
    }

    private ControlFlowGraph? FindLocalFunction(IMethodSymbol function)
    {
        for (var around = graph; around != null; around = around.Parent)
            foreach (var local in around.LocalFunctions)
                if (SymbolEqualityComparer.Default.Equals(local.OriginalDefinition, function.OriginalDefinition))
                    return around.GetLocalFunctionControlFlowGraph(local, Context.Cancellation);
        return null;
    }

    private TaintValue Read(IOperation operation)
    {
        switch (operation)
        {
            case IExpressionStatementOperation statement:
                return Value(statement.Operation);
            case IArgumentOperation argument:
                return Value(argument.Value);
            case IConversionOperation conversion:
                return Value(conversion.Operand);
            case IParenthesizedOperation inner:
                return Value(inner.Operand);
            case IAwaitOperation awaited:
                return Value(awaited.Operation);
            case IFlowCaptureOperation capture:
                captured[capture.Id] = capture.Value;
                var kept = Value(capture.Value);
                state = state.With(capture.Id, kept).With(capture.Id, TestIn(capture.Value));
                return kept;
            case IFlowCaptureReferenceOperation reference:
                return state[reference.Id];
            case ISimpleAssignmentOperation assignment:
                var assigned = Value(assignment.Value);
                calls.SetMember(assignment.Target, assignment.Value, assigned);
                Store(assignment.Target, assigned, assignment.Value);
                return assigned;
            case ICompoundAssignmentOperation assignment:
                var sum = Joined([assignment.Target, assignment.Value]);
                calls.SetMember(assignment.Target, assignment.Value, sum);
                Store(assignment.Target, sum, null);
                return sum;
            case IDeconstructionAssignmentOperation deconstruction:
                var items = Value(deconstruction.Value);
                Store(deconstruction.Target, items, null);
                return items;
            case ILocalReferenceOperation local:
                return state[local.Local];
            case IParameterReferenceOperation parameter:
                return state[parameter.Parameter];
            case IInstanceReferenceOperation:
                return state[Self];
            case IFieldReferenceOperation or IPropertyReferenceOperation:
                return ReadMember((IMemberReferenceOperation)operation);
            case IArrayElementReferenceOperation element:
                foreach (var index in element.Indices)
                    Value(index);
                var parts = Value(element.ArrayReference).Whole();
                calls.Element(element, parts);
                return parts;
            case IInvocationOperation call:
                return calls.Call(call);
            case IObjectCreationOperation creation:
                return calls.Create(creation);
            case IFlowAnonymousFunctionOperation lambda:
                return RunLambda(lambda, TaintValue.Clean);
            case IAnonymousFunctionOperation or INameOfOperation or ITypeOfOperation or ILiteralOperation or IDefaultValueOperation:
                return TaintValue.Clean;
            case IAnonymousObjectCreationOperation anonymous:
                return anonymous.Initializers.OfType<ISimpleAssignmentOperation>().Aggregate(
                    TaintValue.Clean,
                    (made, set) => set.Target is IPropertyReferenceOperation property
                        ? made.WithMember(property.Property.Name, Value(set.Value)) : made);
            case ITupleOperation tuple:
                return tuple.Elements.Select((element, i) => (element, i))
                    .Aggregate(TaintValue.Clean, (made, part) => made.WithMember("Item" + (part.i + 1), Value(part.element)));
            case IInterpolatedStringOperation or IBinaryOperation { OperatorKind: BinaryOperatorKind.Add,
                Type.SpecialType: SpecialType.System_String }:
                return Text(TaintText.PartsOf(operation));
            case IIsPatternOperation test:
                var tested = Value(test.Value);
                Bind(test.Pattern, tested);
                return TaintValue.VerdictOn(tested.Verdict);
            case IMethodReferenceOperation group:
                return calls.Group(group, TaintValue.Clean);
            case IConditionalAccessOperation access:
                Value(access.Operation);
                return Value(access.WhenNotNull);
            case IConditionalAccessInstanceOperation instance:
                return Value(instance.ConditionalOperand());
            default:
                return Joined(operation.ChildOperations);
        }
    }

    private TaintValue Joined(IEnumerable<IOperation> operations) =>
        operations.Aggregate(TaintValue.Clean, (joined, part) => joined.Join(Value(part).Whole()));

    /// <summary>A text of parts: what stands behind other text can name no host.</summary>
    public TaintValue Text(IEnumerable<IOperation> parts)
    {
        var text = TaintValue.Clean;
        var prefix = new TaintPrefix();
        foreach (var part in parts)
        {
            var value = Value(part).Whole();
            text = text.Join(prefix.IsAnchor ? value.Mark(TaintTraits.Anchored) : value);
            prefix.Add(part.ConstantValue is { HasValue: true, Value: { } constant } ? constant.ToString() : null, !value.Labels.IsEmpty);
        }

        return text;
    }

    private TaintValue ReadMember(IMemberReferenceOperation reference)
    {
        var member = reference.Member;
        if (member is IFieldSymbol { IsConst: true })
            return TaintValue.Clean;
        var entries = member is IPropertySymbol ? Context.Model.EntriesOf(member) : [];
        TaintValue value;
        if (reference.Instance is null or IInstanceReferenceOperation)
            value = state.Knows(member) ? state[member] : state[Self].Member(member.Name).Join(Context.Engine.FieldOf(Context, member));
        else if (reference is IPropertyReferenceOperation { Arguments: { IsEmpty: false } arguments })
        {
            var holder = Value(reference.Instance);
            foreach (var argument in arguments)
                Value(argument);
            value = arguments[0].Value.ConstantValue is { HasValue: true, Value: string key } ? holder.Member(Key(key)) : holder.Whole();
        }
        else
        {
            var holder = Value(reference.Instance);
            value = NameOf(member) is { } name ? holder.Member(name) : holder.Whole();
            value = value.Join(Context.Engine.FieldOf(Context, member));
        }

        foreach (var entry in entries)
            switch (entry.Role)
            {
                case CatalogueRole.TaintSource:
                    var source = new TaintSource(entry["kind"] == "answer" ? TaintOrigin.Answer : TaintOrigin.Argument, member,
                        reference.Syntax);
                    state = state.With(state.Checks.Without(source));
                    value = value.Join(TaintValue.Of(new TaintLabel(source, "")));
                    break;
                case CatalogueRole.ProviderMember:
                    return value.WithoutLabels();
                case CatalogueRole.Verifier:
                    value = entry.Has("canonical") ? value.Mark(TaintTraits.Canonical) : value.Clear(TaintKnowledge.ClearedBy(entry));
                    break;
            }

        return member is IPropertySymbol { GetMethod: { } getter } ? value.Join(calls.Getter(getter, reference)) : value;
    }

    private void StoreMember(IMemberReferenceOperation target, TaintValue value)
    {
        var member = target.Member;
        if (target is IPropertyReferenceOperation { Arguments: { IsEmpty: false } arguments })
        {
            AddTo(target.Instance, value, arguments[0].Value.ConstantValue is { HasValue: true, Value: string key } ? Key(key) : null);
            return;
        }

        if (target.Instance is null or IInstanceReferenceOperation)
        {
            state = state.With(member, value);
            Context.Engine.NoteField(Context, member, value);
            if (target.Instance != null)
                Context.Write(-1, TaintValue.Clean.WithMember(member.Name, value));
            return;
        }

        if (RootOf(target.Instance) is not { } root)
            return;
        var isDirect = Unwrapped(target.Instance) is not IMemberReferenceOperation { Instance: not (null or IInstanceReferenceOperation) };
        if (isDirect)
        {
            // A member that is set anew is only that.
            state = state.With(root, state[root].Labels.IsEmpty ? state[root].WithMember(member.Name, value)
                : state[root].WithMember(member.Name, value.IsClean ? state[root].Member(member.Name) : value));
            Note(root, member.Name, value);
        }
        else if (!value.IsClean)
            AddTo(target.Instance, value);
    }

    // What is put into a field or a parameter is seen by others.
    private void Note(object root, string? member, TaintValue value)
    {
        var inside = member == null ? value.Whole() : TaintValue.Clean.WithMember(member, value);
        if (root is IFieldSymbol or IPropertySymbol)
        {
            Context.Engine.NoteField(Context, (ISymbol)root, inside);
            Context.Write(-1, TaintValue.Clean.WithMember(((ISymbol)root).Name, inside));
        }
        else if (ReferenceEquals(root, Self))
            Context.Write(-1, inside);
        else if (root is IParameterSymbol parameter)
            Written(parameter, inside);
    }

    private void Written(IParameterSymbol parameter, TaintValue value)
    {
        if (SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, Context.Key.Function.OriginalDefinition))
            Context.Write(parameter.Ordinal, value);
    }

    private void Deconstruct(ITupleOperation target, TaintValue value, IOperation? source)
    {
        var parts = source is { } given && Unwrapped(given) is ITupleOperation tuple ? tuple.Elements : default;
        for (var i = 0; i < target.Elements.Length; i++)
            Store(target.Elements[i], value.Members.IsEmpty ? value : value.Member("Item" + (i + 1)), parts.IsDefault || i >= parts.Length
                ? null : parts[i]);
    }

    private void Bind(IPatternOperation pattern, TaintValue value)
    {
        switch (pattern)
        {
            case IDeclarationPatternOperation { DeclaredSymbol: { } declared }:
                state = state.With(declared, Context.Knowledge.IsClosed((declared as ILocalSymbol)?.Type) ? value.WithoutLabels() : value);
                break;
            case IRecursivePatternOperation recursive:
                if (recursive.DeclaredSymbol is { } whole)
                    state = state.With(whole, value);
                foreach (var part in recursive.PropertySubpatterns)
                    Bind(part.Pattern, part.Member is IMemberReferenceOperation member ? value.Member(member.Member.Name) : value);
                foreach (var part in recursive.DeconstructionSubpatterns)
                    Bind(part, value.Whole());
                break;
            case IBinaryPatternOperation both:
                Bind(both.LeftPattern, value);
                Bind(both.RightPattern, value);
                break;
            case INegatedPatternOperation negated:
                Bind(negated.Pattern, value);
                break;
            case IListPatternOperation list:
                if (list.DeclaredSymbol is { } items)
                    state = state.With(items, value);
                foreach (var part in list.Patterns)
                    Bind(part, value.Whole());
                break;
            case ISlicePatternOperation { Pattern: { } slice }:
                Bind(slice, value);
                break;
        }
    }

    private TaintTest? TestIn(IOperation? source)
    {
        if (source?.Type?.SpecialType != SpecialType.System_Boolean)
            return null;
        return source.ConstantValue is { HasValue: true, Value: bool constant } ? new TaintTest(null, constant, state.Checks)
            : new TaintTest(source, null, state.Checks);
    }

    // Members that only unwrap a value: what is shown of them is shown of the value.
    private string? NameOf(ISymbol member) => member switch
    {
        IFieldSymbol { CorrespondingTupleField: { } item } => item.Name,
        IPropertySymbol { Name: "Result" or "Value" or "Current" or "Span" or "Memory" } when !Context.Model.Declares(member) => null,
        _ => member.Name,
    };

    private static string Key(string key) => "[" + key.Replace('.', '_') + "]";
}

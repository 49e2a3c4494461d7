using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Reads conditions: what decides whether there is another turn, and whether that can come to an end by itself.</summary>
internal sealed class ExitTests(AgentModel model, ValueOrigins origins, RemoteCalls calls, Deadlines deadlines, StateReads state, CancellationToken cancellation)
{
    // How many variables in a row are followed: var isLast = …; var stop = isLast || …; if (stop) break;
    private const int MaxVariables = 8;

    /// <summary>What a condition asks when it has an outcome that stays in a cycle.</summary>
    /// <param name="condition">The condition, as a control-flow graph has it.</param>
    /// <param name="outcome">How it came out.</param>
    /// <param name="region">The text of the cycle: what is declared there is new in each turn.</param>
    public ExitTest Read(IOperation condition, bool outcome, CycleText region)
    {
        var test = new ExitTest();
        var open = new Queue<(IOperation Operation, bool Outcome, int Variables)>();
        open.Enqueue((condition, outcome, 0));
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (operation, isTrue, variables) = open.Dequeue();
            operation = origins.Whole(operation.Unwrap());
            switch (operation.Unwrap())
            {
                case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                    open.Enqueue((not.Operand, !isTrue, variables));
                    break;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr or BinaryOperatorKind.And or BinaryOperatorKind.Or } both:
                    open.Enqueue((both.LeftOperand, isTrue, variables));
                    open.Enqueue((both.RightOperand, isTrue, variables));
                    break;
                case IBinaryOperation comparison when Constant(comparison.RightOperand) is bool value && comparison.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals:
                    open.Enqueue((comparison.LeftOperand, isTrue == (value == (comparison.OperatorKind == BinaryOperatorKind.Equals)), variables));
                    break;
                case IBinaryOperation comparison:
                    Compare(comparison, isTrue, test, region);
                    break;
                case IIsNullOperation isNull:
                    TestNull(isNull.Operand, isTrue, test);
                    break;
                case IIsPatternOperation match:
                    Match(match.Value, match.Pattern, isTrue, test, region);
                    break;
                case IIsTypeOperation type:
                    TestValue(type.ValueOperand, test);
                    break;
                case IAwaitOperation { Operation: var awaited }:
                    open.Enqueue((awaited.UnwrapAwaitable(), isTrue, variables));
                    break;
                case IInvocationOperation call:
                    Ask(call, isTrue, test, region);
                    break;
                case ILocalReferenceOperation local:
                    var path = new AccessPath(local.Local);
                    test.Latches.Add((path, isTrue));
                    TestValue(local, test, TellsOfFailure(local, isTrue), isMore: isTrue);
                    if (variables < MaxVariables)
                        foreach (var definition in origins.DefinitionsOf(local.Local))
                            if (definition is not { ConstantValue.HasValue: true } && definition.Type?.SpecialType == SpecialType.System_Boolean && region.Contains(definition))
                                open.Enqueue((definition, isTrue, variables + 1));
                    break;
                case IParameterReferenceOperation parameter:
                    test.Latches.Add((new AccessPath(parameter.Parameter), isTrue));
                    break;
                case IMemberReferenceOperation member:
                    TestMember(member, isTrue, test, region);
                    break;
                case { ConstantValue.HasValue: true }:
                    break;
                case var other:
                    TestValue(other, test);
                    break;
            }
        }

        return test;
    }

    private void Compare(IBinaryOperation comparison, bool isTrue, ExitTest test, CycleText region)
    {
        var (left, right) = (comparison.LeftOperand, comparison.RightOperand);
        if (comparison.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals && (IsNull(left) || IsNull(right)))
        {
            TestNull(IsNull(left) ? right : left, isTrue == (comparison.OperatorKind == BinaryOperatorKind.Equals), test);
            return;
        }

        var isOrder = comparison.OperatorKind is BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual;
        if (isOrder && ((origins.Of(left) | origins.Of(right)) & Origin.Clock) != 0)
        {
            test.Bound ??= GuardKind.Clock;
            return;
        }

        if (IsEmptiness(left, right) || IsEmptiness(right, left))
        {
            var counted = (Constant(right) != null ? left : right).Unwrap();
            TestEmptiness((counted as IMemberReferenceOperation)?.Instance ?? counted, test);
            return;
        }

        var counters = Numbers(left).Concat(Numbers(right)).ToList();
        test.Counters.AddRange(Kept(counters, region));
        if (isOrder && IsProgress(left, right, region))
            test.Bound ??= GuardKind.Counter;
        // A number that somebody else keeps: how it changes is not shown here.
        else if (isOrder && counters.Any(counter => counter.Root is not (ILocalSymbol or IParameterSymbol) || counter.Member != null) && !counters.Any(IsOwnNumber) && IsUnknown(left, right))
            test.Bound ??= GuardKind.Unknown;
        TestValue(left, test, IsStatus(left) || IsStatus(right));
        TestValue(right, test, IsStatus(left) || IsStatus(right));
    }

    private void Match(IOperation value, IPatternOperation pattern, bool isTrue, ExitTest test, CycleText region)
    {
        while (pattern is INegatedPatternOperation negated)
            (pattern, isTrue) = (negated.Pattern, !isTrue);
        switch (pattern)
        {
            case IConstantPatternOperation constant when IsNull(constant.Value):
                TestNull(value, isTrue, test);
                return;
            // MaxTurns is int most
            case IDeclarationPatternOperation or ITypePatternOperation when IsNumber(value.Unwrap().Type) && value.Unwrap().Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }:
                TestNull(value, !isTrue, test);
                return;
            case IRecursivePatternOperation { PropertySubpatterns.IsEmpty: true, DeconstructionSubpatterns.IsEmpty: true } when value.Type is { } type && SymbolEqualityComparer.Default.Equals(pattern.NarrowedType, type):
                TestNull(value, !isTrue, test);
                return;
        }

        if (pattern.DescendantsAndSelf().Any(p => p is IRelationalPatternOperation or IConstantPatternOperation))
        {
            if ((origins.Of(value) & Origin.Clock) != 0)
                test.Bound ??= GuardKind.Clock;
            test.Counters.AddRange(Kept(Numbers(value), region));
        }

        TestValue(value, test, IsStatus(value));
    }

    private void Ask(IInvocationOperation call, bool isTrue, ExitTest test, CycleText region)
    {
        // The next item of a sequence, or none.
        if (call is { IsImplicit: true, TargetMethod.Name: "MoveNext" or "MoveNextAsync" })
        {
            test.Bound ??= GuardKind.Sequence;
            return;
        }

        if (model.Find(call.TargetMethod, CatalogueRole.HumanInput) != null)
        {
            test.Bound ??= GuardKind.Human;
            return;
        }

        foreach (var argument in call.Arguments)
        {
            test.Counters.AddRange(Kept(Numbers(argument.Value), region));
            if (argument.Parameter?.RefKind == RefKind.Ref && AccessPath.Of(argument.Value) is { } counted && !IsNew(counted, region))
                test.Counters.Add(counted);
        }

        // string.IsNullOrEmpty(next)
        if (call.TargetMethod is { IsStatic: true, ContainingType.SpecialType: SpecialType.System_String, Parameters.Length: 1 })
        {
            TestNull(call.Arguments[0].Value, isTrue, test);
            return;
        }

        if (call.Receiver() is { } receiver && call.TargetMethod.Parameters.Length <= (call.TargetMethod.IsExtensionMethod ? 1 : 0) && IsCollection(receiver.Type))
        {
            TestEmptiness(receiver, test);
            return;
        }

        // The variable that keeps the answer may have told of it before: what counts is what the call itself is made of.
        // That it went well is no reason for another turn: the turns go on for another one.
        var isFailure = TellsOfFailure(call, isTrue);
        if (isFailure || !(origins.TellsSuccessOnly(call) && ToldFailures.Of(model).ValueAt(call, null, cancellation) == !isTrue))
            TestValue(call, test, isFailure, isMore: isTrue);
        if (test.Counters.Count == 0 && (IsToldByOthers(call) ? MayCount(call) : state.MayDecide(call, cancellation)))
            test.Bound ??= GuardKind.Unknown;
    }

    private bool IsToldByOthers(IOperation value) => (origins.Of(value) & (Origin.Answer | Origin.Remote)) != 0;

    // A helper that is given the answer, or keeps it, and counts by itself as well.
    private bool MayCount(IInvocationOperation call) =>
        CallGraph.Of(model).Resolve(call.TargetMethod) is { } helper && MethodBodies.HasSource(helper, model) && state.Counts(helper, cancellation);

    private void TestMember(IMemberReferenceOperation member, bool isTrue, ExitTest test, CycleText region)
    {
        // while (!work.IsCompleted) …: it ends with work that was begun before.
        if (model.Find(member.Member, CatalogueRole.CompletionTest) != null && member.Instance?.Unwrap() is ILocalReferenceOperation { Local: var task }
            && !region.Declares(task) && !origins.DefinitionsOf(task).Any(region.Contains))
        {
            test.Bound ??= GuardKind.Unknown;
            return;
        }

        // limit.HasValue
        if (member is { Member: { Name: "HasValue", ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }, Instance: { } nullable })
        {
            TestNull(nullable, !isTrue, test);
            return;
        }

        if (deadlines.IsCancellationTest(member))
        {
            if (member.Instance is { } token && deadlines.IsDeadline(token))
                test.Bound ??= GuardKind.Deadline;
            test.Facts |= PathFacts.Token;
            return;
        }

        var path = AccessPath.Of(member);
        if (path is { } place && place.Root is IFieldSymbol or IPropertySymbol && place.Member == null)
            test.Latches.Add((place, isTrue));
        var origin = origins.Of(member);
        if ((origin & (Origin.Answer | Origin.Remote)) == 0)
        {
            if (!state.IsFixed(member.Member))
                test.Bound ??= GuardKind.Unknown;
            return;
        }

        if (model.Find(member.Member, CatalogueRole.StatusCode)?.Has("success") == true)
            test.Facts |= isTrue ? PathFacts.None : PathFacts.FailedResult;
        else
            TestValue(member, test, TellsOfFailure(member, isTrue), isMore: isTrue);
        if (member is IPropertyReferenceOperation { Property.GetMethod: { } getter } && MethodBodies.HasSource(getter, model) && state.Counts(getter, cancellation))
            test.Bound ??= GuardKind.Unknown;
    }

    // if (!result.Ok) …: an object of the program by which a helper tells of a failure.
    private bool TellsOfFailure(IMemberReferenceOperation member, bool isTrue)
    {
        if (member is not { Type.SpecialType: SpecialType.System_Boolean, Member: var flag, Instance: { } instance })
            return false;
        var told = new FlagMember(flag.Name, flag.ContainingType);
        return origins.CallsBehind(instance).Any(call => ToldFailures.Of(model).ValueAt(call, told, cancellation) == isTrue);
    }

    // var (ok, text) = await Send(order); if (!ok) …
    private bool TellsOfFailure(ILocalReferenceOperation flag, bool isTrue)
    {
        if (flag.Type?.SpecialType != SpecialType.System_Boolean)
            return false;
        foreach (var definition in origins.DefinitionsOf(flag.Local))
            if (definition.Parent is IDeconstructionAssignmentOperation { Target: var target } && definition.Unwrap().Type is INamedTypeSymbol { IsTupleType: true } tuple
                && (target is IDeclarationExpressionOperation declaration ? declaration.Expression : target) is ITupleOperation { Elements: var elements }
                && elements.IndexOf(elements.FirstOrDefault(element => element is ILocalReferenceOperation { Local: var local } && SymbolEqualityComparer.Default.Equals(local, flag.Local))!) is >= 0 and var index
                && index < tuple.TupleElements.Length)
            {
                var told = new FlagMember(tuple.TupleElements[index].Name, tuple, index);
                if (origins.CallsBehind(definition).Any(call => ToldFailures.Of(model).ValueAt(call, told, cancellation) == isTrue))
                    return true;
            }

        return false;
    }

    // if (!await TrySend(order)) …: nothing but a truth value comes back. Of a question whether something is there, that is the answer.
    private bool TellsOfFailure(IInvocationOperation call, bool isTrue) =>
        call.TargetMethod.ReturnType is { } type && (type.SpecialType == SpecialType.System_Boolean || type.IsTask() && type is INamedTypeSymbol { TypeArguments: { Length: 1 } of } && of[0].SpecialType == SpecialType.System_Boolean)
        && calls.Of(call) is { IsProven: true } remote && (remote.Asks || model.Find(remote.Path!.Target, CatalogueRole.Effect) is { } effect && effect["class"] != "idempotent")
        && ToldFailures.Of(model).ValueAt(call, null, cancellation) == isTrue;

    // Nothing came: that is a failure. Something came: then there is more to do.
    private void TestNull(IOperation value, bool isNull, ExitTest test)
    {
        if (isNull && AccessPath.Of(value.Unwrap()) is { Member: null } variable)
            test.Empty.Add(variable);
        var origin = origins.Of(value);
        if ((origin & (Origin.Answer | Origin.Remote)) != 0)
            test.Facts |= (!isNull ? PathFacts.More : PathFacts.FailedResult) | ((origin & Origin.Answer) != 0 ? PathFacts.Answered : PathFacts.None);
        // A limit that may be left out is none where it is.
        else if (IsNumber(value.Unwrap().Type))
            test.Bound ??= IsAlwaysThere(value.Unwrap()) ? GuardKind.Unknown : null;
        else if (value.Unwrap() is IMemberReferenceOperation member && !state.IsFixed(member.Member))
            test.Bound ??= GuardKind.Unknown;
        else if (value.Unwrap() is IInvocationOperation call && state.MayDecide(call, cancellation))
            test.Bound ??= GuardKind.Unknown;
    }

    // int? MaxTurns { get; set; } = 10, int? max = 10
    private bool IsAlwaysThere(IOperation limit) => limit switch
    {
        IParameterReferenceOperation { Parameter: { HasExplicitDefaultValue: true, ExplicitDefaultValue: not null } } => true,
        IMemberReferenceOperation { Member: var member } => member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
        {
            PropertyDeclarationSyntax { Initializer.Value: { } value } => !value.IsKind(SyntaxKind.NullLiteralExpression),
            VariableDeclaratorSyntax { Initializer.Value: { } value } => !value.IsKind(SyntaxKind.NullLiteralExpression),
            // What a library keeps is not shown.
            null => true,
            _ => false,
        },
        _ => false,
    };

    // Calls that are still to be made, or items that are still to be done.
    private void TestEmptiness(IOperation collection, ExitTest test)
    {
        var origin = origins.Of(collection);
        if ((origin & Origin.Answer) != 0)
            test.Facts |= PathFacts.Answered;
        else if ((origin & Origin.Remote) != 0)
            test.Facts |= PathFacts.More;
        else
            test.Bound ??= GuardKind.Sequence;
    }

    private void TestValue(IOperation value, ExitTest test, bool isFailure = false, bool isMore = false)
    {
        var origin = origins.Of(value);
        if ((origin & Origin.Answer) != 0)
            test.Facts |= PathFacts.Answered;
        // run = await CreateRun(…); do run = await GetRun(…) while (run.Status == …): what is asked for is one, what was asked first another.
        if ((origin & Origin.Remote) != 0)
            test.Facts |= isFailure ? PathFacts.FailedResult : isMore ? PathFacts.Pending | PathFacts.More : PathFacts.Pending;
    }

    /// <summary>The variables that a number is counted in.</summary>
    private IEnumerable<AccessPath> Numbers(IOperation value)
    {
        foreach (var part in origins.Parts(value))
            if (part is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation { Member: IFieldSymbol { IsConst: false } or IPropertySymbol }
                && IsNumber(part.Type)
                && AccessPath.Of(part) is { } path)
                yield return path;
    }

    // var next = attempt + 1; if (next > limit) …: what a turn makes anew is made of what it kept.
    private IEnumerable<AccessPath> Kept(IEnumerable<AccessPath> numbers, CycleText region)
    {
        var seen = new HashSet<AccessPath>();
        var open = new Queue<AccessPath>(numbers);
        while (open.Count > 0)
        {
            var number = open.Dequeue();
            if (!seen.Add(number) || seen.Count > MaxVariables * 2)
                continue;
            if (!IsNew(number, region))
                yield return number;
            else if (number.Member == null)
                foreach (var made in origins.DefinitionsOf(number.Root).SelectMany(Numbers))
                    open.Enqueue(made);
        }
    }

    // if (length >= previous) return; previous = length;
    private bool IsProgress(IOperation left, IOperation right, CycleText region) =>
        (left.Unwrap() is ILocalReferenceOperation first && IsKept(first.Local, right, region)) || (right.Unwrap() is ILocalReferenceOperation second && IsKept(second.Local, left, region));

    private bool IsKept(ILocalSymbol previous, IOperation current, CycleText region) =>
        !region.Declares(previous)
        && AccessPath.Of(current) is { } path
        && origins.DefinitionsOf(previous).Any(value => region.Contains(value) && AccessPath.Of(value) is { } kept && kept.Overlaps(path));

    private static bool IsNew(AccessPath path, CycleText region) => path.Root is ILocalSymbol && region.Declares(path.Root);

    private static bool IsOwnNumber(AccessPath path) => path is { Root: ILocalSymbol or IParameterSymbol, Member: null };

    private bool IsUnknown(IOperation left, IOperation right) =>
        origins.Parts(left).Concat(origins.Parts(right)).Any(part => part is IMemberReferenceOperation member && IsNumber(part.Type) && !state.IsFixed(member.Member))
        && ((origins.Of(left) | origins.Of(right)) & (Origin.Answer | Origin.Remote)) == 0;

    private static bool IsEmptiness(IOperation counted, IOperation limit) =>
        counted.Unwrap() is IPropertyReferenceOperation { Property.Name: "Count" or "Length" } or IInvocationOperation { TargetMethod.Name: "Count" } && Constant(limit) is 0 or 1;

    private static bool IsCollection(ITypeSymbol? type) =>
        type is { SpecialType: not SpecialType.System_String } && (type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable) || type.SpecialType == SpecialType.System_Collections_IEnumerable);

    // Whether a call failed is asked; also by a variable that keeps what it came back with.
    private bool IsStatus(IOperation value) => value.Unwrap() switch
    {
        IPropertyReferenceOperation property => model.Find(property.Property, CatalogueRole.StatusCode) != null,
        ILocalReferenceOperation { Local: var local } => origins.DefinitionsOf(local).Any(definition => definition.Unwrap() is IPropertyReferenceOperation property && model.Find(property.Property, CatalogueRole.StatusCode) != null),
        _ => false,
    };

    private static bool IsNull(IOperation value) => value.Unwrap() is IDefaultValueOperation or { ConstantValue: { HasValue: true, Value: null } };

    private static object? Constant(IOperation value) => value.Unwrap().ConstantValue is { HasValue: true, Value: { } constant } ? constant : null;

    /// <summary>Numbers and spans of time can count; texts, switches and choices cannot.</summary>
    public static bool IsNumber(ITypeSymbol? type) =>
        type is { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double, TypeKind: not TypeKind.Enum }
        || type is INamedTypeSymbol { Name: "TimeSpan", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
        || (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable && IsNumber(nullable.TypeArguments[0]));
}

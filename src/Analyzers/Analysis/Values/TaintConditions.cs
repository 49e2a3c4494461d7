using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>
/// What a condition shows of tainted values when it comes out one way. An allow-list shows something where it says yes; a deny-list
/// shows nothing
/// where it says no, except of the few things that a path must not have.
/// </summary>
internal sealed class TaintConditions(TaintFlow flow)
{
    private const int MaxDepth = 24;

    private int depth;

    /// <summary>What has been checked where a condition came out so.</summary>
    public TaintChecks CheckedBy(IOperation condition, bool outcome)
    {
        if (depth >= MaxDepth)
            return TaintChecks.None;
        depth++;
        var checks = Read(Unwrap(condition), outcome);
        depth--;
        // Which way a decision went is known by the whole condition.
        return depth > 0 || checks.Decisions.IsEmpty ? checks
            : checks with { Decisions = [.. checks.Decisions.Select(decision => decision with { Outcome = outcome })] };
    }

    private static IOperation Unwrap(IOperation operation)
    {
        while (true)
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation inner:
                    operation = inner.Operand;
                    break;
                case IAwaitOperation awaited:
                    operation = awaited.Operation;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } task }:
                    operation = task;
                    break;
                default:
                    return operation;
            }
    }

    private TaintChecks Read(IOperation condition, bool outcome)
    {
        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return CheckedBy(not.Operand, !outcome);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd } both:
                return outcome ? CheckedBy(both.LeftOperand, true).And(CheckedBy(both.RightOperand, true)) : TaintChecks.None;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr } either:
                return outcome ? CheckedBy(either.LeftOperand, true).Join(CheckedBy(either.RightOperand, true))
                    : CheckedBy(either.LeftOperand, false).And(CheckedBy(either.RightOperand, false));
            case IBinaryOperation comparison:
                return Compared(comparison, outcome);
            case IIsPatternOperation match:
                return Matched(match.Value, match.Pattern, outcome);
            case IInvocationOperation call:
                return Said(call, outcome);
            case ILocalReferenceOperation { Local: var local }:
                return Held(local, condition, outcome);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return Held(parameter, condition, outcome);
            case IFlowCaptureReferenceOperation { Id: var id }:
                return Held(id, condition, outcome);
            case ICoalesceOperation coalesce:
                return coalesce.WhenNull.ConstantValue is { HasValue: true, Value: bool constant } && constant != outcome
                    ? CheckedBy(coalesce.Value, outcome) : TaintChecks.None;
            case { Kind: OperationKind.IsNull }:
                return TaintChecks.None;
            default:
                return ByVerdict(condition);
        }
    }

    // A variable that holds a condition: what held where it was given, and what the condition says now.
    private TaintChecks Held(object root, IOperation reference, bool outcome)
    {
        TaintChecks? all = null;
        if (flow.State.Tests.TryGetValue(root, out var tests))
            foreach (var test in tests)
            {
                if (test.Constant is { } constant && constant != outcome)
                    continue;
                var shown = test.Condition == null ? test.Checked : test.Checked.And(CheckedBy(test.Condition, outcome));
                all = all == null ? shown : all.Join(shown);
            }

        return (all ?? TaintChecks.None).And(ByVerdict(reference));
    }

    private TaintChecks ByVerdict(IOperation condition)
    {
        var verdict = flow.Peek(condition).Verdict;
        if (verdict.IsEmpty)
            return TaintChecks.None;
        flow.Context.Test(verdict);
        return TaintChecks.None with { Decisions = [.. verdict.Select(label => new TaintDecision(condition.Syntax, true, label))] };
    }

    private TaintChecks Compared(IBinaryOperation comparison, bool outcome)
    {
        var verdict = ByVerdict(comparison.LeftOperand).And(ByVerdict(comparison.RightOperand));
        var (left, right) = (comparison.LeftOperand, comparison.RightOperand);
        if (right.ConstantValue is { HasValue: true, Value: bool expected })
            return verdict.And(comparison.OperatorKind is BinaryOperatorKind.Equals ? CheckedBy(left, outcome == expected)
                : CheckedBy(left, outcome != expected));
        // name.IndexOfAny(Path.GetInvalidFileNameChars()) < 0
        if (Unwrap(left) is IInvocationOperation { TargetMethod: { Name: "IndexOfAny" or "IndexOf",
            ContainingType.SpecialType: SpecialType.System_String }, Instance: { } text }
                && right.ConstantValue is { HasValue: true, Value: int bound }
            && (comparison.OperatorKind, bound) switch
            {
                (BinaryOperatorKind.LessThan, 0) or (BinaryOperatorKind.Equals, -1) => outcome,
                (BinaryOperatorKind.GreaterThanOrEqual, 0) or (BinaryOperatorKind.NotEquals, -1) or (BinaryOperatorKind.GreaterThan,
                    -1) => !outcome,
                _ => false,
            })
            return verdict.And(Shown(text, TaintSinks.Path));
        if (comparison.OperatorKind is not (BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals))
            return verdict;
        if (IsNull(left) || IsNull(right))
            return verdict;
        return (comparison.OperatorKind == BinaryOperatorKind.Equals) == outcome ? verdict.And(Equal(left, right)) : verdict;
    }

    // What is equal to something that is not the model's is no longer the model's.
    private TaintChecks Equal(IOperation left, IOperation right)
    {
        var (one, other) = (flow.Peek(left).Whole(), flow.Peek(right).Whole());
        if (!one.Labels.IsEmpty && other.Labels.IsEmpty)
            return Shown(one, TaintSinks.All);
        return one.Labels.IsEmpty && !other.Labels.IsEmpty ? Shown(other, TaintSinks.All) : TaintChecks.None;
    }

    private static bool IsNull(IOperation operation) => Unwrap(operation).ConstantValue is { HasValue: true, Value: null };

    private TaintChecks Matched(IOperation value, IPatternOperation pattern, bool outcome)
    {
        var verdict = ByVerdict(value);
        switch (pattern)
        {
            case INegatedPatternOperation negated:
                return Matched(value, negated.Pattern, !outcome);
            case IConstantPatternOperation { Value: { ConstantValue: { HasValue: true, Value: bool expected } } }:
                return CheckedBy(value, outcome == expected).And(verdict);
            default:
                return outcome && IsChoice(pattern) ? verdict.And(Shown(value, TaintSinks.All)) : outcome
                    ? verdict.And(OfParts(value, pattern)) : verdict;
        }
    }

    // "a" or "b"
    private static bool IsChoice(IPatternOperation pattern) => pattern switch
    {
        IConstantPatternOperation constant => !IsNull(constant.Value),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either => IsChoice(either.LeftPattern)
            && IsChoice(either.RightPattern),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both => IsChoice(both.LeftPattern) || IsChoice(both.RightPattern),
        _ => false,
    };

    // { Host: "api.example.com" }
    private TaintChecks OfParts(IOperation value, IPatternOperation pattern)
    {
        if (pattern is not IRecursivePatternOperation recursive)
            return TaintChecks.None;
        var checks = TaintChecks.None;
        foreach (var part in recursive.PropertySubpatterns)
            if (IsChoice(part.Pattern) && part.Member is IMemberReferenceOperation member)
                checks = checks.And(Shown(flow.Peek(value).Member(member.Member.Name), TaintSinks.All));
        return checks;
    }

    private TaintChecks Said(IInvocationOperation call, bool outcome)
    {
        var checks = ByVerdict(call);
        if (flow.CheckedByCode(call, outcome) is { } known)
            return checks.And(known);
        var method = call.TargetMethod;
        var text = call.Instance ?? (method.IsExtensionMethod || method.IsStatic ? call.Arguments.FirstOrDefault()?.Value : null);
        if (text == null)
            return checks;
        var other = call.Arguments.FirstOrDefault(a => a.Value != text)?.Value;
        var isText = Unwrap(text).Type?.SpecialType == SpecialType.System_String;
        var self = flow.Peek(text).Whole();
        if (flow.Context.Model.EntriesOf(method)
            .FirstOrDefault(entry => entry.Role == CatalogueRole.Verifier && entry.Has("when")) is { } verifier
                && (verifier["when"] == "true") == outcome)
        {
            var given = call.Arguments.Where(a => a.Value != call.Instance && a.Parameter?.RefKind is not (RefKind.Out or RefKind.Ref))
                .Select(a => flow.Peek(a.Value).Whole()).Where(value => !value.Labels.IsEmpty).ToList();
            // One is compared with the other: x.Equals(y), table.Contains(x).
            foreach (var value in given.Concat(call.Instance != null && given.Count == 0
                && !flow.Context.Knowledge.IsCollection(call.Instance.Type) ? [self] : []))
                checks = checks.And(Shown(value, TaintSinks.All));
            return checks;
        }

        return (method.Name, outcome) switch
        {
            ("StartsWith", true) when !self.Labels.IsEmpty => checks.And(BeginsWith(self, other)),
            ("StartsWith", false) when !self.Labels.IsEmpty => checks.And(DoesNotBegin(self, ConstantOf(other))),
            ("EndsWith", true) when !self.Labels.IsEmpty && ConstantOf(other) is { Length: > 1 } suffix && suffix[0] == '.' =>
                checks.And(HostShown(self)),
            ("Contains", false) when !self.Labels.IsEmpty => checks.And(HasNo(self, ConstantOf(other))),
            ("IsPathRooted" or "IsPathFullyQualified", false) => checks.And(Shown(self, TaintSinks.Root)),
            ("All", true) or ("Any", false) when !self.Labels.IsEmpty && isText => checks.And(Shown(self, TaintSinks.All)),
            ("All" or "TrueForAll", true) or ("Any" or "Exists", _) when self.Labels.IsEmpty => checks.And(ForElements(call, outcome)),
            _ => checks,
        };
    }

    // roots.Any(root => path.StartsWith(root)): what its function says of something outside of the list.
    private TaintChecks ForElements(IInvocationOperation call, bool outcome)
    {
        foreach (var argument in call.Arguments)
            if (TaintArguments.Unwrap(argument.Value) is { Syntax: LambdaExpressionSyntax { ExpressionBody: { } body } }
                && flow.Context.Model.SemanticsOf(body.SyntaxTree).GetOperation(body, flow.Context.Cancellation) is { } condition)
                return CheckedBy(condition, outcome);
        return TaintChecks.None;
    }

    private TaintChecks BeginsWith(TaintValue text, IOperation? prefix)
    {
        var isCanonical = text.Labels.Values.All(facts => (facts.Traits & TaintTraits.Canonical) != 0);
        var shown = TaintSinks.Sql | (TaintRootPaths.EndInSeparator(prefix, flow) ? TaintSinks.Outside | TaintSinks.Prefix
            : TaintSinks.Prefix) | (isCanonical ? TaintSinks.Full : TaintSinks.None);
        if (NamesHost(prefix))
            shown |= TaintSinks.Address;
        return Shown(text, shown);
    }

    private bool NamesHost(IOperation? prefix)
    {
        if (ConstantOf(prefix) is not { } constant)
            return prefix != null && ConstantOf(flow.Uncaptured(prefix)) == null;
        var scheme = constant.IndexOf("://", StringComparison.Ordinal);
        return scheme > 0 ? constant.IndexOf('/', scheme + 3) > 0 : constant.Length > 1 && constant[0] == '/' && constant[1] != '/';
    }

    // A relative path that does not lead upwards: Path.GetRelativePath(root, full).StartsWith("..")
    private TaintChecks DoesNotBegin(TaintValue text, string? prefix) => prefix switch
    {
        { Length: > 1 } when prefix.StartsWith("..", StringComparison.Ordinal)
            && text.Labels.Values.All(facts => (facts.Traits & TaintTraits.Canonical) != 0) => Shown(text, TaintSinks.Path),
        "/" or "\\" => Shown(text, TaintSinks.Root),
        _ => TaintChecks.None,
    };

    private TaintChecks HasNo(TaintValue text, string? part) => part switch
    {
        ".." => Shown(text, TaintSinks.Dots),
        "/" or "\\" => Shown(text, TaintSinks.Path),
        _ => TaintChecks.None,
    };

    private static string? ConstantOf(IOperation? operation) => operation?.ConstantValue is { HasValue: true, Value: { } value }
        ? value.ToString() : null;

    private TaintChecks HostShown(TaintValue value)
    {
        var checks = TaintChecks.None;
        foreach (var label in value.Labels.Keys)
            if (HostOf(label) is { } whole)
                checks = checks.With([whole], TaintSinks.Address);
        return checks;
    }

    private TaintChecks Shown(IOperation value, TaintSinks sinks) => Shown(flow.Peek(value).Whole(), sinks);

    private TaintChecks Shown(TaintValue value, TaintSinks sinks)
    {
        flow.Context.Test(value.Labels.Keys);
        var checks = TaintChecks.None.With(value.Labels.Keys, sinks);
        foreach (var label in value.Labels.Keys)
            // The first word of a statement, the host of an address speak for the whole.
            if ((sinks & TaintSinks.Address) != 0 && HostOf(label) is { } address)
                checks = checks.With([address], TaintSinks.Address);
            else if ((sinks & TaintSinks.Sql) != 0 && LastMember(label) is "Split" or "Substring" or "First" or "FirstOrDefault")
                checks = checks.With(Parents(label), TaintSinks.Sql);
        return checks;
    }

    private static TaintLabel? HostOf(TaintLabel label) =>
        LastMember(label) is "Host" or "Authority" or "IdnHost" or "DnsSafeHost" ? Parent(label) : null;

    private static IEnumerable<TaintLabel> Parents(TaintLabel label)
    {
        while (LastMember(label) is "Split" or "Substring" or "First" or "FirstOrDefault")
            yield return label = Parent(label);
    }

    private static string LastMember(TaintLabel label) => label.Members.Substring(label.Members.LastIndexOf('.') + 1);

    private static TaintLabel Parent(TaintLabel label) => new(label.Source, label.Members.Substring(0, label.Members.LastIndexOf('.')));
}

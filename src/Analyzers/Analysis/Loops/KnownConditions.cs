using AgentLint.Analysis.Concurrency;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>How conditions came out on a way, as far as they still hold.</summary>
internal readonly record struct Outcomes(uint True, uint False)
{
    /// <summary>Whether every way on from there is a way on from here.</summary>
    public bool Covers(Outcomes other) => (True & ~other.True) == 0 && (False & ~other.False) == 0;
}

/// <summary>
/// Conditions whose outcome a turn knows. Those that it asks more than once: <c>if (!response.IsSuccessStatusCode) wait(); … while
/// (!response.IsSuccessStatusCode)</c>; as long as the variable is not touched, the second answer is the first. And switches that it sets itself:
/// <c>retry = false; try { … } catch { retry = true; } while (retry)</c>. No way goes on against what is known.
/// </summary>
internal sealed class KnownConditions
{
    private const int MaxConditions = 32;

    private readonly Dictionary<int, (int Bit, bool IsNegated)> byNode = [];
    private readonly List<(ISymbol Symbol, bool IsSwitch)> roots = [];
    private readonly Dictionary<IOperation, List<(int Root, bool? Set)>> touches = [];

    public KnownConditions(CycleBody body)
    {
        var asked = new Dictionary<string, List<(int Node, bool IsNegated, ISymbol Root, bool IsSwitch)>>(StringComparer.Ordinal);
        foreach (var node in body.Nodes.OrderBy(n => n))
        {
            if (body.Graph.Nodes[node].Block is not { ConditionalSuccessor: not null, BranchValue: { } condition })
                continue;
            var (value, isNegated) = (condition.Unwrap(), false);
            while (value is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
                (value, isNegated) = (not.Operand.Unwrap(), !isNegated);
            if (RootOf(value) is not { } root || body.Context.Nested.Writes(root, body.Context.Function))
                continue;
            var text = value.Syntax.ToString();
            if (!asked.TryGetValue(text, out var same))
                asked.Add(text, same = []);
            same.Add((node, isNegated, root, value is ILocalReferenceOperation));
        }

        foreach (var same in asked.Values)
        {
            var isSwitch = same[0].IsSwitch && IsSet(same[0].Root, body);
            if ((same.Count < 2 && !isSwitch) || roots.Count >= MaxConditions || same.Any(other => !SymbolEqualityComparer.Default.Equals(other.Root, same[0].Root)))
                continue;
            foreach (var (node, isNegated, _, _) in same)
                byNode.Add(node, (roots.Count, isNegated));
            roots.Add((same[0].Root, isSwitch));
        }
    }

    /// <summary>Whether a condition may come out so after what is known.</summary>
    public bool May(Outcomes known, int node, bool outcome)
    {
        if (!byNode.TryGetValue(node, out var asked))
            return true;
        var bit = 1u << asked.Bit;
        return ((outcome != asked.IsNegated ? known.False : known.True) & bit) == 0;
    }

    public Outcomes Learn(Outcomes known, int node, bool outcome)
    {
        if (!byNode.TryGetValue(node, out var asked))
            return known;
        var bit = 1u << asked.Bit;
        return outcome != asked.IsNegated ? new Outcomes(known.True | bit, known.False & ~bit) : new Outcomes(known.True & ~bit, known.False | bit);
    }

    /// <summary>What holds after a statement: nothing of a variable that is assigned, called or handed over, but for what is set to true or false.</summary>
    public Outcomes After(Outcomes known, IOperation statement)
    {
        if (roots.Count == 0)
            return known;
        // Many ways lead through one statement.
        if (!touches.TryGetValue(statement, out var touched))
            touches.Add(statement, touched = [.. TouchesIn(statement)]);
        foreach (var (root, set) in touched)
        {
            var bit = 1u << root;
            known = new Outcomes(set == true ? known.True | bit : known.True & ~bit, set == false ? known.False | bit : known.False & ~bit);
        }

        return known;
    }

    // The variables that a statement touches, in order, each with the truth value that it is set to.
    private IEnumerable<(int Root, bool? Set)> TouchesIn(IOperation statement)
    {
        foreach (var part in statement.DescendantsAndSelf())
        {
            var target = part switch
            {
                IAssignmentOperation assignment => assignment.Target,
                IIncrementOrDecrementOperation step => step.Target,
                IInvocationOperation call => call.Instance,
                IArgumentOperation argument => argument.Value,
                _ => null,
            };
            if (target == null || AccessPath.Of(target) is not { } path)
                continue;
            var set = part is ISimpleAssignmentOperation { Value: var value } && value.Unwrap().ConstantValue is { HasValue: true, Value: bool constant } ? constant : (bool?)null;
            for (var i = 0; i < roots.Count; i++)
                if (SymbolEqualityComparer.Default.Equals(roots[i].Symbol, path.Root))
                    yield return (i, roots[i].IsSwitch ? set : null);
        }
    }

    private static bool IsSet(ISymbol root, CycleBody body) =>
        root is ILocalSymbol { Type.SpecialType: SpecialType.System_Boolean }
        && body.Context.Origins.DefinitionsOf(root).Any(definition => body.Region.Contains(definition) && definition.Unwrap().ConstantValue is { HasValue: true, Value: bool });

    // A variable of the function, or a property of what is in it; compared with a constant or not.
    private static ISymbol? RootOf(IOperation value)
    {
        while (true)
            switch (value.Unwrap())
            {
                case ILocalReferenceOperation { Local.RefKind: RefKind.None } local:
                    return local.Local;
                case IParameterReferenceOperation { Parameter.RefKind: RefKind.None } parameter:
                    return parameter.Parameter;
                case IPropertyReferenceOperation { Arguments.IsEmpty: true, Instance: { } owner }:
                    value = owner;
                    break;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, RightOperand: var right } comparison when right.Unwrap().ConstantValue.HasValue:
                    value = comparison.LeftOperand;
                    break;
                case IIsPatternOperation { Pattern: IConstantPatternOperation } match:
                    value = match.Value;
                    break;
                case IIsNullOperation isNull:
                    value = isNull.Operand;
                    break;
                default:
                    return null;
            }
    }
}

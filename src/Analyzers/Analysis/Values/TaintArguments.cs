using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>What a call is given: values by parameter, and the object that it is made on.</summary>
internal sealed class TaintArguments(IOperation call, TaintValue self)
{
    private readonly Dictionary<int, TaintValue> byOrdinal = [];
    private readonly Dictionary<int, IOperation> operations = [];
    private readonly List<(IArgumentOperation Argument, TaintValue Value)> all = [];

    public TaintValue Self { get; } = self;

    public IOperation? SelfOperation => (call as IInvocationOperation)?.Instance;

    public IEnumerable<(IArgumentOperation Argument, TaintValue Value)> All => all;

    public TaintValue Everything => all.Aggregate(TaintValue.Clean, (joined, pair) => joined.Join(pair.Value.Whole()));

    public IEnumerable<TaintLabel> Labels => all.SelectMany(pair => pair.Value.Whole().Labels.Keys);

    public TaintValue this[IArgumentOperation argument]
    {
        get => At(argument.Parameter?.Ordinal ?? -1);
        set
        {
            all.Add((argument, value));
            if (argument.Parameter is { Ordinal: var ordinal })
            {
                Give(ordinal, value);
                operations[ordinal] = argument.Value;
            }
        }
    }

    public static IOperation Unwrap(IOperation operation)
    {
        while (true)
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    break;
                case IDelegateCreationOperation creation:
                    operation = creation.Target;
                    break;
                case IParenthesizedOperation inner:
                    operation = inner.Operand;
                    break;
                default:
                    return operation;
            }
    }

    public void Give(int ordinal, TaintValue value) => byOrdinal[ordinal] = byOrdinal.TryGetValue(ordinal, out var known)
        ? known.Join(value) : value;

    public TaintValue At(int ordinal) => byOrdinal.TryGetValue(ordinal, out var value) ? value : TaintValue.Clean;

    // An extension in its reduced form has no parameter for what it extends.
    public TaintValue For(IParameterSymbol parameter) => At(parameter.Ordinal);

    public IOperation? Operation(int ordinal) => operations.TryGetValue(ordinal, out var operation) ? operation : null;
}

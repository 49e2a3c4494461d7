using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>The parts of a text in their order.</summary>
internal static class TaintText
{
    /// <summary>Parts of a concatenation or an interpolated string. An explicit stack: a sum can be thousands of operators deep.</summary>
    public static IEnumerable<IOperation> PartsOf(IOperation operation)
    {
        var open = new Stack<IOperation>();
        open.Push(operation);
        while (open.Count > 0)
            switch (open.Pop())
            {
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String,
                    ConstantValue.HasValue: false } sum:
                    open.Push(sum.RightOperand);
                    open.Push(sum.LeftOperand);
                    break;
                case IInterpolatedStringOperation { ConstantValue.HasValue: false } interpolated:
                    foreach (var part in interpolated.Parts.Reverse())
                        open.Push(part);
                    break;
                case IInterpolatedStringTextOperation { Text: var text }:
                    open.Push(text);
                    break;
                case IInterpolationOperation { Expression: var expression }:
                    open.Push(expression);
                    break;
                case IConversionOperation { OperatorMethod: null, Operand: var operand }:
                    open.Push(operand);
                    break;
                case IParenthesizedOperation { Operand: var operand }:
                    open.Push(operand);
                    break;
                case var part:
                    yield return part;
                    break;
            }
    }
}

/// <summary>The beginning of a text, and whether what follows it can still name the host of an address.</summary>
internal sealed class TaintPrefix
{
    private string constant = "";

    /// <summary>Whether the host is settled: <c>https://host/</c>, <c>items/</c>, or text that is not a model's.</summary>
    public bool IsAnchor { get; private set; }

    public void Add(string? text, bool isTainted)
    {
        if (IsAnchor || isTainted)
            return;
        if (text == null)
        {
            IsAnchor = true;
            return;
        }

        constant += text;
        var scheme = constant.IndexOf("://", StringComparison.Ordinal);
        IsAnchor = scheme < 0 ? constant.Length > 0 && !"https://".StartsWith(constant, StringComparison.OrdinalIgnoreCase)
            && !"http://".StartsWith(constant, StringComparison.OrdinalIgnoreCase)
            : constant.IndexOf('/', scheme + 3) > 0;
    }
}

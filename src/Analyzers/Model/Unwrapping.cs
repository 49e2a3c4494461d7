using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Model;

/// <summary>What stands below the operations that only change how a value is seen.</summary>
internal static class Unwrapping
{
    /// <summary>The value below conversions, parentheses, delegate creations and conditional access.</summary>
    public static IOperation Unwrap(this IOperation operation)
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
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                case IConditionalAccessOperation access:
                    operation = access.WhenNotNull;
                    break;
                default:
                    return operation;
            }
    }
}

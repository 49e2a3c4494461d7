using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>
/// Whether the root that a path is compared with ends in a separator: <c>/data</c> is the beginning of <c>/data-of-others</c> as well.
/// </summary>
internal static class TaintRootPaths
{
    public static bool EndInSeparator(IOperation? root, TaintFlow flow)
    {
        if (root == null)
            return false;
        var whole = root.Syntax.SyntaxTree is { } tree && flow.Context.Model.SemanticsOf(tree)
            .GetOperation(root.Syntax, flow.Context.Cancellation) is { } operation ? operation : root;
        // root.EndsWith(separator) ? root : root + separator
        if (whole.Unwrap() is IConditionalOperation choice && AsksForSeparator(choice)
            || (whole.Unwrap() is ILocalReferenceOperation { Local: var local } use && use.SemanticModel is { } semantics
                && local.InitializerOf(semantics, flow.Context.Cancellation)?.Unwrap() is IConditionalOperation kept
                    && AsksForSeparator(kept)))
            return true;
        var sources = new ValueSources(flow.Context.Model, flow.Context.Cancellation).Of(whole);
        return sources.Count > 0 && sources.All(source => Ends(source, flow));
    }

    private static bool AsksForSeparator(IConditionalOperation choice) =>
        choice.Condition.DescendantsAndSelf()
            .Any(part => part is IInvocationOperation { TargetMethod.Name: "EndsWith" or "EndsInDirectorySeparator" });

    private static bool Ends(IOperation text, TaintFlow flow)
    {
        if (text.ConstantValue is { HasValue: true, Value: string constant })
            return IsSeparator(constant);
        if (TaintText.PartsOf(text).LastOrDefault() is { } last && last != text)
            return last.ConstantValue is { HasValue: true, Value: { } end } ? IsSeparator(end.ToString())
                : last is IFieldReferenceOperation { Field.Name: "DirectorySeparatorChar" or "AltDirectorySeparatorChar" }
                    || IsPartThatEnds(last, flow);
        return IsPartThatEnds(text, flow);
    }

    private static bool IsPartThatEnds(IOperation text, TaintFlow flow) => text switch
    {
        // root.TrimEnd(separator) + separator stands in a call of its own as well.
        IInvocationOperation { TargetMethod.Name: "Concat" or "Join" or "GetFullPath" or "Append" } call => call.Arguments.Length > 0
            && Ends(call.Arguments[call.Arguments.Length - 1].Value, flow),
        IInvocationOperation { Instance: { } instance, TargetMethod.Name: "ToString" } => Ends(instance, flow),
        ILocalReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation => EndInSeparator(text, flow),
        _ => false,
    };

    private static bool IsSeparator(string text) => text.Length > 0 && text[text.Length - 1] is '/' or '\\';
}

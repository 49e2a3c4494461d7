using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>How messages name a tainted value.</summary>
internal static class TaintNames
{
    private const int MaxLength = 48;

    /// <summary>
    /// The shortest expression in what is handed over that has the label: a variable, a member of it; empty where it has no short name.
    /// </summary>
    public static string Of(TaintHit hit, IOperation? source, TaintFlow flow)
    {
        if (hit.Label.Source is { Origin: TaintOrigin.Argument, Symbol: IParameterSymbol parameter })
            return parameter.Name + MembersIn(hit.Label.Members);
        var open = new Queue<IOperation>();
        if (source != null)
            open.Enqueue(source);
        var seen = 0;
        while (open.Count > 0 && seen++ < 64)
        {
            var part = open.Dequeue();
            if (part is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation
                && part is not IMethodReferenceOperation && flow.Peek(part).Whole().Labels.ContainsKey(hit.Label)
                && part.Syntax.ToString() is { Length: <= MaxLength } text && !text.Contains('\n') && !text.Contains('('))
                return text;
            foreach (var child in part.ChildOperations)
                open.Enqueue(child);
        }

        return "";
    }

    // .Plan.Path, without the parts that name no member.
    private static string MembersIn(string members) =>
        string.Concat(members.Split(['.'], StringSplitOptions.RemoveEmptyEntries)
            .TakeWhile(member => member[0] != '[' && char.IsUpper(member[0])).Where(member => !IsPart(member))
                .Select(member => "." + member));

    private static bool IsPart(string member) =>
        member is "Split" or "Substring" or "Remove" or "First" or "FirstOrDefault" or "Last" or "LastOrDefault" or "ElementAt" or "Take" or "Skip" || member.StartsWith("Get", StringComparison.Ordinal);
}

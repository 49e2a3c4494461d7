using Microsoft.CodeAnalysis;

namespace AgentLint.Editing.Retries;

/// <summary>Has each attempt start from what was there before the first: the state is noted above the loop, and restored at its head.</summary>
internal sealed class StateSnapshot(FixContext context, FileHabits habits, NodeEdits edits)
{
    private readonly Statements statements = new(context, habits, edits);
    private readonly FreshNames names = new();

    /// <summary>Plans the change for one variable of a loop.</summary>
    /// <param name="retry">The loop.</param>
    /// <param name="variable">A local or parameter that is declared outside.</param>
    /// <returns>Whether there is one: what only grows at its end, and plain values, can be restored.</returns>
    public bool Add(RetryLoopSyntax retry, ISymbol variable)
    {
        var (type, name) = variable switch
        {
            ILocalSymbol local => (local.Type, local.Name),
            IParameterSymbol { RefKind: RefKind.None } parameter => (parameter.Type, parameter.Name),
            _ => (null, ""),
        };
        if (type == null)
            return false;
        if (type is { Name: "StringBuilder", ContainingNamespace.Name: "Text" })
            return Note("Length", "Length", note => $"{name}.Length = {note};");
        if (Has(type, "RemoveRange") && Has(type, "Count"))
            return Note("Count", "Count", note => $"{name}.RemoveRange({note}, {name}.Count - {note});");
        return (type.IsValueType || type.SpecialType == SpecialType.System_String) && Note("Before", null, note => $"{name} = {note};");

        bool Note(string suffix, string? member, Func<string, string> restore)
        {
            if (names.For(retry.Loop, name + suffix, name + suffix + "Before", "initial" + char.ToUpperInvariant(name[0]) + name.Substring(1)) is not { } note)
                return false;
            statements.Before(retry.Loop, $"var {note} = {name}{(member == null ? "" : "." + member)};");
            statements.AtHead(retry.Body, restore(note));
            return true;
        }
    }

    private static bool Has(ITypeSymbol type, string member)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (t.GetMembers(member).Any(m => m.DeclaredAccessibility == Accessibility.Public))
                return true;
        return false;
    }
}

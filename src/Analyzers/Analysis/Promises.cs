using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis;

/// <summary>
/// What members and types are declared to be, by an attribute or a line of the catalogue: idempotent, deterministic, thread-safe. Callers rely on
/// it, and do not look behind the member; its own code is held to it.
/// </summary>
internal sealed class Promises(AgentModel model)
{
    private readonly ILookup<CatalogueRole, CatalogueEntry> made =
        model.Catalogue.Of(CatalogueRole.Idempotent).Concat(model.Catalogue.Of(CatalogueRole.Deterministic)).ToLookup(entry => entry.Role);

    public static Promises Of(AgentModel model) => model.Shared(m => new Promises(m));

    /// <summary>Whether the program itself declares a member to be this.</summary>
    public bool AreMade(CatalogueRole promise) => made[promise].Any(entry => model.TypesOf(entry).Any(model.Declares));

    /// <summary>Whether the program itself declares a type thread-safe. What a library says of a base type is no word of the program's.</summary>
    public bool IsThreadSafe(INamedTypeSymbol type) =>
        model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.ThreadSafe && model.TypesOf(entry).Any(model.Declares));

    /// <summary>Whether a path leads through a member that promises something: what lies behind it is that member's own business.</summary>
    public bool Cover(Witness path, CatalogueRole promise)
    {
        // The last call is the effect itself; what another assembly publishes lies behind the last call.
        var behind = path.Beyond == null ? path.Steps.Length - 1 : path.Steps.Length;
        for (var i = 0; i < behind; i++)
            if (IsMadeBy(path.Steps[i], promise))
                return true;
        return false;
    }

    /// <summary>Whether what a call names or runs promises something.</summary>
    public bool IsMadeBy(Call call, CatalogueRole promise) => model.Find(call.Named, promise) != null || (call.Target is { } target && model.Find(target, promise) != null);

    /// <summary>The members of a file that promise something, in the order of the text.</summary>
    public IEnumerable<IMethodSymbol> MembersIn(SyntaxTree tree, CatalogueRole promise) =>
        from entry in made[promise]
        from type in model.TypesOf(entry)
        where model.Declares(type)
        from method in type.GetMembers().OfType<IMethodSymbol>()
        where entry.NamesMember(method.Name) && !method.IsAbstract && !IsKeptByAttribute(method, promise)
        let declaration = method.DeclaringSyntaxReferences.FirstOrDefault()
        where declaration?.SyntaxTree == tree
        orderby declaration.Span.Start
        select method;

    // An attribute that does the work itself, as a filter that drops repeated requests, promises nothing of the method's own code.
    private static bool IsKeptByAttribute(IMethodSymbol method, CatalogueRole promise) =>
        method.GetAttributes().Any(attribute => attribute.AttributeClass is { Interfaces.IsEmpty: false, Name: var name } && name == promise + "Attribute");
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Model;

/// <summary>A place in source that uses something the catalogue knows.</summary>
internal readonly record struct CatalogueUse(SimpleNameSyntax Name, ISymbol Symbol, CatalogueEntry Entry);

/// <summary>
/// Finds the uses of some entries in files: by name over the text, then bound. Names are common (<c>Create</c>, <c>Result</c>) and binding
/// is dear, so a name is bound only where the compilation has a type that declares it, and a static member only where its type is named.
/// </summary>
internal sealed class CatalogueQuery(AgentModel model, Func<CatalogueEntry, bool> wanted)
{
    private readonly Dictionary<string, ImmutableArray<CatalogueEntry>> entries = model.Catalogue.MembersWhere(wanted);
    private readonly ConcurrentDictionary<string, Scope> scopes = new(StringComparer.Ordinal);

    /// <summary>The names in a file that can mean what is looked for. Binds nothing.</summary>
    public IEnumerable<string> NamesIn(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        return index.Among(model.Catalogue).Where(name => entries.ContainsKey(name) && ScopeOf(name).Holds(index));
    }

    /// <summary>Whether a file mentions a name that can mean what is looked for. Binds nothing.</summary>
    public bool IsMentionedIn(SyntaxTree tree, CancellationToken cancellation) => NamesIn(tree, cancellation).Any();

    /// <summary>The uses in one file, in the order of the text.</summary>
    /// <param name="tree">The file.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    /// <param name="known">What a name means, where that is known without binding it; any of several overloads will do.</param>
    /// <param name="where">Which names are of interest, by the text around them.</param>
    public IEnumerable<CatalogueUse> In(SyntaxTree tree, CancellationToken cancellation, Func<SimpleNameSyntax, ISymbol?>? known = null, Func<SimpleNameSyntax, bool>? where = null)
    {
        cancellation.ThrowIfCancellationRequested();
        var index = NameIndex.Of(tree, cancellation);
        var root = where == null ? null : tree.GetRoot(cancellation);
        // The text is asked first: to find out what a name can mean costs more.
        var present = index.Among(model.Catalogue).Where(name => entries.ContainsKey(name) && (where == null || index.Uses(name, root!).Any(where)) && ScopeOf(name).Holds(index)).ToList();
        if (present.Count == 0)
            yield break;
        root ??= tree.GetRoot(cancellation);
        foreach (var name in present.SelectMany(n => index.Uses(n, root).Where(use => CanMean(use, ScopeOf(n)))).OrderBy(n => n.SpanStart))
        {
            cancellation.ThrowIfCancellationRequested();
            if (where?.Invoke(name) == false)
                continue;
            if ((known?.Invoke(name) ?? model.MeaningOf(name, cancellation)) is not { } symbol)
                continue;
            foreach (var entry in model.EntriesOf(symbol))
                if (wanted(entry))
                {
                    yield return new CatalogueUse(name, symbol, entry);
                    break;
                }
        }
    }

    // Asked only about names that some file mentions: to look for a type in all references costs more than a file.
    private Scope ScopeOf(string name) => scopes.GetOrAdd(name, _ =>
    {
        var anywhere = false;
        var mentions = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in entries[name])
        {
            // The base library is always there; its types are not worth a search.
            if (entry.IsOfBaseLibrary)
                return new Scope(true, [], OnReceiver: true, entries[name].Any(e => e.Role == CatalogueRole.Timeout));
            if (!model.IsPresent(entry))
                continue;
            var types = model.TypesOf(entry);
            if (types.IsEmpty)
                continue;
            var typeName = entry.SimpleTypeName.Split('`')[0];
            mentions.Add(typeName);
            anywhere |= !types.All(type => IsUsedByTypeName(type, name)) || model.IsImportedGlobally(typeName);
        }

        return new Scope(anywhere, mentions.ToImmutable(), OnReceiver: false, IsSet: false);
    });

    // task.Result, Thread.Sleep: members of the base library stand behind a dot, unless their type is imported, and are never assigned; but time limits are.
    private static bool CanMean(SimpleNameSyntax use, Scope scope) =>
        !scope.OnReceiver
        || (scope.IsSet && use.Parent is AssignmentExpressionSyntax or MemberAccessExpressionSyntax { Parent: AssignmentExpressionSyntax })
        || (use.Parent is MemberAccessExpressionSyntax access && access.Name == use && !(access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access))
        || use.Parent is MemberBindingExpressionSyntax
        || use.Parent is InvocationExpressionSyntax;

    // Static members that are no extension methods are written behind the name of their type, or imported with it.
    private static bool IsUsedByTypeName(INamedTypeSymbol type, string member) =>
        type.GetMembers(member) is { IsEmpty: false } members && members.All(m => m.IsStatic && m is not IMethodSymbol { IsExtensionMethod: true });

    /// <summary>Where a name can mean what is looked for: anywhere, or in files that mention one of these types.</summary>
    private readonly record struct Scope(bool Anywhere, ImmutableArray<string> Types, bool OnReceiver, bool IsSet)
    {
        public bool Holds(NameIndex file) => Anywhere || Types.Any(file.Mentions);
    }
}

using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Values;

/// <summary>Where the taint analysis starts: functions in which a source stands, and tools, whose parameters a model fills in.</summary>
internal static class TaintRoots
{
    /// <summary>The roots, in the order of files and text; none where no file mentions a sink.</summary>
    public static IEnumerable<TaintKey> Of(AgentModel model, CancellationToken cancellation)
    {
        var sinks = model.Query(IsFollowed);
        if (!HasUnnamedSinks(model, cancellation) && !model.Compilation.SyntaxTrees.Any(tree => sinks.IsMentionedIn(tree, cancellation)) && !MentionsForeignSinks(model, cancellation))
            yield break;
        var seen = new HashSet<TaintKey>();
        var sources = model.Query(TaintKnowledge.IsSource);
        var approvals = ToolApprovals.Of(model);
        var tools = ToolsNamed(model, cancellation);
        foreach (var tree in model.Compilation.SyntaxTrees)
        {
            foreach (var use in sources.In(tree, cancellation))
                if (MemberAround(use.Name, model, cancellation) is { } function && seen.Add(new TaintKey(function, 0, false)))
                    yield return new TaintKey(function, 0, false);
            foreach (var request in ModelRequests.Of(model).CandidatesIn(tree, cancellation))
                if (MemberAround(request, model, cancellation) is { } function && seen.Add(new TaintKey(function, 0, false)))
                    yield return new TaintKey(function, 0, false);
            foreach (var tool in ToolsIn(tree, tools, model, cancellation))
                if (!approvals.IsApproved(tool, cancellation) && seen.Add(new TaintKey(tool, 0, true)))
                    yield return new TaintKey(tool, 0, true);
        }

        // Lambdas and local functions are gone through with the member around them.
        foreach (var registration in model.RoleRegistrations(cancellation))
            if ((registration.Role & MethodRoles.Tool) != 0
                && registration.Method is { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction }
                && MemberAround(registration.Site, model, cancellation) is { } function
                && seen.Add(new TaintKey(function, 0, false)))
                yield return new TaintKey(function, 0, false);
    }

    /// <summary>The method, accessor, constructor or top-level code around a place.</summary>
    public static IMethodSymbol? MemberAround(SyntaxNode place, AgentModel model, CancellationToken cancellation)
    {
        for (var symbol = model.SemanticsOf(place.SyntaxTree)
            .GetEnclosingSymbol(place.SpanStart,
                cancellation); symbol is not (null or INamespaceOrTypeSymbol); symbol = symbol.ContainingSymbol)
            if (symbol is IMethodSymbol { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) } method)
                return method.Implementation();
        return null;
    }

    private static bool IsFollowed(CatalogueEntry entry) => entry.Role == CatalogueRole.Sink;

    // Members of other projects that hand a parameter to a sink.
    private static bool MentionsForeignSinks(AgentModel model, CancellationToken cancellation) =>
        ForeignFacts.Of(model).NamesWhere(member => !member.Sinks.IsEmpty, cancellation).ToList() is { Count: > 0 } names
        && new NameSet(names) is var foreign
        && model.Compilation.SyntaxTrees.Any(tree => NameIndex.Of(tree, cancellation).MentionsAny(foreign));

    // Constructors and members that are named by their beginning have no name to look for.
    private static bool HasUnnamedSinks(AgentModel model, CancellationToken cancellation) =>
        model.Catalogue.Of(CatalogueRole.Sink).Any(entry =>
            !entry.IsOfBaseLibrary && entry.Members.Any(member => member == ".ctor" || member.EndsWith("*", StringComparison.Ordinal))
                && model.IsPresent(entry)
            && model.Compilation.SyntaxTrees.Any(tree => NamesOf(entry).Any(NameIndex.Of(tree, cancellation).Mentions)));

    // The type of a constructor, the namespace of extension methods.
    private static IEnumerable<string> NamesOf(CatalogueEntry entry) =>
        [entry.SimpleTypeName.Split('`')[0], .. entry.Type.Split('.') is { Length: > 1 } parts ? [parts[parts.Length - 2]]
            : Array.Empty<string>()];

    private static ImmutableHashSet<string> ToolsNamed(AgentModel model, CancellationToken cancellation) =>
    [
        .. from registration in model.RoleRegistrations(cancellation)
           where (registration.Role & MethodRoles.Tool) != 0 && registration.Method is { MethodKind: not MethodKind.AnonymousFunction }
           select registration.Method!.Name,
    ];

    private static IEnumerable<IMethodSymbol> ToolsIn(SyntaxTree tree, ImmutableHashSet<string> registered, AgentModel model,
        CancellationToken cancellation)
    {
        var tools = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var semantics = model.SemanticsOf(tree);
        foreach (var node in tree.GetRoot(cancellation).Declarations())
            if (node is MethodDeclarationSyntax { Parent: TypeDeclarationSyntax type } declaration
                && (declaration.AttributeLists.Count > 0 || type.AttributeLists.Count > 0 || type.BaseList != null
                    || registered.Contains(declaration.Identifier.ValueText))
                && semantics.GetDeclaredSymbol(declaration, cancellation) is IMethodSymbol { IsAbstract: false } method
                && (model.RolesOf(method, cancellation) & MethodRoles.Tool) != 0)
                tools.Add(method.Implementation());
        foreach (var method in ToolContracts.Of(model).In(semantics, cancellation).SelectMany(contract => contract.Methods))
            if (method.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree == tree)
                tools.Add(method.Implementation());
        return tools.OrderBy(tool => tool.DeclaringSyntaxReferences[0].Span.Start);
    }
}

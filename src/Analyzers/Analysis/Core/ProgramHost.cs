using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Core;

/// <summary>How a program is run, and who calls it.</summary>
internal enum HostKind
{
    /// <summary>Part of other programs: the callers are unknown.</summary>
    Library,

    /// <summary>Serves many callers, or does background work for them.</summary>
    Service,

    /// <summary>A server that one client starts on its own machine and talks to over standard input and output.</summary>
    LocalServer,

    /// <summary>A window for one person.</summary>
    Desktop,

    /// <summary>A program at a console, for one person or for one run.</summary>
    Console,
}

/// <summary>Finds out how a program is run: by its kind of output, by what it hosts, and by the roles of its methods.</summary>
internal static class ProgramHost
{
    /// <summary>How the program is run. The answer is a property of the compilation, not of the place that is asked about.</summary>
    public static HostKind Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<Found>()).Get(() => new Found(Find(model, cancellation))).Kind;

    /// <summary>Whether some code of the program makes a token that can be cancelled; a host makes others.</summary>
    public static bool MakesTokens(AgentModel model, CancellationToken cancellation) =>
        model.Compilation.SyntaxTrees.Any(tree => NameIndex.Of(tree, cancellation).Mentions("CancellationTokenSource"));

    private static HostKind Find(AgentModel model, CancellationToken cancellation)
    {
        var output = model.Compilation.Options.OutputKind;
        if (output is not (OutputKind.ConsoleApplication or OutputKind.WindowsApplication))
            return HostKind.Library;
        if (Uses(model, CatalogueRole.WebHost, cancellation) || IsMarked(model, IsCalledByHost, cancellation))
            return HostKind.Service;
        if (Uses(model, CatalogueRole.StdioServer, cancellation))
            return HostKind.LocalServer;
        // A background service that reads from the console is the loop of a program for one person.
        if (!Uses(model, entry => entry.Role == CatalogueRole.HumanInput && entry.IsOfBaseLibrary, cancellation)
            && (Uses(model, CatalogueRole.ServiceHost, cancellation) || IsMarked(model, role => role == CatalogueRole.ServiceType, cancellation)))
            return HostKind.Service;
        return output == OutputKind.WindowsApplication || HasWindows(model) ? HostKind.Desktop : HostKind.Console;
    }

    private static bool Uses(AgentModel model, CatalogueRole role, CancellationToken cancellation) => Uses(model, entry => entry.Role == role, cancellation);

    private static bool Uses(AgentModel model, Func<CatalogueEntry, bool> wanted, CancellationToken cancellation)
    {
        var query = model.Query(wanted);
        return model.Compilation.SyntaxTrees.Any(tree => query.In(tree, cancellation).Any());
    }

    private static bool IsCalledByHost(CatalogueRole role) =>
        role is CatalogueRole.ConsumerMember or CatalogueRole.ConsumerAttribute or CatalogueRole.HandlerAttribute;

    // Whether the source derives from, or carries, a type with such a role. An attribute is written without the end of its name.
    private static bool IsMarked(AgentModel model, Func<CatalogueRole, bool> wanted, CancellationToken cancellation)
    {
        var marks = model.Catalogue.Entries.Where(entry => wanted(entry.Role) && model.IsPresent(entry))
            .Select(entry => Plain(entry.SimpleTypeName)).ToImmutableHashSet(StringComparer.Ordinal);
        foreach (var tree in model.Compilation.SyntaxTrees)
        {
            cancellation.ThrowIfCancellationRequested();
            var names = NameIndex.Of(tree, cancellation);
            if (marks.Any(mark => names.Mentions(mark) || names.Mentions(mark + "Attribute")) && IsMarked(tree.GetRoot(cancellation), marks))
                return true;
        }

        return false;
    }

    private static bool IsMarked(SyntaxNode root, ImmutableHashSet<string> marks) =>
        root.DescendantNodes(node => node is not BlockSyntax).Any(node => node switch
        {
            BaseTypeSyntax listed => listed.Type.SimpleName() is { } name && marks.Contains(name),
            AttributeSyntax attribute => attribute.Name.SimpleName() is { } name && marks.Contains(Plain(name)),
            _ => false,
        });

    private static bool HasWindows(AgentModel model) => model.Catalogue.Of(CatalogueRole.UserInterface).Any(entry => !model.TypesOf(entry).IsEmpty);

    private static string Plain(string type)
    {
        var name = type.Split('`')[0];
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name.Substring(0, name.Length - "Attribute".Length) : name;
    }

    private sealed record Found(HostKind Kind);
}

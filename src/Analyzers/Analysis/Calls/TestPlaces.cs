using System.Collections.Immutable;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Calls;

/// <summary>
/// Which files are tests, by where the tests stand: a folder most of whose files have tests is one of tests, with what helps them there. A project that
/// references a test framework is not made of tests for that.
/// </summary>
internal sealed class TestPlaces
{
    private readonly ImmutableHashSet<SyntaxTree> tests;

    private TestPlaces(AgentModel model, CancellationToken cancellation)
    {
        if (!model.MayHaveTests)
        {
            tests = [];
            return;
        }

        var marks = new NameSet(model.Catalogue.Of(CatalogueRole.TestAttribute).Where(model.IsPresent).SelectMany(entry => Entrances.NamesOf(entry.SimpleTypeName)));
        var files = model.Compilation.SyntaxTrees.Where(tree => IsWritten(tree, cancellation)).Select(tree => (Tree: tree, Folders: FoldersOf(tree.FilePath), IsTest: HasTests(tree, marks, cancellation))).ToList();
        var folders = new Dictionary<string, (int All, int Tests)>(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var folder in file.Folders)
                folders[folder] = folders.TryGetValue(folder, out var count) ? (count.All + 1, count.Tests + (file.IsTest ? 1 : 0)) : (1, file.IsTest ? 1 : 0);
        tests = [.. files.Where(file => file.IsTest || file.Folders.Any(folder => folders[folder] is var (all, some) && 2 * some > all)).Select(file => file.Tree)];
    }

    public static TestPlaces Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<TestPlaces>()).Get(() => new TestPlaces(model, cancellation));

    public bool Contains(SyntaxTree? tree) => tree != null && tests.Contains(tree);

    // What a build writes beside the sources tells nothing of them, nor do imports and attributes of the assembly.
    private static bool IsWritten(SyntaxTree tree, CancellationToken cancellation) =>
        !tree.FilePath.Replace('\\', '/').Contains("/obj/") && tree.GetRoot(cancellation).Declarations().Any(node => node is BaseTypeDeclarationSyntax);

    private static bool HasTests(SyntaxTree tree, NameSet marks, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        return index.Among(marks).Any(name => index.Uses(name, tree.GetRoot(cancellation)).Any(use => use.FirstAncestorOrSelf<AttributeSyntax>() != null));
    }

    // All folders around a file, the root of the disk last: "" where the path has none.
    private static ImmutableArray<string> FoldersOf(string path)
    {
        var folders = ImmutableArray.CreateBuilder<string>();
        for (var end = path.LastIndexOfAny(['/', '\\']); end > 0; end = path.LastIndexOfAny(['/', '\\'], end - 1))
            folders.Add(path.Substring(0, end));
        if (folders.Count == 0)
            folders.Add("");
        return folders.ToImmutable();
    }
}

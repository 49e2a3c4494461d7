using System.Collections.Immutable;
using AgentLint.Analysis.Sharing;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>
/// Finds what tools wait for in libraries, where the catalogue does not know the call: one that gives a task and takes a token can be cancelled, whatever
/// it does. The calls of .NET itself that cross the network are known.
/// </summary>
internal sealed class LibraryWork(AgentModel model, CancellationToken cancellation)
{
    // How many functions of the program are looked into for one tool.
    private const int MaxFunctions = 16;

    private readonly ImmutableArray<string> attributes = [.. model.Catalogue.Of(CatalogueRole.ToolAttribute).SelectMany(entry => Entrances.NamesOf(entry.SimpleTypeName))];

    /// <summary>The methods of a file with attributes that may make them tools, and that await something.</summary>
    public IEnumerable<MethodDeclarationSyntax> ToolsIn(SyntaxTree tree)
    {
        var index = NameIndex.Of(tree, cancellation);
        return index.Mentions("await") && attributes.Any(index.Mentions)
            ? tree.GetRoot(cancellation).DescendantNodes().OfType<MethodDeclarationSyntax>()
                .Where(method => method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.SimpleName() is { } name && attributes.Contains(name)))
            : [];
    }

    /// <summary>The calls that lead from a tool to the nearest such call; null where there is none.</summary>
    public Witness? Of(IMethodSymbol tool, TokenSupply supply)
    {
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { tool };
        var open = new Queue<(IMethodSymbol Function, ImmutableArray<Call> Path)>([(tool, [])]);
        while (open.Count > 0)
        {
            var (function, path) = open.Dequeue();
            foreach (var call in CallGraph.Of(model).CallsOf(function, cancellation))
                if (IsCancellable(call) && new Witness(path.Add(call)) is var way && supply.IsTokenless(way))
                    return way;
                else if (call.Target is { } target && MethodBodies.HasSource(target, model) && entered.Count < MaxFunctions && entered.Add(target))
                    open.Enqueue((target, path.Add(call)));
        }

        return null;
    }

    private bool IsCancellable(Call call) =>
        // What stands behind an interface is of the program, as a rule; of its other projects the facts tell.
        call.Named is { ContainingType.TypeKind: TypeKind.Class or TypeKind.Struct, ContainingAssembly: not ISourceAssemblySymbol } method
        && method.ReturnType.IsTask()
        && !model.Declares(method)
        && !CatalogueMatcher.IsOfPlatform(method.ContainingType)
        && model.EntriesOf(call.Member).IsEmpty
        && model.SemanticsOf(call.Site.SyntaxTree).GetOperation(call.Site, cancellation) is IInvocationOperation { Parent: IAwaitOperation or IInvocationOperation { Parent: IAwaitOperation } or IReturnOperation };
}

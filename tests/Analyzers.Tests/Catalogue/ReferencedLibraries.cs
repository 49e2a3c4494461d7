using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Tests.Catalogue;

/// <summary>All real libraries at once: the framework, ASP.NET Core, and what tests/Libraries restores. Looked into as metadata, never loaded.</summary>
internal sealed class ReferencedLibraries
{
    private static readonly Lazy<ReferencedLibraries> LazyAll = new(() => new ReferencedLibraries());

    private readonly ImmutableArray<IAssemblySymbol> assemblies;
    private readonly Dictionary<string, ImmutableArray<INamedTypeSymbol>> found = new(StringComparer.Ordinal);
    private readonly HashSet<string> names;

    private ReferencedLibraries()
    {
        List<MetadataReference> references = [.. RestoredPackages.All.Framework];
        Libraries.Add(references, RestoredPackages.All.AspNetCore);
        Libraries.Add(references, RestoredPackages.All.Everything);
        Libraries.Add(references, Library.MSTest3.References);
        Compilation = CSharpCompilation.Create("lookup", references: references);
        assemblies = [.. Compilation.SourceModule.ReferencedAssemblySymbols];
        names = [.. assemblies.Select(assembly => assembly.Name)];
    }

    public static ReferencedLibraries All => LazyAll.Value;

    public Compilation Compilation { get; }

    public bool Has(string assembly) => names.Contains(assembly);

    /// <summary>All visible types of this metadata name: some libraries declare the same one.</summary>
    public ImmutableArray<INamedTypeSymbol> Types(string metadataName)
    {
        lock (found)
        {
            if (!found.TryGetValue(metadataName, out var types))
                found.Add(metadataName, types = [.. assemblies.Select(a => a.GetTypeByMetadataName(metadataName)).OfType<INamedTypeSymbol>().Where(IsVisible)]);
            return types;
        }
    }

    /// <summary>Whether an assembly is among some, is one that they refer to, or belongs to the framework.</summary>
    public bool IsInReach(IAssemblySymbol assembly, IReadOnlyCollection<string> others) =>
        others.Contains(assembly.Name)
        || RestoredPackages.All.Framework.Any(reference => Path.GetFileNameWithoutExtension(reference.FilePath) == assembly.Name)
        || assemblies.Where(other => others.Contains(other.Name)).Any(other => other.Modules.Any(module => module.ReferencedAssemblies.Any(identity => identity.Name == assembly.Name)));

    public static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && (symbol.ContainingType == null || IsVisible(symbol.ContainingType));
}

using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Tests.Catalogue;

/// <summary>The real libraries: what this test runs with, and the packages that were only downloaded. Looked into as metadata, never loaded.</summary>
internal sealed class ReferencedLibraries
{
    // A library's newest build for the framework of the tests comes first.
    private static readonly string[] Frameworks = ["net10.0", "net9.0", "net8.0", "net6.0", "netstandard2.1", "netstandard2.0"];
    private static readonly Lazy<ReferencedLibraries> LazyAll = new(() => new ReferencedLibraries());

    private readonly ImmutableArray<IAssemblySymbol> assemblies;
    private readonly Dictionary<string, ImmutableArray<INamedTypeSymbol>> found = new(StringComparer.Ordinal);
    private readonly HashSet<string> names;

    private ReferencedLibraries()
    {
        var metadata = typeof(ReferencedLibraries).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value!);
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var downloaded = metadata["CataloguePackages"].Split(';').Select(package => package.Split(' '))
            .SelectMany(package => Libraries(Path.Combine(metadata["NuGetPackageRoot"], package[0].ToLowerInvariant(), package[1].Trim('[', ']'))));
        var files = platform.Concat(downloaded).GroupBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal).Select(group => group.First());
        Compilation = CSharpCompilation.Create("lookup", references: files.Select(file => MetadataReference.CreateFromFile(file)));
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

    public static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && (symbol.ContainingType == null || IsVisible(symbol.ContainingType));

    private static IEnumerable<string> Libraries(string package)
    {
        var folder = Frameworks.Select(framework => Path.Combine(package, "lib", framework)).FirstOrDefault(Directory.Exists)
            ?? throw new DirectoryNotFoundException($"'{package}' has no library for any of {string.Join(", ", Frameworks)}");
        return Directory.EnumerateFiles(folder, "*.dll");
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>What tests/Libraries restored, and the framework's reference assemblies.</summary>
public sealed class RestoredPackages
{
    private static readonly Lazy<RestoredPackages> LazyAll = new(() => new RestoredPackages());

    private readonly ConcurrentDictionary<string, PortableExecutableReference> read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Package> packages = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> files = new(StringComparer.OrdinalIgnoreCase);
    private readonly string packageRoot;
    private readonly string aspNetCore;
    private readonly HashSet<string> framework;
    private readonly Lazy<ImmutableArray<PortableExecutableReference>> frameworkReferences;

    private RestoredPackages()
    {
        var metadata = typeof(RestoredPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value!);
        packageRoot = metadata["NuGetPackageRoot"];
        aspNetCore = metadata["TargetingPack:Microsoft.AspNetCore.App"];
        frameworkReferences = new(() => InFolder(metadata["TargetingPack:Microsoft.NETCore.App"]));
        framework = [.. Directory.EnumerateFiles(metadata["TargetingPack:Microsoft.NETCore.App"], "*.dll").Select(file => Path.GetFileNameWithoutExtension(file))];
        using var assets = JsonDocument.Parse(File.ReadAllBytes(metadata["LibrariesAssets"]));
        var target = assets.RootElement.GetProperty("targets").EnumerateObject().Single().Value;
        foreach (var entry in target.EnumerateObject())
        {
            var folder = assets.RootElement.GetProperty("libraries").GetProperty(entry.Name).GetProperty("path").GetString()!;
            var package = new Package(
                folder,
                [.. Names(entry.Value, "compile").Where(file => !file.EndsWith("_._", StringComparison.Ordinal)).Select(file => Path.Combine(packageRoot, folder, file))],
                [.. Names(entry.Value, "dependencies")],
                entry.Value.TryGetProperty("frameworkReferences", out _));
            packages.Add(entry.Name.Split('/')[0], package);
            foreach (var file in package.Files)
                files.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        }

        static IEnumerable<string> Names(JsonElement entry, string part) =>
            entry.TryGetProperty(part, out var found) ? found.EnumerateObject().Select(property => property.Name) : [];
    }

    public static RestoredPackages All => LazyAll.Value;

    /// <summary>The reference assemblies of ASP.NET Core.</summary>
    public ImmutableArray<PortableExecutableReference> AspNetCore => InFolder(aspNetCore);

    /// <summary>The reference assemblies of .NET, always the same array.</summary>
    public ImmutableArray<PortableExecutableReference> Framework => frameworkReferences.Value;

    /// <summary>Every assembly of every package.</summary>
    public IEnumerable<PortableExecutableReference> Everything => files.Values.Select(Reference);

    /// <summary>Single assemblies by their names.</summary>
    public IEnumerable<PortableExecutableReference> Assemblies(params IEnumerable<string> names) => names.Select(name => Reference(files[name]));

    /// <summary>The assemblies of packages and of all that they depend on, the nearest first.</summary>
    public ImmutableArray<PortableExecutableReference> Closure(params IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => !packages.ContainsKey(name)) is { } unknown)
            throw new ArgumentException($"tests/Libraries does not restore '{unknown}'", nameof(names));
        var order = new List<string>(names);
        var seen = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        var onAspNetCore = false;
        var found = ImmutableArray.CreateBuilder<PortableExecutableReference>();
        for (var i = 0; i < order.Count; i++)
        {
            // The framework has what is not among the packages.
            if (!packages.TryGetValue(order[i], out var package))
                continue;
            onAspNetCore |= package.OnAspNetCore;
            found.AddRange(package.Files.Where(file => !framework.Contains(Path.GetFileNameWithoutExtension(file))).Select(Reference));
            order.AddRange(package.Dependencies.Where(seen.Add));
        }

        if (!onAspNetCore)
            return found.ToImmutable();
        // The framework is newer than what packages ask for.
        var shared = AspNetCore.Select(reference => Path.GetFileName(reference.FilePath)!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. AspNetCore, .. found.Where(reference => !shared.Contains(Path.GetFileName(reference.FilePath)!))];
    }

    /// <summary>Where a file or a folder of a restored package lies.</summary>
    public string PathOf(string package, string path) => Path.Combine(packageRoot, packages[package].Folder, path);

    /// <summary>A file of a package that was downloaded without what it depends on.</summary>
    public ImmutableArray<PortableExecutableReference> Downloaded(string path) => [Reference(Path.Combine(packageRoot, path))];

    /// <summary>Where such a file lies.</summary>
    public string DownloadedFile(string path) => Path.Combine(packageRoot, path);

    private ImmutableArray<PortableExecutableReference> InFolder(string folder) => [.. Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal).Select(Reference)];

    private PortableExecutableReference Reference(string file) => read.GetOrAdd(file, path => MetadataReference.CreateFromFile(path));

    private sealed record Package(string Folder, ImmutableArray<string> Files, ImmutableArray<string> Dependencies, bool OnAspNetCore);
}

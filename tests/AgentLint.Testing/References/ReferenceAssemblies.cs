using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>The framework that test code is compiled against.</summary>
public sealed class ReferenceAssemblies
{
    readonly Lazy<ImmutableArray<MetadataReference>> references;

    /// <summary>Creates a framework of nothing, for test code that declares what it needs or gets it from additional references.</summary>
    /// <param name="targetFramework">The framework's short name.</param>
    public ReferenceAssemblies(string targetFramework)
        : this(targetFramework, static () => [])
    {
    }

    ReferenceAssemblies(string targetFramework, Func<ImmutableArray<MetadataReference>> load)
    {
        TargetFramework = targetFramework;
        references = new(load);
    }

    /// <summary>The framework that tests use unless they say otherwise.</summary>
    public static ReferenceAssemblies Default => Net.Net100;

    /// <summary>The framework's short name, for example <c>net10.0</c>.</summary>
    public string TargetFramework { get; }

    /// <summary>Gives the references, which are loaded once per process.</summary>
    /// <param name="language">The language of the project.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The references, the same objects on every call.</returns>
    public Task<ImmutableArray<MetadataReference>> ResolveAsync(string language, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(references.Value);
    }

    /// <summary>The frameworks since .NET 5.</summary>
    public static class Net
    {
        /// <summary>.NET 10, without ASP.NET Core and desktop.</summary>
        public static ReferenceAssemblies Net100 { get; } = new("net10.0", static () => Embedded("net10.0/"));
    }

    static ImmutableArray<MetadataReference> Embedded(string prefix)
    {
        var assembly = typeof(ReferenceAssemblies).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => MetadataReference.CreateFromStream(assembly.GetManifestResourceStream(name)!, filePath: name)),
        ];
    }
}

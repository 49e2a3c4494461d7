using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Testing;

namespace AgentLint.Testing;

/// <summary>The real libraries that programs under test are compiled against; their <see cref="PortableExecutableReference"/>s are shared by all tests.</summary>
public static class Libraries
{
    /// <summary>What every program under test refers to. More is asked for by name: see <see cref="Library"/>.</summary>
    public static ImmutableArray<PortableExecutableReference> All { get; } =
    [
        .. RestoredPackages.All.Assemblies(
            "Microsoft.Extensions.AI.Abstractions",
            "OpenAI",
            "System.ClientModel",
            "Anthropic",
            "ModelContextProtocol.Core",
            "ModelContextProtocol",
            "Polly.Core",
            "Polly",
            "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.DependencyInjection",
            "Microsoft.Extensions.Hosting.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions",
            "MassTransit.Abstractions",
            "Microsoft.EntityFrameworkCore",
            "Dapper"),
    ];

    /// <summary>The reference assemblies of .NET, always the same array.</summary>
    public static ImmutableArray<PortableExecutableReference> Framework => RestoredPackages.All.Framework;

    /// <summary>Adds what every program refers to.</summary>
    public static void AddTo(ProjectState project) => project.AdditionalReferences.AddRange(All);

    /// <summary>Adds libraries with all that they depend on.</summary>
    public static void AddTo(ProjectState project, params IEnumerable<Library> libraries) => Add(project.AdditionalReferences, libraries.SelectMany(library => library.References));

    /// <summary>What every program refers to, and libraries with all that they depend on.</summary>
    public static ImmutableArray<MetadataReference> With(params IEnumerable<Library> libraries)
    {
        List<MetadataReference> references = [.. All];
        Add(references, libraries.SelectMany(library => library.References));
        return [.. references];
    }

    /// <summary>Adds references to others. Of two assemblies with the same name, the one that is there already stays.</summary>
    public static void Add(List<MetadataReference> references, IEnumerable<MetadataReference> others)
    {
        var names = references.Select(NameOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        references.AddRange(others.Where(other => names.Add(NameOf(other))));
    }

    private static string NameOf(MetadataReference reference) => Path.GetFileNameWithoutExtension((reference as PortableExecutableReference)?.FilePath) ?? $"{reference.Display} {reference.GetHashCode()}";
}

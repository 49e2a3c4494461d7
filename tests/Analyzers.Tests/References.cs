using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;
using OpenAI.Chat;
using Polly;

namespace AgentLint.Tests;

/// <summary>The libraries that test code is compiled against: the real ones, from the tests' own output.</summary>
internal static class References
{
    public static ImmutableArray<MetadataReference> ExtensionsAI { get; } = With(typeof(IChatClient));

    public static ImmutableArray<MetadataReference> OpenAI { get; } = With(typeof(ChatClient));

    public static ImmutableArray<MetadataReference> Mcp { get; } = With(typeof(McpClient));

    public static ImmutableArray<MetadataReference> Polly { get; } = With(typeof(ResiliencePipeline), typeof(Policy));

    public static ImmutableArray<MetadataReference> All { get; } =
        [.. ExtensionsAI.Concat(OpenAI).Concat(Mcp).Concat(Polly).DistinctBy(reference => reference.Display)];

    /// <summary>The assemblies of some types, and what they reference as far as it is no part of the framework.</summary>
    private static ImmutableArray<MetadataReference> With(params Type[] types)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<Assembly>(types.Select(type => type.Assembly));
        while (open.TryPop(out var assembly))
            if (found.Add(assembly.Location))
                foreach (var name in assembly.GetReferencedAssemblies())
                    if (File.Exists(Path.Combine(AppContext.BaseDirectory, name.Name + ".dll")))
                        open.Push(Assembly.Load(name));
        return [.. found.Select(path => MetadataReference.CreateFromFile(path))];
    }
}

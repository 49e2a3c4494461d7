using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Reads each assembly file once per process: compilations share the symbols of references that are the same object.</summary>
static class ReferenceFiles
{
    static readonly ConcurrentDictionary<string, MetadataReference> References = new(StringComparer.Ordinal);

    public static MetadataReference Get(string path) =>
        References.GetOrAdd(Path.GetFullPath(path), static file => MetadataReference.CreateFromFile(file));
}

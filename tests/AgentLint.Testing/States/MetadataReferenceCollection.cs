using System.Reflection;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>References of a project beyond its framework.</summary>
public class MetadataReferenceCollection : List<MetadataReference>
{
    /// <summary>Adds an assembly that is loaded in this process, such as one from a NuGet package that the test project references.</summary>
    /// <param name="assembly">The assembly; it must have been loaded from a file.</param>
    public void Add(Assembly assembly) => Add(assembly.Location);

    /// <summary>Adds an assembly file. It is read once per process.</summary>
    /// <param name="path">The file.</param>
    public void Add(string path) => Add(ReferenceFiles.Get(path));
}

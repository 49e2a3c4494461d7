using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>What a project is made of.</summary>
/// <param name="name">The project's name.</param>
/// <param name="defaultPrefix">What the names of unnamed source files start with.</param>
/// <param name="defaultExtension">The extension of unnamed source files, without dot.</param>
public class ProjectState(string name, string defaultPrefix, string defaultExtension)
{
    /// <summary>The project's name.</summary>
    public string Name { get; } = name;

    /// <summary>The name of the assembly.</summary>
    public string AssemblyName => Name;

    /// <summary>The source files. Their text may hold markup.</summary>
    public SourceFileList Sources { get; } = new(defaultPrefix, defaultExtension);

    /// <summary>Files that analyzers can read. Their text may hold markup.</summary>
    public SourceFileCollection AdditionalFiles { get; } = [];

    /// <summary>Files such as <c>/.editorconfig</c> and <c>/.globalconfig</c>, with the meaning that they have in a build.</summary>
    public SourceFileCollection AnalyzerConfigFiles { get; } = [];

    /// <summary>References beyond the framework.</summary>
    public MetadataReferenceCollection AdditionalReferences { get; } = [];

    /// <summary>The names of projects that this one references; see <see cref="SolutionState.AdditionalProjects"/>.</summary>
    public List<string> AdditionalProjectReferences { get; } = [];

    /// <summary>The framework; null stands for the one of the test.</summary>
    public ReferenceAssemblies? ReferenceAssemblies { get; set; }

    /// <summary>Whether a library or a program is compiled; null stands for a library.</summary>
    public OutputKind? OutputKind { get; set; }
}

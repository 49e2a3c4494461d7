using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>A file without markup.</summary>
sealed record TestFile(string Path, SourceText Text);

/// <summary>A project without markup.</summary>
sealed record EvaluatedProject(
    string Name,
    ImmutableArray<TestFile> Sources,
    ImmutableArray<TestFile> AdditionalFiles,
    ImmutableArray<TestFile> AnalyzerConfigFiles,
    ImmutableArray<MetadataReference> References,
    ImmutableArray<string> ProjectReferences,
    ReferenceAssemblies ReferenceAssemblies,
    OutputKind? OutputKind);

/// <summary>A state whose markup and inheritance are worked out; the project under test comes first.</summary>
sealed record EvaluatedSolution(ImmutableArray<EvaluatedProject> Projects, ImmutableArray<DiagnosticResult> Expected, LineEnding LineEnding)
{
    /// <summary>Whether both hold the same files with the same text.</summary>
    public bool HasSameFiles(EvaluatedSolution other) => Files(this).SequenceEqual(Files(other));

    static IEnumerable<(string, string, string)> Files(EvaluatedSolution solution) =>
        from project in solution.Projects
        from file in project.Sources.Concat(project.AdditionalFiles).Concat(project.AnalyzerConfigFiles)
        orderby project.Name, file.Path
        select (project.Name, file.Path, file.Text.ToString());
}

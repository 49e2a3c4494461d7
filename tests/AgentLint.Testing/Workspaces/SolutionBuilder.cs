using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Makes solutions out of evaluated states. All tests of a process share one workspace, whose current solution stays empty.</summary>
sealed class SolutionBuilder(
    string language,
    ParseOptions parseOptions,
    TestCompilationOptions compilationOptions,
    IReadOnlyList<Func<Solution, ProjectId, Solution>> transforms)
{
    static readonly AdhocWorkspace Workspace = new();

    public async Task<Solution> BuildAsync(EvaluatedSolution state, CancellationToken cancellationToken)
    {
        var ids = state.Projects.ToImmutableDictionary(p => p.Name, p => ProjectId.CreateNewId(p.Name), StringComparer.Ordinal);
        var solution = Workspace.CurrentSolution;
        var hostConfig = compilationOptions.HostConfig(LineEndings.EndOfLine(state));
        foreach (var project in state.Projects)
        {
            var framework = await project.ReferenceAssemblies.ResolveAsync(language, cancellationToken);
            solution = solution.AddProject(Info(project, ids, framework, hostConfig));
        }

        var underTest = ids[state.Projects[0].Name];
        return transforms.Aggregate(solution, (current, transform) => transform(current, underTest));
    }

    ProjectInfo Info(EvaluatedProject project, ImmutableDictionary<string, ProjectId> ids, ImmutableArray<MetadataReference> framework, TestFile hostConfig)
    {
        var id = ids[project.Name];
        return ProjectInfo.Create(
            id,
            VersionStamp.Default,
            project.Name,
            assemblyName: project.Name,
            language,
            compilationOptions: compilationOptions.For(project),
            parseOptions: parseOptions,
            documents: project.Sources.Select(file => Info(id, file)),
            projectReferences: project.ProjectReferences.Select(name => new ProjectReference(ids[name])),
            metadataReferences: framework.Concat(project.References),
            additionalDocuments: project.AdditionalFiles.Select(file => Info(id, file)))
            .WithAnalyzerConfigDocuments(project.AnalyzerConfigFiles.Append(hostConfig).Select(file => Info(id, file)));
    }

    static DocumentInfo Info(ProjectId project, TestFile file) => DocumentInfo.Create(
        DocumentId.CreateNewId(project, file.Path),
        Path.GetFileName(file.Path),
        folders: DocumentPaths.FoldersOf(file.Path),
        loader: TextLoader.From(TextAndVersion.Create(file.Text, VersionStamp.Default, file.Path)),
        filePath: file.Path);
}

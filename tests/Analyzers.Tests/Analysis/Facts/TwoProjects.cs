using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Xunit;

namespace AgentLint.Tests.Analysis.Facts;

/// <summary>Projects that refer to each other: once as a build sees them, by files with published facts, and once as an editor does, by compilations.</summary>
internal sealed class TwoProjects
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.ComponentModel;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Parse = new(LanguageVersion.Latest);

    private readonly List<MetadataReference> files = [];
    private readonly List<MetadataReference> referenceFiles = [];
    private readonly List<MetadataReference> compilations = [];
    private readonly ImmutableArray<MetadataReference> libraries;

    public TwoProjects(params Library[] libraries) => this.libraries = [.. Libraries.Framework, .. Libraries.With([Library.Hosting, .. libraries])];

    /// <summary>The text that each project has published, by its name.</summary>
    public Dictionary<string, string> Published { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a project that the ones after it refer to.</summary>
    public TwoProjects With(string name, params string[] sources)
    {
        var (built, published) = Publish(Compile(name, OutputKind.DynamicallyLinkedLibrary, files, sources));
        Published[name] = published;
        files.Add(Emit(built, new EmitOptions()));
        referenceFiles.Add(Emit(Publish(Compile(name, OutputKind.DynamicallyLinkedLibrary, referenceFiles, sources)).Built, new EmitOptions(metadataOnly: true, includePrivateMembers: false)));
        compilations.Add(Compile(name, OutputKind.DynamicallyLinkedLibrary, compilations, sources).ToMetadataReference());
        return this;
    }

    /// <summary>What all rules report in a project, which does not hang on how it refers to the others.</summary>
    /// <param name="kind">A service, or a library.</param>
    /// <param name="sources">The project.</param>
    public async Task<IReadOnlyList<string>> ReportsAsync(OutputKind kind, params string[] sources)
    {
        var built = await ReportsAsync(Compile("Api", kind, files, sources));
        Assert.Equal(built, await ReportsAsync(Compile("Api", kind, referenceFiles, sources)));
        Assert.Equal(built, await ReportsAsync(Compile("Api", kind, compilations, sources)));
        return built;
    }

    /// <summary>The project as it is compiled against files.</summary>
    public CSharpCompilation Built(OutputKind kind, params string[] sources) => Compile("Api", kind, files, sources);

    /// <summary>Runs the generator, as a build does, and gives its text.</summary>
    public static (CSharpCompilation Built, string Published) Publish(CSharpCompilation project)
    {
        var result = CSharpGeneratorDriver.Create(new FactsGenerator()).WithUpdatedParseOptions(Parse)
            .RunGeneratorsAndUpdateCompilation(project, out var built, out var problems, TestContext.Current.CancellationToken).GetRunResult();
        Assert.Empty(problems);
        Assert.Null(result.Results[0].Exception);
        var attribute = built.Assembly.GetAttributes().SingleOrDefault(one => one.ConstructorArguments is [{ Value: AgentLint.Model.PublishedFacts.Key }, _]);
        return ((CSharpCompilation)built, attribute?.ConstructorArguments[1].Value as string ?? "");
    }

    public CSharpCompilation Compile(string name, OutputKind kind, IEnumerable<MetadataReference> others, params string[] sources)
    {
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(Usings, Parse, "Usings.cs"), .. sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, Parse, $"{name}{i + 1}.cs"))],
            [.. libraries, .. others],
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        return compilation;
    }

    private static async Task<IReadOnlyList<string>> ReportsAsync(CSharpCompilation project) =>
        [.. (await AllRules.ReportsInAsync(project)).Select(report => $"{report.Id} {report.Severity} {report.Location.GetLineSpan().StartLinePosition.Line + 1}: {report.GetMessage()}")];

    private static PortableExecutableReference Emit(CSharpCompilation project, EmitOptions options)
    {
        var stream = new MemoryStream();
        var result = project.Emit(stream, options: options);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        stream.Position = 0;
        return MetadataReference.CreateFromStream(stream);
    }
}

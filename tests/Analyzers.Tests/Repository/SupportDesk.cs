using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>The sample, compiled in memory against the libraries that its project names.</summary>
internal static class SupportDesk
{
    // What the SDK adds to the project.
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest);

    public static CSharpCompilationOptions CompilationOptions { get; } =
        new(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: false);

    /// <summary>Its files by their paths inside of the sample, in order.</summary>
    public static ImmutableArray<(string Path, string Text)> Files { get; } = Read();

    /// <summary>The framework and the libraries, always the same objects.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. Libraries.Framework,
        .. Libraries.With(
            Library.Hosting, Library.HttpPolly, Library.OpenAI, Library.OpenTelemetry, Library.SemanticKernel, Library.AgentWorkflows, Library.Dapr,
            Library.DurableTask, Library.MassTransit),
    ];

    /// <summary>A compilation of its own; its trees are new too, so that it shares nothing but references with any other.</summary>
    public static CSharpCompilation Compile()
    {
        var compilation = CSharpCompilation.Create(
            "SupportDesk",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, ParseOptions, "ImplicitUsings.cs"), .. Files.Select(file => CSharpSyntaxTree.ParseText(file.Text, ParseOptions, file.Path))],
            References,
            CompilationOptions);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        return compilation;
    }

    private static ImmutableArray<(string Path, string Text)> Read()
    {
        var folder = Path.Combine(Checkout.Root, "samples", "SupportDesk");
        return
        [
            .. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
                .Where(path => path.Split('/')[0] is not ("bin" or "obj"))
                .Order(StringComparer.Ordinal)
                .Select(path => (path, File.ReadAllText(Path.Combine(folder, path)))),
        ];
    }
}

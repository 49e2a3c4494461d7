using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>The product's own sources, compiled in memory.</summary>
internal static class ProductSources
{
    // What the SDK adds to a netstandard2.0 project.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("AgentLint.CodeFixes")]
        """;

    private static readonly Lazy<CSharpCompilation> LazyAnalyzers = new(() => Compile("Analyzers", "AgentLint.Analyzers", []));
    private static readonly Lazy<CSharpCompilation> LazyCodeFixes = new(() => Compile("CodeFixes", "AgentLint.CodeFixes", [Analyzers.ToMetadataReference()]));

    public static CSharpCompilation Analyzers => LazyAnalyzers.Value;

    public static CSharpCompilation CodeFixes => LazyCodeFixes.Value;

    private static CSharpCompilation Compile(string folder, string assembly, IEnumerable<MetadataReference> references)
    {
        var project = Path.Combine(Checkout.Root, "src", folder);
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var files = Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Path: Path.GetRelativePath(project, file).Replace('\\', '/')))
            .Where(file => !file.Path.StartsWith("bin/", StringComparison.Ordinal) && !file.Path.StartsWith("obj/", StringComparison.Ordinal))
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(file.File)), options, file.Path));
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.CodeAnalysis.", StringComparison.Ordinal)))
            .Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(
            assembly,
            [CSharpSyntaxTree.ParseText(ImplicitUsings, options, "ImplicitUsings.cs"), .. files],
            [.. platform, .. references],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        return compilation;
    }
}

using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>A program of a test, compiled and loaded beside the real libraries.</summary>
internal static class LoadedProgram
{
    public static Assembly Of(string code, Library library)
    {
        var text = code.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
        var compilation = CSharpCompilation.Create(
            "Workflows",
            [CSharpSyntaxTree.ParseText(text)],
            [.. Libraries.Framework, .. Libraries.With(library)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(image);
    }
}

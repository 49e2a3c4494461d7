using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Tests.Stubs;

/// <summary>Declarations with the metadata names of a library that the package registry lacks: as much of it as tests need.</summary>
/// <param name="Assembly">The assembly's name.</param>
/// <param name="Source">What it declares.</param>
internal sealed record Stub(string Assembly, string Source)
{
    public MetadataReference Reference => field ??= Compile();

    private PortableExecutableReference Compile()
    {
        using var image = new MemoryStream();
        var result = CSharpCompilation.Create(
            Assembly, [CSharpSyntaxTree.ParseText(Source)], Libraries.Framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(image);
        if (!result.Success)
            throw new InvalidOperationException($"{Assembly} does not compile: {string.Join("; ", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error))}");
        image.Position = 0;
        return MetadataReference.CreateFromStream(image);
    }
}

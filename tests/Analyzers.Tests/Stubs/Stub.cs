using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Stubs;

/// <summary>Declarations with the metadata names of a library that the package registry lacks: as much of it as tests need.</summary>
/// <param name="Assembly">The assembly's name.</param>
/// <param name="Source">What it declares.</param>
/// <param name="Stubs">Stubs that it is built on.</param>
/// <param name="Uses">Types of the libraries that it is built on.</param>
internal sealed record Stub(string Assembly, string Source, Stub[] Stubs, params Type[] Uses)
{
    public Stub(string assembly, string source, params Type[] uses)
        : this(assembly, source, [], uses)
    {
    }

    private readonly Lazy<byte[]> image = new(() =>
    {
        using var image = new MemoryStream();
        var result = CSharpCompilation.Create(
            Assembly,
            [CSharpSyntaxTree.ParseText(Source)],
            [.. Libraries.Framework, .. Stubs.Select(stub => stub.Reference), .. Uses.Select(type => MetadataReference.CreateFromFile(type.Assembly.Location))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(image);
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        return image.ToArray();
    });

    public MetadataReference Reference => field ??= MetadataReference.CreateFromImage(image.Value);

    /// <summary>The assembly itself, for tests that run what is built on it.</summary>
    public ReadOnlySpan<byte> Image => image.Value;
}

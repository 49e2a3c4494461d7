using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Testing;

/// <summary>How C# sources are parsed and compiled unless a test says otherwise.</summary>
static class CSharpDefaults
{
    /// <summary>Documentation comments are parsed, so that analyzers meet their syntax.</summary>
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    public static CSharpCompilationOptions CompilationOptions { get; } = new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
}

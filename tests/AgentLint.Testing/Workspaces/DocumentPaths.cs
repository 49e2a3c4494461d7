using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>The names that tests and documents know each other by.</summary>
static class DocumentPaths
{
    public static IEnumerable<string> FoldersOf(string path) =>
        (Path.GetDirectoryName(path) ?? "").Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The path of a document; one that a fix added has only a name and folders.</summary>
    public static string Of(TextDocument document) => document.FilePath ?? $"/{string.Join('/', document.Folders.Append(document.Name))}";
}

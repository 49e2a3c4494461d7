using System.Text;

namespace AgentLint.Docs;

/// <summary>A file that follows from the rules, wholly or between markers.</summary>
internal sealed class GeneratedFile
{
    private readonly string _path;
    private readonly string? _wanted;

    private GeneratedFile(string root, string relativePath, Func<string?, string?> render)
    {
        RelativePath = relativePath;
        _path = Path.Combine(root, relativePath);
        // Checkouts may have turned the line ends of text files.
        var present = File.Exists(_path) ? File.ReadAllText(_path).ReplaceLineEndings("\n") : null;
        _wanted = render(present);
        IsStale = _wanted != present;
    }

    /// <summary>From the repository's root, with slashes.</summary>
    public string RelativePath { get; }

    public bool IsStale { get; }

    public string Complaint => $"{RelativePath} is stale; renew it with: {GeneratedFiles.Command}";

    /// <summary>A file without a word of its own.</summary>
    public static GeneratedFile Whole(string root, string relativePath, string text) => new(root, relativePath, _ => text);

    /// <summary>A hand-written file with one generated block, which must be there.</summary>
    public static GeneratedFile Block(string root, string relativePath, string marker, string text) =>
        new(root, relativePath, present => MarkedBlock.Replace(
            present ?? throw new DocsException($"{relativePath} does not exist"),
            marker,
            text) ?? throw new DocsException($"{relativePath} has no {MarkedBlock.Begin(marker)} … {MarkedBlock.End(marker)}"));

    /// <summary>A hand-written file that begins with a generated block; the block is put in where it is not there yet.</summary>
    public static GeneratedFile Header(string root, string relativePath, string marker, string text) =>
        new(root, relativePath, present => MarkedBlock.Replace(present ?? "", marker, text) ?? MarkedBlock.Insert(present ?? "", marker, text));

    /// <summary>A file that should not be there, because its rule is not. It is not deleted: somebody wrote it.</summary>
    public static GeneratedFile Forbidden(string root, string relativePath) =>
        new(root, relativePath, _ => throw new DocsException($"{relativePath} is the page of a rule that does not exist; delete it or write the rule"));

    public void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllText(_path, _wanted, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}

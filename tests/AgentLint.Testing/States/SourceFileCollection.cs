using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>The files of one kind in a project, in order.</summary>
public class SourceFileCollection : List<(string filename, SourceText content)>
{
    /// <summary>Adds a file.</summary>
    /// <param name="file">Its path and its text.</param>
    public void Add((string filename, string content) file) => Add((file.filename, SourceText.From(file.content, Encoding.UTF8)));
}

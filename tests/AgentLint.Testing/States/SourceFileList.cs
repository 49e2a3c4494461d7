using System.Globalization;

namespace AgentLint.Testing;

/// <summary>The source files of a project; those that are added without a name get one.</summary>
/// <param name="defaultPrefix">What given names start with, for example <c>/0/Test</c>.</param>
/// <param name="defaultExtension">The extension of given names, without dot.</param>
public class SourceFileList(string defaultPrefix, string defaultExtension) : SourceFileCollection
{
    /// <summary>Adds a file whose name is made of the prefix and its place in the list.</summary>
    /// <param name="content">The file's text.</param>
    public void Add(string content) =>
        Add((string.Create(CultureInfo.InvariantCulture, $"{defaultPrefix}{Count}.{defaultExtension}"), content));
}

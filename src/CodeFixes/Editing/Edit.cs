using Microsoft.CodeAnalysis;

namespace AgentLint.Editing;

/// <summary>What a fix has made.</summary>
/// <param name="Document">The document as it is to be.</param>
/// <param name="Title">What the user is offered, where the fix's own title does not say enough.</param>
internal sealed record Edit(Document Document, string? Title = null)
{
    /// <summary>All that the edit changes, other documents included.</summary>
    public Solution Solution => Document.Project.Solution;
}

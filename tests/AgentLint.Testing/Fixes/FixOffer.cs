using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Testing;

/// <summary>The action of a fix that the test is about, as it is offered for one diagnostic.</summary>
sealed record FixOffer(Document Document, Diagnostic Diagnostic, CodeFixProvider Provider, CodeAction Action)
{
    public override string ToString() => $"'{Action.Title}' for {Diagnostic.Id} at {Diagnostic.Location.GetLineSpan()}";
}

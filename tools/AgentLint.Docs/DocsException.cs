namespace AgentLint.Docs;

/// <summary>Something that the person at the keyboard has to mend; the message is all they need.</summary>
internal sealed class DocsException(string message) : Exception(message);

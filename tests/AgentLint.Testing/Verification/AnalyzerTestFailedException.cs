namespace AgentLint.Testing;

/// <summary>Says that an analyzer or a code fix did not do what its test expects.</summary>
/// <param name="message">What was expected and what was found.</param>
public sealed class AnalyzerTestFailedException(string message) : Exception(message);

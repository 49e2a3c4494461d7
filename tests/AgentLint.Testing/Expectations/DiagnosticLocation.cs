using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>A place where a diagnostic is expected.</summary>
/// <param name="Span">The file, and the zero-based start and end.</param>
/// <param name="Options">How the place is compared.</param>
public readonly record struct DiagnosticLocation(FileLinePositionSpan Span, DiagnosticLocationOptions Options);

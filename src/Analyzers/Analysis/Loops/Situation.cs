using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Loops;

/// <summary>One way in which a call may have ended: what conditions are asked about.</summary>
/// <param name="Status">The HTTP status that came back, or that the failure tells of; null where it is left open.</param>
/// <param name="Exception">The type of the exception that was thrown; null where it is left open.</param>
internal sealed record Situation(int? Status = null, INamedTypeSymbol? Exception = null);

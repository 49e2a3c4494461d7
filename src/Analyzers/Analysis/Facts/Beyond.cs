using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Facts;

/// <summary>The end of a chain of calls in other assemblies: known by what they publish, without source.</summary>
/// <param name="Target">The API that is reached; the member with the facts where the API is not referenced here.</param>
/// <param name="Fact">What is published of it.</param>
internal sealed record Beyond(IMethodSymbol Target, ReachedFact Fact);

using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Loops;

/// <summary>Code that runs again because it failed.</summary>
/// <param name="Site">What a report points at: the name of the call, or the keyword of the loop.</param>
/// <param name="Body">The code.</param>
/// <param name="Work">The same, bound.</param>
/// <param name="Layers">Who runs it again, the outermost first.</param>
internal sealed record RetryRegion(Location Site, SyntaxNode Body, IOperation Work, IReadOnlyList<RetryLayer> Layers);

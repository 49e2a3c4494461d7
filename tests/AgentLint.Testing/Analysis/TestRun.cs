using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>What one run of a test works with.</summary>
sealed record TestRun(
    IVerifier Verifier,
    ImmutableArray<DiagnosticDescriptor> Supported,
    StateEvaluator Evaluator,
    SolutionBuilder Builder,
    AnalyzerRunner Runner);

/// <summary>A solution with all that the compiler and the analyzers say of it.</summary>
sealed record Analyzed(Solution Solution, ImmutableArray<Diagnostic> Diagnostics);

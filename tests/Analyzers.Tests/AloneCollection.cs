using Xunit;

namespace AgentLint.Tests;

/// <summary>Tests that measure what the process does: they run one after the other, when no other test does.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

public sealed class AGL0703Tests
{
    [Fact]
    public void IsOffUntilItIsWritten() => Assert.False(AGL0703_UnguardedToolState.Rule.Descriptor.IsEnabledByDefault);
}

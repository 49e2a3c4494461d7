using AgentLint.Rules.Loops;
using Xunit;

namespace AgentLint.Tests.Rules.Loops;

public sealed class AGL0901Tests
{
    [Fact]
    public void IsOffUntilItIsWritten() => Assert.False(AGL0901_UnboundedAgentLoop.Rule.Descriptor.IsEnabledByDefault);
}

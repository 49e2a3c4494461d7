using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0202Tests
{
    [Fact]
    public void IsOffUntilItIsWritten() => Assert.False(AGL0202_RetryWithoutDelay.Rule.Descriptor.IsEnabledByDefault);
}

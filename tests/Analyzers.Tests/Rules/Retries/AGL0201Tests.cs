using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0201Tests
{
    [Fact]
    public void IsOffUntilItIsWritten() => Assert.False(AGL0201_UnboundedRetry.Rule.Descriptor.IsEnabledByDefault);
}

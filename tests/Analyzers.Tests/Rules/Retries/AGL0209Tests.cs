using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0209Tests
{
    [Fact]
    public void IsOffUntilItIsWritten() => Assert.False(AGL0209_UnboundedPolling.Rule.Descriptor.IsEnabledByDefault);
}

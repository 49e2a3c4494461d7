using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

public sealed class AGL0704Tests
{
    [Fact]
    public void IsOffUntilItIsWritten() => Assert.False(AGL0704_CaptiveScopedService.Rule.Descriptor.IsEnabledByDefault);
}

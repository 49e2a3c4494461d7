using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

public sealed class AGL0701Tests
{
    [Fact]
    public void IsOffUntilItIsWritten() => Assert.False(AGL0701_SharedConversation.Rule.Descriptor.IsEnabledByDefault);
}

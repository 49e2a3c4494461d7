#if XUNIT2
namespace Xunit;

/// <summary>What the tests ask xunit.v3 for, where they are compiled with xunit 2 (docs/hardening.md, mutation testing).</summary>
internal sealed class TestContext
{
    public static TestContext Current { get; } = new();

    public CancellationToken CancellationToken => CancellationToken.None;
}
#endif

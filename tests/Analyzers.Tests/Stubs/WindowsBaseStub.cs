namespace AgentLint.Tests.Stubs;

/// <summary>What the windows of WPF derive from.</summary>
internal static class WindowsBaseStub
{
    public static Stub Library { get; } = new("WindowsBase", """
        namespace System.Windows.Threading { public abstract class DispatcherObject { } }
        """);
}

using System.Collections.Immutable;
using System.Reflection;

namespace AgentLint.Tests.Stubs;

/// <summary>The libraries that the package registry lacks, and of which tests declare by hand what they need. <c>docs/catalogue-unchecked.md</c> lists them.</summary>
internal static class MissingLibraries
{
    public static ImmutableArray<Stub> All { get; } =
    [
        .. typeof(Stub).Assembly.GetTypes().Where(type => type.Namespace == typeof(Stub).Namespace).OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => type.GetProperty("Library", BindingFlags.Static | BindingFlags.Public)?.GetValue(null)).OfType<Stub>(),
    ];

    /// <summary>Those whose namespaces the code names.</summary>
    public static IEnumerable<Stub> UsedBy(string code) => All.Where(stub => code.Contains(stub.Assembly + ".", StringComparison.Ordinal) || code.Contains(stub.Assembly + ";", StringComparison.Ordinal));
}

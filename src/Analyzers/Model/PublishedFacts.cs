using Microsoft.CodeAnalysis;

namespace AgentLint.Model;

/// <summary>The text that a build leaves in an assembly, for the projects that refer to it: who writes one, and where it stands.</summary>
internal static class PublishedFacts
{
    /// <summary>The key of the assembly's metadata that the text is the value of. The number changes when old readers would misread new texts.</summary>
    public const string Key = "AgentLint.Facts/1";

    /// <summary>Whether a project publishes facts. Of an executable, tests are all that refers to it.</summary>
    public static bool AreOf(Compilation compilation) => compilation.Options.OutputKind is OutputKind.DynamicallyLinkedLibrary or OutputKind.NetModule;

    /// <summary>The text in an assembly; null where there is none.</summary>
    public static string? In(IAssemblySymbol assembly)
    {
        foreach (var attribute in assembly.GetAttributes())
            if (attribute.AttributeClass is { Name: "AssemblyMetadataAttribute" }
                && attribute.ConstructorArguments is { Length: 2 } given && given[0].Value is Key && given[1].Value is string text)
                return text;
        return null;
    }
}

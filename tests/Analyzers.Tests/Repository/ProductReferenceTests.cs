using System.Reflection;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>The product loads wherever a compiler does: it refers to nothing that a compiler does not bring.</summary>
public sealed class ProductReferenceTests
{
    private static readonly string[] OfTheCompiler = ["netstandard", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "System.Collections.Immutable", "System.Memory"];
    private static readonly string[] OfTheEditor = ["Microsoft.CodeAnalysis.Workspaces", "Microsoft.CodeAnalysis.CSharp.Workspaces", "System.Composition.AttributedModel"];

    [Fact]
    public void Analyzers_refer_to_the_compiler_only() => Assert.Empty(ReferencesOf(typeof(AgentAnalyzer)).Except(OfTheCompiler));

    [Fact]
    public void Fixes_refer_to_the_analyzers_and_to_what_an_editor_brings() =>
        Assert.Empty(ReferencesOf(typeof(AgentCodeFix)).Except(OfTheCompiler).Except(OfTheEditor).Except(["AgentLint.Analyzers"]));

    private static IReadOnlyList<string> ReferencesOf(Type type)
    {
        var references = type.Assembly.GetReferencedAssemblies().Select(reference => reference.Name!).ToList();
        Assert.Contains("netstandard", references);
        return references;
    }
}

using System.Reflection;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>These tests run on the compiler that their project names, and the product loads in the oldest one.</summary>
public sealed class CompilerVersionTests
{
    [Fact]
    public void Tests_run_on_the_compiler_that_the_project_names()
    {
        var named = typeof(CompilerVersionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RoslynVersion").Value;

        Assert.Equal(new Version(named + ".0"), typeof(Compilation).Assembly.GetName().Version);
    }

    [Theory]
    [InlineData(typeof(AgentAnalyzer))]
    [InlineData(typeof(AgentCodeFix))]
    public void Product_is_built_against_the_oldest_compiler(Type product)
    {
        var references = product.Assembly.GetReferencedAssemblies().Where(a => a.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Equal(new Version(4, 14, 0, 0), reference.Version));
    }

    [Fact]
    public void Analyzers_do_not_reference_workspaces() =>
        Assert.DoesNotContain(typeof(AgentAnalyzer).Assembly.GetReferencedAssemblies(), reference => reference.Name!.Contains("Workspaces", StringComparison.Ordinal));
}

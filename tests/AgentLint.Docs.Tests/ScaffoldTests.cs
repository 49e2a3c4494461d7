using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Docs.Tests;

public sealed class ScaffoldTests
{
    private static readonly string[] Files =
    [
        "src/Analyzers/Rules/Deadlines/AGL0399_ToolWithoutPatience.cs",
        "docs/rules/AGL0399.md",
        "tests/Analyzers.Tests/Rules/Deadlines/AGL0399Tests.cs",
        "src/CodeFixes/Fixes/Deadlines/AGL0399Fix_Verb.cs",
    ];

    [Fact]
    public void TheFilesOfANewRuleCompile()
    {
        using var repository = new TemporaryRepository();

        var (exit, output, error) = repository.Run("new", "AGL0399", "ToolWithoutPatience");

        Assert.Equal((0, ""), (exit, error));
        Assert.Equal([.. Files.Select(file => "Wrote " + file), "When the rule is written: dotnet run --project tools/AgentLint.Docs", ""], output.Split(Environment.NewLine));
        Assert.Empty(ErrorsIn([.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).Select(file => File.ReadAllText(repository.At(file)))]));
        Assert.Contains("# AGL0399: ToolWithoutPatience", File.ReadAllText(repository.At("docs/rules/AGL0399.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void AnIdIsNeverUsedAgain()
    {
        using var repository = new TemporaryRepository();
        Assert.Equal(0, repository.Run("new", "AGL0399", "ToolWithoutPatience").Exit);

        Assert.Equal(
            (1, "", $"AGL0399 is taken by src/Analyzers/Rules/Deadlines/AGL0399_ToolWithoutPatience.cs{Environment.NewLine}"),
            repository.Run("new", "AGL0399", "AnotherName"));
        Assert.False(File.Exists(repository.At("src/Analyzers/Rules/Deadlines/AGL0399_AnotherName.cs")));
    }

    [Theory]
    [InlineData("AGL399", "Name", "'AGL399' is no id: AGL and four digits")]
    [InlineData("AGL0399", "name", "'name' is no name: the defect in PascalCase, as in BlockingAgentCall")]
    [InlineData("AGL5001", "Name", "'AGL5001' has no category: add 50 to RuleCategory first")]
    public void WhatCannotBeARuleIsRefused(string id, string name, string error)
    {
        using var repository = new TemporaryRepository();

        Assert.Equal((1, "", error + Environment.NewLine), repository.Run("new", id, name));
    }

    // Under the name of an assembly that sees the product's internals, so that the skeletons are bound to the bases as they are today.
    private static IEnumerable<Diagnostic> ErrorsIn(string[] sources)
    {
        const string usings = "global using System; global using System.Linq; global using System.Collections.Generic; global using System.Threading; global using System.Threading.Tasks;";
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        return CSharpCompilation.Create(
                "AgentLint.Analyzers.Tests",
                sources.Append(usings).Select(source => CSharpSyntaxTree.ParseText(source)),
                references,
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }
}

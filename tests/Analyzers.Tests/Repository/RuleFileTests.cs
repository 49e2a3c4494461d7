using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>Everything about a rule is found by its id: its file, its fix, its page, its tests.</summary>
public sealed class RuleFileTests
{
    private static readonly string[] FromTheBuild = ["AGL9001", "AGL9004"];

    public static TheoryData<Type> Analyzers => [.. AllRules.Analyzers.Select(analyzer => analyzer.GetType())];

    public static TheoryData<Type> Fixes => [.. AllRules.Fixes.Select(fix => fix.GetType())];

    [Theory]
    [MemberData(nameof(Analyzers))]
    public void Analyzer_is_one_rule_in_the_file_of_its_name(Type type)
    {
        var rule = Assert.Single(Assert.IsType<RuleAnalyzer>(Activator.CreateInstance(type), exactMatch: false).Rules);

        Assert.Equal($"{rule.Id}_{rule.Name}", type.Name);
        Assert.Equal($"AgentLint.Rules.{rule.Category}", type.Namespace);
        Assert.Equal((int)rule.Category, int.Parse(rule.Id.AsSpan(3, 2)));
        Assert.Equal("AgentLint." + rule.Category, rule.Descriptor.Category);
        Assert.Equal([LanguageNames.CSharp], type.GetCustomAttribute<DiagnosticAnalyzerAttribute>()?.Languages ?? []);
        AssertExists($"src/Analyzers/Rules/{rule.Category}/{type.Name}.cs");
        AssertExists($"docs/rules/{rule.Id}.md");
        AssertExists($"tests/Analyzers.Tests/Rules/{rule.Category}/{rule.Id}Tests.cs");
    }

    [Theory]
    [MemberData(nameof(Fixes))]
    public void Fix_is_of_one_rule_in_the_file_of_its_name(Type type)
    {
        var id = Assert.Single(Assert.IsType<AgentCodeFix>(Activator.CreateInstance(type), exactMatch: false).FixableDiagnosticIds);
        var rule = RuleOf(id);

        Assert.Matches($"^{id}Fix_[A-Z][A-Za-z]+$", type.Name);
        Assert.Equal($"AgentLint.Fixes.{rule.Category}", type.Namespace);
        Assert.Equal([LanguageNames.CSharp], type.GetCustomAttribute<ExportCodeFixProviderAttribute>()?.Languages ?? []);
        AssertExists($"src/CodeFixes/Fixes/{rule.Category}/{type.Name}.cs");
        AssertExists($"tests/Analyzers.Tests/Rules/{rule.Category}/{id}FixTests.cs");
    }

    [Fact]
    public void Files_that_carry_an_id_are_of_a_rule()
    {
        var ids = AllRules.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(IdsOfFiles("src/Analyzers/Rules", "AGL*.cs").Except(ids));
        Assert.Empty(IdsOfFiles("src/CodeFixes/Fixes", "AGL*.cs").Except(ids));
        Assert.Empty(IdsOfFiles("tests/Analyzers.Tests/Rules", "AGL*.cs").Except(ids));
        Assert.Empty(IdsOfFiles("docs/rules", "AGL*.md").Except(ids).Except(FromTheBuild));
    }

    [Fact]
    public void Ids_are_used_once()
    {
        var ids = AllRules.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id).ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }

    private static Rule RuleOf(string id) => AllRules.Analyzers.Cast<RuleAnalyzer>().SelectMany(analyzer => analyzer.Rules).Single(rule => rule.Id == id);

    private static IEnumerable<string> IdsOfFiles(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), pattern, SearchOption.AllDirectories).Select(file => Path.GetFileName(file)[..7]);

    private static void AssertExists(string path) => Assert.True(File.Exists(Path.Combine(Checkout.Root, path)), $"There is no {path}");
}

using System.Collections.Immutable;
using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing.Tests;

/// <summary>Configuration files mean what they mean in a build.</summary>
public class ConfigurationTests
{
    static CSharpAnalyzerTest<TAnalyzer, DefaultVerifier> Test<TAnalyzer>(string code, string path = "", string config = "")
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new CSharpAnalyzerTest<TAnalyzer, DefaultVerifier> { TestCode = code };
        if (path.Length > 0)
        {
            test.TestState.AnalyzerConfigFiles.Add((path, config));
        }

        return test;
    }

    [Theory]
    [InlineData("class a { }", "[*.cs]\ndotnet_diagnostic.T0001.severity = none\n")]
    [InlineData("class [|a|] { }", "[*.vb]\ndotnet_diagnostic.T0001.severity = none\n")]
    [InlineData("class [|a|] { }", "[Other*.cs]\ndotnet_diagnostic.T0001.severity = none\n")]
    [InlineData("class a { }", "[Test*.cs]\ndotnet_diagnostic.T0001.severity = none\n")]
    [InlineData("class a { }", "[*.cs]\ndotnet_analyzer_diagnostic.category-Test.severity = none\n")]
    [InlineData("class a { }", "[*.cs]\ngenerated_code = true\n")]
    public Task Editorconfig_sets_severities_by_section(string code, string config) =>
        Test<SmallTypeNameAnalyzer>(code, "/.editorconfig", config).IsAcceptedAsync();

    [Fact]
    public Task Severity_of_editorconfig_is_the_one_that_is_compared()
    {
        var test = Test<SmallTypeNameAnalyzer>("class {|#0:a|} { }", "/.editorconfig", "[*.cs]\ndotnet_diagnostic.T0001.severity = error\n");
        test.ExpectedDiagnostics.Add(new DiagnosticResult("T0001", DiagnosticSeverity.Error).WithLocation(0));
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Globalconfig_sets_severities() =>
        Test<SmallTypeNameAnalyzer>("class a { }", "/.globalconfig", "is_global = true\ndotnet_diagnostic.T0001.severity = none\n").IsAcceptedAsync();

    [Fact]
    public Task Editorconfig_overrules_globalconfig()
    {
        var test = Test<SmallTypeNameAnalyzer>("class [|a|] { }", "/.globalconfig", "is_global = true\ndotnet_diagnostic.T0001.severity = none\n");
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "[*.cs]\ndotnet_diagnostic.T0001.severity = warning\n"));
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Editorconfig_of_a_deeper_folder_overrules()
    {
        var test = Test<SmallTypeNameAnalyzer>("class [|a|] { }", "/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.T0001.severity = none\n");
        test.TestState.AnalyzerConfigFiles.Add(("/0/.editorconfig", "[*.cs]\ndotnet_diagnostic.T0001.severity = warning\n"));
        return test.IsAcceptedAsync();
    }

    [Theory]
    [InlineData("class [|a|] { }", "")]
    [InlineData("class a { }", "is_global = true\ndotnet_diagnostic.T0001.severity = none\n")]
    [InlineData("class a { }", "[*.cs]\ndotnet_diagnostic.T0001.severity = none\n")]
    public Task Rule_that_is_off_by_default_is_on_unless_configured(string code, string config) =>
        Test<OffByDefaultAnalyzer>(code, config.Length == 0 ? "" : config.StartsWith('[') ? "/.editorconfig" : "/.globalconfig", config).IsAcceptedAsync();

    [Theory]
    [InlineData("class a { }", "[*.cs]\ntest.letters = xyz\n")]
    [InlineData("class [|a|] { }", "[*.cs]\ntest.letters = abc\n")]
    [InlineData("class [|a|] { }", "is_global = true\ntest.letters = abc\n")]
    public Task Analyzer_reads_its_own_options(string code, string config) =>
        Test<ConfiguredAnalyzer>(code, config.StartsWith('[') ? "/.editorconfig" : "/.globalconfig", config).IsAcceptedAsync();

    [Fact]
    public Task Analyzer_reads_additional_files()
    {
        var test = Test<ConfiguredAnalyzer>("class [|a|] { }");
        test.TestState.AdditionalFiles.Add(("/letters.txt", "abc"));
        return test.IsAcceptedAsync();
    }

    /// <summary>Reports only types that start with one of the letters that are configured.</summary>
    sealed class ConfiguredAnalyzer : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context)
        {
            var options = context.Options.AnalyzerConfigOptionsProvider.GetOptions(context.Symbol.Locations[0].SourceTree!);
            var letters = options.TryGetValue("test.letters", out var value)
                ? value
                : context.Options.AdditionalFiles.SingleOrDefault()?.GetText(context.CancellationToken)?.ToString();
            if (letters?.Contains(context.Symbol.Name[0], StringComparison.Ordinal) == true)
            {
                base.Report(context);
            }
        }
    }

    sealed class OffByDefaultAnalyzer : SmallTypeNameAnalyzer
    {
        static readonly DiagnosticDescriptor Off = new(Id, "Small type name", "Type '{0}'", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: false);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Off];

        protected override void Report(SymbolAnalysisContext context) =>
            context.ReportDiagnostic(Diagnostic.Create(Off, context.Symbol.Locations[0], context.Symbol.Name));
    }
}

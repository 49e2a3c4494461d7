using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing.Tests;

/// <summary>Where a diagnostic lies, and what else it points at.</summary>
public class LocationTests
{
    static CSharpAnalyzerTest<TAnalyzer, DefaultVerifier> Test<TAnalyzer>(string code, params DiagnosticResult[] expected)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new CSharpAnalyzerTest<TAnalyzer, DefaultVerifier> { TestCode = code };
        test.TestState.AdditionalFiles.Add(("/list.txt", "one\n{|#9:two|}\n"));
        test.ExpectedDiagnostics.AddRange(expected);
        return test;
    }

    static DiagnosticResult Expected => new("T0001", DiagnosticSeverity.Warning);

    [Fact]
    public Task Missing_location_is_rejected() => Test<NowhereAnalyzer>("class [|a|] { }").IsRejectedAsync("location: expected", "found none", ".WithNoLocation()");

    [Fact]
    public Task Missing_location_is_accepted_when_expected() => Test<NowhereAnalyzer>("class a { }", Expected.WithNoLocation()).IsAcceptedAsync();

    [Fact]
    public Task Location_is_rejected_when_none_is_expected() =>
        Test<SmallTypeNameAnalyzer>("class a { }", Expected.WithNoLocation()).IsRejectedAsync("location: expected none, found /0/Test0.cs");

    [Fact]
    public Task Location_in_a_foreign_tree_is_rejected() => Test<ForeignTreeAnalyzer>("class [|a|] { }").IsRejectedAsync("AD0001");

    [Fact]
    public Task Location_outside_of_the_tree_is_rejected() => Test<OutsideOfTreeAnalyzer>("class [|a|] { }").IsRejectedAsync("AD0001");

    [Fact]
    public Task Location_that_only_names_a_source_file_is_rejected() =>
        Test<NamesSourceFileAnalyzer>("class [|a|] { }").IsRejectedAsync("T0001 names the source file '/0/Test0.cs' without its syntax tree");

    [Fact]
    public Task Location_in_an_additional_file_is_accepted_when_expected() =>
        Test<AdditionalFileAnalyzer>("class a { }", Expected.WithLocation(9)).IsAcceptedAsync();

    [Fact]
    public Task Location_in_an_additional_file_is_rejected_when_not_expected() =>
        Test<AdditionalFileAnalyzer>("class a { }").IsRejectedAsync("""Diagnostic("T0001").WithSpan("/list.txt", 2, 1, 2, 4)""");

    [Fact]
    public Task Location_outside_of_an_additional_file_is_rejected() =>
        Test<OutsideOfAdditionalFileAnalyzer>("class a { }", Expected.WithSpan("/list.txt", 8, 1, 8, 2)).IsRejectedAsync("T0001 lies outside the text of the file");

    [Fact]
    public Task Location_in_an_unknown_file_is_rejected() => Test<UnknownFileAnalyzer>("class a { }").IsRejectedAsync("\"/unknown.txt\"");

    [Fact]
    public Task Location_in_an_unknown_file_is_accepted_when_expected() =>
        Test<UnknownFileAnalyzer>("class a { }", Expected.WithSpan("/unknown.txt", 1, 1, 1, 2)).IsAcceptedAsync();

    [Fact]
    public Task Additional_locations_are_accepted_when_expected() =>
        Test<FirstMemberAnalyzer>("class {|#0:a|} { int {|#1:F|}; }", Expected.WithLocation(0).WithLocation(1)).IsAcceptedAsync();

    [Fact]
    public Task Additional_locations_are_rejected_when_not_expected() =>
        Test<FirstMemberAnalyzer>("class {|#0:a|} { int {|#1:F|}; }", Expected.WithLocation(0))
            .IsRejectedAsync("additional locations: expected [], found [/0/Test0.cs: (0,14)-(0,15)]", ".WithSpan(1, 7, 1, 8).WithSpan(1, 15, 1, 16)");

    [Fact]
    public Task Wrong_additional_location_is_rejected() =>
        Test<FirstMemberAnalyzer>("class {|#0:a|} { {|#1:int|} F; }", Expected.WithLocation(0).WithLocation(1)).IsRejectedAsync("additional locations");

    [Fact]
    public Task Missing_additional_location_is_rejected() =>
        Test<SmallTypeNameAnalyzer>("class {|#0:a|} { int {|#1:F|}; }", Expected.WithLocation(0).WithLocation(1)).IsRejectedAsync("additional locations");

    [Fact]
    public Task Additional_locations_are_not_compared_when_the_test_says_so() =>
        Test<FirstMemberAnalyzer>("class {|#0:a|} { int F; }", Expected.WithLocation(0).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)).IsAcceptedAsync();

    [Fact]
    public Task Markup_does_not_compare_additional_locations() => Test<FirstMemberAnalyzer>("class [|a|] { int F; }").IsAcceptedAsync();

    static readonly TextSpan FirstCharacter = new(0, 1);

    sealed class NowhereAnalyzer : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context) => context.ReportDiagnostic(Create(context, Location.None));
    }

    sealed class ForeignTreeAnalyzer : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context)
        {
            var tree = CSharpSyntaxTree.ParseText("class a { }", cancellationToken: context.CancellationToken);
            context.ReportDiagnostic(Create(context, Location.Create(tree, FirstCharacter)));
        }
    }

    sealed class OutsideOfTreeAnalyzer : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context) =>
            context.ReportDiagnostic(Create(context, Location.Create(context.Symbol.Locations[0].SourceTree!, new TextSpan(5000, 1))));
    }

    sealed class NamesSourceFileAnalyzer : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context)
        {
            var location = context.Symbol.Locations[0];
            var line = location.GetLineSpan();
            context.ReportDiagnostic(Create(context, Location.Create(line.Path, location.SourceSpan, line.Span)));
        }
    }

    class AdditionalFileAnalyzer : SmallTypeNameAnalyzer
    {
        protected virtual string Path => "/list.txt";

        protected virtual LinePositionSpan Lines => new(new(1, 0), new(1, 3));

        protected override void Report(SymbolAnalysisContext context) =>
            context.ReportDiagnostic(Create(context, Location.Create(Path, FirstCharacter, Lines)));
    }

    sealed class OutsideOfAdditionalFileAnalyzer : AdditionalFileAnalyzer
    {
        protected override LinePositionSpan Lines => new(new(7, 0), new(7, 1));
    }

    sealed class UnknownFileAnalyzer : AdditionalFileAnalyzer
    {
        protected override string Path => "/unknown.txt";

        protected override LinePositionSpan Lines => new(new(0, 0), new(0, 1));
    }

    sealed class FirstMemberAnalyzer : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context)
        {
            var member = ((INamedTypeSymbol)context.Symbol).GetMembers()[0].Locations[0];
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Symbol.Locations[0], [member], context.Symbol.Name, context.Symbol.Name[0]));
        }
    }
}

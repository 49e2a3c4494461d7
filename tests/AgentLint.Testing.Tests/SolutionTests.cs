using System.Collections.Immutable;
using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing.Tests;

/// <summary>Several analyzers, files, projects and references.</summary>
public class SolutionTests
{
    static CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier> Test(string? code = null) => new() { TestCode = code };

    [Fact]
    public Task Several_analyzers_run_together() =>
        new TwoAnalyzersTest { TestCode = "class {|T0001:a|} { void M() { {|T0100:M()|}; } }" }.IsAcceptedAsync();

    [Fact]
    public Task Each_of_several_analyzers_is_held_to_its_reports() =>
        new TwoAnalyzersTest { TestCode = "class {|T0001:a|} { void M() { M(); } }" }.IsRejectedAsync("\"T0100\"");

    [Fact]
    public Task Callee_in_another_file_is_bound()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer, DefaultVerifier>();
        test.TestState.Sources.Add("class Caller { void M() { [|Callee.N()|]; } }");
        test.TestState.Sources.Add(("/folder/Callee.cs", "static class Callee { public static void N() { } }"));
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Report_in_another_file_is_printed_with_its_name()
    {
        var test = Test("class A { }");
        test.TestState.Sources.Add("class b { }");
        return test.IsRejectedAsync("""Diagnostic("T0001").WithSpan("/0/Test1.cs", 1, 7, 1, 8)""");
    }

    [Fact]
    public Task Callee_in_another_project_is_bound()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer, DefaultVerifier> { TestCode = "class Caller { void M() { [|Callee.N()|]; } }" };
        test.TestState.AdditionalProjects["Library"].Sources.Add("public static class Callee { public static void N() { } }");
        test.TestState.AdditionalProjectReferences.Add("Library");
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Callee_in_a_project_that_is_not_referenced_is_an_error()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer, DefaultVerifier> { TestCode = "class Caller { void M() { Callee.N(); } }" };
        test.TestState.AdditionalProjects["Library"].Sources.Add("public static class Callee { public static void N() { } }");
        return test.IsRejectedAsync("CS0103");
    }

    [Fact]
    public Task Report_in_another_project_must_be_expected()
    {
        var test = Test("class A { }");
        test.TestState.AdditionalProjects["Library"].Sources.Add("class b { }");
        return test.IsRejectedAsync("\"/Library/Test0.cs\"");
    }

    [Fact]
    public Task Reference_to_an_unknown_project_is_rejected()
    {
        var test = Test("class A { }");
        test.TestState.AdditionalProjectReferences.Add("Library");
        return test.IsRejectedAsync("A project references 'Library', which is not in AdditionalProjects");
    }

    [Fact]
    public Task Loaded_assembly_can_be_referenced()
    {
        var test = Test("class A { Xunit.FactAttribute F; }");
        test.TestState.AdditionalReferences.Add(typeof(FactAttribute).Assembly);
        return test.IsAcceptedAsync();
    }

    [Fact]
    public async Task Compiled_image_can_be_referenced()
    {
        var references = await ReferenceAssemblies.Net.Net100.ResolveAsync(LanguageNames.CSharp, TestContext.Current.CancellationToken);
        var library = CSharpCompilation.Create(
            "Library",
            [CSharpSyntaxTree.ParseText("public class FromImage { }", cancellationToken: TestContext.Current.CancellationToken)],
            references,
            new(OutputKind.DynamicallyLinkedLibrary));
        var test = Test("class A : FromImage { }");
        test.TestState.AdditionalReferences.Add(library.ToMetadataReference());
        await test.IsAcceptedAsync();
    }

    [Fact]
    public Task Newest_framework_is_referenced() =>
        // A method that came with .NET 10.
        Test("using System.Linq; class A { object F = new[] { 1 }.LeftJoin(new[] { 2 }, a => a, b => b, (a, b) => a); }").IsAcceptedAsync();

    [Fact]
    public Task Framework_can_be_left_out()
    {
        var test = Test("class A { }");
        test.ReferenceAssemblies = new("nothing");
        return test.IsRejectedAsync("CS0518");
    }

    [Fact]
    public Task Solution_can_be_transformed()
    {
        var test = Test("class A { string? F; }");
        test.CompilerDiagnostics = CompilerDiagnostics.Warnings;
        test.DisabledDiagnostics.Add("CS0169");
        test.SolutionTransforms.Add((solution, id) => solution.WithProjectCompilationOptions(
            id,
            ((CSharpCompilationOptions)solution.GetProject(id)!.CompilationOptions!).WithNullableContextOptions(NullableContextOptions.Enable)));
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task State_after_the_fix_takes_over_what_it_does_not_name()
    {
        var test = new CSharpCodeFixTest<SmallTypeNameAnalyzer, CapitalizeFix, DefaultVerifier>
        {
            TestCode = "class [|a|] : Callee { Xunit.FactAttribute F; {|#0:Unknown|} G; }",
            FixedCode = "class A : Callee { Xunit.FactAttribute F; {|#0:Unknown|} G; }",
        };
        test.ExpectedDiagnostics.Add(DiagnosticResult.CompilerError("CS0246").WithLocation(0).WithArguments("Unknown"));
        test.TestState.AdditionalReferences.Add(typeof(FactAttribute).Assembly);
        test.TestState.AdditionalProjects["Library"].Sources.Add("public class Callee { }");
        test.TestState.AdditionalProjectReferences.Add("Library");
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task State_after_the_fix_takes_over_nothing_when_it_says_so()
    {
        var test = new CSharpCodeFixTest<SmallTypeNameAnalyzer, CapitalizeFix, DefaultVerifier>
        {
            TestCode = "class [|a|] { Xunit.FactAttribute F; }",
            FixedCode = "class A { Xunit.FactAttribute F; }",
            FixedState = { InheritanceMode = StateInheritanceMode.Explicit },
        };
        test.TestState.AdditionalReferences.Add(typeof(FactAttribute).Assembly);
        return test.IsRejectedAsync("In FixedState", "CS0246");
    }

    [Fact]
    public Task File_that_the_fix_adds_must_be_expected() =>
        new CSharpCodeFixTest<SmallTypeNameAnalyzer, AddsFileFix, DefaultVerifier>
        {
            TestCode = "class [|a|] { }",
            FixedCode = "class A { }",
        }.IsRejectedAsync("'source files that the fix should not leave' should be empty, but holds: /0/Added.cs");

    [Fact]
    public Task File_that_the_fix_adds_is_accepted_when_expected() =>
        new CSharpCodeFixTest<SmallTypeNameAnalyzer, AddsFileFix, DefaultVerifier>
        {
            TestCode = "class [|a|] { }",
            FixedState = { Sources = { "class A { }", ("/0/Added.cs", "class Added { }") } },
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        }.IsAcceptedAsync();

    [Fact]
    public Task File_that_the_fix_should_add_is_missed() =>
        new CSharpCodeFixTest<SmallTypeNameAnalyzer, CapitalizeFix, DefaultVerifier>
        {
            TestCode = "class [|a|] { }",
            FixedState = { Sources = { "class A { }", ("/0/Added.cs", "class Added { }") } },
        }.IsRejectedAsync("The fix should leave a source file '/0/Added.cs'");

    [Fact]
    public Task Diagnostic_of_the_compiler_can_be_fixed() =>
        new CSharpCodeFixTest<EmptyDiagnosticAnalyzer, RenameUnknownFix, DefaultVerifier>
        {
            TestCode = "class A : {|CS0246:B|} { }",
            FixedCode = "class A : object { }",
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        }.IsAcceptedAsync();

    sealed class TwoAnalyzersTest : CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier>
    {
        protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new SmallTypeNameAnalyzer(), new CallAnalyzer()];
    }

    sealed class AddsFileFix : CapitalizeFix
    {
        protected override async Task<Document> EditAsync(Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
        {
            var edited = await base.EditAsync(document, diagnostic, cancellationToken);
            return edited.Project.AddDocument("Added.cs", "class Added { }", document.Folders).Project.GetDocument(document.Id)!;
        }
    }

    sealed class RenameUnknownFix : CapitalizeFix
    {
        public override ImmutableArray<string> FixableDiagnosticIds => ["CS0246"];

        protected override async Task<Document> EditAsync(Document document, Diagnostic diagnostic, CancellationToken cancellationToken) =>
            document.WithText((await document.GetTextAsync(cancellationToken)).Replace(diagnostic.Location.SourceSpan, "object"));
    }

    /// <summary>Reports calls whose target it can bind.</summary>
    sealed class CallAnalyzer : DiagnosticAnalyzer
    {
        static readonly DiagnosticDescriptor Rule = new("T0100", "Call", "Call of '{0}'", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSyntaxNodeAction(
                call =>
                {
                    if (call.SemanticModel.GetSymbolInfo(call.Node, call.CancellationToken).Symbol is { } target)
                    {
                        call.ReportDiagnostic(Diagnostic.Create(Rule, call.Node.GetLocation(), target.Name));
                    }
                },
                SyntaxKind.InvocationExpression);
        }
    }
}

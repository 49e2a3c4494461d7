using AgentLint.Analysis.Calls;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>What counts as a test is where it stands, not that the project references a test framework.</summary>
public sealed class TestPlacesTests
{
    private const string Test = "class T { [Xunit.Fact] public void M() { } }";
    private const string Code = "class C { public void M() { } }";

    [Theory]
    // an application with its tests in a folder
    [InlineData("app/Desk.cs", false, "app/Store.cs app/Program.cs", "app/Tests/DeskTests.cs")]
    [InlineData("app/Tests/Fakes.cs", true, "app/Store.cs app/Program.cs", "app/Tests/DeskTests.cs app/Tests/StoreTests.cs")]
    [InlineData("app/Tests/Fakes/Clock.cs", true, "app/Store.cs app/Program.cs app/Desk.cs", "app/Tests/DeskTests.cs app/Tests/StoreTests.cs")]
    // a project of tests
    [InlineData("tests/Fakes.cs", true, "", "tests/DeskTests.cs tests/StoreTests.cs")]
    [InlineData("tests/Helpers/Fakes.cs", true, "", "tests/Unit/DeskTests.cs tests/Unit/StoreTests.cs")]
    [InlineData(@"C:\tests\Fakes.cs", true, "", @"C:\tests\DeskTests.cs C:\tests\StoreTests.cs")]
    // one test beside the code
    [InlineData("app/Desk.cs", false, "app/Store.cs app/Program.cs", "app/DeskTests.cs")]
    // nothing tests
    [InlineData("app/Desk.cs", false, "app/Store.cs", "")]
    public void File_is_of_tests_where_most_of_its_folder_is(string path, bool isOfTests, string code, string tests)
    {
        var model = Program([(path, Code), .. Files(code, Code), .. Files(tests, Test)]);

        Assert.Equal(isOfTests, TestPlaces.Of(model, Xunit.TestContext.Current.CancellationToken).Contains(model.Compilation.SyntaxTrees.First()));
    }

    [Fact]
    public void What_a_build_writes_is_not_counted()
    {
        var model = Program([("tests/Fakes.cs", Code), ("tests/DeskTests.cs", Test), ("tests/StoreTests.cs", Test), ("tests/obj/A.cs", Code), ("tests/obj/B.cs", Code), ("tests/obj/C.cs", Code), ("tests/Usings.cs", "global using System;")]);

        Assert.True(TestPlaces.Of(model, Xunit.TestContext.Current.CancellationToken).Contains(model.Compilation.SyntaxTrees.First()));
    }

    private static IEnumerable<(string, string)> Files(string paths, string text) => paths.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(path => (path, text));

    private static AgentModel Program(IEnumerable<(string Path, string Text)> files)
    {
        var xunit = CSharpCompilation.Create("xunit.core", [CSharpSyntaxTree.ParseText("namespace Xunit; public class FactAttribute : System.Attribute;")], Compiled.Framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var known = CSharpCompilation.Create("Polly.Core", references: Compiled.Framework, options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return AgentModel.TryGet(
            CSharpCompilation.Create("Program", files.Select((file, n) => CSharpSyntaxTree.ParseText(file.Text, path: file.Path)), [.. Compiled.Framework, xunit.ToMetadataReference(), known.ToMetadataReference()]),
            AgentLint.Catalogue.ApiCatalogue.BuiltIn)!;
    }
}

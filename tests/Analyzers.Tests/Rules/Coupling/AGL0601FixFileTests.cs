using AgentLint.Fixes.Coupling;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Xunit;
using static AgentLint.Tests.Rules.Coupling.AwaitInstead;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>The fix of AGL0601 in whole files: usings, names that are taken, broken and huge code, many documents.</summary>
public class AGL0601FixFileTests
{
    private const string MakesM = Title + " and make 'M' asynchronous";

    // The client is named in full, so that the heads of the files can differ.
    private const string Type = "class C(System.Net.Http.HttpClient http)\n{\n    string M(string q) => http.GetStringAsync(q).[|Result|];\n}\n";
    private const string Mended = "class C(System.Net.Http.HttpClient http)\n{\n    async Task<string> M(string q) => await http.GetStringAsync(q);\n}\n";

    [Theory]
    [InlineData("", "using System.Threading.Tasks;\n\n")]
    [InlineData("// Head of the file.\n\n", "// Head of the file.\n\nusing System.Threading.Tasks;\n\n")]
    [InlineData("/// <summary>A class.</summary>\n", "using System.Threading.Tasks;\n\n/// <summary>A class.</summary>\n")]
    [InlineData("#nullable enable\n\n", "#nullable enable\n\nusing System.Threading.Tasks;\n\n")]
    [InlineData("using System;\n\n", "using System;\nusing System.Threading.Tasks;\n\n")]
    [InlineData("// Head.\nusing OpenAI;\nusing Polly;\n\n", "// Head.\nusing System.Threading.Tasks;\nusing OpenAI;\nusing Polly;\n\n")]
    [InlineData("using System;\nusing System.Xml;\nusing Polly;\nusing static System.Math;\n\n", "using System;\nusing System.Threading.Tasks;\nusing System.Xml;\nusing Polly;\nusing static System.Math;\n\n")]
    [InlineData("global using System;\n\n", "global using System;\nusing System.Threading.Tasks;\n\n")]
    [InlineData("namespace N;\n\n", "using System.Threading.Tasks;\n\nnamespace N;\n\n")]
    [InlineData("namespace N;\n\nusing System;\n\n", "namespace N;\n\nusing System;\nusing System.Threading.Tasks;\n\n")]
    [InlineData("global using System.Threading.Tasks;\n\n", "global using System.Threading.Tasks;\n\n")]
    public Task Usings(string head, string mended) => File(head + Type, mended + Mended).RunAsync(MakesM);

    [Theory]
    [InlineData("", "class Task { }", "System.Threading.Tasks.Task<string>")]
    [InlineData("", "class Task { }\nnamespace System { class Q { } }", "System.Threading.Tasks.Task<string>")]
    [InlineData("using Mine;\n\n", "namespace Mine { class Task { } class Task<T> { } class D { Task? t; } }", "System.Threading.Tasks.Task<string>")]
    [InlineData("using Task = System.String;\n\n", "", "System.Threading.Tasks.Task<string>")]
    public Task Names_that_are_taken(string head, string types, string mended) =>
        File(head + Type + types, head + Mended.Replace("Task<string>", mended, StringComparison.Ordinal) + types).RunAsync(MakesM);

    [Fact]
    public Task Namespace_that_is_taken() => File(
        "namespace N\n{\n    namespace System { class Task { } }\n    class Task { }\n    class C(global::System.Net.Http.HttpClient http)\n    {\n        void M(string q) => http.GetStringAsync(q).[|Wait|]();\n    }\n}\n",
        "namespace N\n{\n    namespace System { class Task { } }\n    class Task { }\n    class C(global::System.Net.Http.HttpClient http)\n    {\n        async global::System.Threading.Tasks.Task M(string q) => await http.GetStringAsync(q);\n    }\n}\n").RunAsync(MakesM);

    [Fact]
    public Task Sleep_without_usings() => File(
        "class C\n{\n    async System.Threading.Tasks.ValueTask M() => System.Threading.Thread.[|Sleep|](1);\n}\n",
        "using System.Threading.Tasks;\n\nclass C\n{\n    async System.Threading.Tasks.ValueTask M() => await Task.Delay(1);\n}\n").RunAsync(Title);

    [Fact]
    public Task Broken_code()
    {
        const string Rest = "    void N() { Unknown(; }\n\n    Missing P => M(\n";
        var test = File(
            "using System.Threading.Tasks;\n\nclass C(System.Net.Http.HttpClient http)\n{\n    async Task M(string q)\n    {\n        undefined.Call(http.GetStringAsync(q).[|Result|]);\n        http.GetStringAsync(q).[|Wait|]();\n    }\n\n" + Rest,
            "using System.Threading.Tasks;\n\nclass C(System.Net.Http.HttpClient http)\n{\n    async Task M(string q)\n    {\n        undefined.Call(await http.GetStringAsync(q));\n        await http.GetStringAsync(q);\n    }\n\n" + Rest);
        test.CompilerDiagnostics = CompilerDiagnostics.None;
        return test.RunAsync(Title);
    }

    [Fact]
    public Task Broken_callers()
    {
        const string Code = "class C(System.Net.Http.HttpClient http)\n{\n    string M(string q) => http.GetStringAsync(q).[|Result|];\n\n    string N() => M(1, 2) + M(\n";
        var test = File(Code, Code);
        test.CompilerDiagnostics = CompilerDiagnostics.None;
        return test.RunAsync(Title);
    }

    [Fact]
    public async Task Method_of_ten_thousand_statements()
    {
        var statements = string.Concat(Enumerable.Repeat("        n += q.Length;\n", 10_000));
        string Code(string signature, string line) =>
            $"using System.Threading.Tasks;\n\nclass C(System.Net.Http.HttpClient http)\n{{\n    {signature}\n    {{\n        var n = 0;\n{statements}        {line}\n        return n;\n    }}\n}}\n";
        var test = File(Code("int M(string q)", "http.GetStringAsync(q).[|Wait|]();"), Code("async Task<int> M(string q)", "await http.GetStringAsync(q);"));
        test.SkipsLineEndings = true;
        test.CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck;
        await test.RunAsync(MakesM);
    }

    [Fact]
    public Task Deep_expression_beside_the_fault()
    {
        var sum = string.Join(" + ", Enumerable.Repeat("q.Length", 2_000));
        return File(
            $"using System.Threading.Tasks;\n\nclass C(System.Net.Http.HttpClient http)\n{{\n    int M(string q)\n    {{\n        http.GetStringAsync(q).[|Wait|]();\n        return {sum};\n    }}\n}}\n",
            $"using System.Threading.Tasks;\n\nclass C(System.Net.Http.HttpClient http)\n{{\n    async Task<int> M(string q)\n    {{\n        await http.GetStringAsync(q);\n        return {sum};\n    }}\n}}\n").RunAsync(MakesM);
    }

    [Fact]
    public Task All_documents_and_projects()
    {
        const string More = "using System.Threading.Tasks;\n\nclass D(System.Net.Http.HttpClient http)\n{\n    void N() => http.GetAsync(\"\").[|Wait|]();\n\n    System.Action P => N;\n\n    void O() => http.GetAsync(\"\").[|Wait|]();\n}\n";
        const string MoreMended = "using System.Threading.Tasks;\n\nclass D(System.Net.Http.HttpClient http)\n{\n    void N() => http.GetAsync(\"\").[|Wait|]();\n\n    System.Action P => N;\n\n    async Task O() => await http.GetAsync(\"\");\n}\n";
        var test = File("using System;\n\n" + Type, "using System;\nusing System.Threading.Tasks;\n\n" + Mended);
        test.TestState.Sources.Add(More);
        test.FixedState.Sources.Add(MoreMended);
        foreach (var (state, code) in new[] { (test.TestState, More), (test.FixedState, MoreMended) })
        {
            state.AdditionalProjects["Other"].Sources.Add(code);
            Libraries.AddTo(state.AdditionalProjects["Other"]);
        }

        return test.RunAsync(null);
    }

    [Fact]
    public async Task File_of_two_projects()
    {
        const string Code = "using System.Threading.Tasks;\n\nclass C(System.Net.Http.HttpClient http)\n{\n    string M(string q) => http.GetStringAsync(q).Result;\n\n    int N() => M(\"\").Length;\n}\n";
        using var workspace = new AdhocWorkspace();
        var solution = workspace.CurrentSolution;
        foreach (var name in new[] { "net9.0", "net10.0" })
        {
            var project = ProjectId.CreateNewId();
            solution = solution
                .AddProject(ProjectInfo.Create(project, VersionStamp.Default, name, "Agent", LanguageNames.CSharp, compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)))
                .AddMetadataReferences(project, [.. Libraries.Framework, .. Libraries.All])
                .AddDocument(DocumentId.CreateNewId(project), "C.cs", SourceText.From(Code), filePath: "/C.cs");
        }

        var document = solution.Projects.Last().Documents.Single();
        var compilation = (await document.Project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        var reports = await compilation.WithAnalyzers([new AGL0601_BlockingAgentCall()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        CodeAction? offered = null;
        await new AGL0601Fix_AwaitInstead().RegisterCodeFixesAsync(new CodeFixContext(document, Assert.Single(reports), (action, _) => offered = action, TestContext.Current.CancellationToken));

        var changes = Assert.IsType<ApplyChangesOperation>(Assert.Single(await offered!.GetOperationsAsync(TestContext.Current.CancellationToken)));
        var text = await changes.ChangedSolution.GetDocument(document.Id)!.GetTextAsync(TestContext.Current.CancellationToken);
        Assert.Contains("async Task<int> N() => (await M(\"\")).Length;", text.ToString(), StringComparison.Ordinal);
    }
}

using System.Runtime.CompilerServices;
using AgentLint.Analysis;
using AgentLint.Catalogue;
using AgentLint.Model;
using AgentLint.Tests.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Model;

/// <summary>When a program has a model, and for how long.</summary>
public sealed class AgentModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Program_without_a_known_library_has_no_model() =>
        Assert.Null(AgentModel.TryGet(Create("Program", "class C { System.Net.Http.HttpClient http; System.Threading.Tasks.Task<int> t; int M() => t.Result; }"), ApiCatalogue.BuiltIn));

    [Theory]
    [InlineData("const string Address = \"https://models.example/v1/chat/completions\";", true)]
    [InlineData("const string Address = \"https://models.example/v1beta/models/small:generateContent?alt=sse\";", true)]
    [InlineData("const string Address = \"HTTPS://API.ANTHROPIC.COM/v1/messages\";", true)]
    [InlineData("const string Text = \"completions\";", false)]
    [InlineData("const string Address = \"https://shop.example/incompletions\";", false)]
    [InlineData("const string Address = \"https://shop.example/completionsOfOrders\";", false)]
    public void Address_of_a_model_is_enough(string member, bool isEnough)
    {
        // At the start, and where one piece of the text ends and the next begins.
        foreach (var before in new[] { 0, 8192 - 60, 8192, 3 * 8192 - 200 })
            Assert.Equal(isEnough, AgentModel.TryGet(Create("Program", $"/*{new string(' ', before)}*/ class C {{ {member} }}"), ApiCatalogue.BuiltIn) != null);
    }

    [Fact]
    public void Reference_to_a_known_library_is_enough() =>
        Assert.NotNull(AgentModel.TryGet(Create("Program", "class C { }").AddReferences(Named("Polly.Core")), ApiCatalogue.BuiltIn));

    [Fact]
    public void Passive_library_is_not_enough() =>
        Assert.Null(AgentModel.TryGet(Create("Program", "class C { }").AddReferences(Named("Microsoft.EntityFrameworkCore")), ApiCatalogue.BuiltIn));

    [Fact]
    public void Known_library_itself_has_a_model() => Assert.NotNull(AgentModel.TryGet(Create("Polly.Core", "class C { }"), ApiCatalogue.BuiltIn));

    [Fact]
    public void Type_of_a_users_catalogue_is_enough()
    {
        var program = Create("Program", "namespace Contoso { public class Bot { public void Ask() { } } }");

        Assert.NotNull(AgentModel.TryGet(program, User("agent-call Contoso.Bot.Ask")));
        Assert.Null(AgentModel.TryGet(program, User("agent-call Fabrikam.Bot.Ask")));
        Assert.Null(AgentModel.TryGet(program, User("ignore Contoso.Bot.Ask")));
    }

    [Fact]
    public void Type_of_a_users_catalogue_may_be_in_a_reference()
    {
        var library = Create("Contoso", "namespace Contoso { public class Bot { public void Ask() { } } }");

        Assert.NotNull(AgentModel.TryGet(Create("Program", "class C { }").AddReferences(library.ToMetadataReference()), User("agent-call Contoso.Bot.Ask")));
    }

    [Fact]
    public void Library_of_a_users_catalogue_is_enough()
    {
        var program = Create("Program", "class C { }").AddReferences(Named("Contoso.Agents"));

        Assert.NotNull(AgentModel.TryGet(program, User("library Contoso assemblies=Contoso.Agents")));
        Assert.Null(AgentModel.TryGet(program, User("library Contoso assemblies=Contoso.Agents passive")));
    }

    [Fact]
    public void Compilation_has_one_model_per_catalogue()
    {
        var code = Compiled.From("class C { }");
        var user = User("agent-call Contoso.Bot.Ask");

        var model = AgentModel.TryGet(code.Compilation, ApiCatalogue.BuiltIn);

        Assert.Same(model, AgentModel.TryGet(code.Compilation, ApiCatalogue.BuiltIn));
        Assert.NotSame(model, AgentModel.TryGet(code.Compilation, user));
        Assert.Same(AgentModel.TryGet(code.Compilation, user), AgentModel.TryGet(code.Compilation, user));
        Assert.NotSame(model, AgentModel.TryGet(code.Compilation.Clone(), ApiCatalogue.BuiltIn));
    }

    [Theory]
    [InlineData("xunit.core", true)]
    [InlineData("nunit.framework", true)]
    [InlineData("xunit.core.more", false)]
    public void Project_for_tests_is_known_by_its_references(string reference, bool isTestProject)
    {
        var program = Create("Program", "class C { }").AddReferences(Named("Polly.Core"), Named(reference));

        Assert.Equal(isTestProject, AgentModel.TryGet(program, ApiCatalogue.BuiltIn)!.MayHaveTests);
    }

    [Fact]
    public void Symbol_of_a_project_that_is_referred_to_is_not_declared_here()
    {
        var library = Create("Contoso", "namespace Contoso { public class Bot; }");
        var program = Create("Polly.Core", "class C : Contoso.Bot;").AddReferences(library.ToMetadataReference());
        var model = AgentModel.TryGet(program, ApiCatalogue.BuiltIn)!;

        Assert.True(model.Declares(program.GetTypeByMetadataName("C")!));
        Assert.False(model.Declares(program.GetTypeByMetadataName("C")!.BaseType!));
    }

    [Fact]
    public void Semantics_are_those_of_the_file_that_is_asked_for()
    {
        var code = Compiled.From("class A;", "class B;");
        var (first, second) = (code.Compilation.SyntaxTrees[^2], code.Compilation.SyntaxTrees[^1]);

        var semantics = code.Model.SemanticsOf(first);

        Assert.Same(first, semantics.SyntaxTree);
        Assert.Same(semantics, code.Model.SemanticsOf(first));
        Assert.Same(second, code.Model.SemanticsOf(second).SyntaxTree);
    }

    [Fact]
    public void Analyses_are_shared_by_all_that_ask()
    {
        var model = Compiled.From("class C { }").Model;

        Assert.Same(EffectSummaries.Of(model), EffectSummaries.Of(model));
        Assert.Same(CallGraph.Of(model), CallGraph.Of(model));
    }

    [Fact]
    public void Nothing_keeps_a_compilation_alive()
    {
        var (compilation, model) = Use();

        for (var i = 0; i < 10 && (compilation.IsAlive || model.IsAlive); i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }

        Assert.False(compilation.IsAlive);
        Assert.False(model.IsAlive);
    }

    [Fact]
    public void Cancelled_question_about_registrations_leaves_nothing_behind()
    {
        var code = Compiled.From("class C { object M() => AIFunctionFactory.Create(Tool); void Tool() { } void S(IServiceCollection s) => s.AddSingleton<C>(); }");
        var cancelled = new CancellationToken(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => code.Model.RolesOf(code.Method("Tool"), cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => code.Model.ServiceRegistrations(cancelled));

        Assert.Equal(MethodRoles.Tool, code.Model.RolesOf(code.Method("Tool"), Cancellation));
        Assert.Single(code.Model.ServiceRegistrations(Cancellation));
    }

    // Not inlined, so that no local of the caller holds what was used.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Compilation, WeakReference Model) Use()
    {
        var code = Compiled.From("""
            class Desk
            {
                async Task Root(IChatClient chat, Task<int> t) { await t; Keep(t.Result); await chat.GetResponseAsync("a"); }
                void Keep(int n) => new ServiceCollection().AddSingleton(_ => AIFunctionFactory.Create(() => n));
            }
            """);
        Assert.NotEmpty(code.Paths("Root"));
        Assert.Single(code.Model.ServiceRegistrations(CancellationToken.None));
        Assert.Single(code.Model.RoleRegistrations(CancellationToken.None));
        Assert.NotEmpty(code.Model.Query(entry => entry.Role == CatalogueRole.BlockingWait).In(code.Compilation.SyntaxTrees[^1], CancellationToken.None));
        return (new WeakReference(code.Compilation), new WeakReference(code.Model));
    }

    private static CSharpCompilation Create(string name, string source) =>
        CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText(source, cancellationToken: Cancellation)], Compiled.Framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    private static CompilationReference Named(string assembly) => Create(assembly, "").ToMetadataReference();

    private static ApiCatalogue User(string line) => ApiCatalogue.BuiltIn.With([CatalogueParser.Parse("AgentLint.test.txt", SourceText.From(line))]);
}

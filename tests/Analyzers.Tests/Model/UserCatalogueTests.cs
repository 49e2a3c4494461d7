using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Catalogue;
using AgentLint.Model;
using AgentLint.Tests.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Model;

/// <summary>The catalogue files that a project brings along.</summary>
public sealed class UserCatalogueTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("AgentLint.own.txt", true)]
    [InlineData("/src/AgentLint.own.txt", true)]
    [InlineData("C:\\src\\agentlint.OWN.TXT", true)]
    [InlineData("AgentLint.txt", true)]
    [InlineData("own.AgentLint.txt", false)]
    [InlineData("AgentLint.own.md", false)]
    [InlineData("AgentLint.baseline.txt", false)]
    [InlineData("AgentLint.own.baseline.txt", false)]
    [InlineData("AgentLint.own.txt/notes", false)]
    public void Catalogue_is_known_by_its_name(string path, bool isCatalogue) => Assert.Equal(isCatalogue, UserCatalogues.IsCatalogue(new Text(path, "")));

    [Fact]
    public void Project_without_files_has_the_built_in_catalogue()
    {
        Assert.Same(ApiCatalogue.BuiltIn, Merge());
        Assert.Same(ApiCatalogue.BuiltIn, UserCatalogues.Merge(default, Cancellation));
        Assert.Same(ApiCatalogue.BuiltIn, Merge(new Text("notes.txt", "agent-call N.Bot.Ask")));
    }

    [Fact]
    public void Files_are_read_in_the_order_of_their_paths()
    {
        var first = new Text("AgentLint.a.txt", "agent-call N.Bot.Ask");
        var second = new Text("AgentLint.b.txt", "agent-call N.Bot.Tell");

        Assert.Equal(["AgentLint.a.txt", "AgentLint.b.txt"], Merge(second, first).Files.TakeLast(2).Select(f => f.Name));
        Assert.Same(Merge(first, second), Merge(second, first));
    }

    [Fact]
    public void Equal_lists_of_files_share_a_catalogue()
    {
        var first = new Text("AgentLint.a.txt", "agent-call N.Bot.Ask");
        var second = new Text("AgentLint.b.txt", "agent-call N.Bot.Tell");

        Assert.Same(Merge(first), Merge(first));
        Assert.NotSame(Merge(first), Merge(first, second));
        Assert.NotSame(Merge(first), Merge(second));
        Assert.Same(Merge(first, second), Merge(first, second));
    }

    [Fact]
    public void Same_file_twice_says_everything_twice_and_changes_nothing()
    {
        var file = new Text("AgentLint.a.txt", "agent-call N.Bot.Ask");
        var code = Compiled.From("namespace N { class Bot { public void Ask() { } void R() => {|x:Ask()|}; } }");

        var model = AgentModel.TryGet(code.Compilation, Merge(file, file))!;

        Assert.Equal(CatalogueRole.AgentCall, Assert.Single(model.EntriesOf(code.SemanticsOf("x").GetSymbolInfo(code.Node("x"), Cancellation).Symbol!).Distinct()).Role);
        Assert.Equal("Bot.Ask", EffectSummaries.Of(model).Of(code.Method("R"), 8, Cancellation).First(e => e.IsRemoteCall())?.Witness.Describe());
    }

    [Fact]
    public void Two_files_speak_of_one_program()
    {
        var code = Compiled.From("namespace N { class Bot { public void Ask() { } public void Tell() { } void R() { Ask(); Tell(); } } }");

        var model = AgentModel.TryGet(code.Compilation, new AnalyzerOptions([new Text("AgentLint.b.txt", "http-call N.Bot.Tell"), new Text("AgentLint.a.txt", "agent-call N.Bot.Ask")]), Cancellation)!;

        Assert.Equal(["Bot.Ask", "Bot.Tell"], Compiled.Paths(EffectSummaries.Of(model).Of(code.Method("R"), 8, Cancellation)));
    }

    [Fact]
    public void Project_without_a_known_library_is_concerned_by_its_catalogue()
    {
        var program = CSharpCompilation.Create(
            "Program", [CSharpSyntaxTree.ParseText("namespace N { class Bot { public void Ask() { } } }", cancellationToken: Cancellation)], Compiled.Framework);

        Assert.Null(Model());
        Assert.Null(Model(new Text("notes.txt", "agent-call N.Bot.Ask")));
        Assert.Null(Model(new Text("AgentLint.a.txt", "agent-call N.Other.Ask")));
        Assert.NotNull(Model(new Text("notes.txt", ""), new Text("AgentLint.a.txt", "agent-call N.Bot.Ask")));

        AgentModel? Model(params AdditionalText[] files) => AgentModel.TryGet(program, new AnalyzerOptions([.. files]), Cancellation);
    }

    [Fact]
    public void Project_with_a_known_library_needs_no_catalogue() =>
        Assert.NotNull(AgentModel.TryGet(Compiled.From("class C;").Compilation, new AnalyzerOptions([]), Cancellation));

    [Fact]
    public void Lines_that_cannot_be_read_leave_the_others_in_force()
    {
        var catalogue = Merge(new Text("AgentLint.a.txt", "nonsense\nagent-call\nagent-call N.Bot.Ask\nagent-call N.Bot.Tell colour=blue\n\0\ud800 = = =\nsession N.Talk"));

        var file = catalogue.Files[^1];

        Assert.Equal([(CatalogueRole.AgentCall, 3), (CatalogueRole.Session, 6)], file.Entries.Select(e => (e.Role, e.Line)));
        Assert.Equal(4, file.Errors.Length);
    }

    [Fact]
    public void Empty_file_and_file_without_text_say_nothing()
    {
        Assert.Equal(ApiCatalogue.BuiltIn.Entries.AsEnumerable(), Merge(new Text("AgentLint.a.txt", "")).Entries);
        Assert.Same(ApiCatalogue.BuiltIn, Merge(new Text("AgentLint.a.txt", null)));
    }

    [Fact]
    public void File_is_parsed_once()
    {
        var file = new Text("AgentLint.a.txt", "agent-call N.Bot.Ask");

        Assert.Same(UserCatalogues.Read(file, Cancellation), UserCatalogues.Read(file, Cancellation));
    }

    private static ApiCatalogue Merge(params AdditionalText[] files) => UserCatalogues.Merge([.. files], Cancellation);

    private sealed class Text(string path, string? text) : AdditionalText
    {
        private readonly SourceText? source = text == null ? null : SourceText.From(text);

        public override string Path { get; } = path;

        public override SourceText? GetText(CancellationToken cancellationToken = default) => source;
    }
}

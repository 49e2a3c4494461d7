using AgentLint.Catalogue;
using AgentLint.Model;
using AgentLint.Tests.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Model;

/// <summary>Which symbols a catalogue line speaks of.</summary>
public sealed class CatalogueMatcherTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("agent-call N.Bot.Ask", "class Bot { public void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.Bot.Tell,Ask", "class Bot { public void Ask(int n) { } public void Ask() { } void R() => {|x:Ask(1)|}; }")]
    [InlineData("agent-call N.Bot.Ask", "class Bot { public virtual void Ask() { } } class Loud : Bot { public override void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.Bot.Ask", "class Bot { public void Ask() { } } class Loud : Bot { void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.IBot.Ask", "interface IBot { void Ask(); } class Bot { void R(IBot bot) => {|x:bot.Ask()|}; }")]
    [InlineData("agent-call N.IBot.Ask", "interface IBot { void Ask(); } class Bot : IBot { public void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.IBot.Ask", "interface IBot { void Ask(); } class Bot : IBot { public virtual void Ask() { } } class Loud : Bot { public override void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.IBot.Ask", "interface IBot { void Ask(); } abstract class Bot : IBot { public abstract void Ask(); } class Loud : Bot { public override void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.IBot.Ask", "interface IBot { void Ask(); } interface IMore : IBot; class Bot { void R(IMore bot) => {|x:bot.Ask()|}; }")]
    [InlineData("agent-call N.IBot`1.Ask", "interface IBot<T> { void Ask(T t); } class Bot : IBot<int> { public void Ask(int t) { } void R() => {|x:Ask(1)|}; }")]
    [InlineData("agent-call N.Bot`1.Ask", "class Bot<T> { public void Ask() { } void R(Bot<int> bot) => {|x:bot.Ask()|}; }")]
    [InlineData("agent-call N.Bot`1.Ask", "class Bot<T> { public void Ask<U>(U u) { } void R(Bot<int> bot) => {|x:bot.Ask(\"\")|}; }")]
    [InlineData("agent-call N.Outer+Bot.Ask", "class Outer { public class Bot { public void Ask() { } } void R(Bot bot) => {|x:bot.Ask()|}; }")]
    [InlineData("agent-call N.Outer`1+Bot`2.Ask", "class Outer<T> { public class Bot<U, V> { public void Ask() { } } void R(Bot<int, int> bot) => {|x:bot.Ask()|}; }")]
    [InlineData("agent-call N.Bots.Ask", "static class Bots { public static void Ask(this string bot) { } static void R() => {|x:\"\".Ask()|}; }")]
    [InlineData("agent-call N.Bots.Ask", "static class Bots { public static void Ask(this string bot) { } static void R() => {|x:Bots.Ask(\"\")|}; }")]
    [InlineData("agent-call N.Bot.Answer", "class Bot { public int Answer => 1; int R() => {|x:Answer|}; }")]
    [InlineData("agent-call N.IBot.Answer", "interface IBot { int Answer { get; } } class Bot : IBot { public int Answer => 1; int R() => {|x:Answer|}; }")]
    [InlineData("agent-call N.Bot..ctor", "class Bot { object R() => {|x:new Bot()|}; }")]
    [InlineData("agent-call N.Bot`1..ctor", "class Bot<T> { object R() => {|x:new Bot<int>()|}; }")]
    [InlineData("agent-call N.Bot.Ask*", "class Bot { public void AskAll() { } void R() => {|x:AskAll()|}; }")]
    [InlineData("agent-call N.Bot.Ask*", "class Bot { public void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.IBot.Ask*", "interface IBot { void AskAll(); } class Bot : IBot { public void AskAll() { } void R() => {|x:AskAll()|}; }")]
    [InlineData("agent-call N.Bot.*", "class Bot { public void Whatever() { } void R() => {|x:Whatever()|}; }")]
    [InlineData("agent-call N.AskAttribute..ctor", "class AskAttribute : Attribute; interface IBot { [Ask] void Go(); } class C { void R(IBot bot) => {|x:bot.Go()|}; }")]
    [InlineData("agent-call N.AskAttribute..ctor", "class AskAttribute : Attribute; interface IBot { [Obsolete, Ask] void Go(); } class C { void R(IBot bot) => {|x:bot.Go()|}; }")]
    public void Line_speaks_of(string line, string source) => Assert.Equal([CatalogueRole.AgentCall], RolesAt(line, source));

    [Theory]
    [InlineData("agent-call N.Bot.Ask", "class Bot { public void Tell() { } void R() => {|x:Tell()|}; }")]
    [InlineData("agent-call N.Bot.Ask", "class Other { public void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call M.Bot.Ask", "class Bot { public void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call Bot.Ask", "class Bot { public void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.Bot.Ask", "class Bot<T> { public void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.Bot.Ask", "class Bot { public void Ask() { } } class Loud : Bot { public new void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.IBot.Ask", "interface IBot { void Ask(); } class Bot : IBot { void IBot.Ask() { } void Ask() { } void R() => {|x:Ask()|}; }")]
    [InlineData("agent-call N.IBot.Ask", "interface IBot { void Ask(); } class Bot : IBot { public void Ask() { } public void Ask(int n) { } void R() => {|x:Ask(1)|}; }")]
    [InlineData("agent-call N.Bot..ctor", "class Bot; class Loud : Bot { object R() => {|x:new Loud()|}; }")]
    [InlineData("agent-call N.Bot.Ask*", "class Bot { public void Tell() { } void R() => {|x:Tell()|}; }")]
    [InlineData("agent-call N.AskAttribute..ctor", "class AskAttribute : Attribute; interface IBot { [Obsolete] void Go(); } class C { void R(IBot bot) => {|x:bot.Go()|}; }")]
    [InlineData("agent-call N.AskAttribute..ctor", "class AskAttribute : Attribute; class Bot { [Ask] public void Go() { } void R() => {|x:Go()|}; }")]
    [InlineData("agent-call N.Outer.Bot.Ask", "class Outer { public class Bot { public void Ask() { } } void R(Bot bot) => {|x:bot.Ask()|}; }")]
    public void Line_does_not_speak_of(string line, string source) => Assert.Empty(RolesAt(line, source));

    [Fact]
    public void Explicit_implementation_is_what_it_implements()
    {
        var code = Compiled.With("agent-call N.IBot.Ask", "namespace N { interface IBot { void Ask(); } class Bot : IBot { void IBot.Ask() { } } }");

        Assert.Equal([CatalogueRole.AgentCall], code.Model.EntriesOf(code.Method("N.IBot.Ask")).Select(e => e.Role));
    }

    [Fact]
    public void Override_in_a_delegating_client_is_a_model_call()
    {
        var code = Compiled.From("""
            class Logging(IChatClient inner) : DelegatingChatClient(inner)
            {
                public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken stop = default) => base.GetResponseAsync(messages, options, stop);
                Task R() => {|x:GetResponseAsync([])|};
            }
            """);

        Assert.Equal(CatalogueRole.ModelCall, code.Model.Find(((Microsoft.CodeAnalysis.Operations.IInvocationOperation)code.Operation("x")).TargetMethod, CatalogueRole.ModelCall)?.Role);
    }

    [Fact]
    public void Ignore_takes_every_role()
    {
        const string Source = "class Bot { public void Ask() { } void R() => {|x:Ask()|}; }";

        Assert.Empty(RolesAt("agent-call N.Bot.Ask\nsink N.Bot.Ask kind=sql\nignore N.Bot.Ask", Source));
        Assert.Empty(RolesAt("ignore N.Bot.Ask\nagent-call N.Bot.A*", Source));
        Assert.Equal([CatalogueRole.AgentCall], RolesAt("agent-call N.Bot.Ask\nignore N.Bot.Tell", Source));
    }

    [Fact]
    public void Ignore_takes_built_in_roles() =>
        Assert.Empty(EntriesAt("ignore System.Net.Http.HttpClient.GetAsync", "class C { Task R(HttpClient http) => {|x:http.GetAsync(\"/\")|}; }"));

    [Fact]
    public void Member_can_have_several_roles() =>
        Assert.Equal([CatalogueRole.AgentCall, CatalogueRole.Sink], RolesAt("agent-call N.Bot.Ask\nsink N.Bot.Ask kind=sql", "class Bot { public void Ask() { } void R() => {|x:Ask()|}; }").Order());

    [Theory]
    [InlineData("", true)]
    [InlineData("since=1.0", true)]
    [InlineData("since=1.4.0.0", true)]
    [InlineData("since=1.5", false)]
    [InlineData("until=1.5", true)]
    [InlineData("until=1.4.0.0", false)]
    [InlineData("since=1.2 until=2.0", true)]
    [InlineData("since=1.0 until=1.2", false)]
    public void Line_holds_for_versions_of_the_assembly(string facts, bool holds)
    {
        var library = CSharpCompilation.Create(
            "Contoso",
            [CSharpSyntaxTree.ParseText("[assembly: System.Reflection.AssemblyVersion(\"1.4.0.0\")] namespace N { public class Bot { public void Ask() { } } }", cancellationToken: Cancellation)],
            Compiled.Framework,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        var model = AgentModel.TryGet(
            CSharpCompilation.Create("Program", references: [.. Compiled.Framework, library.ToMetadataReference()]),
            ApiCatalogue.BuiltIn.With([CatalogueParser.Parse("AgentLint.test.txt", SourceText.From($"agent-call N.Bot.Ask {facts}"))]))!;

        Assert.Equal(holds, model.EntriesOf(model.Compilation.GetTypeByMetadataName("N.Bot")!.GetMembers("Ask").Single()).Any(e => e.Role == CatalogueRole.AgentCall));
    }

    [Theory]
    [InlineData("N.Bot", "class Bot;", true)]
    [InlineData("N.Bot", "class Bot; class Loud : Bot;", true, "Loud")]
    [InlineData("N.IBot", "interface IBot; class Bot : IBot;", true)]
    [InlineData("N.IBot`1", "interface IBot<T>; class Bot : IBot<int>;", true)]
    [InlineData("N.Outer+Bot", "class Outer { class Bot; }", true)]
    [InlineData("N.Bot", "class Other;", false, "Other")]
    public void Type_has_the_role_of_its_bases(string line, string source, bool holds, string type = "Bot")
    {
        var code = Compiled.With($"session {line}", $"namespace N {{ {source} }}");

        Assert.Equal(holds, code.Model.Is(code.Method($"{type}..ctor").ContainingType, CatalogueRole.Session));
    }

    [Theory]
    [InlineData("N.Outer+Inner", true)]
    [InlineData("N.Outer.Inner", false)]
    [InlineData("N.Outer+", false)]
    [InlineData("N.+Inner", false)]
    [InlineData("Outer+Inner", false)]
    [InlineData("M.N.Outer+Inner", false)]
    [InlineData("XN.Outer+Inner", false)]
    [InlineData("Inner", false)]
    [InlineData("", false)]
    public void Metadata_names_are_compared_whole(string name, bool same)
    {
        var code = Compiled.From("namespace N { class Outer { public class Inner; } }");

        Assert.Equal(same, CatalogueMatcher.IsNamed(code.Compilation.GetTypeByMetadataName("N.Outer+Inner")!, name));
    }

    private static IEnumerable<CatalogueRole> RolesAt(string catalogue, string source) => EntriesAt(catalogue, source).Select(e => e.Role);

    private static IEnumerable<CatalogueEntry> EntriesAt(string catalogue, string source)
    {
        var code = Compiled.With(catalogue, $"namespace N {{ {source} }}");
        return code.Model.EntriesOf(code.SemanticsOf("x").GetSymbolInfo(code.Node("x"), Cancellation).Symbol!);
    }
}

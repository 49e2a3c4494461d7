using AgentLint.Rules.SharedState;
using AgentLint.Tests.Stubs;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>Kernels and options that calls share are reported where one call changes them.</summary>
public sealed class AGL0705Tests
{
    private const string Owner = "'Desk' is registered by AddSingleton in Test0.cs";

    [Theory]
    [InlineData("readonly ChatOptions options = new();", "{|#0:options.Temperature = 0.1f|};")]
    [InlineData("readonly ChatOptions options = new();", "{|#0:options.Temperature ??= 0.1f|};")]
    [InlineData("readonly ChatOptions options = new() { Tools = [] };", "{|#0:options.Tools!.Add(null!)|};")]
    [InlineData("readonly ChatOptions options = new() { Tools = [] };", "{|#0:this.options.Tools?.Add(null!)|};")]
    [InlineData("readonly ChatOptions options = new() { Tools = [] };", "{|#0:options.Tools![0] = null!|}; options.Tools.Add(null!);")]
    [InlineData("readonly ChatOptions options = new() { AdditionalProperties = [] };", "{|#0:options.AdditionalProperties![\"user\"] = text|};")]
    [InlineData("static readonly ChatOptions options = new();", "{|#0:options.Temperature = 0.1f|};", "it is static")]
    public Task Changed_for_one_call(string member, string code, string owner = Owner) => In(member, code)
        .Expect(Warning, $"'Desk.options' is changed for one call and all others use it without a 'Clone' of its own: {owner}, and it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("readonly ChatOptions options = new() { Temperature = 0.1f };", "_ = options.Temperature;")]
    [InlineData("readonly ChatOptions options = new();", "var own = options.Clone(); own.Temperature = 0.1f;")]
    [InlineData("readonly ChatOptions options; public Desk(int n) : this() { options = new(); options.Temperature = 0.1f; }", "_ = options;")]
    [InlineData("readonly ChatOptions options = new(); readonly object gate = new();", "lock (gate) options.Temperature = 0.1f;")]
    [InlineData("ChatOptions options = new();", "options = new ChatOptions();")]
    [InlineData("", "var options = new ChatOptions(); options.Temperature = 0.1f;")]
    [InlineData("static void Set(ChatOptions options) { options.Temperature = 0.1f; }", "Set(new ChatOptions());")]
    public Task Own_or_not_changed(string member, string code) => In(member, code).RunAsync();

    [Fact]
    public Task Each_request_has_its_own() => In("readonly ChatOptions options = new();", "options.Temperature = 0.1f;", "services.AddScoped<Desk>();").RunAsync();

    [Theory]
    [InlineData("services.AddScoped<Desk>(); services.AddSingleton(new Kernel());", true)]
    [InlineData("services.AddScoped<Desk>(); services.AddSingleton<Kernel>();", true)]
    [InlineData("services.AddScoped<Desk>(); services.AddTransient<Kernel>();", false)]
    [InlineData("services.AddScoped<Desk>();", false)]
    public Task Kernel_of_the_container(string registrations, bool isShared)
    {
        var test = new RuleTest<AGL0705_MutatedSharedOptions>($$"""
            using Microsoft.SemanticKernel;
            using Microsoft.Extensions.DependencyInjection;
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public class Tools(Desk desk)
            {
                [McpServerTool] public void Ask() => desk.Ask();
            }

            public class Desk(Kernel kernel)
            {
                public void Ask() => {|#0:kernel.Plugins.AddFromObject(this)|};
            }

            static class Setup { static void Add(IServiceCollection services) { {{registrations}} } }
            """).Reference(SemanticKernelStub.Library);
        return (isShared ? test.Expect(Warning, "'kernel' is changed for one call and all others use it without a 'Clone' of its own: 'Kernel' is registered by AddSingleton in Test0.cs, and it is reached from 'Tools.Ask'") : test).RunAsync();
    }

    [Theory]
    [InlineData("this.kernel = kernel;", true)]
    [InlineData("this.kernel = kernel.Clone();", false)]
    public Task Kernel_that_is_kept(string assignment, bool isShared)
    {
        var test = new RuleTest<AGL0705_MutatedSharedOptions>($$"""
            using Microsoft.SemanticKernel;
            using Microsoft.Extensions.DependencyInjection;
            using ModelContextProtocol.Server;

            [McpServerToolType]
            public class Tools(Desk desk)
            {
                [McpServerTool] public void Ask() => desk.Ask();
            }

            public class Desk
            {
                readonly Kernel kernel;
                public Desk(Kernel kernel) { {{assignment}} }
                public void Ask() => {|#0:kernel.ImportPluginFromObject(this)|};
            }

            static class Setup { static void Add(IServiceCollection services) { services.AddScoped<Desk>(); services.AddSingleton<Kernel>(); } }
            """).Reference(SemanticKernelStub.Library);
        return (isShared ? test.Expect(Warning, "'Desk.kernel' is changed for one call and all others use it without a 'Clone' of its own: 'Kernel' is registered by AddSingleton in Test0.cs, and it is reached from 'Tools.Ask'") : test).RunAsync();
    }

    [Fact]
    public Task Change_through_a_local_is_not_seen() => In("readonly ChatOptions options = new();", "var same = options; same.Temperature = 0.1f;").RunAsync();

    [Fact]
    public Task Extension_that_is_called_as_a_static_method_is_not_seen() => In(
        "readonly ChatOptions options = new();", "Extensions.AddTool(options);").RunAsync();

    private static RuleTest<AGL0705_MutatedSharedOptions> In(string member, string code, string registration = "services.AddSingleton<Desk>();") => new($$"""
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Desk desk)
        {
            [McpServerTool] public void Ask(string text) => desk.Ask(text);
        }

        public class Desk()
        {
            {{member}}

            public void Ask(string text)
            {
                {{code}}
            }
        }

        static class Extensions { public static void AddTool(this ChatOptions options) => options.Tools = []; }
        static class Setup { static void Add(IServiceCollection services) { {{registration}} } }
        """);
}

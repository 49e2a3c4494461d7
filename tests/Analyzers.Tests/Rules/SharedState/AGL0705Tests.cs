using AgentLint.Rules.SharedState;
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
        .Expect(Warning, $"'Desk.options' is changed for one call and affects all others without a 'Clone': {owner}, and it is reached from 'Tools.Ask'").RunAsync();

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
            """).Reference(Library.SemanticKernel);
        return (isShared ? test.Expect(Warning, "'kernel' is changed for one call and affects all others without a 'Clone': 'Kernel' is registered by AddSingleton in Test0.cs, and it is reached from 'Tools.Ask'") : test).RunAsync();
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
            """).Reference(Library.SemanticKernel);
        return (isShared ? test.Expect(Warning, "'Desk.kernel' is changed for one call and affects all others without a 'Clone': 'Kernel' is registered by AddSingleton in Test0.cs, and it is reached from 'Tools.Ask'") : test).RunAsync();
    }

    [Theory]
    [InlineData("Add(options, text);", "static void Add(ChatOptions given, string text) => given.StopSequences!.Add(text);", true)]
    [InlineData("Local(options); void Local(ChatOptions given) => given.Temperature = 1;", "", true)]
    [InlineData("Read(options);", "static float? Read(ChatOptions given) => given.Temperature;", false)]
    [InlineData("Add(options.Clone(), text);", "static void Add(ChatOptions given, string text) => given.StopSequences!.Add(text);", false)]
    [InlineData("Own(options);", "static ChatOptions Own(ChatOptions given) { given = given.Clone(); return given; }", false)]
    public Task Changed_where_it_is_handed_to(string code, string member, bool isReported)
    {
        var test = In("readonly ChatOptions options = new(); " + member, isReported ? code.Replace("Add(options, text)", "{|#0:Add(options, text)|}", StringComparison.Ordinal).Replace("Local(options);", "{|#0:Local(options)|};", StringComparison.Ordinal) : code);
        return (isReported ? test.Expect(Warning, $"'Desk.options' is changed for one call and affects all others without a 'Clone': {Owner}, and it is reached from 'Tools.Ask'") : test).RunAsync();
    }

    [Theory]
    [InlineData("options ??= new(); {|#0:options.Temperature = 1|};", true)]
    [InlineData("options!.Tools ??= []; options.Tools.Add(null!);", true, "{|#0:options!.Tools ??= []|}")]
    [InlineData("options = options?.Clone() ?? new(); options.Temperature = 1;", false)]
    [InlineData("var own = options?.Clone() ?? new(); own.Temperature = 1; options = own;", false)]
    [InlineData("_ = {|#0:With(options)|}; ChatOptions With(ChatOptions? given) { given ??= new(); given.Temperature = 1; return given; }", true)]
    [InlineData("_ = {|#0:With(options)|}; ChatOptions With(ChatOptions? given) { given = given ?? new(); given.Temperature = 1; return given; }", true)]
    [InlineData("_ = With(options); ChatOptions With(ChatOptions? given) { given = given?.Clone() ?? new(); given.Temperature = 1; return given; }", false)]
    [InlineData("_ = Anew(options); ChatOptions Anew(ChatOptions? given) { given = new() { TopP = given?.TopP }; given.Temperature = 1; return given; }", false)]
    [InlineData("_ = {|#0:With(options)|}; ChatOptions With(ChatOptions? given) { given!.Temperature = 1; given = given.Clone(); return given; }", true)]
    public Task Options_of_the_caller(string code, bool isReported, string? marked = null)
    {
        if (marked != null)
            code = code.Replace("options!.Tools ??= []", marked, StringComparison.Ordinal);
        var test = new RuleTest<AGL0705_MutatedSharedOptions>($$"""
            using Microsoft.Extensions.AI;

            public class Client(IChatClient inner) : DelegatingChatClient(inner)
            {
                public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken token = default)
                {
                    {{code}}
                    return base.GetResponseAsync(messages, options, token);
                }
            }
            """);
        return (isReported ? test.Expect(Info, "'options' are changed for one call without a 'Clone': they belong to the caller of 'Client.GetResponseAsync', which may use them again") : test).RunAsync();
    }

    [Fact]
    public Task Type_that_derives_from_one() => new RuleTest<AGL0705_MutatedSharedOptions>("""
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;

        public class ShopChatOptions : ChatOptions;
        public class Other { public float Temperature; }

        [McpServerToolType]
        public static class Tools
        {
            static readonly ShopChatOptions Options = new();
            static readonly Other Others = new();
            [McpServerTool] public static void Ask() { {|#0:Options.Temperature = 1|}; Others.Temperature = 1; }
        }
        """).Expect(Warning, "'Tools.Options' is changed for one call and affects all others without a 'Clone': it is static, and it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("Console.{|#0:SetOut|}(new StringWriter());", "Console.SetOut")]
    [InlineData("var before = Console.Out; Console.{|#0:SetOut|}(new StringWriter()); try { } finally { Console.SetOut(before); }", "Console.SetOut")]
    [InlineData("Environment.{|#0:SetEnvironmentVariable|}(\"A\", text);", "Environment.SetEnvironmentVariable")]
    public Task Process_has_one(string code, string name) => In("", code)
        .Expect(Warning, $"'{name}' is changed for one call and affects all others: it belongs to the whole process, and it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("_ = Environment.CurrentDirectory;")]
    [InlineData("Console.Out.WriteLine(text);")]
    [InlineData("lock (typeof(Desk)) Console.SetOut(new StringWriter());")]
    public Task Process_that_is_not_changed_or_guarded(string code) => In("", code).RunAsync();

    [Fact]
    public Task Process_that_is_set_up_at_the_start() => new RuleTest<AGL0705_MutatedSharedOptions>("""
        using Microsoft.Extensions.DependencyInjection;
        static class Setup { static void Add(IServiceCollection services) => Console.SetOut(new StringWriter()); }
        """).RunAsync();

    [Theory]
    [InlineData("public Payments(IConfiguration settings) { StripeConfiguration.{|#0:ApiKey|} = settings[\"Stripe\"]; }", "services.AddScoped<Payments>();", Info, "the constructor of 'Payments', which is created for each request")]
    [InlineData("[McpServerTool] public static void Pay(string key) { StripeConfiguration.{|#0:ApiKey|} = key; }", "", Warning, "'Payments.Pay'")]
    [InlineData("[McpServerTool] public static void Pay(IConfiguration settings) { StripeConfiguration.{|#0:ApiKey|} = settings[\"Stripe\"]; }", "", Info, "'Payments.Pay'")]
    public Task Settings_of_an_sdk_that_the_process_has_one_of(string member, string registration, Microsoft.CodeAnalysis.DiagnosticSeverity severity, string root) => Stripe(member, registration)
        .Expect(severity, $"'StripeConfiguration.ApiKey' is changed for one call and affects all others: it belongs to the whole process, and it is reached from {root}").RunAsync();

    [Theory]
    [InlineData("public Payments(IConfiguration settings) { StripeConfiguration.ApiKey = settings[\"Stripe\"]; }", "services.AddSingleton<Payments>();")]
    [InlineData("public static void Add(IServiceCollection services, IConfiguration settings) { StripeConfiguration.ApiKey = settings[\"Stripe\"]; }", "")]
    [InlineData("[McpServerTool] public static string? Show() => StripeConfiguration.ApiKey;", "")]
    public Task Settings_of_an_sdk_that_are_set_once_or_read(string member, string registration) => Stripe(member, registration).RunAsync();

    private static RuleTest<AGL0705_MutatedSharedOptions> Stripe(string member, string registration) => new RuleTest<AGL0705_MutatedSharedOptions>($$"""
        #nullable enable
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;
        using Stripe;

        [McpServerToolType]
        public class Payments
        {
            {{member}}
        }

        static class Setup { static void Add(IServiceCollection services) { {{registration}} } }
        """).Reference(Library.Stripe, Library.McpServer, Library.Hosting);

    [Fact]
    public Task Change_through_a_local_is_not_seen() => In("readonly ChatOptions options = new();", "var same = options; same.Temperature = 0.1f;").RunAsync();

    [Fact]
    public Task Extension_that_is_called_as_a_static_method() => In("readonly ChatOptions options = new();", "{|#0:Extensions.AddTool(options)|};")
        .Expect(Warning, $"'Desk.options' is changed for one call and affects all others without a 'Clone': {Owner}, and it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("static readonly HttpClient http = new();", "{|#0:http.DefaultRequestHeaders.Accept.Clear()|}; http.DefaultRequestHeaders.Accept.Add(new(\"text/plain\"));", "it is static")]
    [InlineData("readonly HttpClient http = new();", "{|#0:http.DefaultRequestHeaders.Authorization = new(\"Bearer\", text)|};")]
    [InlineData("readonly HttpClient http = new();", "{|#0:http.DefaultRequestHeaders.Add(\"X-User\", text)|};")]
    [InlineData("readonly HttpClient http = new();", "{|#0:http.BaseAddress = new Uri(text)|};")]
    [InlineData("readonly HttpClient http = new();", "{|#0:http.Timeout = TimeSpan.FromSeconds(text.Length)|};")]
    public Task Client_that_is_changed_for_one_call(string member, string code, string owner = Owner) => In(member, code)
        .Expect(Warning, $"'Desk.http' is changed for one call and affects all others: {owner}, and it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("readonly HttpClient http = new();", "var request = new HttpRequestMessage(HttpMethod.Get, text); request.Headers.Add(\"X-User\", text); http.Send(request);")]
    [InlineData("readonly HttpClient http = new();", "if (http.BaseAddress == null) http.BaseAddress = new Uri(text);")]
    [InlineData("readonly HttpClient http; public Desk(int n) : this() { http = new(); http.DefaultRequestHeaders.Add(\"X-Desk\", \"1\"); }", "http.CancelPendingRequests();")]
    [InlineData("readonly HttpClient http = new(); readonly object gate = new();", "lock (gate) { http.DefaultRequestHeaders.Clear(); }")]
    [InlineData("", "using var http = new HttpClient(); http.DefaultRequestHeaders.Add(\"X-User\", text);")]
    public Task Client_that_is_not_changed_for_one_call(string member, string code) => In(member, code).RunAsync();

    [Fact]
    public Task Client_of_one_request() => In("readonly HttpClient http = new();", "http.DefaultRequestHeaders.Add(\"X-User\", text);", "services.AddScoped<Desk>();").RunAsync();

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

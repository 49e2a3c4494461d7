using AgentLint.Model;
using AgentLint.Tests.Analysis;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Model;

/// <summary>What a method is to an agent program.</summary>
public sealed class MethodRoleTests
{
    private static readonly Library[] Real = [Library.SemanticKernel, Library.Temporal, Library.DurableTask, Library.Functions, Library.AgentFramework];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    // by attribute
    [InlineData("class C { [ModelContextProtocol.Server.McpServerTool] void M() { } }", "Tool")]
    [InlineData("class C { [Microsoft.SemanticKernel.KernelFunction] void M() { } }", "Tool")]
    [InlineData("class C { [Microsoft.SemanticKernel.KernelFunction(\"named\")] static void M() { } }", "Tool")]
    [InlineData("abstract class B { [Microsoft.SemanticKernel.KernelFunction] public abstract void N(); } class C : B { public override void N() { } void M() => N(); }", "None")]
    [InlineData("abstract class B { [Microsoft.SemanticKernel.KernelFunction] public abstract void M(int n); } class C : B { public override void M(int n) { } }", "Tool", "C.M")]
    [InlineData("class C { [Temporalio.Workflows.WorkflowRun] Task M() => null!; }", "Workflow")]
    [InlineData("class C { [Temporalio.Workflows.WorkflowSignal] Task M() => null!; }", "Workflow")]
    [InlineData("class C { [Temporalio.Activities.Activity] Task M() => null!; }", "Activity")]
    [InlineData("class C { void M([Microsoft.Azure.Functions.Worker.OrchestrationTrigger] int context) { } }", "Workflow")]
    [InlineData("class C { void M([Microsoft.Azure.Functions.Worker.ActivityTrigger] int input) { } }", "Activity")]
    [InlineData("class C { void M([Microsoft.Azure.Functions.Worker.EntityTrigger] int input) { } }", "Consumer")]
    [InlineData("[Temporalio.Workflows.Workflow] class C { void M() { } }", "None")]
    [InlineData("class C { [Obsolete] void M() { } }", "None")]
    // by what it overrides or implements
    [InlineData("class C : AIFunction { protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments a, CancellationToken c) => default; }", "Tool", "InvokeCoreAsync")]
    [InlineData("class C : MassTransit.IConsumer<string> { public Task Consume(MassTransit.ConsumeContext<string> context) => null!; }", "Consumer", "Consume")]
    [InlineData("class C : MassTransit.IConsumer<string> { Task MassTransit.IConsumer<string>.Consume(MassTransit.ConsumeContext<string> context) => null!; }", "Consumer", "MassTransit.IConsumer<System.String>.Consume")]
    [InlineData("abstract class B<T> : MassTransit.IConsumer<T> where T : class { public abstract Task Consume(MassTransit.ConsumeContext<T> context); } class C : B<string> { public override Task Consume(MassTransit.ConsumeContext<string> context) => null!; }", "Consumer", "C.Consume")]
    [InlineData("class C : Microsoft.DurableTask.TaskOrchestrator<int, int> { public override Task<int> RunAsync(Microsoft.DurableTask.TaskOrchestrationContext c, int i) => null!; }", "Workflow", "C.RunAsync")]
    [InlineData("class C : Microsoft.DurableTask.TaskActivity<int, int> { public override Task<int> RunAsync(Microsoft.DurableTask.TaskActivityContext c, int i) => null!; }", "Activity", "C.RunAsync")]
    [InlineData("abstract class C : Microsoft.Agents.AI.AIAgent { protected override Task<Microsoft.Agents.AI.AgentResponse> RunCoreAsync(IEnumerable<ChatMessage> m, Microsoft.Agents.AI.AgentSession? s, Microsoft.Agents.AI.AgentRunOptions? o, CancellationToken c) => null!; }", "Agent", "C.RunCoreAsync")]
    [InlineData("class C { public Task Consume(MassTransit.ConsumeContext<string> context) => null!; }", "None", "Consume")]
    // by what is registered
    [InlineData("class C { void M() { } object R() => AIFunctionFactory.Create(M); }", "Tool")]
    [InlineData("class C { void M() { } object R() => AIFunctionFactory.Create((Action)M); }", "Tool")]
    [InlineData("using static Microsoft.Extensions.AI.AIFunctionFactory; class C { void M() { } object R() => Create(M); }", "Tool")]
    [InlineData("class C { static void M() { } object R() => AIFunctionFactory.Create(typeof(C).GetMethod(\"M\")!, null); }", "Tool")]
    [InlineData("class C { static void M() { } object R() => AIFunctionFactory.Create(typeof(C).GetMethod(nameof(M), System.Reflection.BindingFlags.NonPublic)!, (object?)null); }", "Tool")]
    [InlineData("class C { static void M() { } object R() { var method = typeof(C).GetMethod(nameof(M)); return AIFunctionFactory.Create(method!, null); } }", "Tool")]
    [InlineData("class C { static void M() { } object R() { Action tool = M; return AIFunctionFactory.Create(tool); } }", "Tool")]
    [InlineData("class C { object R() { return AIFunctionFactory.Create(M); void M() { } } }", "Tool")]
    [InlineData("class C { void M<T>() { } object R() => AIFunctionFactory.Create(M<int>); }", "Tool")]
    [InlineData("class C { void M() { } object R() => ModelContextProtocol.Server.McpServerTool.Create(M); }", "Tool")]
    [InlineData("class C { void M() { } object R() => Microsoft.SemanticKernel.KernelFunctionFactory.CreateFromMethod(M, \"m\"); }", "Tool")]
    [InlineData("class C { static void M() { } object R() => Microsoft.SemanticKernel.KernelFunctionFactory.CreateFromMethod(typeof(C).GetMethod(nameof(M))!); }", "Tool")]
    [InlineData("static class C { static void M() { } static object R(Microsoft.SemanticKernel.Kernel kernel) => Microsoft.SemanticKernel.KernelExtensions.CreateFunctionFromMethod(kernel, M); }", "Tool")]
    [InlineData("class C { Task<int> M(Microsoft.DurableTask.TaskActivityContext c, int i) => null!; void R(Microsoft.DurableTask.DurableTaskRegistry r) => r.AddActivityFunc<int, int>(\"m\", M); }", "Activity")]
    [InlineData("class C { Task<int> M(Microsoft.DurableTask.TaskOrchestrationContext c, int i) => null!; void R(Microsoft.DurableTask.DurableTaskRegistry r) => r.AddOrchestratorFunc<int, int>(\"m\", M); }", "Workflow")]
    [InlineData("class C { void M() { } object R() => nameof(AIFunctionFactory.Create) + nameof(M); }", "None")]
    [InlineData("class C { void M() { } object R() => Create(M); static object Create(Action a) => a; }", "None")]
    // more than one
    [InlineData("class C { [Temporalio.Activities.Activity] void M() { } object R() => AIFunctionFactory.Create(M); }", "Tool, Activity")]
    public void Role(string source, string role, string method = "M") =>
        Assert.Equal(role, RolesOf(Compiled.Using(Real, "#pragma warning disable\n" + source), method).ToString());

    [Theory]
    [InlineData("AIFunctionFactory.Create({|f:() => 1|})", "Tool")]
    [InlineData("AIFunctionFactory.Create(({|f:() => 1|}))", "Tool")]
    [InlineData("AIFunctionFactory.Create((Func<int>)({|f:() => 1|}), \"one\")", "Tool")]
    [InlineData("AIFunctionFactory.Create(name: \"one\", method: {|f:delegate () { return 1; }|})", "Tool")]
    [InlineData("Microsoft.SemanticKernel.KernelFunctionFactory.CreateFromMethod({|f:() => 1|})", "Tool")]
    [InlineData("new Microsoft.DurableTask.DurableTaskRegistry().AddOrchestratorFunc<int, int>(\"o\", {|f:(context, input) => Task.FromResult(1)|})", "Workflow")]
    [InlineData("new Microsoft.DurableTask.DurableTaskRegistry().AddActivityFunc<int, int>(\"o\", {|f:(context, input) => Task.FromResult(1)|})", "Activity")]
    [InlineData("Task.Run({|f:() => 1|})", "None")]
    public void Role_of_a_lambda_is_told_by_its_call(string call, string role)
    {
        var code = Compiled.Using(Real, $"class C {{ object R() => {call}; }}");

        Assert.Equal(role, code.Model.RolesOf((IMethodSymbol)code.SemanticsOf("f").GetSymbolInfo(code.Node("f"), Cancellation).Symbol!, Cancellation).ToString());
    }

    [Theory]
    [InlineData("agent-member N.IBot.Ask", "interface IBot { void Ask(); } class Bot : IBot { public void Ask() { } }", "Bot.Ask", "Agent")]
    [InlineData("workflow-attribute N.FlowAttribute", "class FlowAttribute : Attribute; class C { [Flow] void M() { } }", "M", "Workflow")]
    [InlineData("workflow-attribute N.FlowAttribute on=method", "class FlowAttribute : Attribute; class C { [Flow] void M() { } }", "M", "Workflow")]
    [InlineData("workflow-attribute N.FlowAttribute on=type", "class FlowAttribute : Attribute; class C { [Flow] void M() { } }", "M", "None")]
    [InlineData("handler-attribute N.HostAttribute on=type methods=Handle,Start", "class HostAttribute : Attribute; [Host] class C { void Handle() { } }", "Handle", "Handler")]
    [InlineData("handler-attribute N.HostAttribute on=type methods=Handle,Start", "class HostAttribute : Attribute; [Host] class B; class C : B { void Start() { } }", "Start", "Handler")]
    [InlineData("handler-attribute N.HostAttribute on=type methods=Handle", "class HostAttribute : Attribute; [Host] class C { void Other() { } }", "Other", "None")]
    [InlineData("consumer-attribute N.FromAttribute on=parameter", "class FromAttribute : Attribute; class C { void M([From] int n) { } }", "M", "Consumer")]
    [InlineData("tool-attribute N.ActAttribute", "class ActAttribute : Attribute; class MoreAttribute : ActAttribute; class C { [More] void M() { } }", "M", "Tool")]
    [InlineData("tool-factory N.Box.Add delegate=0", "class Box { public void Add(Action a) { } } class C { void M() { } void R(Box box) => box.Add(M); }", "M", "Tool")]
    [InlineData("tool-factory N.Box.Add delegate=0", "class Box { public void Add(Action a) { } } class C { void M() { } void R(Box? box) => box?.Add(M); }", "M", "Tool")]
    [InlineData("tool-factory N.Box.Add delegate=0", "class Box { public void Add(Action a, Action b) { } } class C { void M() { } void O() { } void R(Box box) => box.Add(b: O, a: M); }", "M", "Tool")]
    [InlineData("tool-factory N.Box.Add delegate=0", "class Box { public void Add(Action a, Action b) { } } class C { void M() { } void O() { } void R(Box box) => box.Add(b: O, a: M); }", "O", "None")]
    // said twice
    [InlineData("tool-attribute N.ActAttribute", "class ActAttribute : Attribute; class B { [Act] public virtual void M() { } } class C : B { [Act] public override void M() { } }", "C.M", "Tool")]
    [InlineData("tool-attribute N.ActAttribute", "class ActAttribute : Attribute; class MoreAttribute : ActAttribute; class C { [Act, More] void M() { } }", "M", "Tool")]
    [InlineData("handler-attribute N.HostAttribute on=type methods=M", "class HostAttribute : Attribute; [Host] class B; [Host] class C : B { void M() { } }", "M", "Handler")]
    [InlineData("consumer-attribute N.FromAttribute on=parameter", "class FromAttribute : Attribute; class C { void M([From] int n, [From] int m) { } }", "M", "Consumer")]
    [InlineData("consumer-attribute N.FromAttribute", "class FromAttribute : Attribute; class C { [From] void M([From] int n) { } }", "M", "Consumer")]
    [InlineData("agent-member N.IBot.Ask\nagent-member N.Bot.Ask", "interface IBot { void Ask(); } class Bot : IBot { public void Ask() { } }", "Bot.Ask", "Agent")]
    public void Role_by_a_users_catalogue(string line, string source, string method, string role) =>
        Assert.Equal(role, RolesOf(Compiled.With(line, $"namespace N {{ {source} }}"), method).ToString());

    [Fact]
    public void Types_are_registered_by_argument_and_share_nothing()
    {
        var code = Compiled.From("class Tools; class C { void R(IMcpServerBuilder b) => b.WithTools<Tools>(); }");

        var registration = Assert.Single(code.Model.RoleRegistrations(Cancellation));

        Assert.Equal((MethodRoles.Tool, "Tools", false, null), (registration.Role, registration.Type?.Name, registration.SharesInstance, registration.Method));
        Assert.Equal("b.WithTools<Tools>()", registration.Site.ToString());
    }

    [Fact]
    public void Object_is_registered_and_shared_by_all_calls()
    {
        var code = Compiled.From("class Tools; class C { void R(IMcpServerBuilder b) { var tools = new Tools(); b.WithTools(tools); } }");

        var registration = Assert.Single(code.Model.RoleRegistrations(Cancellation));

        Assert.Equal((MethodRoles.Tool, "Tools", true), (registration.Role, registration.Type?.Name, registration.SharesInstance));
    }

    [Theory]
    [InlineData("Microsoft.SemanticKernel.KernelPluginFactory.CreateFromType<Tools>(\"t\")", "Tools", false)]
    [InlineData("Microsoft.SemanticKernel.KernelPluginFactory.CreateFromObject(new Tools())", "Tools", true)]
    [InlineData("Microsoft.SemanticKernel.KernelExtensions.ImportPluginFromType<Tools>(kernel)", "Tools", false)]
    [InlineData("Microsoft.SemanticKernel.KernelExtensions.ImportPluginFromObject(kernel, new Tools(), \"t\")", "Tools", true)]
    public void Plugin_is_registered(string call, string type, bool shares)
    {
        var code = Compiled.Using(Real, $"class Tools; class C {{ object R(Microsoft.SemanticKernel.Kernel kernel) => {call}; }}");

        var registration = Assert.Single(code.Model.RoleRegistrations(Cancellation));

        Assert.Equal((MethodRoles.Tool, type, shares), (registration.Role, registration.Type?.Name, registration.SharesInstance));
    }

    [Theory]
    [InlineData("object R() => AIFunctionFactory.Create(M);", true)]
    [InlineData("object R() => AIFunctionFactory.Create(S);", false)]
    public void Method_of_an_object_shares_it(string register, bool shares) =>
        Assert.Equal(shares, Assert.Single(Compiled.From($"class C {{ void M() {{ }} static void S() {{ }} {register} }}").Model.RoleRegistrations(Cancellation)).SharesInstance);

    [Fact]
    public void Registrations_of_all_files_are_found_in_order()
    {
        var code = Compiled.From(
            "class A { void M() { } object R() => new object[] { AIFunctionFactory.Create(M), AIFunctionFactory.Create(() => 1) }; }",
            "class B { void N() { } object R() => AIFunctionFactory.Create(N); }");

        Assert.Equal(["M", "", "N"], code.Model.RoleRegistrations(Cancellation).Select(r => r.Method!.Name));
    }

    [Fact]
    public void Registration_that_does_not_compile_is_none() =>
        Assert.Empty(Compiled.Broken("class C { object R() => AIFunctionFactory.Create(Missing); object S() => AIFunctionFactory.Create(").Model.RoleRegistrations(Cancellation));

    private static MethodRoles RolesOf(Compiled code, string method) => code.Model.RolesOf(code.Method(method), Cancellation);
}

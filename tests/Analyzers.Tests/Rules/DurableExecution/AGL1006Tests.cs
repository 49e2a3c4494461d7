using AgentLint.Rules.DurableExecution;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>Activities that hide their failures from the engine.</summary>
public sealed class AGL1006Tests
{
    private const string Message = "'Shop.ShipAsync' catches every failure of 'HttpClient.GetStringAsync' and returns as if it had succeeded, so the engine does not retry it; let the exception through, or return a result that says it failed";

    [Theory]
    [InlineData("{|#0:catch|} { return \"\"; }")]
    [InlineData("{|#0:catch|} (Exception) { return string.Empty; }")]
    [InlineData("{|#0:catch|} (Exception error) { Console.WriteLine(error); return \"unknown\"; }")]
    [InlineData("catch (ArgumentException) { throw; } {|#0:catch|} (Exception) { return null!; }")]
    public Task Handler_that_returns_a_result(string handler) => Activity(handler).Expect(Info, Message).RunAsync();

    [Theory]
    [InlineData("catch (Exception error) { Console.WriteLine(error); throw; }")]
    [InlineData("catch (Exception error) { throw new InvalidOperationException(\"no shop\", error); }")]
    [InlineData("catch (Exception error) { return \"failed: \" + error.Message; }")]
    [InlineData("catch (HttpRequestException) { return \"\"; }")]
    [InlineData("catch (Exception error) when (error is TimeoutException) { return \"\"; }")]
    [InlineData("finally { Console.WriteLine(order); }")]
    public Task Failure_that_goes_on(string handler) => Activity(handler).RunAsync();

    [Theory]
    [InlineData("try { await http.GetStringAsync(order); } {|#0:catch|} (Exception error) { Console.WriteLine(error); } return order;")]
    [InlineData("foreach (var part in order.Split(',')) { try { await http.GetStringAsync(part); } {|#0:catch|} { Note(); } } return order; static void Note() { if (Environment.TickCount < 0) throw new NotSupportedException(); }")]
    public Task Handler_behind_which_the_activity_goes_on(string body) =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program(body)).Reference(Library.Temporal)
            .Expect(Info, Message.Replace("returns as if", "continues as if", StringComparison.Ordinal)).RunAsync();

    [Theory]
    [InlineData("try { return await http.GetStringAsync(order); } catch { return await http.GetStringAsync(\"mirror/\" + order); }")]
    [InlineData("try { return await http.GetStringAsync(order); } catch { var other = await http.GetStringAsync(\"mirror/\" + order); return other; }")]
    [InlineData("for (var attempt = 1; ; attempt++) { try { return await http.GetStringAsync(order); } catch { if (attempt == 3) throw; } }")]
    [InlineData("for (var attempt = 1; attempt < 3; attempt++) { try { return await http.GetStringAsync(order); } catch (Exception error) { Console.WriteLine(error); } } throw new TimeoutException();")]
    [InlineData("string? text = null; try { text = await http.GetStringAsync(order); } catch { } return text ?? throw new InvalidOperationException();")]
    public Task Failure_that_another_attempt_or_a_later_throw_sees_to(string body) =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program(body)).Reference(Library.Temporal).RunAsync();

    [Fact]
    public Task Handler_around_local_work() =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program("""
            try { return int.Parse(order).ToString(); }
            catch (Exception) { return ""; }
            """)).Reference(Library.Temporal).RunAsync();

    [Fact]
    public Task Handler_in_a_function_that_is_no_activity() =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program("try { return await http.GetStringAsync(order); } catch { return \"\"; }").Replace("[Activity]", "", StringComparison.Ordinal)).Reference(Library.Temporal).RunAsync();

    [Theory]
    [InlineData("await Workflow.{|#0:ExecuteActivityAsync|}((Shop shop) => shop.ReleaseAsync(order), options);", "{|#1:catch|} (HttpRequestException) { return false; }", true)]
    [InlineData("if (!await Workflow.ExecuteActivityAsync((Shop shop) => shop.ReleaseAsync(order), options)) throw new InvalidOperationException();", "catch (HttpRequestException) { return false; }", false)]
    [InlineData("await Workflow.ExecuteActivityAsync((Shop shop) => shop.ReleaseAsync(order), options);", "catch (HttpRequestException) { throw; }", false)]
    public Task Result_that_the_workflow_drops(string call, string handler, bool isReported)
    {
        var test = new RuleTest<AGL1006_SwallowedActivityFailure>($$"""
            using Temporalio.Activities;
            using Temporalio.Workflows;

            public class Shop(HttpClient http)
            {
                [Activity]
                public async Task<bool> ReleaseAsync(string order)
                {
                    try { await http.GetStringAsync(order); return true; }
                    {{handler}}
                }
            }

            [Workflow]
            public class Orders
            {
                private static readonly ActivityOptions options = new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) };

                [WorkflowRun]
                public async Task RunAsync(string order) { {{call}} }
            }
            """).Reference(Library.Temporal);
        return (isReported ? test.Expect(Info, "'Shop.ReleaseAsync' returns 'false' for a failure of 'HttpClient.GetStringAsync' and the workflow drops it; test the result, or let the activity throw") : test).RunAsync();
    }

    [Theory]
    [InlineData("var released = await Workflow.{|#0:ExecuteActivityAsync|}((Shop shop) => shop.ReleaseAsync(order), options); if (!released) Workflow.Logger.LogError(\"x\");", "return await parcels.ReleaseAsync(order);", "only logs")]
    [InlineData("await Workflow.{|#0:ExecuteActivityAsync|}((Shop shop) => shop.ReleaseAsync(order), options);", "var done = await parcels.ReleaseAsync(order); return done;", "drops")]
    [InlineData("var released = await Workflow.ExecuteActivityAsync((Shop shop) => shop.ReleaseAsync(order), options); if (!released) throw new InvalidOperationException();", "return await parcels.ReleaseAsync(order);", null)]
    [InlineData("await Workflow.ExecuteActivityAsync((Shop shop) => shop.ReleaseAsync(order), options);", "await parcels.ReleaseAsync(order); return true;", null)]
    public Task Result_that_a_function_tells_and_the_workflow_does_not_act_on(string call, string body, string? what)
    {
        var test = Parcels($"public async Task<bool> ReleaseAsync(string order) {{ {body} }}", call);
        return (what == null ? test : test.Expect(Info, $"'Shop.ReleaseAsync' returns the result of 'IParcels.ReleaseAsync' and the workflow {what} it; test the result, or let the activity throw")).RunAsync();
    }

    [Theory]
    [InlineData("var done = await parcels.{|#0:ReleaseAsync|}(order); if (done) log.LogInformation(\"x\"); else log.LogWarning(\"x\");", true)]
    [InlineData("var done = await parcels.{|#0:ReleaseAsync|}(order); if (!done) { log.LogWarning(\"x\"); }", true)]
    [InlineData("var done = await parcels.ReleaseAsync(order); if (!done) throw new InvalidOperationException();", false)]
    // What is found out is told, and nothing failed.
    [InlineData("var done = await parcels.ReleaseAsync(order); if (done) log.LogInformation(\"x\");", false)]
    [InlineData("if (!await parcels.ReleaseAsync(order)) throw new InvalidOperationException();", false)]
    public Task Result_that_an_activity_only_logs(string body, bool isReported)
    {
        var test = Parcels($"public async Task ReleaseAsync(string order) {{ {body} }}", "await Workflow.ExecuteActivityAsync((Shop shop) => shop.ReleaseAsync(order), options);");
        return (isReported ? test.Expect(Info, "'Shop.ReleaseAsync' only logs the result of 'IParcels.ReleaseAsync' and ends as if it had succeeded, so the engine does not retry it; throw an exception, or return the result") : test).RunAsync();
    }

    private static RuleTest<AGL1006_SwallowedActivityFailure> Parcels(string activity, string call) => new RuleTest<AGL1006_SwallowedActivityFailure>($$"""
        using Microsoft.Extensions.Logging;
        using Temporalio.Activities;
        using Temporalio.Workflows;

        public interface IParcels { Task<bool> ReleaseAsync(string order); }

        public class Shop(IParcels parcels, ILogger<Shop> log)
        {
            public bool Logs => log != null && parcels != null;

            [Activity]
            {{activity}}
        }

        [Workflow]
        public class Orders
        {
            private static readonly ActivityOptions options = new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) };

            [WorkflowRun]
            public async Task RunAsync(string order) { {{call}} }
        }
        """).Reference(Library.Temporal, Library.Hosting);

    private static RuleTest<AGL1006_SwallowedActivityFailure> Activity(string handler) =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program($"try {{ return await http.GetStringAsync(order); }} {handler}")).Reference(Library.Temporal);

    // ---- a write whose outcome is unknown ---------------------------------------------------------------------------------------

    private static readonly string Sent = "'Shop.ShipAsync' reports a failure of 'HttpClient.PostAsync' as if the write had not been made, but it may have been: only the answer can be lost, and the engine does not retry it; let the exception through, and make the write repeatable";

    private const string Post = "try { var answer = await http.PostAsync(\"payments/charge\", new StringContent(order)); answer.EnsureSuccessStatusCode(); return \"paid\"; } ";

    private static RuleTest<AGL1006_SwallowedActivityFailure> Charge(string handler) =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program(Post + handler)).Reference(Library.Temporal);

    [Theory]
    [InlineData("{|#0:catch|} (Exception error) { return \"failed: \" + error.Message; }")]
    [InlineData("{|#0:catch|} (HttpRequestException error) { Console.WriteLine(error); return \"failed: \" + error.Message; }")]
    [InlineData("catch (ArgumentException) { throw; } {|#0:catch|} (HttpRequestException error) { return $\"failed: {error}\"; }")]
    public Task Write_that_is_reported_as_not_made(string handler) => Charge(handler).Expect(Info, Sent).RunAsync();

    [Theory]
    [InlineData("catch (HttpRequestException error) { Console.WriteLine(error); throw; }")]
    [InlineData("catch (HttpRequestException error) when (error.StatusCode == System.Net.HttpStatusCode.PaymentRequired) { return \"refused: \" + error.Message; }")]
    [InlineData("catch (HttpRequestException error) { if (error.StatusCode == null) throw; return \"refused: \" + error.Message; }")]
    [InlineData("catch (HttpRequestException error) { return error.StatusCode == null ? \"unknown\" : \"refused: \" + error.Message; }")]
    [InlineData("catch (HttpRequestException) { throw; } catch (Exception error) { return \"failed: \" + error.Message; }")]
    [InlineData("catch (FormatException error) { return \"failed: \" + error.Message; }")]
    [InlineData("catch (HttpRequestException error) { return await http.GetStringAsync(\"payments?order=\" + order) + error.Message; }")]
    public Task Write_whose_outcome_is_told_apart(string handler) => Charge(handler).RunAsync();

    [Theory]
    [InlineData("try { return await http.GetStringAsync(order); } catch (HttpRequestException error) { return \"failed: \" + error.Message; }")]
    [InlineData("try { var found = await http.PostAsync(\"orders/search\", new StringContent(order)); return await found.Content.ReadAsStringAsync(); } catch (HttpRequestException error) { return \"failed: \" + error.Message; }")]
    public Task Reading_that_is_reported_as_failed(string body) =>
        new RuleTest<AGL1006_SwallowedActivityFailure>(Program(body)).Reference(Library.Temporal).RunAsync();

    [Fact]
    public Task Call_of_a_service_through_the_sidecar() =>
        new RuleTest<AGL1006_SwallowedActivityFailure>("""
            using Dapr;
            using Dapr.Client;
            using Dapr.Workflow;

            public record Receipt(bool Succeeded, string? Reason);

            public class Pay(DaprClient dapr) : WorkflowActivity<string, Receipt>
            {
                public override async Task<Receipt> RunAsync(WorkflowActivityContext context, string order)
                {
                    try
                    {
                        return await dapr.InvokeMethodAsync<string, Receipt>("payments", "payments/process", order);
                    }
                    {|#0:catch|} (DaprException error)
                    {
                        return new Receipt(false, error.Message);
                    }
                }
            }

            public class Look(DaprClient dapr) : WorkflowActivity<string, Receipt>
            {
                public override async Task<Receipt> RunAsync(WorkflowActivityContext context, string order)
                {
                    try
                    {
                        return await dapr.InvokeMethodAsync<Receipt>(HttpMethod.Get, "payments", "payments/" + order);
                    }
                    catch (DaprException error)
                    {
                        return new Receipt(false, error.Message);
                    }
                }
            }
            """).Reference(Library.Dapr)
            .Expect(Info, Sent.Replace("Shop.ShipAsync", "Pay.RunAsync", StringComparison.Ordinal).Replace("HttpClient.PostAsync", "DaprClient.InvokeMethodAsync", StringComparison.Ordinal)).RunAsync();

    internal static string Program(string body) => $$"""
        using Temporalio.Activities;

        public class Shop(HttpClient http)
        {
            [Activity]
            public async Task<string> ShipAsync(string order)
            {
                {{body}}
            }
        }
        """;
}

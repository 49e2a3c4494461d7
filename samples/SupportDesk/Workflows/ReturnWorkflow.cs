using Dapr.Workflow;
using Microsoft.Extensions.AI;

namespace SupportDesk.Workflows;

/// <summary>From the customer's wish to return something to the money back.</summary>
public sealed class ReturnWorkflow : Workflow<ReturnCase, ReturnOutcome>
{
    /// <summary>Set when the desk starts: the engine makes workflows without services.</summary>
    public static IChatClient Chat { get; set; } = null!;

    static int _running;

    static readonly WorkflowTaskOptions Stubborn = new(new WorkflowRetryPolicy(int.MaxValue, TimeSpan.FromSeconds(5)));
    static readonly WorkflowTaskOptions Patient = new(new WorkflowRetryPolicy(5, TimeSpan.FromSeconds(2), 2.0));

    public override async Task<ReturnOutcome> RunAsync(WorkflowContext context, ReturnCase input)
    {
        _running++;
        var number = CaseNumber(input);
        var verdict = await Chat.GetResponseAsync($"Accept this return? yes or no\n{input.Reason}");
        if (!verdict.Text.StartsWith("yes", StringComparison.OrdinalIgnoreCase))
        {
            return new ReturnOutcome(number, "refused", context.CurrentUtcDateTime);
        }

        var receipt = await context.CallActivityAsync<string>(nameof(RefundActivity), input, Stubborn);
        var mailed = await context.CallActivityAsync<bool>(nameof(TellCustomerActivity), input, Patient);
        return new ReturnOutcome(number, mailed ? receipt : "not told", DateTime.UtcNow);
    }

    static string CaseNumber(ReturnCase input) => $"R-{input.OrderId}-{Guid.NewGuid():N}";
}

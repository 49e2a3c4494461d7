using System.ComponentModel;
using ModelContextProtocol.Server;
using Storefront.Contracts;

namespace Storefront.Api;

[McpServerToolType]
public sealed class MailTools(IMailer mailer, IAdvisor advisor)
{
    [McpServerTool(Name = "answer_customer"), Description("Answers a customer by mail.")]
    public async Task<string> AnswerAsync(string customer, string question, CancellationToken cancellation)
    {
        var answer = await advisor.AdviseAsync(question, cancellation);
        await mailer.SendAsync(customer, answer, cancellation);
        return "answered";
    }

    [McpServerTool(Name = "summarize", ReadOnly = true), Description("Answers many questions.")]
    public async Task<string> SummarizeAsync(string[] questions, CancellationToken cancellation) =>
        string.Join('\n', await Task.WhenAll(questions.Select(question => advisor.AdviseAsync(question, cancellation))));
}

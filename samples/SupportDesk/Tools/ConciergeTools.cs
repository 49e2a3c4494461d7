using System.ComponentModel;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Server;
using SupportDesk.Agents;
using SupportDesk.Mail;

namespace SupportDesk.Tools;

[McpServerToolType]
public sealed class ConciergeTools(
    ConciergeAgent concierge, BillingAgent billing, ResearchAgent research, WriterAgent writer, CriticAgent critic, MailGateway mail)
{
    [McpServerTool(Name = "ask_concierge"), Description("Puts a customer's message to the concierge.")]
    public async Task<string> AskAsync(string customerId, string message)
        => await concierge.AskAsync(customerId, message, CancellationToken.None);

    [McpServerTool(Name = "investigate", ReadOnly = true), Description("Has a question researched and answered.")]
    public async Task<string> InvestigateAsync(string question, CancellationToken cancellationToken)
        => await concierge.InvestigateAsync(question, cancellationToken);

    [McpServerTool(Name = "apologize"), Description("Writes an apology and mails it.")]
    public async Task<string> ApologizeAsync(string customerId, string complaint, CancellationToken cancellationToken)
    {
        try
        {
            var letter = await writer.ApologizeAsync(complaint, cancellationToken);
            var progress = new Progress<string>(async part => await mail.SendAsync(new MailMessage(customerId, "We are sorry", part)));
            ((IProgress<string>)progress).Report(letter);
            return await ScoreAsync(letter);
        }
        catch (Exception)
        {
            return "sent";
        }
    }

    [McpServerTool(Name = "ask_billing"), Description("Puts a question to billing.")]
    public async Task<string> AskBillingAsync(string message, CancellationToken cancellationToken)
        => await billing.HandleAsync(message, cancellationToken);

    [McpServerTool(Name = "quick_answer", ReadOnly = true), Description("Answers a simple question from orders and documentation.")]
    public async Task<string> AnswerAsync(string question, CancellationToken cancellationToken)
        => await concierge.LookUpAsync(question, cancellationToken);

    [McpServerTool(Name = "explain_policy", ReadOnly = true), Description("Explains a policy of the shop.")]
    public async Task<string> ExplainPolicyAsync(string topic, CancellationToken cancellationToken)
    {
        var text = await research.ExplainPolicyAsync(topic, cancellationToken);
        return await critic.IsPoliteAsync(text, cancellationToken) ? text : await writer.ShortenAsync(text, 80, cancellationToken);
    }

    [McpServerTool(Name = "suggest_replies", ReadOnly = true), Description("Two replies to choose from.")]
    public async Task<string[]> SuggestRepliesAsync(string message, CancellationToken cancellationToken)
    {
        List<ChatMessage> conversation = [new(ChatRole.User, message)];
        return await writer.SuggestAsync(conversation, cancellationToken);
    }

    async Task<string> ScoreAsync(string letter) => $"sent, scored {await critic.ScoreAsync(letter)}";
}

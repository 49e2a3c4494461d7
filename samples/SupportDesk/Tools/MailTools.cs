using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using SupportDesk.Mail;
using SupportDesk.Models;
using SupportDesk.Telemetry;

namespace SupportDesk.Tools;

[McpServerToolType]
public sealed class MailTools(MailGateway mail, SubjectLineWriter subjects, IServiceScopeFactory scopes)
{
    static readonly HashSet<string> Muted = [];

    [McpServerTool(Name = "send_mail", ReadOnly = true), Description("Sends a mail to a customer.")]
    public async Task<string> SendMailAsync(string customerId, string body, CancellationToken cancellationToken)
    {
        if (Muted.Contains(customerId))
        {
            return "the customer does not want mail";
        }

        var subject = await subjects.WriteAsync(body, cancellationToken);
        await mail.SendAsync(new MailMessage(customerId, subject, body), cancellationToken);
        Console.WriteLine($"mail to {customerId}: {subject}");
        return "sent";
    }

    [McpServerTool(Name = "send_template"), Description("Sends a mail made from a template, in the customer's language.")]
    public async Task<string> SendTemplateAsync(string customerId, string template, string language, CancellationToken cancellationToken)
    {
        var text = await mail.GetTemplateAsync(template);
        var subject = await subjects.TranslateAsync(text.Split('\n')[0], language, cancellationToken);
        await mail.SendAsync(new MailMessage(customerId, subject, text), cancellationToken);
        return "sent";
    }

    [McpServerTool(Name = "send_text"), Description("Sends a text message.")]
    public async Task<bool> SendTextAsync(string phone, string text, CancellationToken cancellationToken)
        => await mail.SendTextAsync(phone, text, cancellationToken);

    [McpServerTool(Name = "notify_warehouse"), Description("Tells the warehouse about an order.")]
    public async void NotifyWarehouse(string orderId, string note)
    {
        await mail.SendAsync(new MailMessage("warehouse", $"Order {orderId}", note));
    }

    [McpServerTool(Name = "send_survey"), Description("Asks a customer how we did.")]
    public string SendSurvey(string customerId)
    {
        using var scope = scopes.CreateScope();
        var audit = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        _ = Task.Run(async () =>
        {
            await mail.TrySendSurveyAsync(customerId);
            audit.Add($"survey to {customerId}");
        });
        return "queued";
    }

    [McpServerTool(Name = "mute_customer", Idempotent = true), Description("Stops mail to a customer.")]
    public string MuteCustomer(string customerId)
    {
        Muted.Add(customerId);
        return "muted";
    }

    [McpServerTool(Name = "preview_mail", ReadOnly = true), Description("Shows a mail as the customer would see it.")]
    public async Task<string> PreviewAsync(string template, string customer, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        progress.Report(new ProgressNotificationValue { Progress = 0, Message = "rendering" });
        var text = await mail.RenderAsync(template, customer, cancellationToken);
        Console.Error.WriteLine($"preview of {template}");
        return text;
    }
}

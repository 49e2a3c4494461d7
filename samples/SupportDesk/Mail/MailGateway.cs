using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace SupportDesk.Mail;

/// <summary>Mail and text messages, sent by the shop's messaging service.</summary>
public sealed class MailGateway(HttpClient http, ILogger<MailGateway> logger)
{
    static readonly RetryPolicy Transient = Policy
        .Handle<HttpRequestException>()
        .WaitAndRetry(3, attempt => TimeSpan.FromSeconds(attempt));

    public async Task SendAsync(MailMessage mail, CancellationToken cancellationToken = default)
    {
        using var response = await Transient.Execute(() => http.PostAsJsonAsync("mail", mail, cancellationToken));
        response.EnsureSuccessStatusCode();
        logger.LogInformation("Mail to customer {Customer} sent", mail.CustomerId);
    }

    public async Task<bool> SendTextAsync(string phone, string text, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var response = await http.PostAsJsonAsync("sms", new { phone, text }, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return true;
            }

            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(1000 * (attempt + 1) + Random.Shared.Next(500), cancellationToken);
            }
        }

        return false;
    }

    public async Task<bool> TrySendSurveyAsync(string customerId)
    {
        try
        {
            await http.PostAsJsonAsync("surveys", new { customerId, template = "csat" });
        }
        catch
        {
        }

        return true;
    }

    public Task<string> GetTemplateAsync(string name)
    {
        var policy = Policy.Handle<HttpRequestException>().WaitAndRetryForever(_ => TimeSpan.FromSeconds(2));
        return policy.Execute(() => http.GetStringAsync($"templates/{Uri.EscapeDataString(name)}"));
    }

    public async Task<string> RenderAsync(string name, string customer, CancellationToken cancellationToken)
    {
        var path = $"templates/{Uri.EscapeDataString(name)}";
        var retry = Policy
            .Handle<HttpRequestException>(e => e.StatusCode is null or HttpStatusCode.ServiceUnavailable)
            .WaitAndRetryAsync(3, n => TimeSpan.FromMilliseconds(250 * Math.Pow(2, n) + Random.Shared.Next(100)));
        var template = await retry.ExecuteAsync(token => http.GetStringAsync(path, token), cancellationToken);
        return template.Replace("{customer}", customer, StringComparison.Ordinal);
    }
}
